"""A publication as Atom (RFC 4287), with its archive links (RFC 5005)."""

from collections.abc import Mapping

from lxml import etree

from aggregator.documents import write_xml
from aggregator.documents.write_xml import ATOM, HISTORY, LANGUAGE, STYLESHEET, rfc3339, to_bytes
from aggregator.model.publication import Entry, Publication

MIME_TYPE = "application/atom+xml"
_TEXT, _HTML = {"type": "text"}, {"type": "html"}


def write_atom(publication: Publication) -> bytes:
    """Return the document. The feed names no author: every entry names its own."""
    spaces: dict[str, str] = {None: ATOM, "fh": HISTORY}  # type: ignore[dict-item]  # the stubs know no default namespace
    root = etree.Element(f"{{{ATOM}}}feed", {LANGUAGE: publication.language}, nsmap=spaces)
    _add(root, "id", publication.id)
    _add(root, "title", publication.title, _TEXT)
    _add(root, "subtitle", publication.description, _TEXT)
    _add(root, "updated", rfc3339(publication.updated_at))
    _add(root, "generator", publication.generator)
    if publication.is_closed:
        write_xml.add(root, f"{{{HISTORY}}}archive")
    links = publication.links
    _link(root, "alternate", links.home, "text/html")
    _link(root, "self", links.document, MIME_TYPE)
    _link(root, "current", links.current, MIME_TYPE)
    _link(root, "prev-archive", links.prev_archive, MIME_TYPE)
    _link(root, "next-archive", links.next_archive, MIME_TYPE)
    for entry in publication.entries:
        _add_entry(root, entry)
    return to_bytes(root, stylesheet=STYLESHEET)


def _add_entry(root: etree._Element, entry: Entry) -> None:
    element = _add(root, "entry", attributes={LANGUAGE: entry.language})
    _add(element, "id", entry.id)
    _add(element, "title", entry.title, _TEXT)
    _link(element, "alternate", entry.url)
    _link(element, "via", entry.via_url)
    _add(element, "published", rfc3339(entry.published_at))
    _add(element, "updated", rfc3339(entry.updated_at))
    for name in entry.authors:
        _add(_add(element, "author"), "name", name)
    for category in entry.categories:
        words = {"term": category.term, "scheme": category.scheme, "label": category.label}
        _add(element, "category", attributes=words)
    _add(element, "content", entry.body_html, _HTML)
    source = _add(element, "source")
    _add(source, "id", entry.source.id)
    _add(source, "title", entry.source.name, _TEXT)
    # When the source's own feed changed is not kept; the entry's instant leaves old entries as they were.
    _add(source, "updated", rfc3339(entry.updated_at))
    _link(source, "self", entry.source.feed_url)
    _link(source, "alternate", entry.source.site_url)


def _add(
    parent: etree._Element, name: str, text: str = "", attributes: Mapping[str, str] | None = None
) -> etree._Element:
    return write_xml.add(parent, f"{{{ATOM}}}{name}", text, attributes)


def _link(parent: etree._Element, rel: str, url: str, mime_type: str = "") -> None:
    if url:
        _add(parent, "link", attributes={"rel": rel, "type": mime_type, "href": url})
