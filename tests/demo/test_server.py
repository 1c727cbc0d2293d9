"""The press on loopback: honest validators, three formats, and a clock that can be turned."""

import gzip
import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPMessage
from urllib.parse import urlsplit

import feedparser
import pytest

from aggregator.demo.press import Failure, Press
from aggregator.demo.server import PressServer, serve
from aggregator.demo.sources import sources_of

Answer = tuple[int, HTTPMessage, bytes]


@pytest.fixture
def server(press: Press, now: datetime) -> Iterator[PressServer]:
    with serve(press, clock=lambda: now) as running:
        yield running


def ask(server: PressServer, path: str, headers: Mapping[str, str] | None = None, method: str = "GET") -> Answer:
    connection = HTTPConnection(urlsplit(server.address).netloc, timeout=5)
    try:
        connection.request(method, path, headers=dict(headers or {}))
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def test_every_feed_parses_and_links_to_this_server(server: PressServer, press: Press) -> None:
    for source, outlet in zip(sources_of(press, server.address), press.outlets, strict=True):
        if outlet.role == "broken":
            continue
        status, headers, body = ask(server, urlsplit(source.feed_url).path)
        assert status == 200
        if outlet.format == "json":
            assert headers["Content-Type"].startswith("application/feed+json")
            links = [item["url"] for item in json.loads(body)["items"]]
        else:
            feed = feedparser.parse(body)
            assert not feed.bozo
            links = [entry.link for entry in feed.entries]
        assert len(links) >= 10
        assert all(link.startswith(f"{server.address}/{outlet.slug}/20") for link in links)


def test_dates_are_printed_as_each_outlet_prints_them(server: PressServer) -> None:
    local = feedparser.parse(ask(server, "/kota-mangga-post/feed")[2]).entries[0].published
    indonesian = feedparser.parse(ask(server, "/warta-gending/feed")[2]).entries[0].published
    zoned = feedparser.parse(ask(server, "/bromo-pagi/feed")[2]).entries[0].published
    assert local.startswith("Tue, 24 Nov 2026 ")
    assert local.count(" ") == 4
    assert indonesian.startswith("Sel, 24 Nov 2026 ")
    assert indonesian.endswith(" WIB")
    assert zoned.endswith(" +0700")


def test_bylines_stand_where_the_outlet_puts_them(server: PressServer) -> None:
    block = feedparser.parse(ask(server, "/bromo-pagi/feed")[2]).entries[0]
    creator = feedparser.parse(ask(server, "/kaki-semeru/feed")[2]).entries[0]
    assert "Reporter : " in block.content[0].value
    assert "author" not in block
    assert creator.author


@pytest.mark.parametrize("slug", ["bromo-pagi", "gema-lautan-pasir", "bangil-bersahut"])
def test_what_was_seen_is_not_sent_again(server: PressServer, slug: str) -> None:
    status, headers, body = ask(server, f"/{slug}/feed", {"Accept-Encoding": "gzip"})
    assert status == 200
    assert headers["Content-Encoding"] == "gzip"
    assert len(gzip.decompress(body)) > len(body)
    for condition in ({"If-None-Match": headers["ETag"]}, {"If-Modified-Since": headers["Last-Modified"]}):
        status, again, nothing = ask(server, f"/{slug}/feed", {"Accept-Encoding": "gzip", **condition})
        assert (status, nothing) == (304, b"")
        assert again["ETag"] == headers["ETag"]


def test_packed_and_plain_bytes_have_their_own_tags(server: PressServer) -> None:
    plain = ask(server, "/bromo-pagi/feed")[1]
    packed = ask(server, "/bromo-pagi/feed", {"Accept-Encoding": "gzip"})[1]
    assert plain["ETag"] != packed["ETag"]
    assert not plain["ETag"].startswith("W/")
    assert plain["Vary"] == "Accept-Encoding"


def test_an_old_tag_gets_the_feed_whatever_the_date_says(server: PressServer) -> None:
    headers = {"If-None-Match": '"old"', "If-Modified-Since": "Tue, 01 Jan 2030 00:00:00 GMT"}
    assert ask(server, "/bromo-pagi/feed", headers)[0] == 200


def test_turning_the_clock_brings_news_and_a_new_tag(server: PressServer, now: datetime) -> None:
    before = ask(server, "/bromo-pagi/feed")[1]
    status, _, told = ask(server, "/clock?advance_s=86400", method="POST")
    assert (status, told.decode().strip()) == (200, (now + timedelta(days=1)).isoformat())
    status, after, _ = ask(server, "/bromo-pagi/feed", {"If-None-Match": before["ETag"]})
    assert status == 200
    assert parsedate_to_datetime(after["Last-Modified"]) > parsedate_to_datetime(before["Last-Modified"])
    assert ask(server, "/clock?at=2026-11-24T13:00:00Z", method="POST")[0] == 200
    assert ask(server, "/bromo-pagi/feed")[1]["ETag"] == before["ETag"]


@pytest.mark.parametrize("query", ["at=yesterday", "at=2026-11-24T13:00:00", "advance_s=soon", "advance_s=1e300"])
def test_a_clock_is_not_turned_to_nonsense(server: PressServer, now: datetime, query: str) -> None:
    assert ask(server, f"/clock?{query}", method="POST")[0] == 400
    assert server.now() == now


def test_nothing_else_takes_a_post(server: PressServer) -> None:
    assert ask(server, "/bromo-pagi/feed", method="POST")[0] == 404


def test_an_article_says_that_it_is_fiction(server: PressServer) -> None:
    link = feedparser.parse(ask(server, "/bromo-pagi/feed")[2]).entries[0].link
    status, _, page = ask(server, urlsplit(link).path)
    assert status == 200
    assert "rekaan, dibuat untuk peragaan" in page.decode()
    assert ask(server, urlsplit(link).path + "1")[0] == 404


def test_a_home_page_names_its_feed(server: PressServer) -> None:
    page = ask(server, "/osing-kita/")[2].decode()
    assert '<link rel="alternate" type="application/atom+xml" title="Osing Kita" href="/osing-kita/feed">' in page


def test_the_index_lists_all_outlets_and_robots_are_welcome(server: PressServer, press: Press) -> None:
    page = ask(server, "/")[2].decode()
    assert all(f'href="/{outlet.slug}/"' in page for outlet in press.outlets)
    assert ask(server, "/robots.txt")[2] == b"User-agent: *\nAllow: /\n"


@pytest.mark.parametrize("path", ["/no-such-outlet/feed", "/no-such-outlet/", "/bromo-pagi/2026/11/24/x-99", "/x"])
def test_what_is_not_there_is_not_found(server: PressServer, path: str) -> None:
    assert ask(server, path)[0] == 404


def test_head_is_answered_without_a_body(server: PressServer) -> None:
    status, headers, body = ask(server, "/bromo-pagi/feed", method="HEAD")
    assert (status, body) == (200, b"")
    assert int(headers["Content-Length"]) > 1000


def test_the_broken_outlet_fails_in_five_ways(server: PressServer, press: Press, now: datetime) -> None:
    broken = next(outlet for outlet in press.outlets if outlet.role == "broken")
    seen = {}
    for hours in range(5):
        server.turn_clock(at=now + timedelta(hours=hours))
        failure = press.failure(broken, server.now())
        status, headers, body = ask(server, f"/{broken.slug}/feed")
        seen[failure] = (status, headers["Retry-After"], body[-9:].strip())
    assert seen[Failure.SERVER_ERROR][0] == 500
    assert seen[Failure.PAGE][0] == 200
    assert seen[Failure.CUT][0] == 200
    assert seen[Failure.CUT][2] != b"</rss>"
    assert seen[Failure.EMPTY] == (200, None, b"")
    assert seen[Failure.UNAVAILABLE][:2] == (503, "1800")
