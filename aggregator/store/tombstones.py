"""Tombstones: what is left of a purged item, so that it never returns as new and its page still leads on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from aggregator.model.source import Source
from aggregator.rules.identity import Held, digest
from aggregator.store import schema
from aggregator.store.database import Connection
from aggregator.store.sources import SOURCE, to_source

_T = schema.tombstone.c
_ANY = sa.select(_T.item_id).limit(1)


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A purged item: its publisher's link and its source. The id was the item's."""

    item_id: int
    url: str
    purged_at: datetime
    source: Source


def exist(connection: Connection) -> bool:
    """Return whether anything was ever purged: usually not, since items are kept for ever."""
    return connection.execute(_ANY).scalar() is not None


def held(connection: Connection, feed_id: int, keys: Iterable[str], canonical_urls: Iterable[str]) -> list[Held]:
    """Return the purged items that a feed's document may mean, by id.

    Those are the feed's own with its keys, and those of any feed with its canonical URLs: an article that was purged
    from one feed is not news when another shows it.
    """
    by_key = {digest(key): key for key in keys}
    by_url = {digest(url): url for url in canonical_urls}
    columns = (_T.item_id, _T.feed_id, _T.key_hash, _T.canonical_hash, _T.title_hash)
    own = sa.and_(_T.feed_id == feed_id, _T.key_hash.in_(by_key))
    query = sa.select(*columns).where(sa.or_(own, _T.canonical_hash.in_(by_url))).order_by(_T.item_id)
    return [
        Held(
            row.item_id,
            by_key.get(row.key_hash, "") if row.feed_id == feed_id else "",
            by_url.get(row.canonical_hash, ""),
            row.title_hash,
            b"",
            0,
            is_closed=True,
        )
        for row in connection.execute(query)
    ]


def by_id(connection: Connection, item_id: int) -> Tombstone | None:
    """Return what is left of a purged item, None if no item of this id was purged."""
    query = sa.select(_T.url, _T.purged_at, *SOURCE).join(schema.source, schema.source.c.id == _T.source_id)
    row = connection.execute(query.where(_T.item_id == item_id)).one_or_none()
    return None if row is None else Tombstone(item_id, row[0], row[1], to_source(row[2:]))
