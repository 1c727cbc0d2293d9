"""An item: an article of one feed, kept once."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class DateFrom(StrEnum):
    """Where an item's published date comes from."""

    FEED = "feed"  # said by the feed, with its zone
    GUESSED_ZONE = "guessed_zone"  # said without a zone; read in the source's
    FIRST_SEEN = "first_seen"  # missing, unreadable, before 1990 or in the future


@dataclass(frozen=True, slots=True)
class Byline:
    """A credited person: role is author, reporter, editor, contributor, photographer or agency."""

    role: str
    name: str


@dataclass(frozen=True, slots=True)
class Item:
    """An article as its feed gives it, cleaned.

    `key` is unique within the feed. `summary_html` is the display text, `content_html` the cleaned original, both ""
    once they are no longer kept; `excerpt` is the plain text of the summary, 500 characters at most. `listed_at` orders
    every list and never moves.
    """

    id: int
    feed_id: int
    source_id: int
    key: str
    url: str
    canonical_url: str
    title: str
    summary_html: str
    content_html: str
    excerpt: str
    byline: tuple[Byline, ...]
    categories: tuple[str, ...]
    image_url: str
    language: str
    published_at: datetime
    date_from: DateFrom
    first_seen_at: datetime
    listed_at: datetime
    changed_at: datetime  # when title, excerpt or link last changed; first_seen_at before any change
    revision: int
    duplicate_of: int | None = None
    withdrawn_at: datetime | None = None
    quarantined_at: datetime | None = None  # its source was in quarantine when it came: kept out of every output


@dataclass(frozen=True, slots=True)
class Revision:
    """What an item said before an edit, and when the edit was seen."""

    item_id: int
    revision: int
    replaced_at: datetime
    url: str
    title: str
    summary_html: str
    content_html: str
