"""JSON Feed: both versions, wrong types, and what is no feed."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from aggregator.documents import parse
from aggregator.errors import FeedError
from aggregator.model.document import Document
from aggregator.model.item import Byline

URL = "https://kabar.example/feed.json"


def read(feed: Any, now: datetime) -> Document:
    body = feed if isinstance(feed, bytes) else json.dumps(feed).encode()
    return parse.read(body, {"content-type": "application/feed+json"}, URL, "Asia/Jakarta", now)


def feed(*items: Any, version: str = "https://jsonfeed.org/version/1.1", **more: Any) -> dict[str, Any]:
    return {"version": version, "title": "Kabar <b>Utara</b>", "items": list(items), **more}


def test_an_item_of_version_1_1(now: datetime) -> None:
    document = read(feed(
        {
            "id": " k1 ", "url": "/a?utm_source=x", "title": "Satu &amp; dua",
            "content_html": "<p>Isi <a href='/b'>b</a></p><script>x</script>",
            "summary": "Ringkas <saja>", "image": "/g.jpg", "tags": ["Daerah", 7, ""],
            "date_published": "2026-03-10T08:00:00+07:00",
            "authors": [{"name": "Siti"}, {"name": 7}, "x"], "language": "en_us",
            "external_url": "https://lain.example/",
        },
        home_page_url="https://kabar.example/", feed_url=URL, language="id", hubs=[{"type": "WebSub",
        "url": "https://hub.example/"}],
    ), now)  # fmt: skip
    assert (document.format, document.title, document.site_url) == ("json11", "Kabar Utara", "https://kabar.example/")
    assert (document.self_url, document.hub_url, document.language) == (URL, "https://hub.example/", "id")
    [item] = document.items
    assert (item.guid, item.title, item.url) == ("k1", "Satu & dua", "https://kabar.example/a?utm_source=x")
    assert item.canonical_url == "kabar.example/a"
    assert item.summary_html == "Ringkas &lt;saja&gt;"
    assert item.content_html == '<p>Isi <a href="https://kabar.example/b" rel="noopener nofollow">b</a></p>'
    assert item.image_url == "https://kabar.example/g.jpg"
    assert item.categories == ("Daerah",)
    assert item.byline == (Byline("author", "Siti"),)
    assert item.language == "en-US"
    assert item.published_at == datetime(2026, 3, 10, 1, 0, tzinfo=UTC)


def test_an_item_of_version_1_with_a_number_for_an_id_and_plain_text(now: datetime) -> None:
    document = read(
        feed(
            {"id": 7, "content_text": "a < b\n\nc", "author": {"name": "Budi"}},
            version="https://jsonfeed.org/version/1",
        ),
        now,
    )
    [item] = document.items
    assert (document.format, item.guid, item.url) == ("json1", "7", "")
    assert item.content_html == "<p>a &lt; b</p><p>c</p>"
    assert item.byline == (Byline("author", "Budi"),)


def test_wrong_types_count_as_missing(now: datetime) -> None:
    document = read(
        feed(
            {"id": True, "title": ["x"], "url": {}, "tags": "x", "authors": 7, "image": 1},
            "x",
            7,
            {"id": "b", "title": 8},
        ),
        now,
    )
    assert [item.guid for item in document.items] == ["b"]
    assert document.n_dropped == 3


def test_a_feed_without_items_is_one_and_long_ones_are_cut(now: datetime) -> None:
    assert read(feed(), now).items == ()
    document = read(feed(*({"id": str(i)} for i in range(1007))), now)
    assert (len(document.items), document.n_dropped) == (1000, 7)


@pytest.mark.parametrize(("body", "kind"), [
    (b"{", "unreadable"), (b'{"version": "https://jsonfeed.org/version/1.1", "items": [' + b"9" * 5000 + b"]}",
        "unreadable"),
    (b'{"version": "https://jsonfeed.org/version/1.1", "items":' + b"[" * 100_000, "too_deep"),
    (b"[" * 100_000, "too_deep"),
    (b"[]", "not_a_feed"), (b"{}", "not_a_feed"), (b'{"version": 1, "items": []}', "not_a_feed"),
    (b'{"version": "2", "items": []}', "not_a_feed"),
    (b'{"version": "https://jsonfeed.org/version/1.1", "items": {}}', "not_a_feed"),
    (b'{"error": "no access"}', "not_a_feed"),
])  # fmt: skip
def test_what_is_no_json_feed(body: bytes, kind: str, now: datetime) -> None:
    with pytest.raises(FeedError) as caught:
        read(body, now)
    assert caught.value.reason.kind == kind
