"""Answers of the press's server, before any socket: a path and an instant in, status, headers and body out."""

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime

from aggregator.demo.feeds import CONTENT_TYPES, write_feed
from aggregator.demo.outlets import Outlet
from aggregator.demo.pages import article_page, home_page, index_page
from aggregator.demo.press import Failure, Press

_HTML = "text/html; charset=utf-8"
_MAX_AGE_S = 300
_ARTICLE = re.compile(r"/([a-z-]+)/\d{4}/\d{2}/\d{2}/[^/]*?-(\d+)")
_OUTLET = re.compile(r"/([a-z-]+)/(feed)?")


@dataclass(frozen=True, slots=True)
class Reply:
    """What is sent: without Date and Content-Length, which the socket's side adds."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class _Made:
    """A feed as bytes, and the state of the outlet that it was made from."""

    state: tuple[tuple[int, bool], ...]
    plain: bytes
    packed: bytes
    etag: str
    changed_at: datetime


@dataclass(slots=True)
class Publisher:
    """Answers for a press at an address; keeps the last feed of each outlet, which is a cache and nothing more."""

    press: Press
    address: str
    _made: dict[str, _Made] = field(default_factory=dict)

    def get(self, path: str, headers: Mapping[str, str], at: datetime) -> Reply:
        """Return the answer to GET; `headers` have lower-case names."""
        if path == "/":
            return _page(index_page(self.press.outlets))
        if path == "/robots.txt":
            return Reply(200, {"Content-Type": "text/plain; charset=utf-8"}, b"User-agent: *\nAllow: /\n")
        if (found := _OUTLET.fullmatch(path)) and (outlet := self.press.outlet(found[1])):
            if found[2]:
                return self._feed(outlet, headers, at)
            return _page(home_page(outlet, self.press.items(outlet, at)))
        if (found := _ARTICLE.fullmatch(path)) and (outlet := self.press.outlet(found[1])):
            item = self.press.find(outlet, int(found[2]), at)
            if item and path == f"/{item.path}":
                return _page(article_page(item, self.address))
        return Reply(404, {"Content-Type": _HTML}, b"<!doctype html><title>404</title><p>Halaman tidak ditemukan.</p>")

    def _feed(self, outlet: Outlet, headers: Mapping[str, str], at: datetime) -> Reply:
        failure = self.press.failure(outlet, at)
        made = self._fresh(outlet, at)
        if failure:
            return _failed(failure, made)
        packs = "gzip" in headers.get("accept-encoding", "")
        told = {
            "ETag": f'"{made.etag}-gzip"' if packs else f'"{made.etag}"',  # strong: other bytes, other tag
            "Last-Modified": format_datetime(made.changed_at, usegmt=True),
            "Cache-Control": f"max-age={_MAX_AGE_S}",
            "Vary": "Accept-Encoding",
        }
        if _is_known(made, headers):
            return Reply(304, told, b"")
        told["Content-Type"] = CONTENT_TYPES[outlet.format]
        if not packs:
            return Reply(200, told, made.plain)
        return Reply(200, told | {"Content-Encoding": "gzip"}, made.packed)

    def _fresh(self, outlet: Outlet, at: datetime) -> _Made:
        """Return the outlet's feed, written anew only when a post came, went or was edited."""
        posts = self.press.posts(outlet, at)
        state = tuple((post.number, bool(post.edited_at and post.edited_at <= at)) for post in posts)
        held = self._made.get(outlet.slug)
        if held is None or held.state != state:
            items = self.press.items(outlet, at)
            changed_at = max((max(item.listed_at, item.updated_at) for item in items), default=self.press.start)
            changed_at = changed_at.replace(microsecond=0)
            plain = write_feed(outlet, items, self.address, changed_at)
            packed = gzip.compress(plain, 6, mtime=0)
            held = _Made(state, plain, packed, hashlib.sha256(plain).hexdigest()[:32], changed_at)
            self._made[outlet.slug] = held
        return held


def _is_known(made: _Made, headers: Mapping[str, str]) -> bool:
    """Say whether the client has this feed: If-None-Match decides, else If-Modified-Since (RFC 9110 section 13.2.2)."""
    if tags := headers.get("if-none-match"):
        held = {tag.strip().removeprefix("W/").strip('"') for tag in tags.split(",")}
        return bool(held & {"*", made.etag, f"{made.etag}-gzip"})
    try:
        return made.changed_at <= parsedate_to_datetime(headers.get("if-modified-since", ""))
    except (ValueError, TypeError):
        return False


def _failed(failure: Failure, made: _Made) -> Reply:
    if failure is Failure.SERVER_ERROR:
        return Reply(500, {"Content-Type": _HTML}, b"<h1>Error establishing a database connection</h1>")
    if failure is Failure.PAGE:
        return Reply(
            200, {"Content-Type": _HTML}, b"<!doctype html><title>Perawatan</title><p>Situs sedang dalam perawatan.</p>"
        )
    if failure is Failure.CUT:
        return Reply(200, {"Content-Type": CONTENT_TYPES["rss"]}, made.plain[: len(made.plain) * 2 // 3])
    if failure is Failure.EMPTY:
        return Reply(200, {"Content-Type": CONTENT_TYPES["rss"]}, b"")
    return Reply(503, {"Content-Type": _HTML, "Retry-After": "1800"}, b"<h1>503</h1>")


def _page(html: str) -> Reply:
    return Reply(200, {"Content-Type": _HTML, "Cache-Control": f"max-age={_MAX_AGE_S}"}, html.encode())
