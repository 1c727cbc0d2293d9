"""Walking through lists, and what each list says when it has nothing to show."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from aggregator.model.feed import FeedState
from tests.web.build import NOW, AppOf, Clock, Press
from tests.web.reader import Page, read


def _step(page: Page, rel: str) -> str | None:
    found = page.all("a", rel=rel)
    return found[0].attributes["href"] if found else None


def _ids(page: Page) -> list[str]:
    return [link.split("-")[0] for link in page.links() if link.startswith("/a/")]


@pytest.mark.parametrize(("path", "n"), [("/", 60), ("/latest", 60), ("/r/jatim", 40), ("/s/radar-semeru", 10)])
def test_a_walk_meets_each_item_once_and_comes_back(client: FlaskClient, path: str, n: int) -> None:
    pages = [path]
    met: list[str] = []
    while True:
        page = read(client.get(pages[-1]).data)
        met += _ids(page)
        following = _step(page, "next")
        if following is None:
            break
        pages.append(following)
    assert len(met) == len(set(met)) == n
    back = [pages[-1]]
    while newer := _step(read(client.get(back[-1]).data), "prev"):
        back.append(newer)
    assert back == pages[::-1]


@pytest.mark.parametrize(
    "before", ["x", "", "1", "1-", "-1", "1-2-3", "9" * 30 + "-1", "1-" + "9" * 30, "%00", "１-１"]
)
@pytest.mark.parametrize("path", ["/", "/latest", "/r/jatim", "/s/radar-semeru", "/en/latest"])
def test_a_cursor_that_is_none_is_refused(client: FlaskClient, path: str, before: str) -> None:
    assert client.get(f"{path}?before={before}").status_code == 400


@pytest.mark.parametrize("before", ["0-0", "99999999999999999-999999999999999999"])
def test_a_cursor_at_an_end_of_time_is_an_answer(client: FlaskClient, before: str) -> None:
    assert client.get(f"/latest?before={before}").status_code == 200


def test_later_pages_are_not_indexed(client: FlaskClient) -> None:
    second = _step(read(client.get("/latest").data), "next")
    assert second is not None
    page = read(client.get(second).data)
    assert page.all("meta", name="robots")[0].attributes["content"] == "noindex, follow"
    assert page.all("link", rel="canonical")[0].attributes["href"].endswith(second)


def test_without_sources_the_page_says_how_to_add_one(app_of: AppOf, press: Press) -> None:
    text = app_of(press.database).test_client().get("/").text
    for part in ("Belum ada sumber", "config.toml", "kabar sources add", "kabar demo"):
        assert part in text


def test_the_first_round_shows_its_progress_and_asks_again(app_of: AppOf, press: Press, clock: Clock) -> None:
    feeds = [press.source(f"s{number}", f"Sumber {number}", "jatim/jember") for number in range(5)]
    press.polled(feeds[0], ok=False)
    client = app_of(press.database).test_client()
    response = client.get("/")
    page = read(response.data)
    assert "1 dari 5 sumber sudah dibaca" in response.text
    assert page.all("progress")[0].attributes == {"max": "5", "value": "1", "aria-label": "Putaran pertama"}
    assert page.all("meta", http_equiv="refresh")[0].attributes["content"] == "5"
    assert response.headers["Cache-Control"] == "no-cache"
    for feed in feeds:
        press.polled(feed)
    press.item(feeds[0], region="jatim/jember")
    clock.now += timedelta(seconds=5)
    later = client.get("/")
    assert read(later.data).all("meta", http_equiv="refresh") == []
    assert "sudah dibaca" not in later.text
    assert later.headers["Cache-Control"] == "public, max-age=60, stale-while-revalidate=300"


def test_progress_is_shown_even_when_no_reader_visible_change_was_counted(
    app_of: AppOf, press: Press, clock: Clock
) -> None:
    feeds = [press.source(f"s{number}", f"Sumber {number}") for number in range(3)]
    client = app_of(press.database).test_client()
    assert "0 dari 3" in client.get("/").text
    press.polled(feeds[0], counted=False)
    clock.now += timedelta(seconds=3)
    assert "1 dari 3" in client.get("/").text


def test_sources_that_never_answered_are_called_unreachable(app_of: AppOf, press: Press) -> None:
    press.polled(press.source("s", "Sumber"), ok=False)
    text = app_of(press.database).test_client().get("/").text
    assert "Sumber tidak dapat dihubungi" in text
    assert "kabar demo" in text


@pytest.mark.parametrize(("minutes", "is_stale"), [(119, False), (121, True)])
def test_old_news_carries_a_warning(app_of: AppOf, press: Press, minutes: int, is_stale: bool) -> None:
    feed = press.source("s", "Sumber")
    press.polled(feed, at=NOW - timedelta(minutes=minutes))
    press.item(feed)
    text = app_of(press.database).test_client().get("/latest").text
    assert ("lebih dari dua jam" in text) is is_stale
    assert "Petani" in text or "Jembatan" in text


def test_a_quiet_region_says_so(client: FlaskClient) -> None:
    assert "Belum ada berita di sini" in client.get("/r/aceh").text


def test_a_source_shows_its_state_in_words(app_of: AppOf, press: Press) -> None:
    press.polled(press.source("sehat", "Sumber Sehat"))
    press.polled(press.source("gagal", "Sumber Gagal"), ok=False, state=FeedState.FAILING)
    press.source("baru", "Sumber Baru")
    page = read(app_of(press.database).test_client().get("/sources").data)
    for state, word in (("healthy", "sehat"), ("failing", "gagal"), ("new", "belum dibaca")):
        assert [one.text for one in page.all("span", class_=f"state {state}")] == [word]
    profile = app_of(press.database).test_client().get("/s/baru").text
    assert "dibaca untuk pertama kali" in profile
