"""Jobs: claimed feeds with what one poll needs to know of their sources."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from aggregator.model.feed import Feed
from aggregator.model.source import Source
from aggregator.store import feeds, sources
from aggregator.store.database import Connection, Database


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed feed with its source."""

    feed: Feed
    source: Source


def claim_due(database: Database, now: datetime, *, limit: int, lease_s: int) -> list[Job]:
    """Take the feeds that are due, longest overdue first."""
    with database.write() as connection:
        return _with_sources(connection, feeds.claim_due(connection, now, limit=limit, lease_s=lease_s))


def claim(database: Database, ids: Iterable[int], now: datetime, *, lease_s: int) -> list[Job]:
    """Take these feeds, due or not, where nobody else has them."""
    with database.write() as connection:
        return _with_sources(connection, feeds.claim(connection, ids, now, lease_s=lease_s))


def _with_sources(connection: Connection, taken: Sequence[Feed]) -> list[Job]:
    found = sources.by_ids(connection, (feed.source_id for feed in taken))
    return [Job(feed, found[feed.source_id]) for feed in taken]
