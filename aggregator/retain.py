"""Retention: what has passed its time is forgotten, in small transactions, so that no poll or page waits for it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.config import RetainConfig
from aggregator.log import log
from aggregator.store import meta, retention
from aggregator.store.database import Connection, Database

MAX_BATCHES = 20  # of each kind in one run; what is left waits for the next

Forget = Callable[[Connection], int]


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What a run forgot: texts of items, revisions, whole items."""

    n_texts: int
    n_revisions: int
    n_items: int


def retain(database: Database, config: RetainConfig, now: datetime) -> Forgotten:
    """Forget what has passed its time and return how much that was (RELIABILITY.md promise 20).

    Each batch is a transaction of its own. Two processes that do it at once do no harm: each takes what the other has
    not taken.
    """
    batch = config.batch
    content_before = now - timedelta(days=config.content_days)
    revisions_before = now - timedelta(days=config.revisions_days)
    forgotten = Forgotten(
        _in_batches(database, batch, lambda one: retention.drop_texts(one, content_before, limit=batch)),
        _in_batches(database, batch, lambda one: retention.drop_revisions(one, revisions_before, limit=batch)),
        _purge(database, config, now) if config.items_days else 0,
    )
    if forgotten != Forgotten(0, 0, 0):
        log.info("retained", texts=forgotten.n_texts, revisions=forgotten.n_revisions, items=forgotten.n_items)
    return forgotten


def _purge(database: Database, config: RetainConfig, now: datetime) -> int:
    before = now - timedelta(days=config.items_days)

    def forget(connection: Connection) -> int:
        n = retention.purge(connection, before, now, limit=config.batch)
        if n:
            meta.bump_changes(connection)
        return n

    return _in_batches(database, config.batch, forget)


def _in_batches(database: Database, batch: int, forget: Forget) -> int:
    """Return how much was forgotten: batch after batch until one is not full."""
    total = 0
    for _ in range(MAX_BATCHES):
        with database.write() as connection:
            n = forget(connection)
        total += n
        if n < batch:
            break
    return total
