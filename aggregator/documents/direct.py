"""Plain items read straight from the tree: what feedparser would make of them, for a tenth of its time.

An item is plain when each of its elements is of the usual vocabulary, stands once and holds nothing but text in which
there is nothing to mend. Any other is left to feedparser, whose readings are the measure of these.
"""

import re
from collections.abc import Collection, Iterable, Mapping

from lxml import etree

from aggregator.documents.items import RawItem, text_as_html

ATOM = "{http://www.w3.org/2005/Atom}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_MEDIA = ("{http://search.yahoo.com/mrss/}", "{http://search.yahoo.com/mrss}")
_ORIGINAL = "{http://rssnamespace.org/feedburner/ext/1.0}origLink"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

# Elements of which one at most may stand in an item, by the field that they give.
_RSS = {
    "title": "title", "link": "link", "guid": "guid", "description": "summary", _CONTENT: "content",
    "pubDate": "published", f"{_DC}date": "updated", f"{ATOM}updated": "updated", "author": "author",
    f"{_DC}creator": "author", "comments": "", "source": "", _ORIGINAL: "original",
    "{com-wordpress:feed-additions:1}post-id": "",
}  # fmt: skip
_ENTRY = {
    f"{ATOM}title": "title", f"{ATOM}id": "guid", f"{ATOM}summary": "summary", f"{ATOM}content": "content",
    f"{ATOM}published": "published", f"{ATOM}updated": "updated", f"{ATOM}rights": "", _ORIGINAL: "original",
}  # fmt: skip
_UNREAD = ("{http://purl.org/rss/1.0/modules/slash/}", "{http://wellformedweb.org/CommentAPI/}")
_ATTRIBUTES = {
    "guid": {"isPermaLink"}, "category": {"domain"}, "source": {"url"}, f"{ATOM}title": {"type"},
    f"{ATOM}summary": {"type"}, f"{ATOM}content": {"type"}, f"{ATOM}rights": {"type"},
}  # fmt: skip
_LINK_ATTRIBUTES = {"href", "rel", "type", "title", "hreflang", "length"}
_PICTURE_ATTRIBUTES = {
    "url", "type", "length", "width", "height", "medium", "fileSize", "expression", "isDefault", "time", "duration",
    "bitrate", "lang",
}  # fmt: skip
_TYPES = {"": "text/plain", "text": "text/plain", "html": "text/html", "text/html": "text/html"}
_HTML = ("text/html", "application/xhtml+xml")
_MAX_OF_A_KIND = 40  # links, pictures, categories

# Characters of windows-1252 in the wrong place, and addresses that feedparser would mend.
_MISPLACED = re.compile("[\x80-\x9f]")
_ODD_ADDRESS = re.compile(r":///|&[A-Za-z0-9_]+;")


class NotPlainError(Exception):
    """An element is for feedparser to read."""


def plain_item(item: etree._Element) -> RawItem | None:
    """Return an item as feedparser would give it, but for base addresses and the feed's language; None: not plain."""
    try:
        return _entry(item) if item.tag == f"{ATOM}entry" else _rss_item(item)
    except NotPlainError:
        return None


def _rss_item(item: etree._Element) -> RawItem:
    check(item)
    fields: dict[str, str] = {}
    categories: dict[tuple[str, str], None] = {}
    images: tuple[list[str], list[str], list[str]] = ([], [], [])
    is_link = False
    for child in item:
        tag = str(child.tag)
        if tag in _RSS:
            check(child, _ATTRIBUTES.get(tag, ()))
            _put(fields, tag, _RSS[tag], _text(child))
            is_link = is_link or (tag == "guid" and child.get("isPermaLink", "true") == "true")
        elif tag == "category":
            check(child, _ATTRIBUTES[tag])
            if text := _text(child):
                categories.setdefault((text, child.get("domain") or ""))
            elif child.get("domain"):
                raise NotPlainError
        elif tag == "enclosure" or tag.startswith(_MEDIA):
            _add_picture(child, tag, images)
        elif not tag.startswith(_UNREAD) or len(child):
            raise NotPlainError
    if "link" not in fields and is_link:
        fields["link"] = fields["guid"]
    if _ODD_ADDRESS.search(fields.get("link", "")) or (is_link and ":///" in fields["guid"]):
        raise NotPlainError
    types = {"summary": "text/html", "content": "text/html"}
    names = (name for name, _ in categories)
    return _raw(item, fields, types, [fields.get("link", "")], names, [url for kind in images for url in kind])


def _entry(entry: etree._Element) -> RawItem:
    check(entry, (_LANG,))
    fields: dict[str, str] = {}
    types: dict[str, str] = {}
    links: list[tuple[str, str, str]] = []
    authors: list[tuple[str, str]] = []
    categories: dict[tuple[str | None, ...], str] = {}
    thumbnails: tuple[list[str], list[str], list[str]] = ([], [], [])
    for child in entry:
        tag = str(child.tag)
        if tag in _ENTRY:
            check(child, _ATTRIBUTES.get(tag, ()))
            name, kind = _ENTRY[tag], (child.get("type") or "").lower()
            if kind not in _TYPES:
                raise NotPlainError
            types[name] = _TYPES[kind]
            _put(fields, tag, name, _text(child))
        elif tag == f"{ATOM}link":
            links.append(_link(child))
        elif tag == f"{ATOM}author":
            authors.append(_author(child))
        elif tag == f"{ATOM}category":
            check(child, ("term", "scheme", "label"))
            term, scheme, label = (child.get(name) for name in ("term", "scheme", "label"))
            if _text(child) or not (term or scheme or label):
                raise NotPlainError
            categories.setdefault((term, scheme, label), label or term or "")
        elif tag.startswith(_MEDIA):
            _add_picture(child, tag, thumbnails)
        else:
            raise NotPlainError
    if ":///" in fields.get("guid", ""):
        raise NotPlainError
    if authors:
        fields["author"] = _authors(authors)
    pages = [href for rel, kind, href in links if rel == "alternate" and kind in _HTML]
    alternates = [href for rel, _, href in links if rel == "alternate"]
    thumbnails[2].extend(href for rel, kind, href in links if rel == "enclosure" and kind.startswith("image/"))
    found = [pages[-1] if pages else fields.get("guid", ""), *alternates]
    return _raw(entry, fields, types, found, categories.values(), [url for kind in thumbnails for url in kind])


def _raw(
    item: etree._Element,
    fields: Mapping[str, str],
    types: Mapping[str, str],
    links: Iterable[str],
    categories: Iterable[str],
    images: Iterable[str],
) -> RawItem:
    content = fields.get("content", "")
    summary = fields.get("summary", content)
    summary_type = types["summary" if "summary" in fields else "content"] if summary else ""
    has_language = "summary" in fields or content
    return RawItem(
        guid=fields.get("guid", ""),
        links=tuple(links),
        original_url=fields.get("original", ""),
        title=fields.get("title", ""),
        summary=_markup(summary, summary_type),
        content=_markup(content, types["content"]) if content else "",
        authors=fields.get("author", ""),
        categories=tuple(categories)[:_MAX_OF_A_KIND],
        images=tuple(images),
        language=(language_of(item) if has_language else ""),
        dates=tuple(fields[name] for name in ("published", "updated") if fields.get(name)),
    )


def language_of(element: etree._Element) -> str:
    """Return the xml:lang (or lang, which some write) that holds for an element, "" for none."""
    for one in (element, *element.iterancestors()):
        if (given := one.get(_LANG, one.get("lang"))) is not None:
            return given.replace("_", "-")
    return ""


def _put(fields: dict[str, str], tag: str, name: str, text: str) -> None:
    """Set the field of an element, the first of its name."""
    name = name or tag
    if name in fields:
        raise NotPlainError
    fields[name] = text


def check(element: etree._Element, allowed: Collection[str] = ()) -> None:
    """Raise NotPlainError when an element has other attributes than these."""
    for name in element.keys():  # noqa: SIM118 (an element is a sequence of its children)
        if name not in allowed:
            raise NotPlainError


def _text(element: etree._Element) -> str:
    """Return the stripped text of an element that has nothing else in it, and nothing to mend."""
    if len(element):
        raise NotPlainError
    return mendless((element.text or "").strip())


def mendless(text: str) -> str:
    """Return the text; NotPlainError where feedparser would change its characters."""
    if text.isascii():
        return text
    if _MISPLACED.search(text):
        raise NotPlainError
    try:
        text.encode("latin-1").decode()
    except UnicodeError:
        return text
    raise NotPlainError


def _markup(value: str, kind: str) -> str:
    return text_as_html(value) if kind == "text/plain" else value.replace("</br>", "")


def _link(link: etree._Element) -> tuple[str, str, str]:
    """Return a link's rel, type and address."""
    check(link, _LINK_ATTRIBUTES)
    href = link.get("href")
    if not href or ":///" in href or len(link) or (link.text or "").strip():
        raise NotPlainError
    return link.get("rel", "alternate").lower(), link.get("type", "text/html").lower(), href


def _author(author: etree._Element) -> tuple[str, str]:
    """Return an author's name and address; their text is not mended by feedparser."""
    check(author)
    found: dict[str, str] = {}
    for child in author:
        tag = str(child.tag)
        if tag not in (f"{ATOM}name", f"{ATOM}email", f"{ATOM}uri") or tag in found or len(child) or child.attrib:
            raise NotPlainError
        found[tag] = (child.text or "").strip()
    if (author.text or "").strip() or any((child.tail or "").strip() for child in author):
        raise NotPlainError
    return found.get(f"{ATOM}name", ""), found.get(f"{ATOM}email", "")


def _authors(authors: list[tuple[str, str]]) -> str:
    if len(authors) > 1:
        return "; ".join(name for name, _ in authors if name)
    name, email = authors[0]
    return f"{name} ({email})" if name and email else name or email


def _add_picture(element: etree._Element, tag: str, images: tuple[list[str], list[str], list[str]]) -> None:
    """Add the picture that an element names to those of its kind: thumbnails, media, enclosures."""
    check(element, _PICTURE_ATTRIBUTES)
    url, kind = element.get("url"), element.get("type", "").lower()
    name = tag.rpartition("}")[2]
    if not url or len(element) or (element.text or "").strip() or len(images[0]) >= _MAX_OF_A_KIND:
        raise NotPlainError
    if name == "thumbnail":
        images[0].append(url)
    elif name == "content":
        if element.get("medium") == "image" or kind.startswith("image/"):
            images[1].append(url)
    elif name != "enclosure":
        raise NotPlainError
    elif kind.startswith("image/"):
        images[2].append(url)
