"""A newsroom: a database, a publisher and a clock, to subscribe and poll with."""

from typing import Any

import pytest

from aggregator.config import Config, FetchSection, PollConfig
from aggregator.desk import sources as desk_sources
from aggregator.desk.sources import Wanted
from aggregator.model.feed import Feed
from aggregator.model.poll import Poll
from aggregator.poll.round import poll_due, poll_feeds
from aggregator.store import feeds as stored_feeds
from aggregator.store import items as stored_items
from aggregator.store.database import Database
from aggregator.store.items import FiledItem


class Newsroom:
    """A database with a publisher, and the two things that tests do with them: subscribe and poll."""

    def __init__(self, database: Database, publisher: Any, clock: Any) -> None:
        self.database, self.publisher, self.clock = database, publisher, clock
        self.config = Config(
            fetch=FetchSection(allow_origins=(publisher.origin,), host_gap_s=0, host_concurrency=16),
            poll=PollConfig(in_flight=64),
        )

    def subscribe(self, url: str, **known: str) -> int:
        """Add a source with one feed and return the feed's id."""
        with self.database.write() as connection:
            wanted = Wanted(url, **known)
            return desk_sources.add(connection, "test", self.clock(), wanted, default_zone="Asia/Jakarta").feed_id

    def poll(self, *ids: int, force: bool = True) -> list[Poll]:
        """Poll these feeds, or with none named those due, and return their rows."""
        if ids:
            return list(poll_feeds(self.database, self.config, self.clock, ids, force=force))
        return list(poll_due(self.database, self.config, self.clock))

    def items(self) -> list[FiledItem]:
        """Return every item, newest first."""
        with self.database.read() as connection:
            return stored_items.listed(connection, limit=100_000)

    def feed(self, feed_id: int) -> Feed:
        with self.database.read() as connection:
            return stored_feeds.by_ids(connection, [feed_id])[0]


@pytest.fixture
def newsroom(sqlite_database: Database, publisher: Any, turned: Any) -> Newsroom:
    """Return a newsroom on SQLite."""
    return Newsroom(sqlite_database, publisher, turned)


@pytest.fixture
def each_newsroom(database: Database, publisher: Any, turned: Any) -> Newsroom:
    """Return a newsroom, once on SQLite and once on PostgreSQL."""
    return Newsroom(database, publisher, turned)
