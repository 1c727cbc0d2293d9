"""What the writers of XML share: legal characters, elements, namespaces, bytes."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from lxml import etree

ATOM = "http://www.w3.org/2005/Atom"
HISTORY = "http://purl.org/syndication/history/1.0"  # RFC 5005
DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"

# A path, not an address: a style sheet of another origin than the document's would not be loaded.
STYLESHEET = 'type="text/css" href="/static/feed.css"'

# XML 1.0 section 2.2, less the control characters that it only discourages (U+007F to U+009F).
_ILLEGAL = re.compile("[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def legal(text: str) -> str:
    """Return text without what no document may hold: control characters, lone surrogates, U+FFFE and U+FFFF."""
    return _ILLEGAL.sub("", text)


def rfc3339(at: datetime) -> str:
    """Return an instant as RFC 3339, in UTC, whole seconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def add(
    parent: etree._Element, tag: str, text: str = "", attributes: Mapping[str, str] | None = None
) -> etree._Element:
    """Append an element with text, and with those of its attributes that are not empty, and return it."""
    child = etree.SubElement(parent, tag)
    for name, value in (attributes or {}).items():
        if value:
            child.set(name, legal(value))
    if text:
        child.text = legal(text)
    return child


def to_bytes(root: etree._Element, *, stylesheet: str = "") -> bytes:
    """Return the document of a root element in UTF-8; the same elements always give the same bytes."""
    if stylesheet:
        root.addprevious(etree.ProcessingInstruction("xml-stylesheet", stylesheet))
    document: bytes = etree.tostring(root.getroottree(), xml_declaration=True, encoding="utf-8", pretty_print=True)
    return document
