"""Feed documents read: any bytes in, a Document or a stated reason out. The only user of feedparser."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from typing import Any

import feedparser

from aggregator.documents import jsonfeed, page
from aggregator.documents.direct import plain_item
from aggregator.documents.encoding import is_binary, to_text
from aggregator.documents.entries import parts, raw_item, text_of
from aggregator.documents.fresh import Fresh, find_fresh
from aggregator.documents.heads import plain_head
from aggregator.documents.hints import read_hints
from aggregator.documents.items import RawItem, found_item, language, repaired
from aggregator.documents.scan import MAX_ITEMS, bounded, find_root, has_odd_references, with_good_references
from aggregator.errors import NotAFeedError
from aggregator.model.document import Document, FoundItem
from aggregator.model.reason import Reason
from aggregator.text.markup import title_text
from aggregator.text.urls import resolve

_HEADERS = {"content-type": "application/xml; charset=utf-8"}  # what we hand over is just that


def read(
    body: bytes, headers: Mapping[str, str], url: str, zone: str, now: datetime, held: Collection[bytes] = ()
) -> Document:
    """Return the feed that a body holds, of any format; a feed without items is one.

    `headers` have lower-case names; `url` is the address that answered; dates without a zone are read in `zone`. Items
    whose hash is in `held` are not read again, where the document lets them be told apart.
    Raises NotAFeedError (empty, is_page with the feed it names, binary, not_a_feed, unreadable) and HostileError
    (declares_entities, too_deep, too_many_attributes).
    """
    fresh = find_fresh(body, headers.get("content-type", ""), url, held)
    if fresh is not None and (document := _read_fresh(fresh, url, zone, now)):
        return document
    return read_whole(body, headers, url, zone, now)


def _read_fresh(fresh: Fresh, url: str, zone: str, now: datetime) -> Document | None:
    """Return the fresh items, plain ones read directly, the others by feedparser; None when it sees other items."""
    plain = [plain_item(item) for item in fresh.items]
    head = plain_head(fresh.root, fresh.head, fresh.tag)
    text, way, entries = "", "direct", iter(())
    if head is None or None in plain:
        text = fresh.text_without(item for item, raw in zip(fresh.items, plain, strict=True) if raw)
        parsed = _parse(text)
        if len(parsed.entries) != plain.count(None) or parsed.get("bozo"):
            return None
        head, entries, way = (text_of(parsed.get("version")), parsed.feed), iter(parsed.entries), "fresh"
    version, feed = head
    site = _Site.of(feed, url)
    raws = [site.placed(raw) if raw else site.raw_item(next(entries)) for raw in plain]
    found = [found_item(raw, zone, now) for raw in raws]
    return replace(
        _document(version, feed, site, text, found),
        hashes=fresh.hashes_with_text(found),
        n_held=len(fresh.hashes) - len(fresh.items),
        held_titles=fresh.held_titles if fresh.items else (),
        n_dropped=found.count(None) + fresh.n_beyond,
        way=way,
    )


def read_whole(body: bytes, headers: Mapping[str, str], url: str, zone: str, now: datetime) -> Document:
    """Return what feedparser makes of a whole document, or our own reader of a JSON one; raises as `read` does."""
    if not body.strip():
        raise NotAFeedError("empty")
    if is_binary(body):
        raise NotAFeedError("binary")
    text = to_text(body, headers.get("content-type", ""))
    if text.lstrip()[:1] in ("{", "["):
        return jsonfeed.read(text, url, zone, now)
    root = find_root(text)
    if page.is_page_root(root):
        raise _page_error(body, headers, url)
    if not root.name:
        raise NotAFeedError("not_a_feed")
    text, n_dropped = bounded(text[root.start :])
    parsed = _parse(text)
    if not parsed.get("version") and not parsed.entries:
        raise NotAFeedError("not_a_feed")
    site = _Site.of(parsed.feed, url)
    found = [found_item(site.raw_item(entry), zone, now) for entry in parsed.entries[:MAX_ITEMS]]
    n_dropped += len(parsed.entries) - len(found) + found.count(None)
    warnings = (Reason("ill_formed"),) if parsed.get("bozo") else ()
    document = _document(text_of(parsed.get("version")), parsed.feed, site, text, found)
    return replace(document, n_dropped=n_dropped, warnings=warnings)


@dataclass(frozen=True, slots=True)
class _Site:
    """Where a document comes from: the address that answered, what relative links mean, the language it names."""

    feed_url: str
    url: str
    language: str

    @classmethod
    def of(cls, feed: Mapping[str, Any], url: str) -> "_Site":
        return cls(url, resolve(url, text_of(feed.get("link"))), language(text_of(feed.get("language"))))

    def raw_item(self, entry: Mapping[str, Any]) -> RawItem:
        return raw_item(entry, self.feed_url, self.url, self.language)

    def placed(self, raw: RawItem) -> RawItem:
        base_url = self.url or self.feed_url
        return replace(raw, base_url=base_url, link_base_url=base_url, language=raw.language or self.language)


def _document(
    version: str, feed: Mapping[str, Any], site: _Site, text: str, found: Sequence[FoundItem | None]
) -> Document:
    return Document(
        format=version,
        title=title_text(repaired(text_of(feed.get("title")))),
        site_url=site.url,
        language=site.language,
        items=tuple(item for item in found if item),
        hints=read_hints(feed, text),
        self_url=_linked(feed, "self", site.feed_url),
        hub_url=_linked(feed, "hub", site.feed_url),
    )


def _parse(text: str) -> Any:
    """Return feedparser's result for a root element. It is given no address: a guid must not depend on where we ask."""
    detail = ""
    for mended in (has_odd_references(text), True):
        attempt = with_good_references(text) if mended else text
        try:
            return feedparser.parse(
                BytesIO(attempt.encode()), response_headers=_HEADERS, sanitize_html=False, resolve_relative_uris=False
            )
        except Exception as error:  # noqa: BLE001 (feedparser raises whatever its parts raise; a document must not)
            detail = f"{type(error).__name__}: {error}"[:200]
    raise NotAFeedError("unreadable", detail=detail)


def _page_error(body: bytes, headers: Mapping[str, str], url: str) -> NotAFeedError:
    links = page.feed_links(body, url, headers.get("content-type", ""))
    named = [link.url for link in links if link.kind != page.GUESS and link.url != url]
    return NotAFeedError("is_page", feed=named[0] if named else None)


def _linked(feed: Mapping[str, Any], rel: str, url: str) -> str:
    for link in parts(feed, "links"):
        if link.get("rel") == rel:
            return resolve(url, text_of(link.get("href")))
    return ""
