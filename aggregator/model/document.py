"""A document: what one feed says at one moment, normalised over the formats, nothing decided."""

from dataclasses import dataclass
from datetime import datetime

from aggregator.model.item import Byline, DateFrom
from aggregator.model.reason import Reason


@dataclass(frozen=True, slots=True)
class FoundItem:
    """An item as found in a document: texts cleaned and bounded, links absolute http(s) or empty.

    `guid` is the document's own identifier, stripped, "" without one; `canonical_url` is the compared form of
    `original_url` (feedburner:origLink) or `url`. `published_at` is None without a readable date; `date_text` is what
    stood there.
    """

    guid: str
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
    published_at: datetime | None
    date_from: DateFrom
    date_text: str


@dataclass(frozen=True, slots=True)
class Hints:
    """What a document says of its rhythm (RSS 2.0 ttl, skipHours, skipDays; RSS 1.0 syndication module)."""

    ttl_s: int | None = None
    sy_interval_s: int | None = None
    skip_hours: frozenset[int] = frozenset()  # 0 to 23, GMT
    skip_days: frozenset[int] = frozenset()  # 0 = Monday, GMT


@dataclass(frozen=True, slots=True)
class Document:
    """A feed document: items in document order, 1,000 at most; `n_dropped` counts those beyond or without any text.

    Of a document whose items could be told apart before they were read, `items` has only those that the feed did not
    hold, and `hashes` the item hashes (8 bytes each) of all of it, in order. `way` says how it was read: "whole",
    "fresh" (as far as it was new) or "direct" (without feedparser).
    """

    format: str  # feedparser's version string, or "json1", "json11"
    title: str
    site_url: str
    language: str
    items: tuple[FoundItem, ...]
    hints: Hints
    self_url: str = ""
    hub_url: str = ""
    n_dropped: int = 0
    warnings: tuple[Reason, ...] = ()
    hashes: tuple[bytes, ...] = ()
    n_held: int = 0
    held_titles: tuple[str, ...] = ()  # as written, of the items left out, when there are others
    way: str = "whole"

    @property
    def titles(self) -> list[str]:
        """Return the titles of all items, those of the items left out last."""
        return [*(item.title for item in self.items), *self.held_titles]
