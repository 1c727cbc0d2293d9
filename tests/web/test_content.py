"""What feeds say is text: never markup, never a template; and no more of it than the publisher allows."""

import re
from pathlib import Path

import pytest

from aggregator.model.item import Byline, DateFrom
from aggregator.model.source import Policy
from tests.web.build import EXCERPT, AppOf, Press
from tests.web.reader import read

LISTS = ("/", "/latest", "/r/jatim/jember", "/s/sumber", "/sources", "/feeds", "/about")
HOSTILE = (
    "<script>alert(1)</script>",
    "{{ 7*7 }} {% raw %} ${7*7}",
    "\"><img src=x onerror=alert(1)> ' onmouseover='x",
    "</title></h2><!-- <style>",
    "&lt;b&gt; &amp; %(name)s {name}",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_as_text(app_of: AppOf, press: Press, text: str) -> None:
    feed = press.source("sumber", text, "jatim/jember")
    press.polled(feed)
    item_id = press.item(
        feed, region="jatim/jember", title=text, excerpt=text, byline=(Byline("author", text),), language='x"><b',
    )  # fmt: skip
    client = app_of(press.database).test_client()
    item = client.get(f"/a/{item_id}").headers["Location"]
    for path in (*LISTS, item):
        response = client.get(path)
        assert response.status_code == 200
        page = read(response.data)
        assert page.faults == [], path
        assert "49" not in re.sub(r"datetime=\S+", "", response.text)
    assert read(client.get("/latest").data).all("h2")[0].text.strip() == text.strip()
    assert read(client.get(item).data).all("h1")[0].text.strip() == text.strip()


def test_right_to_left_text_keeps_its_direction_to_itself(app_of: AppOf, press: Press) -> None:
    feed = press.source("sumber", "صحيفة", "jatim/jember", language="ar")
    press.polled(feed)
    press.item(feed, title="افتتاح السوق", language="ar")
    page = read(app_of(press.database).test_client().get("/latest").data)
    headline = page.all("h2", itemprop="headline")[0].attributes
    assert (headline["dir"], headline["lang"]) == ("auto", "ar")
    assert page.all("bdi")[0].text == "صحيفة"


def _shown(app_of: AppOf, press: Press, policy: Policy) -> list[str]:
    feed = press.source("sumber", "Sumber", "jatim/jember", policy=policy)
    press.polled(feed)
    item_id = press.item(feed, region="jatim/jember")
    client = app_of(press.database).test_client()
    return [client.get(path).text for path in (*LISTS, client.get(f"/a/{item_id}").headers["Location"])]


def test_without_an_excerpt_the_people_are_still_named(app_of: AppOf, press: Press) -> None:
    texts = _shown(app_of, press, Policy(excerpt_chars=0))
    assert not any("Kelompok tani" in text for text in texts)
    assert "Endang Sastrawinata" in texts[-1]


def test_link_only_shows_title_and_link_and_nothing_else(app_of: AppOf, press: Press) -> None:
    texts = _shown(app_of, press, Policy(link_only=True))
    assert not any("Kelompok tani" in text or "Endang" in text for text in texts)
    assert "https://berita.example/1" in texts[-1]


def test_full_content_and_pictures_never_leave(app_of: AppOf, press: Press) -> None:
    texts = _shown(app_of, press, Policy(excerpt_chars=1000))
    assert not any("RAHASIA-ISI-PENUH" in text or "gambar.example" in text for text in texts)
    standfirst = read(texts[-1].encode()).all("p", itemprop="description")[0].text
    assert 200 < len(standfirst) <= 280
    assert EXCERPT.startswith(standfirst.rstrip("…"))


def test_an_item_without_an_address_or_a_title_has_a_page(app_of: AppOf, press: Press) -> None:
    feed = press.source("sumber", "Sumber")
    item_id = press.item(feed, url="", title="", byline=(), excerpt="", date_from=DateFrom.FIRST_SEEN)
    client = app_of(press.database).test_client()
    response = client.get(f"/a/{item_id}-berita")
    assert response.status_code == 200
    assert read(response.data).faults == []
    assert "Tanpa judul" in response.text
    assert "pertama kali melihat" in response.text


def test_nothing_is_marked_safe_in_the_templates() -> None:
    folder = Path(__file__).resolve().parents[2] / "web" / "templates"
    texts = [path.read_text(encoding="utf-8") for path in folder.rglob("*.html")]
    assert texts
    assert sum(len(re.findall(r"\|\s*safe\b|autoescape", text)) for text in texts) <= 1
