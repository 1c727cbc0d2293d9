"""feedparser's entries as raw items. Its own dates, sanitizer and addresses are not used: ours are stricter."""

from collections.abc import Iterator, Mapping
from typing import Any

from aggregator.documents.items import RawItem, text_as_html
from aggregator.text.urls import resolve

_MAX_CANDIDATES = 50


def raw_item(entry: Mapping[str, Any], url: str, site_url: str, feed_language: str) -> RawItem:
    """Return an entry as a raw item; relative links mean what they mean at the feed's site, or at its address."""
    contents = [content for content in entry.get("content") or () if content.get("value")]
    content = next((c for c in contents if "html" in str(c.get("type"))), contents[0] if contents else {})
    detail = entry.get("summary_detail") or (content if entry.get("summary") == content.get("value") else {})
    base = str(content.get("base") or detail.get("base") or "")
    return RawItem(
        guid=_text(entry.get("id")),
        links=tuple(_links(entry)),
        original_url=_text(entry.get("feedburner_origlink")),
        title=_title(entry),
        summary=_markup(_text(entry.get("summary")), detail.get("type")),
        content=_markup(_text(content.get("value")), content.get("type")),
        base_url=resolve(url, base) or site_url or url,
        link_base_url=site_url or url,
        authors="; ".join(_authors(entry)),
        categories=tuple(
            _text(tag.get("label") or tag.get("term")) for tag in (entry.get("tags") or ())[:_MAX_CANDIDATES]
        ),
        images=tuple(_images(entry)),
        language=_text(entry.get("language") or content.get("language") or detail.get("language")) or feed_language,
        dates=tuple(_dates(entry)),
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _title(entry: Mapping[str, Any]) -> str:
    return _text(entry.get("title"))


def _markup(value: str, content_type: Any) -> str:
    if content_type == "text/plain":
        return text_as_html(value)
    return value.replace("</br>", "")  # feedparser writes XHTML's <br/> as two tags, and a browser reads two breaks


def _links(entry: Mapping[str, Any]) -> Iterator[str]:
    yield _text(entry.get("link"))
    for link in (entry.get("links") or ())[:_MAX_CANDIDATES]:
        if link.get("rel") == "alternate":
            yield _text(link.get("href"))


def _authors(entry: Mapping[str, Any]) -> Iterator[str]:
    names = [_text(author.get("name")) for author in (entry.get("authors") or ())[:_MAX_CANDIDATES]]
    yield from filter(None, names)
    if not any(names):
        yield _text(entry.get("author"))


def _dates(entry: Mapping[str, Any]) -> Iterator[str]:
    for name in ("published", "updated", "created"):
        # Asked past feedparser's own lookup, which answers "updated" with the published date.
        value = dict.get(entry, name) if isinstance(entry, dict) else None
        if isinstance(value, str) and value:
            yield value


def _images(entry: Mapping[str, Any]) -> Iterator[str]:
    for thumbnail in (entry.get("media_thumbnail") or ())[:_MAX_CANDIDATES]:
        yield _text(thumbnail.get("url"))
    for media in (entry.get("media_content") or ())[:_MAX_CANDIDATES]:
        if media.get("medium") == "image" or _text(media.get("type")).startswith("image/"):
            yield _text(media.get("url"))
    for link in (entry.get("links") or ())[:_MAX_CANDIDATES]:
        if link.get("rel") == "enclosure" and _text(link.get("type")).startswith("image/"):
            yield _text(link.get("href"))
