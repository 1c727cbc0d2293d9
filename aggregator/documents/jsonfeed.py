"""JSON Feed 1.0 and 1.1 read (jsonfeed.org); wrong types count as missing."""

import json
import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from aggregator.documents.items import RawItem, found_item, language, text_as_html
from aggregator.documents.scan import MAX_ITEMS
from aggregator.errors import HostileError, NotAFeedError
from aggregator.model.document import Document, Hints
from aggregator.text.markup import title_text
from aggregator.text.urls import resolve

_VERSIONS = {"1": "json1", "1.1": "json11"}
_PREFIX = "//jsonfeed.org/version/"


def read(text: str, url: str, zone: str, now: datetime) -> Document:
    """Return the document of a JSON text. Raises NotAFeedError (unreadable, not_a_feed) and HostileError (too_deep)."""
    try:
        feed = json.loads(text)
    except RecursionError:
        raise HostileError("too_deep", limit=sys.getrecursionlimit()) from None
    except ValueError as error:  # also a number of thousands of digits
        raise NotAFeedError("unreadable", detail=str(error)[:200]) from None
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise NotAFeedError("not_a_feed")
    scheme, _, version = _text(feed, "version").partition(_PREFIX)
    if scheme not in ("http:", "https:"):
        raise NotAFeedError("not_a_feed")
    feed_language = language(_text(feed, "language"))
    site_url = resolve(url, _text(feed, "home_page_url"))
    entries = [entry for entry in feed["items"] if isinstance(entry, dict)]
    found = [found_item(_raw_item(entry, url, feed_language), zone, now) for entry in entries[:MAX_ITEMS]]
    items = tuple(item for item in found if item)
    return Document(
        format=_VERSIONS.get(version.strip("/"), "json11"),
        title=title_text(_text(feed, "title")),
        site_url=site_url,
        language=feed_language,
        items=items,
        hints=Hints(),
        self_url=resolve(url, _text(feed, "feed_url")),
        hub_url=_hub(feed, url),
        n_dropped=len(feed["items"]) - len(items),
    )


def _raw_item(entry: Mapping[str, Any], url: str, feed_language: str) -> RawItem:
    content = _text(entry, "content_html") or text_as_html(_text(entry, "content_text"))
    return RawItem(
        guid=_id(entry.get("id")),
        links=(_text(entry, "url"),) if entry.get("url") else (),
        title=_text(entry, "title"),
        summary=text_as_html(_text(entry, "summary")) or content,
        content=content,
        base_url=resolve(url, _text(entry, "url")) or url,
        link_base_url=url,
        authors="; ".join(_authors(entry)),
        categories=tuple(tag for tag in _list(entry, "tags") if isinstance(tag, str)),
        images=tuple(filter(None, (_text(entry, "image"), _text(entry, "banner_image")))),
        language=_text(entry, "language") or feed_language,
        dates=tuple(filter(None, (_text(entry, "date_published"), _text(entry, "date_modified")))),
    )


def _id(value: Any) -> str:
    """Return an item's id as text; version 1.0 let numbers stand for it."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value)


def _authors(entry: Mapping[str, Any]) -> list[str]:
    people = [*_list(entry, "authors"), entry.get("author")]
    return [name for person in people if isinstance(person, dict) and (name := _text(person, "name"))]


def _hub(feed: Mapping[str, Any], url: str) -> str:
    for hub in _list(feed, "hubs"):
        if isinstance(hub, dict) and _text(hub, "type").lower() == "websub":
            return resolve(url, _text(hub, "url"))
    return ""


def _text(holder: Mapping[str, Any], name: str) -> str:
    value = holder.get(name)
    return value if isinstance(value, str) else ""


def _list(holder: Mapping[str, Any], name: str) -> list[Any]:
    value = holder.get(name)
    return value if isinstance(value, list) else []
