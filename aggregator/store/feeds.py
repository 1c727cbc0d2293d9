"""Feeds: claimed with a lease and a fencing token, and written back only while the token holds."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from aggregator.model.feed import Feed, FeedState, Lease, Move, Validators
from aggregator.model.reason import Reason
from aggregator.model.source import SourceState
from aggregator.store import schema
from aggregator.store.database import Connection

_F = schema.feed.c
FEED = (
    _F.id, _F.source_id, _F.url, _F.state, _F.next_poll_at, _F.next_poll_why, _F.etag, _F.last_modified, _F.body_hash,
    _F.quiet_hash, _F.item_hashes, _F.title, _F.failures, _F.failing_since, _F.throttles, _F.retry_after_until,
    _F.last_poll_at, _F.last_success_at, _F.last_full_at, _F.lying_304, _F.interval_s, _F.last_new_at, _F.move_url,
    _F.move_count, _F.move_since, _F.lease_token, _F.lease_until,
)  # fmt: skip


def add(connection: Connection, source_id: int, url: str, due: datetime | None, why: Reason) -> int:
    """Insert a feed that is due at `due` (None: not polled) and return its id."""
    values = {
        "source_id": source_id, "url": url, "state": FeedState.ACTIVE.value, "title": "", "next_poll_at": due,
        "next_poll_why": schema.pack_reason(why), "failures": 0.0, "throttles": 0, "lying_304": False,
        "interval_s": 0, "move_count": 0, "lease_token": 0,
    }  # fmt: skip
    return int(connection.execute(sa.insert(schema.feed).values(**values).returning(_F.id)).scalar_one())


def claim_due(connection: Connection, now: datetime, *, limit: int, lease_s: int) -> list[Feed]:
    """Take the feeds that are due and not leased, longest overdue first, and lease them (POLLING.md rule 25)."""
    due = _unleased(now).where(_F.next_poll_at <= now).order_by(_F.next_poll_at, _F.id).limit(limit)
    return _lease(connection, due, now, lease_s)


def claim(connection: Connection, ids: Iterable[int], now: datetime, *, lease_s: int) -> list[Feed]:
    """Take these feeds if nobody else has them, due or not, and lease them."""
    return _lease(connection, _unleased(now).where(_F.id.in_(set(ids))).order_by(_F.id), now, lease_s)


def _unleased(now: datetime) -> sa.Select[Any]:
    query = sa.select(*FEED).where(sa.or_(_F.lease_until.is_(None), _F.lease_until <= now))
    return query.with_for_update(skip_locked=True, of=schema.feed)


def _lease(connection: Connection, query: sa.Select[Any], now: datetime, lease_s: int) -> list[Feed]:
    until = now + timedelta(seconds=lease_s)
    rows = connection.execute(query).all()
    if rows:
        statement = sa.update(schema.feed).where(_F.id.in_([row.id for row in rows]))
        connection.execute(statement.values(lease_token=_F.lease_token + 1, lease_until=until))
    return [to_feed((*row[:-2], row.lease_token + 1, until)) for row in rows]


def held(connection: Connection, feeds: Iterable[Feed]) -> set[int]:
    """Return the ids of the claimed feeds whose leases still stand; their rows are locked for this transaction."""
    leases = {feed.id: feed.lease.token for feed in feeds if feed.lease is not None}
    tokens = sa.select(_F.id, _F.lease_token).where(_F.id.in_(leases)).order_by(_F.id).with_for_update()
    return {feed_id for feed_id, token in connection.execute(tokens) if token == leases[feed_id]}


def release(connection: Connection, feeds: Iterable[Feed]) -> None:
    """Give up leases that were taken but not used; a lease that was lost meanwhile is left alone."""
    for feed in feeds:
        if feed.lease is not None:
            mine = sa.and_(_F.id == feed.id, _F.lease_token == feed.lease.token)
            connection.execute(sa.update(schema.feed).where(mine).values(lease_until=None))


_state = sa.select(schema.source.c.state).where(schema.source.c.id == _F.source_id).scalar_subquery()
_IS_POLLED = sa.and_(_state == SourceState.ACTIVE.value, _F.state != FeedState.RETIRED.value)
# The other columns are those of the parameters. Built once: building it costs more than running it.
_SAVE = sa.update(schema.feed).where(_F.id == sa.bindparam("b_id")).values(
    next_poll_at=sa.case((_IS_POLLED, sa.bindparam("b_next_poll_at", type_=schema.Instant)), else_=None),
    state=sa.case((_F.state == FeedState.RETIRED.value, _F.state), else_=sa.bindparam("b_state")),
    lease_until=None,
)  # fmt: skip


def save(connection: Connection, polled: Sequence[Feed]) -> None:
    """Write what polls made of their feeds and end the leases; where a person stopped one meanwhile, it stays so."""
    if polled:
        connection.execute(_SAVE, [_parameters(feed) for feed in polled])


def _parameters(feed: Feed) -> dict[str, Any]:
    values = _columns(feed)
    return values | {
        "b_id": feed.id, "b_next_poll_at": values.pop("next_poll_at"), "b_state": values.pop("state"),
    }  # fmt: skip


def schedule(connection: Connection, source_id: int, due: datetime | None, why: Reason) -> None:
    """Make all feeds of a source but the retired ones due at `due`; None stops their polling."""
    values = {"next_poll_at": due, "next_poll_why": schema.pack_reason(why)}
    mine = sa.and_(_F.source_id == source_id, _F.state != FeedState.RETIRED.value)
    connection.execute(sa.update(schema.feed).where(mine).values(**values))


def restate(connection: Connection, feed_id: int, state: FeedState, due: datetime | None, why: Reason) -> None:
    """Set what a person decided of one feed: its state and when it is due."""
    values = {"state": state.value, "next_poll_at": due, "next_poll_why": schema.pack_reason(why)}
    connection.execute(sa.update(schema.feed).where(_F.id == feed_id).values(**values))


def of_source(connection: Connection, source_id: int) -> list[Feed]:
    """Return the feeds of a source, by id."""
    return [
        to_feed(row) for row in connection.execute(sa.select(*FEED).where(_F.source_id == source_id).order_by(_F.id))
    ]


def by_ids(connection: Connection, ids: Iterable[int]) -> list[Feed]:
    """Return feeds, by id; ids without a feed are left out."""
    return [to_feed(row) for row in connection.execute(sa.select(*FEED).where(_F.id.in_(set(ids))).order_by(_F.id))]


def all_feeds(connection: Connection) -> list[Feed]:
    """Return every feed that is not retired of the sources that are neither removed nor withdrawn, by id."""
    kept = schema.source.c.state.in_([SourceState.ACTIVE.value, SourceState.PAUSED.value])
    query = sa.select(*FEED).join(schema.source, schema.source.c.id == _F.source_id)
    query = query.where(kept, _F.state != FeedState.RETIRED.value).order_by(_F.id)
    return [to_feed(row) for row in connection.execute(query)]


def source_of_url(connection: Connection, url: str) -> str | None:
    """Return the slug of the source that a feed address belongs to."""
    query = sa.select(schema.source.c.slug).join(schema.feed, _F.source_id == schema.source.c.id).where(_F.url == url)
    return connection.execute(query).scalar()


def urls(connection: Connection) -> dict[str, int]:
    """Return the id of the source behind each feed address."""
    return {row.url: row.source_id for row in connection.execute(sa.select(_F.url, _F.source_id))}


def sources_of(connection: Connection) -> dict[int, int]:
    """Return the id of the source of each feed."""
    return {row.id: row.source_id for row in connection.execute(sa.select(_F.id, _F.source_id))}


def to_feed(values: Sequence[Any]) -> Feed:
    """Return the feed of the columns FEED."""
    (id_, source_id, url, state, next_at, why, etag, last_modified, body_hash, quiet_hash, item_hashes, title,
     failures, failing_since, throttles, retry_after_until, last_poll_at, last_success_at, last_full_at, lying_304,
     interval_s, last_new_at, move_url, move_count, move_since, token, until) = values  # fmt: skip
    return Feed(
        id=id_, source_id=source_id, url=url, state=FeedState(state), next_poll_at=next_at,
        next_poll_why=schema.unpack_reason(why) or Reason("next_first"),
        validators=Validators(etag, last_modified), body_hash=body_hash, quiet_hash=quiet_hash,
        item_hashes=item_hashes or b"", title=title, failures=failures, failing_since=failing_since,
        throttles=throttles, retry_after_until=retry_after_until,
        last_poll_at=last_poll_at, last_success_at=last_success_at, last_full_at=last_full_at, lying_304=lying_304,
        interval_s=interval_s, last_new_at=last_new_at,
        move=Move(move_url, move_count, move_since) if move_url else None,
        lease=Lease(token, until) if until else None,
    )  # fmt: skip


def _columns(feed: Feed) -> dict[str, Any]:
    move = feed.move
    return {
        "url": feed.url, "state": feed.state.value, "next_poll_at": feed.next_poll_at,
        "next_poll_why": schema.pack_reason(feed.next_poll_why), "etag": feed.validators.etag,
        "last_modified": feed.validators.last_modified, "body_hash": feed.body_hash,
        "quiet_hash": feed.quiet_hash, "item_hashes": feed.item_hashes or None, "title": feed.title,
        "failures": feed.failures, "failing_since": feed.failing_since, "throttles": feed.throttles,
        "retry_after_until": feed.retry_after_until, "last_poll_at": feed.last_poll_at,
        "last_success_at": feed.last_success_at, "last_full_at": feed.last_full_at, "lying_304": feed.lying_304,
        "interval_s": feed.interval_s, "last_new_at": feed.last_new_at, "move_url": move.url if move else None,
        "move_count": move.count if move else 0, "move_since": move.since if move else None,
    }  # fmt: skip
