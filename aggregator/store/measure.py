"""What an operator wants to know of the database as a whole: its size, its growth, and which feeds want a look."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from aggregator.model.feed import FeedState
from aggregator.model.source import SourceState
from aggregator.store import schema
from aggregator.store.database import Connection

RATE_DAYS = 7
SAMPLE = 2000  # the newest items, whose lengths stand for all
# Measured on SQLite with items in three regions: row headers, numbers, hashes, index entries, unused space of pages.
OVERHEAD_BYTES = 560

# A row of SQLite that fits into a page stays as large as it was: the page is not packed again when its text goes.
# Longer texts stand in pages of their own, which are free again then. PostgreSQL uses all of it again.
PAGE_BYTES = 4000

_I = schema.item.c
_TEXTS = (_I.summary_html, _I.content_html)
_KEPT = (_I.key, _I.key, _I.url, _I.canonical_url, _I.canonical_url, _I.title, _I.excerpt, _I.image_url, _I.date_text)


@dataclass(frozen=True, slots=True)
class Size:
    """How large the database is and how it grows: bytes in use, items, items of a day, and the bytes of one item.

    `kept_bytes` is the room that an item takes for ever, its share of the indexes included; `text_bytes` its full text.
    """

    n_bytes: int
    n_items: int
    items_a_day: float
    kept_bytes: float
    text_bytes: float

    def growth_a_year(self) -> float:
        """Return the bytes that a year adds at this rate when items are kept for ever."""
        return self.items_a_day * 365 * self.kept_bytes

    def texts(self, days: int) -> float:
        """Return the bytes of the full texts that are held at this rate; more never come together."""
        return self.items_a_day * days * self.text_bytes


def size(connection: Connection, now: datetime) -> Size:
    """Return the size of the database; the rate is that of the last seven days, or of fewer in a younger database."""
    is_sqlite = connection.dialect.name == "sqlite"
    n_items = connection.execute(sa.select(sa.func.count()).select_from(schema.item)).scalar_one()
    first_at = connection.execute(sa.select(_I.listed_at).order_by(_I.listed_at).limit(1)).scalar()
    since = now - timedelta(days=RATE_DAYS)
    recent = sa.select(sa.func.count()).select_from(schema.item).where(_I.listed_at >= since)
    days = min(RATE_DAYS, max(1.0, (now - first_at) / timedelta(days=1))) if first_at else RATE_DAYS
    newest = sa.select(_I.id).order_by(_I.id.desc()).limit(SAMPLE).subquery()

    text, kept = (_n_bytes(columns, is_sqlite=is_sqlite) for columns in (_TEXTS, _KEPT))
    if is_sqlite:
        kept = kept + sa.case((kept + text < PAGE_BYTES, text), else_=0)
    means = sa.select(sa.func.avg(kept), sa.func.avg(text)).where(
        _I.id.in_(sa.select(newest.c.id)), _I.content_at.is_not(None)
    )
    kept_bytes, text_bytes = (float(value or 0) for value in connection.execute(means).one())
    return Size(
        _in_use(connection, is_sqlite=is_sqlite), n_items, connection.execute(recent).scalar_one() / days,
        kept_bytes + OVERHEAD_BYTES, text_bytes,
    )  # fmt: skip


def feed_states(connection: Connection) -> Mapping[FeedState, int]:
    """Return how many feeds of active sources are in each state."""
    feed = schema.feed.c
    query = sa.select(feed.state, sa.func.count()).join(schema.source, schema.source.c.id == feed.source_id)
    query = query.where(schema.source.c.state == SourceState.ACTIVE.value).group_by(feed.state)
    return {FeedState(state): n for state, n in connection.execute(query)}


def quarantined(connection: Connection) -> list[str]:
    """Return the slugs of the sources in quarantine that wait for a person, in order."""
    source = schema.source.c
    waits = source.state.in_((SourceState.ACTIVE.value, SourceState.PAUSED.value))
    query = sa.select(source.slug).where(source.quarantined_at.is_not(None), waits).order_by(source.slug)
    return list(connection.execute(query).scalars())


def _in_use(connection: Connection, *, is_sqlite: bool) -> int:
    """Return the bytes that hold something; a SQLite file keeps its free pages for what comes next."""
    if not is_sqlite:
        return int(connection.execute(sa.select(sa.func.pg_database_size(sa.func.current_database()))).scalar_one())
    pages, free, page_bytes = (
        int(connection.exec_driver_sql(f"PRAGMA {name}").scalar_one())
        for name in ("page_count", "freelist_count", "page_size")
    )
    return (pages - free) * page_bytes


def _n_bytes(columns: Iterable[sa.Column[str]], *, is_sqlite: bool) -> sa.ColumnElement[int]:
    """Return the expression of how many bytes these texts are together."""
    total: sa.ColumnElement[int] = sa.literal(0)
    for column in columns:
        total = total + (sa.func.length(sa.cast(column, sa.LargeBinary)) if is_sqlite else sa.func.octet_length(column))
    return total
