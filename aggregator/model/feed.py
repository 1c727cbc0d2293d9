"""A feed: one URL of a source that we poll."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from aggregator.model.reason import Reason


class FeedState(StrEnum):
    """What the last answers made of a feed. All but a retired one are polled again, some rarely."""

    ACTIVE = "active"
    FAILING = "failing"  # errors in a row; backing off
    BLOCKED = "blocked"  # the server refuses us
    GONE = "gone"  # 410; asked monthly
    DEAD = "dead"  # 404 for 30 days; asked weekly
    RETIRED = "retired"  # its source no longer names it; not polled, its items stay


@dataclass(frozen=True, slots=True)
class Validators:
    """What the server gave us last time, sent back verbatim to ask 'changed?'."""

    etag: str | None = None
    last_modified: str | None = None  # never parsed: it is the server's own string

    def updated(self, newer: "Validators") -> "Validators":
        """Return these, replaced where newer has a value (RFC 9111 section 4.3.4)."""
        return Validators(newer.etag or self.etag, newer.last_modified or self.last_modified)


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to poll a feed until `until`; a result is saved only while `token` still stands in its row."""

    token: int
    until: datetime


@dataclass(frozen=True, slots=True)
class Move:
    """A permanent redirect seen `count` times in a row since `since`, not yet believed."""

    url: str
    count: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Feed:
    """One polled URL, what its server last told us, and when it is next due and why.

    `next_poll_at` is None while its source is paused, removed or withdrawn.
    `body_hash` is the SHA-256 of the last body, `quiet_hash` that of the last one that was read, without its own dates;
    `item_hashes` are the records of `rules.unchanged`. `failures` counts weighted failures in a row.
    """

    id: int
    source_id: int
    url: str
    state: FeedState
    next_poll_at: datetime | None
    next_poll_why: Reason
    validators: Validators = field(default_factory=Validators)
    body_hash: bytes | None = None
    quiet_hash: bytes | None = None
    item_hashes: bytes = b""
    title: str = ""
    failures: float = 0.0
    failing_since: datetime | None = None
    throttles: int = 0  # answers 429 or 503 in a row
    retry_after_until: datetime | None = None
    last_poll_at: datetime | None = None
    last_success_at: datetime | None = None
    last_full_at: datetime | None = None  # when a full body last came
    lying_304: bool = False
    interval_s: int = 0  # the adaptive interval now, 0 before the first success
    last_new_at: datetime | None = None
    move: Move | None = None
    lease: Lease | None = None
