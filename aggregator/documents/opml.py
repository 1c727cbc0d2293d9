"""OPML 2.0: lists of feeds, read with patience and narrow limits, written the same each time."""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html.entities import html5

from lxml import etree

from aggregator.documents.write_xml import add, legal, to_bytes
from aggregator.errors import UsageError

MIME_TYPE = "text/x-opml"
MAX_BYTES = 1_000_000
MAX_OUTLINES = 2_000
MAX_DEPTH = 64
MAX_ATTRIBUTES = 256  # of an element; reading them is quadratic in lxml

_LISTS = frozenset({"include", "source"})  # types of outlines that name another list; those are never read
_DECLARED = re.compile(r"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})")
# Some codecs of Python take quadratic time or are no text; a declaration read as ASCII names neither UTF-16 nor -32.
_PLAIN_CODEC = re.compile(r"(utf-?8|iso|latin|windows|cp\d|(us-)?ascii|koi8|euc|gb|big5|shift|mac|tis)", re.IGNORECASE)
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_PROLOG = re.compile(r"<\?xml\s[^<>]{0,200}\?>|<!DOCTYPE[^<>\[]{0,300}>")
_REFERENCE = re.compile(r"&(?:(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{0,40});)?")
_OF_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})


@dataclass(frozen=True, slots=True)
class Outline:
    """A feed of a list. `folder` is the path of outlines around it, outermost first; texts are "" where not said."""

    title: str
    xml_url: str
    html_url: str = ""
    folder: tuple[str, ...] = ()
    language: str = ""


def read(data: bytes, path: str | None = None) -> tuple[Outline, ...]:
    """Return the feeds of a list in document order, each address once; the addresses themselves are not judged.

    Broken XML is read as far as it goes; nothing it refers to is loaded (RELIABILITY.md promises 2 and 16). Raises
    UsageError opml_too_large, opml_too_many, or opml_unreadable: no OPML, entities declared, nested too deep.
    """
    if len(data) > MAX_BYTES:
        raise UsageError("opml_too_large", limit=MAX_BYTES, path=path)
    text = _PROLOG.sub("", legal(_decoded(data)))
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise UsageError("opml_unreadable", detail="it declares entities", path=path)
    root = _parsed(text)
    if root.find(".//{*}opml") is None:
        raise UsageError("opml_unreadable", detail="there is no opml element", path=path)
    found: dict[str, Outline] = {}
    for n_feeds, outline in enumerate(_feeds(root, path), 1):
        if n_feeds > MAX_OUTLINES:
            raise UsageError("opml_too_many", limit=MAX_OUTLINES, path=path)
        found.setdefault(outline.xml_url, outline)
    return tuple(found.values())


def write(title: str, outlines: Iterable[Outline], *, owner: str = "") -> bytes:
    """Return the list as OPML 2.0, folders in the order of their first feed.

    It holds no dates, so the same list is always the same bytes.
    """
    root = etree.Element("opml", {"version": "2.0"})
    head = add(root, "head")
    add(head, "title", title)
    if owner:
        add(head, "ownerName", owner)
    folders: dict[tuple[str, ...], etree._Element] = {(): add(root, "body")}
    for outline in outlines:
        for depth, name in enumerate(outline.folder, 1):
            if (inner := outline.folder[:depth]) not in folders:
                folders[inner] = add(folders[inner[:-1]], "outline", attributes={"text": name, "title": name})
        add(folders[outline.folder], "outline", attributes={
            "type": "rss", "text": outline.title, "title": outline.title, "xmlUrl": outline.xml_url,
            "htmlUrl": outline.html_url, "language": outline.language,
        })  # fmt: skip
    return to_bytes(root)


def _decoded(data: bytes) -> str:
    """Return the text of a document, by its byte order mark, else its declaration, else UTF-8."""
    for mark, codec in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(codec, "replace")
    if data.startswith((b"<\0", b"\0<")):
        return data.decode("utf-16-le" if data[1] == 0 else "utf-16-be", "replace")
    declared = _DECLARED.match(data[:300].decode("ascii", "replace"))
    if declared and _PLAIN_CODEC.match(declared[1]):
        try:
            return data.decode(declared[1], "replace")
        except LookupError:
            pass  # no codec of that name; most of those documents are UTF-8
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("windows-1252", "replace")


def _parsed(text: str) -> etree._Element:
    """Return an element around whatever could be read: one document, or several behind each other."""
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True,
        encoding="utf-8",
    )  # fmt: skip
    return etree.fromstring(f"<lists>{_REFERENCE.sub(_reference, text)}</lists>".encode(), parser)


def _reference(found: re.Match[str]) -> str:
    """Return a reference as XML without declarations understands it: HTML's names, bare ampersands in addresses."""
    name: str | None = found[1]
    if name is None:
        return "&amp;"
    if name in _OF_XML:
        return found[0]
    meant = html.unescape(found[0]) if name.startswith("#") else html5.get(f"{name};")
    return f"&amp;{name};" if meant is None else html.escape(legal(meant))


def _feeds(root: etree._Element, path: str | None) -> Iterator[Outline]:
    """Yield each outline that is a feed, with the outlines around it that are not."""
    waiting: list[tuple[etree._Element, tuple[str, ...], int]] = [(root, (), 0)]
    while waiting:
        element, folder, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise UsageError("opml_unreadable", detail=f"it is nested more than {MAX_DEPTH} levels deep", path=path)
        if len(element.attrib) > MAX_ATTRIBUTES:
            raise UsageError(
                "opml_unreadable", detail=f"an element has more than {MAX_ATTRIBUTES} attributes", path=path
            )
        if etree.QName(element).localname == "outline":
            said = {
                etree.QName(name).localname.lower(): " ".join(str(value).split()) for name, value in element.items()
            }
            title = said.get("text") or said.get("title", "")
            if url := said.get("xmlurl"):
                if said.get("type", "").lower() not in _LISTS:
                    yield Outline(title, url, said.get("htmlurl", ""), folder, said.get("language", ""))
            elif title:
                folder = (*folder, title)
        waiting.extend((child, folder, depth + 1) for child in reversed(element))
