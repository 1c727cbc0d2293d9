"""Sources and owners."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from aggregator.model.reason import Reason
from aggregator.model.source import Origin, Owner, Policy, Source, SourceState
from aggregator.store import meta, schema
from aggregator.store.database import Connection

_S = schema.source.c
SOURCE = (
    _S.id, _S.slug, _S.name, _S.site_url, _S.owner_id, _S.region_id, _S.language, _S.zone, _S.state, _S.origin,
    _S.created_at, _S.excerpt_chars, _S.pictures, _S.link_only, _S.trust, _S.state_why,
    _S.quarantined_at, _S.quarantine_why,
)  # fmt: skip
OWNER = (schema.owner.c.id, schema.owner.c.slug, schema.owner.c.name)


def add(connection: Connection, source: Source) -> Source:
    """Insert a source and return it with its id (the given id is ignored)."""
    statement = sa.insert(schema.source).values(**_columns(source)).returning(schema.source.c.id)
    return by_id(connection, connection.execute(statement).scalar_one())


def save(connection: Connection, source: Source) -> None:
    """Write every field of a source but its id, its origin of creation and its quarantine."""
    statement = sa.update(schema.source).where(schema.source.c.id == source.id)
    connection.execute(statement.values(**_columns(source)))


def quarantine(connection: Connection, source_id: int, at: datetime | None, why: Sequence[Reason]) -> None:
    """Put a source into quarantine since an instant, for these reasons; None takes it out."""
    reasons = [schema.pack_reason(reason) for reason in why] or None
    statement = sa.update(schema.source).where(schema.source.c.id == source_id)
    connection.execute(statement.values(quarantined_at=at, quarantine_why=reasons))


def by_id(connection: Connection, source_id: int) -> Source:
    """Return a source; LookupError without one."""
    row = connection.execute(sa.select(*SOURCE).where(schema.source.c.id == source_id)).one_or_none()
    if row is None:
        raise LookupError(f"source {source_id}")
    return to_source(row)


def by_ids(connection: Connection, ids: Iterable[int]) -> dict[int, Source]:
    """Return sources by id."""
    rows = connection.execute(sa.select(*SOURCE).where(_S.id.in_(set(ids))))
    return {source.id: source for source in map(to_source, rows)}


def by_slug(connection: Connection, slug: str) -> Source | None:
    """Return the source of a slug."""
    row = connection.execute(sa.select(*SOURCE).where(schema.source.c.slug == slug)).one_or_none()
    return None if row is None else to_source(row)


def all_sources(connection: Connection) -> list[Source]:
    """Return every source, removed and withdrawn ones too, by slug."""
    return [to_source(row) for row in connection.execute(sa.select(*SOURCE).order_by(schema.source.c.slug))]


def slugs(connection: Connection) -> set[str]:
    """Return every slug that is taken."""
    return set(connection.execute(sa.select(schema.source.c.slug)).scalars())


def ensure_owner(connection: Connection, slug: str, name: str) -> Owner:
    """Return the owner of a slug, made if there is none yet."""
    table = schema.owner
    connection.execute(meta.insert(connection, table).values(slug=slug, name=name).on_conflict_do_nothing())
    row = connection.execute(sa.select(*OWNER).where(table.c.slug == slug)).one()
    return to_owner(row)


def owners(connection: Connection, ids: Iterable[int]) -> dict[int, Owner]:
    """Return owners by id."""
    rows = connection.execute(sa.select(*OWNER).where(schema.owner.c.id.in_(set(ids))))
    return {row.id: to_owner(row) for row in rows}


def to_owner(values: Sequence[Any]) -> Owner:
    """Return the owner of the columns OWNER."""
    return Owner(*values)


def to_source(values: Sequence[Any]) -> Source:
    """Return the source of the columns SOURCE."""
    state, origin, created_at = SourceState(values[8]), Origin(values[9]), values[10]
    why = tuple(Reason(kind, parts) for kind, parts in values[17] or ())
    fields = [*values[:8], state, origin, created_at, Policy(*values[11:14]), *values[14:17], why]
    return Source(*fields)


def _columns(source: Source) -> dict[str, object]:
    return {
        "slug": source.slug, "name": source.name, "site_url": source.site_url, "owner_id": source.owner_id,
        "region_id": source.region_id, "language": source.language, "zone": source.zone, "state": source.state.value,
        "state_why": source.state_why, "origin": source.origin.value, "trust": source.trust,
        "excerpt_chars": source.policy.excerpt_chars, "pictures": source.policy.pictures,
        "link_only": source.policy.link_only, "created_at": source.created_at,
    }  # fmt: skip
