"""One round of polls that a person or a test asks for: claim, poll, wait, return the rows."""

import queue
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from aggregator.clock import Clock
from aggregator.config import Config
from aggregator.model.feed import Feed, FeedState
from aggregator.model.poll import Poll
from aggregator.poll import jobs
from aggregator.poll.jobs import Job
from aggregator.poll.pipeline import Poller
from aggregator.poll.save import refused
from aggregator.store import feeds, polls
from aggregator.store.database import Database

MIN_GAP = timedelta(seconds=60)


def poll_due(database: Database, config: Config, clock: Clock) -> Iterator[Poll]:
    """Poll every feed that is due now, and yield each row as it is saved."""
    now = clock()
    lease_s = config.poll.lease_s
    return _poll(database, config, clock, lambda limit: jobs.claim_due(database, now, limit=limit, lease_s=lease_s))


def poll_feeds(
    database: Database, config: Config, clock: Clock, ids: Sequence[int], *, force: bool = False
) -> Iterator[Poll]:
    """Poll these feeds now, due or not, and yield each row as it is saved.

    A feed whose server's Retry-After still holds is not asked: its row says so. Without `force` the same goes for a
    feed that was asked within the last minute, whose last row is given again, and for feeds of paused sources and
    those gone or dead, which are left out (POLLING.md rule 17). A feed that another process polls at this moment is
    left to it.
    """
    now = clock()
    with database.read() as connection:
        asked = feeds.by_ids(connection, ids)
        again = (
            []
            if force
            else [row for feed in asked if _is_fresh(feed, now) for row in polls.of_feed(connection, feed.id, limit=1)]
        )
    held_off = {
        feed.id: feed.retry_after_until for feed in asked if feed.retry_after_until and feed.retry_after_until > now
    }
    yield from (refused(feed, now, held_off[feed.id]) for feed in asked if feed.id in held_off)
    yield from (row for row in again if row.feed_id not in held_off)
    left = held_off.keys() | {row.feed_id for row in again}
    rest = [feed.id for feed in asked if feed.id not in left and (force or _is_asked(feed))]

    def claim(limit: int) -> list[Job]:
        while rest:
            wanted, rest[:] = rest[:limit], rest[limit:]
            if taken := jobs.claim(database, wanted, now, lease_s=config.poll.lease_s):
                return taken
        return []

    yield from _poll(database, config, clock, claim)


def _is_fresh(feed: Feed, now: datetime) -> bool:
    return feed.last_poll_at is not None and now - feed.last_poll_at < MIN_GAP


def _is_asked(feed: Feed) -> bool:
    return feed.next_poll_at is not None and feed.state not in (FeedState.GONE, FeedState.DEAD)


def _poll(database: Database, config: Config, clock: Clock, claim: Callable[[int], list[Job]]) -> Iterator[Poll]:
    saved: queue.Queue[Poll] = queue.Queue()
    taken = claim(config.poll.in_flight)
    if not taken:
        return
    poller = Poller(database, config, clock, saved.put)
    try:
        n_open, is_over = 0, False
        while taken or n_open:
            poller.submit(taken)
            n_open += len(taken)
            yield saved.get()
            n_open -= 1
            taken = []
            if not is_over and n_open < config.poll.in_flight // 2:
                taken = claim(config.poll.in_flight - n_open)
                is_over = not taken  # asked once in vain is enough: what becomes due later is another round's
    finally:
        poller.close()
