"""Every page: there with news and without, well-formed, whole in head and landmarks, within its budget."""

import gzip

import brotli  # type: ignore[import-untyped]  # it ships no types
import pytest
from flask.testing import FlaskClient

from aggregator.store.database import Database
from tests.web.build import BASE, AppOf
from tests.web.reader import read

PATHS = (
    "/", "/latest", "/r/jatim", "/r/jatim/probolinggo", "/s/radar-semeru", "/sources", "/regions", "/feeds", "/about",
    "/about/publishers",
)  # fmt: skip
EMPTY_PATHS = tuple(path for path in PATHS if not path.startswith("/s/"))
ITEM = "/a/5"


@pytest.mark.parametrize("path", [*PATHS, *(f"/en{path}" for path in PATHS)])
def test_a_page_with_news_is_whole(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    page = read(response.data)
    assert page.faults == []
    assert len(page.all("h1")) == 1
    language = "en" if path.startswith("/en") else "id"
    assert page.all("html")[0].attributes["lang"] == language
    for landmark in ("header", "nav", "main", "footer"):
        assert page.all(landmark), landmark
    assert page.all("a", class_="skip")[0].attributes["href"] == "#content"
    assert page.all("main")[0].attributes["id"] == "content"
    assert page.all("meta", name="description")[0].attributes["content"]
    assert "Traceback" not in response.text


@pytest.mark.parametrize("path", [*EMPTY_PATHS, "/en/", "/en/latest", "/en/feeds"])
def test_a_page_without_any_source_is_whole(app_of: AppOf, empty: Database, path: str) -> None:
    response = app_of(empty).test_client().get(path)
    assert response.status_code == 200
    assert read(response.data).faults == []


def test_a_page_says_its_own_address_in_both_languages(client: FlaskClient) -> None:
    page = read(client.get("/en/r/jatim/probolinggo?utm_source=x").data)
    assert page.all("link", rel="canonical")[0].attributes["href"] == f"{BASE}/en/r/jatim/probolinggo"
    found = {
        one.attributes["hreflang"]: one.attributes["href"] for one in page.all("link") if "hreflang" in one.attributes
    }
    plain = f"{BASE}/r/jatim/probolinggo"
    assert found == {"id": plain, "en": f"{BASE}/en/r/jatim/probolinggo", "x-default": plain}


def test_a_site_in_english_puts_indonesian_under_its_prefix(app_of: AppOf, filled: Database) -> None:
    client = app_of(filled, language="en").test_client()
    assert read(client.get("/").data).all("html", lang="en")
    assert read(client.get("/id/").data).all("html", lang="id")
    assert client.get("/en/").status_code == 404


@pytest.mark.parametrize(
    ("path", "feed", "n"),
    [
        ("/", "latest", 3),
        ("/latest", "latest", 3),
        ("/r/jatim", "region/jatim", 6),
        ("/s/radar-semeru", "source/radar-semeru", 6),
    ],
)
def test_feeds_are_announced_the_own_one_first(client: FlaskClient, path: str, feed: str, n: int) -> None:
    links = [
        one.attributes for one in read(client.get(path).data).all("link", rel="alternate") if "type" in one.attributes
    ]
    assert [one["href"] for one in links[:3]] == [f"{BASE}/feeds/{feed}.{ending}" for ending in ("rss", "atom", "json")]
    assert len(links) == n == len({one["title"] for one in links})
    for link in links:
        assert client.get(link["href"].removeprefix(BASE)).status_code == 200, link


@pytest.mark.parametrize("path", PATHS)
def test_no_link_of_ours_is_dead(client: FlaskClient, path: str) -> None:
    ours = {link for link in read(client.get(path).data).links() if link.startswith("/")}
    assert ours
    sample = sorted(ours) if path != "/regions" else sorted(ours)[::40]
    assert {link: code for link in sample if (code := client.get(link).status_code) != 200} == {}


def test_the_current_section_is_marked(client: FlaskClient) -> None:
    for path, word in (
        ("/", "Utama"),
        ("/latest", "Terbaru"),
        ("/regions", "Wilayah"),
        ("/sources", "Sumber"),
        ("/feeds", "Feed"),
    ):
        marked = read(client.get(path).data).all("a", aria_current="page")
        assert [one.text for one in marked] == [word]


def test_each_item_of_a_list_names_source_time_place_and_person(client: FlaskClient) -> None:
    page = read(client.get("/latest").data)
    assert len(page.all("article")) == len(page.all("h2", itemprop="headline")) == 30
    text = page.all("article")[0].text
    for part in ("Kabar ", "1 menit lalu", "Endang Sastrawinata", "Baca di sumber", "Kelompok tani"):
        assert part in text
    assert page.all("time")[0].attributes["datetime"] == "2026-03-14T04:59:00Z"


def test_times_stand_in_the_zone_of_the_region(client: FlaskClient) -> None:
    for path, shown in (("/r/jatim", "11.59 WIB"), ("/r/ntb", "12.59 WITA"), ("/r/papua", "13.59 WIT")):
        assert shown in client.get(path).text
    assert "11:59 WIB" in client.get("/en/r/jatim").text


def test_items_stand_under_the_day_they_were_listed(client: FlaskClient) -> None:
    assert "Hari ini, Sabtu, 14 Maret 2026" in client.get("/latest").text
    assert "Today, Saturday, 14 March 2026" in client.get("/en/latest").text


def test_the_home_region_is_the_front_page(app_of: AppOf, filled: Database) -> None:
    page = read(app_of(filled, home_region="jatim/probolinggo").test_client().get("/").data)
    assert "Probolinggo" in page.all("h1")[0].text
    assert {one.text for one in page.all("a", class_="source")} == {"Suara Bromo"}
    assert (
        page.all("link", rel="alternate", type="application/rss+xml")[0]
        .attributes["href"]
        .endswith("/region/jatim/probolinggo.rss")
    )


def test_a_region_holds_the_regions_below_and_leads_up_and_down(client: FlaskClient) -> None:
    province = read(client.get("/r/jatim").data)
    assert len(province.all("article")) == 30
    assert "/r/jatim/jember" in province.links()
    assert "/r/jatim" in read(client.get("/r/jatim/jember").data).links()


def test_a_city_is_told_apart_from_the_regency_of_its_name(client: FlaskClient) -> None:
    assert "Kabar Kota Probolinggo" in client.get("/r/jatim").text
    assert "Kabar Probolinggo" in client.get("/r/jatim").text


def test_an_item_page_leads_to_its_publisher(client: FlaskClient) -> None:
    page = read(client.get(client.get(ITEM).headers["Location"]).data)
    assert page.faults == []
    button = page.all("a", class_="button")[0]
    assert button.text == "Baca selengkapnya di Radar Semeru"
    assert button.attributes["href"] == "https://berita.example/5"
    assert (button.attributes["rel"], button.attributes["referrerpolicy"]) == ("noopener", "origin")
    credits_of = [line.strip() for line in page.all("dl", class_="credits")[0].text.splitlines() if line.strip()]
    assert credits_of == ["ReporterEndang Sastrawinata", "EditorKholil Tirtoadi"]
    assert "Radar Semeru Grup" in page.all("p", class_="rights")[0].text
    assert page.all("meta", name="robots")[0].attributes["content"] == "noindex, follow"
    assert page.all("a", href="/r/jatim/lumajang")[0].text


def test_the_front_page_keeps_its_budget(client: FlaskClient) -> None:
    body = client.get("/").data
    assert len(read(body).all("article")) == 30
    assert len(read(body).elements) <= 1500
    assert len(gzip.compress(body, 6)) <= 30_000
    sheet = next(one for one in read(body).all("link", rel="stylesheet")).attributes["href"]
    assert len(brotli.compress(client.get(sheet).data)) <= 10_000


def test_the_catalogue_of_feeds_shows_addresses_to_copy(client: FlaskClient) -> None:
    shown = [one.attributes["value"] for one in read(client.get("/feeds").data).all("input")]
    assert f"{BASE}/feeds/latest.rss" in shown
    assert f"{BASE}/feeds/region/jatim/probolinggo.atom" in shown
    assert f"{BASE}/feeds/source/radar-semeru.json" in shown


def test_publishers_read_our_user_agent_and_whom_to_ask(app_of: AppOf, filled: Database) -> None:
    page = read(app_of(filled, contact="redaksi@kabar.example").test_client().get("/about/publishers").data)
    assert page.all("code")[0].text == f"Kabar/0.1.0 (+{BASE}/about/publishers)"
    assert "mailto:redaksi@kabar.example" in page.links()


def test_a_demonstration_says_so(app_of: AppOf, filled: Database) -> None:
    assert "rekaan" in app_of(filled, is_demo=True).test_client().get("/").text
    assert "rekaan" not in app_of(filled).test_client().get("/").text
