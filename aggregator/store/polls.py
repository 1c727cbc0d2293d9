"""Polls: the history of each feed, the newest thirty rows."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from aggregator.model.poll import Outcome, Poll
from aggregator.model.reason import Reason
from aggregator.store import schema
from aggregator.store.database import Connection

KEPT = 30
_P = schema.poll.c
_POLL = (
    _P.feed_id, _P.at, _P.url, _P.final_url, _P.outcome, _P.reason, _P.status, _P.ms, _P.n_bytes, _P.conditional,
    _P.n_new, _P.n_updated, _P.n_known, _P.next_poll_at, _P.next_poll_why,
)  # fmt: skip


_ADD = sa.insert(schema.poll)
_ONE: sa.BindParameter[int] = sa.bindparam("b_feed_id")
_FIRST_OLD = sa.select(_P.id).where(_P.feed_id == _ONE).order_by(_P.id.desc()).offset(KEPT).limit(1)
_FORGET = sa.delete(schema.poll).where(_P.feed_id == _ONE, _P.id <= _FIRST_OLD.scalar_subquery())


def add(connection: Connection, polls: Sequence[Poll]) -> None:
    """Insert rows of history and forget their feeds' rows beyond the newest thirty."""
    if polls:
        connection.execute(_ADD, [_row(poll) for poll in polls])
        connection.execute(_FORGET, [{"b_feed_id": poll.feed_id} for poll in polls])


def _row(poll: Poll) -> dict[str, Any]:
    return {
        "feed_id": poll.feed_id, "at": poll.at, "url": poll.url, "final_url": poll.final_url,
        "outcome": poll.outcome.value, "reason": schema.pack_reason(poll.reason), "status": poll.status, "ms": poll.ms,
        "n_bytes": poll.n_bytes, "conditional": poll.conditional, "n_new": poll.n_new, "n_updated": poll.n_updated,
        "n_known": poll.n_known, "next_poll_at": poll.next_poll_at,
        "next_poll_why": schema.pack_reason(poll.next_poll_why),
    }  # fmt: skip


def of_feed(connection: Connection, feed_id: int, *, limit: int = KEPT) -> list[Poll]:
    """Return the history of a feed, newest first."""
    query = sa.select(*_POLL).where(_P.feed_id == feed_id).order_by(_P.id.desc()).limit(limit)
    return [
        Poll(
            feed_id=row.feed_id, at=row.at, url=row.url, final_url=row.final_url, outcome=Outcome(row.outcome),
            reason=schema.unpack_reason(row.reason), status=row.status, ms=row.ms, n_bytes=row.n_bytes,
            conditional=row.conditional, n_new=row.n_new, n_updated=row.n_updated, n_known=row.n_known,
            next_poll_at=row.next_poll_at,
            next_poll_why=schema.unpack_reason(row.next_poll_why) or Reason("next_first"),
        )
        for row in connection.execute(query)
    ]  # fmt: skip
