"""A publication: one document of a merged feed, as subscribers get it, in whatever format."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Category:
    """A word of a vocabulary: `term` for programs, `label` for people; `scheme` is the vocabulary's address."""

    term: str
    label: str
    scheme: str


@dataclass(frozen=True, slots=True)
class Credit:
    """The source of an entry: its own id, its name, the feed that the entry came by, its site ("" when unknown)."""

    id: str
    slug: str
    name: str
    feed_url: str
    site_url: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One item as it is published. `title` and `authors` are plain text, `body_html` is HTML, addresses are absolute.

    `id` never changes; `updated_at` is not before `published_at`. `via_url` is the publisher's address where `url` is
    ours, else "". `language` is "" where it is the publication's own.
    """

    id: str
    url: str
    title: str
    body_html: str
    authors: tuple[str, ...]
    published_at: datetime
    updated_at: datetime
    first_seen_at: datetime
    categories: tuple[Category, ...]
    source: Credit
    via_url: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Links:
    """The absolute addresses of a publication and of its neighbours, "" where there is none (RFC 5005 section 4)."""

    home: str  # the page that shows the same
    document: str  # its own, canonical
    current: str  # of the subscription document
    prev_archive: str = ""
    next_archive: str = ""
    next_page: str = ""  # older entries, for formats without archives


@dataclass(frozen=True, slots=True)
class Publication:
    """A document of a merged feed, entries in their order. All documents of one feed have one `id`.

    `updated_at` is when an entry last changed, never when the document was made, so that the same content is the
    same bytes. `is_closed` marks an archive document to which no entry will be added.
    """

    id: str
    title: str
    description: str
    language: str
    generator: str
    updated_at: datetime
    links: Links
    entries: tuple[Entry, ...]
    is_closed: bool = False
