"""A look around before subscribing."""

from typing import Any

import pytest

from aggregator.errors import FeedError
from aggregator.poll.explore import discover, preview

PAGE = """<!doctype html><html><head><title>Pantura</title>
<link rel="alternate" type="application/rss+xml" title="Terbaru" href="/rss">
<link rel="alternate" type="application/atom+xml" href="/atom"></head><body></body></html>"""


def feed(*items: str) -> str:
    return f"<rss version='2.0'><channel><title>Pantura Kini</title>{''.join(items)}</channel></rss>"


def item(n: int, date: str = "", text: str = "Isi", guid: bool = True) -> str:
    stamp = f"<pubDate>{date}</pubDate>" if date else ""
    known = f"<guid isPermaLink='false'>{n}</guid>" if guid else ""
    told = f"<link>https://p.example/{n}</link><title>Judul {n}</title><description>{text}</description>"
    return f"<item>{known}{told}{stamp}</item>"


def test_a_page_leads_to_its_feeds_in_order(newsroom: Any) -> None:
    url = newsroom.publisher.serve("/", PAGE, Content_Type="text/html")
    found = discover(newsroom.config, url, newsroom.clock())
    assert [(link.url, link.title) for link in found] == [
        (newsroom.publisher.origin + "/rss", "Terbaru"),
        (newsroom.publisher.origin + "/atom", ""),
    ]


def test_a_feed_leads_to_itself(newsroom: Any) -> None:
    url = newsroom.publisher.serve("/feed", feed(item(1)))
    assert [link.url for link in discover(newsroom.config, url, newsroom.clock())] == [url]


def test_a_preview_shows_ten_items_and_keeps_nothing(newsroom: Any) -> None:
    url = newsroom.publisher.serve("/feed", feed(*(item(n, "Sat, 14 Mar 2026 03:00:00 +0000") for n in range(12))))
    seen = preview(newsroom.config, url, "Asia/Jakarta", newsroom.clock())
    assert (seen.document.title, len(seen.items), len(seen.document.items)) == ("Pantura Kini", 10, 12)
    assert newsroom.items() == []


@pytest.mark.parametrize(
    ("items", "kind"),
    [
        ([], "warns_empty"),
        ([item(1), item(2)], "warns_no_dates"),
        ([item(1, "kapan-kapan")], "warns_unread_dates"),
        ([item(1, "2026-03-14 08:00:00")], "warns_guessed_zone"),
        ([item(1, "Sat, 14 Mar 2026 12:00:00 +0000"), item(2, "Fri, 13 Mar 2026 12:00:00 +0000")], "warns_zone_shift"),
        ([item(1, guid=False)], "warns_no_ids"),
        ([item(1, text="")], "warns_titles_only"),
        ([item(1)], "warns_plain_http"),
    ],
)
def test_a_preview_warns(newsroom: Any, items: list[str], kind: str) -> None:
    url = newsroom.publisher.serve("/feed", feed(*items))
    assert kind in {
        warning.kind for warning in preview(newsroom.config, url, "Asia/Jakarta", newsroom.clock()).warnings
    }


def test_an_address_that_does_not_answer_is_named(newsroom: Any) -> None:
    with pytest.raises(FeedError) as caught:
        discover(newsroom.config, newsroom.publisher.origin + "/none", newsroom.clock())
    assert caught.value.reason.kind == "status_not_found"
