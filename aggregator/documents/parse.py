"""Feed documents read: any bytes in, a Document or a stated reason out. The only user of feedparser."""

from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from typing import Any

import feedparser

from aggregator.documents import jsonfeed, page
from aggregator.documents.encoding import is_binary, to_text
from aggregator.documents.entries import parts, raw_item, text_of
from aggregator.documents.hints import read_hints
from aggregator.documents.items import found_item, language, repaired
from aggregator.documents.scan import MAX_ITEMS, Root, bounded, find_root, has_odd_references, with_good_references
from aggregator.errors import NotAFeedError
from aggregator.model.document import Document
from aggregator.model.reason import Reason
from aggregator.text.markup import title_text
from aggregator.text.urls import resolve

_HEADERS = {"content-type": "application/xml; charset=utf-8"}  # what we hand over is just that


def read(body: bytes, headers: Mapping[str, str], url: str, zone: str, now: datetime) -> Document:
    """Return the feed that a body holds, of any format; a feed without items is one.

    `headers` have lower-case names; `url` is the address that answered; dates without a zone are read in `zone`.
    Raises NotAFeedError (empty, is_page with the feed it names, binary, not_a_feed, unreadable) and HostileError
    (declares_entities, too_deep, too_many_attributes).
    """
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
    return _read_xml(text, root, url, zone, now)


def _read_xml(text: str, root: Root, url: str, zone: str, now: datetime) -> Document:
    if not root.name:
        raise NotAFeedError("not_a_feed")
    text, n_dropped = bounded(text[root.start :])
    parsed = _parse(text)
    feed, entries = parsed.feed, parsed.entries
    if not parsed.get("version") and not entries:
        raise NotAFeedError("not_a_feed")
    site_url = resolve(url, text_of(feed.get("link")))
    feed_language = language(text_of(feed.get("language")))
    found = [found_item(raw_item(entry, url, site_url, feed_language), zone, now) for entry in entries[:MAX_ITEMS]]
    items = tuple(item for item in found if item)
    return Document(
        format=text_of(parsed.get("version")),
        title=title_text(repaired(text_of(feed.get("title")))),
        site_url=site_url,
        language=feed_language,
        items=items,
        hints=read_hints(feed, text),
        self_url=_linked(feed, "self", url),
        hub_url=_linked(feed, "hub", url),
        n_dropped=n_dropped + len(entries) - len(items),
        warnings=(Reason("ill_formed"),) if parsed.get("bozo") else (),
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
