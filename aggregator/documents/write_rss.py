"""A publication as RSS 2.0, by the RSS Advisory Board's best practices."""

from datetime import UTC, datetime
from email.utils import format_datetime

from lxml import etree

from aggregator.documents.write_xml import ATOM, DUBLIN_CORE, HISTORY, LANGUAGE, STYLESHEET, add, rfc3339, to_bytes
from aggregator.model.publication import Entry, Publication

MIME_TYPE = "application/rss+xml"
TTL_MIN = 5  # minutes; says the same as the max-age that the document is sent with
_ATOM, _DC, _FH = f"{{{ATOM}}}", f"{{{DUBLIN_CORE}}}", f"{{{HISTORY}}}"


def write_rss(publication: Publication) -> bytes:
    """Return the document: what Atom says better (self, archives, updated) is said in Atom's namespace."""
    root = etree.Element("rss", nsmap={"atom": ATOM, "dc": DUBLIN_CORE, "fh": HISTORY})
    root.set("version", "2.0")
    root.set(LANGUAGE, publication.language)
    channel = add(root, "channel")
    add(channel, "title", publication.title)
    add(channel, "link", publication.links.home)
    add(channel, "description", publication.description)
    add(channel, "language", publication.language)
    if publication.entries:
        add(channel, "lastBuildDate", _rfc822(publication.updated_at))
    add(channel, "generator", publication.generator)
    add(channel, "ttl", str(TTL_MIN))
    _add_links(channel, publication)
    for entry in publication.entries:
        _add_item(channel, entry)
    return to_bytes(root, stylesheet=STYLESHEET)


def _add_links(channel: etree._Element, publication: Publication) -> None:
    links = publication.links
    if publication.is_closed:
        add(channel, f"{_FH}archive")
    for rel, url in (
        ("self", links.document), ("current", links.current),
        ("prev-archive", links.prev_archive), ("next-archive", links.next_archive),
    ):  # fmt: skip
        if url:
            add(channel, f"{_ATOM}link", attributes={"rel": rel, "type": MIME_TYPE, "href": url})


def _add_item(channel: etree._Element, entry: Entry) -> None:
    item = add(channel, "item", attributes={LANGUAGE: entry.language})
    if entry.title:
        add(item, "title", entry.title)
    add(item, "link", entry.url)
    add(item, "guid", entry.id, {"isPermaLink": "false"})
    add(item, "pubDate", _rfc822(entry.published_at))
    add(item, f"{_ATOM}updated", rfc3339(entry.updated_at))
    for name in entry.authors:
        add(item, f"{_DC}creator", name)
    for category in entry.categories:
        add(item, "category", category.term, {"domain": category.scheme})
    add(item, "description", entry.body_html)
    if entry.via_url:
        add(item, f"{_ATOM}link", attributes={"rel": "via", "href": entry.via_url})
    add(item, "source", entry.source.name, {"url": entry.source.feed_url})


def _rfc822(at: datetime) -> str:
    return format_datetime(at.astimezone(UTC), usegmt=True)
