"""Web pages: whether a body is one, and the feeds that it names (autodiscovery)."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import lxml.html
from lxml import etree

from aggregator.documents.encoding import to_text
from aggregator.documents.scan import Root, find_root
from aggregator.errors import HostileError
from aggregator.text.markup import title_text
from aggregator.text.urls import resolve

GUESS = "guess"
MAX_LINKS = 20

_MAX_PAGE_CHARS = 2_000_000
_KINDS = {
    "application/rss+xml": "rss",
    "application/atom+xml": "atom",
    "application/feed+json": "json",
    "application/rdf+xml": "rss",
    "application/xml": "rss",
    "text/xml": "rss",
}
_PAGE_ROOTS = frozenset({
    "html", "head", "body", "title", "meta", "h1", "h2", "h3", "p", "div", "script", "style", "table", "center", "font",
    "a", "img", "br", "span", "iframe", "frameset", "noscript",
})  # fmt: skip
_FEED_ROOTS = frozenset({"rss", "feed", "rdf", "channel", "item", "entry"})
_FEED_PATH = re.compile(
    r"(?:^|/)(?:feed|feeds|rss|atom)(?:\.xml|\.rss|\.json|\.php)?/?$|(?:^|/)(?:rss|feed|atom)/[\w./-]+$|\.(?:rss|atom|rdf)$"
    r"|(?:^|/)index\.(?:rdf|xml)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class FoundLink:
    """A feed that a page names; `kind` is rss, atom or json, or "guess" for a mere link that looks like one."""

    url: str
    title: str
    kind: str


def looks_like_page(body: bytes) -> bool:
    """Return whether a body is a web page rather than a document of data."""
    try:
        return is_page_root(find_root(to_text(body[:65_536])))
    except HostileError:
        return False


def is_page_root(root: Root) -> bool:
    """Return whether a root element, or what stands before it, is that of a web page."""
    name = root.name.rpartition(":")[2].lower()
    return name in _PAGE_ROOTS or (root.is_html and name not in _FEED_ROOTS)


def feed_links(body: bytes, url: str, content_type: str) -> list[FoundLink]:
    """Return the feeds that a page names, in its order, 20 at most, each address once.

    Those of `<link rel="alternate">` by their type; without any, links whose path looks like that of a feed.
    """
    document = _document(to_text(body, content_type)[:_MAX_PAGE_CHARS])
    if document is None:
        return []
    base_url = _base_url(document, url)
    found: dict[str, FoundLink] = {}
    for element in document.iter("link"):
        kind = _kind(element)
        address = resolve(base_url, element.get("href") or "") if kind and element.get("href") else ""
        if address and len(found) < MAX_LINKS:
            found.setdefault(address, FoundLink(address, title_text(element.get("title") or ""), kind))
    return list((found or _guesses(document, base_url)).values())


def _document(text: str) -> lxml.html.HtmlElement | None:
    parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=False, no_network=True, remove_comments=True)
    try:
        return lxml.html.document_fromstring(text.encode(), parser=parser)
    except (etree.LxmlError, ValueError):
        return None


def _base_url(document: lxml.html.HtmlElement, url: str) -> str:
    """Return what relative links mean: the first `<base href>` counts, as in a browser."""
    for element in document.iter("base"):
        if element.get("href"):
            return resolve(url, element.get("href") or "") or url
    return url


def _kind(element: lxml.html.HtmlElement) -> str:
    relations = (element.get("rel") or "").lower().split()
    if "alternate" not in relations or "stylesheet" in relations:
        return ""
    return _KINDS.get((element.get("type") or "").partition(";")[0].strip().lower(), "")


def _guesses(document: lxml.html.HtmlElement, base_url: str) -> dict[str, FoundLink]:
    found: dict[str, FoundLink] = {}
    for element in document.iter("a"):
        href = element.get("href") or ""
        address = resolve(base_url, href) if href else ""
        if address and _FEED_PATH.search(urlsplit(address).path) and len(found) < MAX_LINKS:
            found.setdefault(address, FoundLink(address, title_text(element.text_content()), GUESS))
    return found
