"""What is forgotten after its time: full texts, revisions, and whole items where an operator wants it."""

from datetime import datetime

import sqlalchemy as sa

from aggregator.rules.identity import digest
from aggregator.store import meta, schema
from aggregator.store.database import Connection

_I, _R = schema.item.c, schema.revision.c


def drop_texts(connection: Connection, before: datetime, *, limit: int) -> int:
    """Erase the full texts that came before an instant, oldest first, and return how many items that were.

    Headline, excerpt, link and content hash stay, so that a feed that still shows the item brings no edit.
    """
    old = sa.select(_I.id).where(_I.content_at < before).order_by(_I.content_at).limit(limit)
    ids = connection.execute(old.with_for_update(skip_locked=True)).scalars().all()
    if ids:
        blank = {"summary_html": "", "content_html": "", "content_at": None}
        connection.execute(sa.update(schema.item).where(_I.id.in_(ids)).values(**blank))
    return len(ids)


def drop_revisions(connection: Connection, before: datetime, *, limit: int) -> int:
    """Delete the revisions that were replaced before an instant, oldest first, and return how many."""
    old = sa.select(_R.item_id, _R.revision).where(_R.replaced_at < before).order_by(_R.replaced_at).limit(limit)
    found = connection.execute(old.with_for_update(skip_locked=True)).all()
    if found:
        one = sa.and_(_R.item_id == sa.bindparam("of"), _R.revision == sa.bindparam("number"))
        rows = [{"of": item_id, "number": number} for item_id, number in found]
        connection.execute(sa.delete(schema.revision).where(one), rows)
    return len(found)


def purge(connection: Connection, before: datetime, now: datetime, *, limit: int) -> int:
    """Delete items listed before an instant, oldest first, and return how many; each leaves a tombstone.

    Copies go with their original, whenever they came. Withdrawn items stay: their rows are what keeps them away.
    """
    old = sa.select(_I.id).where(_I.listed_at < before, _I.withdrawn_at.is_(None))
    old = old.order_by(_I.listed_at, _I.id).limit(limit).with_for_update(skip_locked=True)
    ids = set(connection.execute(old).scalars())
    copies = sa.select(_I.id).where(_I.duplicate_of.in_(ids), _I.withdrawn_at.is_(None))
    ids |= set(connection.execute(copies.with_for_update()).scalars())
    if not ids:
        return 0
    columns = (_I.id, _I.feed_id, _I.source_id, _I.key, _I.canonical_url, _I.title_hash, _I.url)
    rows = [
        {
            "item_id": row.id, "feed_id": row.feed_id, "source_id": row.source_id, "key_hash": digest(row.key),
            "canonical_hash": digest(row.canonical_url) if row.canonical_url else None, "title_hash": row.title_hash,
            "url": row.url, "purged_at": now,
        }
        for row in connection.execute(sa.select(*columns).where(_I.id.in_(ids)))
    ]  # fmt: skip
    connection.execute(meta.insert(connection, schema.tombstone).on_conflict_do_nothing(), rows)
    connection.execute(sa.update(schema.item).where(_I.duplicate_of.in_(ids)).values(duplicate_of=None))
    connection.execute(sa.delete(schema.item).where(_I.id.in_(ids)))
    return len(ids)
