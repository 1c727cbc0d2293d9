"""A poll: one row of history, one look at one feed."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from aggregator.model.reason import Reason


class Outcome(StrEnum):
    """What a poll came to (POLLING.md section 5)."""

    STORED = "stored"
    NOT_MODIFIED = "not_modified"
    REJECTED = "rejected"
    BACKED_OFF = "backed_off"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Poll:
    """One look at one feed. `reason` is None when nothing was wrong; `status` None when no answer came."""

    feed_id: int
    at: datetime
    url: str
    final_url: str
    outcome: Outcome
    reason: Reason | None
    status: int | None
    ms: int
    n_bytes: int
    conditional: bool
    n_new: int
    n_updated: int
    n_known: int
    next_poll_at: datetime | None
    next_poll_why: Reason
