"""A source: a news outlet, and the owner behind it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from aggregator.model.reason import Reason


class SourceState(StrEnum):
    """Whether a source is polled and shown."""

    ACTIVE = "active"
    PAUSED = "paused"  # by a person, or because config.toml no longer names it: not polled, still shown
    REMOVED = "removed"  # not polled, in no directory; its items stay
    WITHDRAWN = "withdrawn"  # the publisher opted out: its items are gone from every output


class Origin(StrEnum):
    """Where a source is administered; it belongs to one of them."""

    FILE = "file"
    DATABASE = "database"


@dataclass(frozen=True, slots=True)
class Owner:
    """A publisher group: one owner, one vote."""

    id: int
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class Policy:
    """What a publisher allows us to show."""

    excerpt_chars: int = 280  # 0 to 1000; 0 shows no excerpt
    pictures: bool = True
    link_only: bool = False  # title and link, nothing else


@dataclass(frozen=True, slots=True)
class Source:
    """A news outlet; `zone` reads its dates without a zone, `region_id` is where it reports from."""

    id: int
    slug: str
    name: str
    site_url: str
    owner_id: int
    region_id: int | None
    language: str  # BCP 47
    zone: str  # IANA name
    state: SourceState
    origin: Origin
    created_at: datetime
    policy: Policy = field(default_factory=Policy)
    trust: str = "established"  # or "new"
    state_why: str = ""  # stable kind: "by_hand", "not_in_file", or a person's reason for a withdrawal
    quarantined_at: datetime | None = None  # since when its new items are kept out of every output
    quarantine_why: tuple[Reason, ...] = ()
