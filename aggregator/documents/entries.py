"""feedparser's entries as raw items. Its own dates, sanitizer and addresses are not used: ours are stricter."""

from collections.abc import Iterator, Mapping
from typing import Any

from aggregator.documents.items import RawItem, text_as_html
from aggregator.text.urls import resolve

_MAX_CANDIDATES = 50


def raw_item(entry: Mapping[str, Any], url: str, site_url: str, feed_language: str) -> RawItem:
    """Return an entry as a raw item; relative links mean what they mean at the feed's site, or at its address."""
    contents = [content for content in parts(entry, "content") if content.get("value")]
    content = next((c for c in contents if "html" in str(c.get("type"))), contents[0] if contents else {})
    detail = entry.get("summary_detail")
    if not isinstance(detail, Mapping):
        detail = content if entry.get("summary") == content.get("value") else {}
    base = text_of(content.get("base")) or text_of(detail.get("base"))
    return RawItem(
        guid=text_of(entry.get("id")),
        links=tuple(_links(entry)),
        original_url=text_of(entry.get("feedburner_origlink")),
        title=text_of(entry.get("title")),
        summary=_markup(text_of(entry.get("summary")), detail.get("type")),
        content=_markup(text_of(content.get("value")), content.get("type")),
        base_url=resolve(url, base) or site_url or url,
        link_base_url=site_url or url,
        authors="; ".join(_authors(entry)),
        categories=tuple(text_of(tag.get("label") or tag.get("term")) for tag in parts(entry, "tags")),
        images=tuple(_images(entry)),
        language=text_of(entry.get("language") or content.get("language") or detail.get("language")) or feed_language,
        dates=tuple(_dates(entry)),
    )


def parts(holder: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """Return the parts of a repeated field, 50 at most; none where an unknown element has taken its name."""
    value = holder.get(name)
    return [part for part in value[:_MAX_CANDIDATES] if isinstance(part, Mapping)] if isinstance(value, list) else []


def text_of(value: Any) -> str:
    """Return a field that is text; "" where an unknown element has taken its name."""
    return value if isinstance(value, str) else ""


def _markup(value: str, content_type: Any) -> str:
    if content_type == "text/plain":
        return text_as_html(value)
    return value.replace("</br>", "")  # feedparser writes XHTML's <br/> as two tags, and a browser reads two breaks


def _links(entry: Mapping[str, Any]) -> Iterator[str]:
    yield text_of(entry.get("link"))
    for link in parts(entry, "links"):
        if link.get("rel") == "alternate":
            yield text_of(link.get("href"))


def _authors(entry: Mapping[str, Any]) -> Iterator[str]:
    """Yield the authors; a single one as written, since names taken out of "address (name)" are sometimes cut."""
    names = [text_of(author.get("name")) for author in parts(entry, "authors")]
    yield from filter(None, names if len(names) > 1 else [text_of(entry.get("author"))])


def _dates(entry: Mapping[str, Any]) -> Iterator[str]:
    for name in ("published", "updated", "created"):
        # Asked past feedparser's own lookup, which answers "updated" with the published date.
        value = dict.get(entry, name) if isinstance(entry, dict) else None
        if isinstance(value, str) and value:
            yield value


def _images(entry: Mapping[str, Any]) -> Iterator[str]:
    for thumbnail in parts(entry, "media_thumbnail"):
        yield text_of(thumbnail.get("url"))
    for media in parts(entry, "media_content"):
        if media.get("medium") == "image" or text_of(media.get("type")).startswith("image/"):
            yield text_of(media.get("url"))
    for link in parts(entry, "links"):
        if link.get("rel") == "enclosure" and text_of(link.get("type")).startswith("image/"):
            yield text_of(link.get("href"))
