"""Facts of this installation: its id, the packs loaded, and the change counter of what readers see."""

import uuid

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from aggregator.store import schema
from aggregator.store.database import Connection

CONTENT = "content"
LAST_TICK = "last_tick_at"  # RFC 3339; when the scheduler last gave a sign


def insert(connection: Connection, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    """Return an INSERT of the connection's dialect, which can say ON CONFLICT."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


def get(connection: Connection, name: str) -> str | None:
    """Return a fact, None if it was never put."""
    return connection.execute(sa.select(schema.meta.c.value).where(schema.meta.c.name == name)).scalar()


def put(connection: Connection, name: str, value: str) -> None:
    """Keep a fact, replacing an older one."""
    statement = insert(connection, schema.meta).values(name=name, value=value)
    connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"value": value}))


def installation_id(connection: Connection) -> uuid.UUID:
    """Return the id that names our feeds and entries; it was drawn when the database was made."""
    value = get(connection, "installation_id")
    if value is None:
        raise LookupError("the database has no installation id: it was not upgraded")
    return uuid.UUID(value)


def ensure_installation_id(connection: Connection) -> None:
    """Draw the installation id once; a host name never takes part, so a new base_url changes no entry id."""
    if get(connection, "installation_id") is None:
        put(connection, "installation_id", str(uuid.uuid4()))


def changes(connection: Connection) -> int:
    """Return the change counter: it rises with every transaction that changes what a reader can see."""
    counter = sa.select(schema.change.c.value).where(schema.change.c.name == CONTENT)
    return connection.execute(counter).scalar() or 0


def bump_changes(connection: Connection) -> None:
    """Raise the change counter; last in a transaction, since it is the one row that all writers touch."""
    statement = insert(connection, schema.change).values(name=CONTENT, value=1)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["name"], set_={"value": schema.change.c.value + 1})
    )
