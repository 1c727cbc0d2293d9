"""Addresses: of pages in a language, of items, of merged feeds, of static files; absolute ones from the site's base."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from aggregator import wording
from aggregator.model.item import Item
from aggregator.model.region import Region
from web import language
from web.context import site

FEED_TYPES = {
    "rss": ("RSS", "application/rss+xml"),
    "atom": ("Atom", "application/atom+xml"),
    "json": ("JSON", "application/feed+json"),
}
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_MAX_SLUG = 80


@dataclass(frozen=True, slots=True)
class FeedLink:
    """One address of a merged feed, absolute."""

    name: str  # RSS, Atom, JSON
    mime_type: str
    url: str


def page(endpoint: str, **values: Any) -> str:
    """Return the path of a page in the language of this request."""
    return url_for(f"pages_{language.current()}.{endpoint}", **values)


def absolute(path: str) -> str:
    """Return the absolute address of a path of this site."""
    return site().base + path


def in_language(wanted: str) -> str:
    """Return the path of this page in a language."""
    bare = language.bare(request.path)
    return language.prefix(wanted) + ("/" if bare == "/" else bare)


def translations() -> list[tuple[str, str]]:
    """Return each language with the absolute address of this page in it, and x-default with the site's own."""
    own = site().config.site.language
    pairs = [(code, absolute(in_language(code))) for code in wording.LANGUAGES]
    return [*pairs, ("x-default", absolute(in_language(own)))]


def slug(title: str) -> str:
    """Return the readable part of an item's address, a-z, 0-9 and hyphens; "berita" for a title without any."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = _NOT_WORD.sub("-", plain).strip("-")
    if len(words) > _MAX_SLUG:
        words = words[: _MAX_SLUG + 1].rpartition("-")[0] or words[:_MAX_SLUG]
    return words or "berita"


def item(shown: Item) -> str:
    """Return the path of an item's page."""
    return page("item", item_id=shown.id, slug=slug(shown.title))


def feeds_of(path: str) -> list[FeedLink]:
    """Return the three addresses of a merged feed, given as its path without the ending: `latest`, `region/jatim`."""
    return [
        FeedLink(name, mime_type, absolute(f"/feeds/{path}.{ending}"))
        for ending, (name, mime_type) in FEED_TYPES.items()
    ]


def region_label(region: Region) -> str:
    """Return the name that readers use for a region: a city that shares its name with a regency is told apart."""
    is_shared = region.slug.rpartition("/")[2].startswith("kota-")
    return region.name if is_shared else region.short_name


def contact() -> str:
    """Return the address behind site.contact: of a page, of a mailbox, "" if it is neither."""
    text = site().config.site.contact
    if text.startswith(("https://", "http://", "mailto:")):
        return text
    return f"mailto:{text}" if "@" in text and " " not in text else ""
