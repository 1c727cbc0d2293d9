"""The database: one engine, two kinds of transaction. Others see of SQLAlchemy only the name of Connection."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, OperationalError

from aggregator.errors import DatabaseError

Connection = sa.Connection

BUSY_TIMEOUT_MS = 5_000


class Database:
    """An opened database. Threads share it, never a connection."""

    def __init__(self, url: str) -> None:
        """Raise DatabaseError if the address is not one of SQLite or PostgreSQL, or the folder can't be written."""
        try:
            self.url = make_url(url)
        except ArgumentError:
            raise DatabaseError("database_bad_url") from None
        if self.url.drivername in ("postgresql", "postgres"):
            self.url = self.url.set(drivername="postgresql+psycopg")
        if self.url.drivername not in ("sqlite", "postgresql+psycopg"):
            raise DatabaseError("database_bad_url")
        self.is_sqlite = self.url.drivername == "sqlite"
        self.path = Path(self.url.database) if self.is_sqlite and self.url.database else None
        self.engine = self._sqlite_engine() if self.is_sqlite else sa.create_engine(self.url, pool_pre_ping=True)

    def _sqlite_engine(self) -> sa.Engine:
        if self.path is None:
            raise DatabaseError("database_bad_url")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DatabaseError("data_unwritable", path=str(self.path.parent), detail=error.strerror or "") from None
        engine = sa.create_engine(self.url, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000})
        sa.event.listen(engine, "connect", _on_sqlite_connect)
        return engine

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection whose statements see one state of the database; nothing is kept."""
        with self._connected() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN")
            else:
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            try:
                yield connection
            finally:
                connection.rollback()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give the connection of one write transaction: committed at the end, rolled back on any exception."""
        with self._connected() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    @contextmanager
    def rehearsal(self) -> Iterator[Connection]:
        """Give the connection of a write transaction that is rolled back at its end: what would happen, not done."""
        with self._connected() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield connection
            finally:
                connection.rollback()

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        try:
            with self.engine.connect() as connection:
                yield connection
        except OperationalError as error:
            raise self._explained(error) from error

    def _explained(self, error: OperationalError) -> DatabaseError:
        """Return what a person can do about a database that does not answer."""
        detail = str(error.orig).strip().splitlines()[0] if error.orig else ""
        if self.path is not None:
            kind = "database_locked" if "locked" in detail else "database_unusable"
            return DatabaseError(kind, path=str(self.path), detail=detail)
        return DatabaseError("database_unreachable", detail=detail, host=self.url.host)

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def _on_sqlite_connect(connection: sqlite3.Connection, _record: Any) -> None:
    """Set what POLLING.md rule 26 asks of each connection; transactions are begun by us."""
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "foreign_keys=ON",
        "temp_store=MEMORY",
        "cache_size=-16000",
    ):
        connection.execute(f"PRAGMA {pragma}")
