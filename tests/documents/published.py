"""A publication for the tests of the writers, and how each format is read back."""

import dataclasses
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lxml import etree

from aggregator.documents.write_atom import write_atom
from aggregator.documents.write_json import write_json
from aggregator.documents.write_rss import write_rss
from aggregator.model.publication import Category, Credit, Entry, Links, Publication

AT = datetime(2026, 3, 14, 5, 0, 12, 345678, tzinfo=UTC)
ATOM = {"a": "http://www.w3.org/2005/Atom", "dc": "http://purl.org/dc/elements/1.1/"}

SOURCE = Credit(
    "urn:uuid:00000000-0000-5000-8000-000000000003", "suara-bromo", "Suara Bromo", "https://suara-bromo.example/feed",
    "https://suara-bromo.example/",
)  # fmt: skip
ENTRY = Entry(
    id="urn:uuid:00000000-0000-5000-8000-000000000002",
    url="https://suara-bromo.example/?p=1&a=2",
    title="Bawang & cabai: harga <b>naik</b>",
    body_html="<p>Harga naik &amp; stok turun.</p>",
    authors=("Endang Sastrawinata", "Suara Bromo"),
    published_at=AT.replace(hour=3),
    updated_at=AT,
    first_seen_at=AT.replace(hour=4),
    categories=(Category("jatim/probolinggo", "Probolinggo", "https://kabar.example/r/"),),
    source=SOURCE,
)
PUBLICATION = Publication(
    id="urn:uuid:00000000-0000-5000-8000-000000000001",
    title="Kabar – Probolinggo",
    description="Berita Probolinggo.",
    language="id",
    generator="Kabar",
    updated_at=AT,
    links=Links(
        home="https://kabar.example/r/jatim/probolinggo",
        document="https://kabar.example/feeds/region/jatim/probolinggo.rss?n=1",
        current="https://kabar.example/feeds/region/jatim/probolinggo.rss",
        prev_archive="https://kabar.example/feeds/region/jatim/probolinggo/archive/2026-03-14.rss",
        next_page="https://kabar.example/feeds/region/jatim/probolinggo.json?before=1-1",
    ),
    entries=(ENTRY,),
)


def with_entry(**changes: Any) -> Publication:
    return dataclasses.replace(PUBLICATION, entries=(dataclasses.replace(ENTRY, **changes),))


@dataclass(frozen=True)
class Read:
    """What a strict reader finds in a document of one entry."""

    feed_title: str
    title: str
    body: str
    authors: list[str]
    source: str


def strictly(document: bytes) -> etree._Element:
    """Return the root of a document that a strict parser accepts; it resolves nothing and recovers nothing."""
    return etree.fromstring(document, etree.XMLParser(resolve_entities=False, no_network=True))


def the(root: etree._Element, path: str) -> etree._Element:
    """Return the first element of a path, which must be there."""
    found = root.find(path, ATOM)
    assert found is not None, path
    return found


def text(root: etree._Element, path: str) -> str:
    return root.findtext(path, "", ATOM) or ""


def read_rss(document: bytes) -> Read:
    root = strictly(document)
    authors = [one.text or "" for one in root.iterfind("channel/item/dc:creator", ATOM)]
    item = "channel/item"
    return Read(
        text(root, "channel/title"), text(root, f"{item}/title"), text(root, f"{item}/description"), authors,
        text(root, f"{item}/source"),
    )  # fmt: skip


def read_atom(document: bytes) -> Read:
    root = strictly(document)
    authors = [one.text or "" for one in root.iterfind("a:entry/a:author/a:name", ATOM)]
    return Read(
        text(root, "a:title"), text(root, "a:entry/a:title"), text(root, "a:entry/a:content"), authors,
        text(root, "a:entry/a:source/a:title"),
    )  # fmt: skip


def read_json(document: bytes) -> Read:
    feed = json.loads(document.decode("utf-8", "strict"))
    item = feed["items"][0]
    authors = [author["name"] for author in item.get("authors", ())]
    return Read(
        feed.get("title", ""), item.get("title", ""), item.get("content_html", ""), authors,
        item["_kabar"]["source"]["name"],
    )  # fmt: skip


FORMATS: dict[str, tuple[Callable[[Publication], bytes], Callable[[bytes], Read]]] = {
    "rss": (write_rss, read_rss),
    "atom": (write_atom, read_atom),
    "json": (write_json, read_json),
}
