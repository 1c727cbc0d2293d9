"""The schema's versions: an empty or older database is brought up to this one, a newer one is refused."""

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from aggregator.errors import DatabaseError
from aggregator.store import meta, regions
from aggregator.store.database import Connection, Database

_ADVISORY_LOCK = 0x6B61626172  # "kabar": one upgrade at a time on a PostgreSQL server


@dataclass(frozen=True, slots=True)
class Upgraded:
    """What an upgrade did: revisions before (None: the database was empty) and after, and the copy it made first."""

    before: str | None
    after: str
    copy: Path | None


def _alembic() -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", "aggregator:store/migrations")
    config.set_main_option("path_separator", "os")
    return config


def head() -> str:
    """Return the revision that this version of the program needs."""
    revision = ScriptDirectory.from_config(_alembic()).get_current_head()
    assert revision is not None, "the package has no migrations"
    return revision


def revision_of(connection: Connection) -> str | None:
    """Return the database's revision, None for an empty one; DatabaseError for a database that isn't ours."""
    found = MigrationContext.configure(connection).get_current_revision()
    if found is None and sa.inspect(connection).get_table_names():
        raise DatabaseError("database_foreign")
    return found


def is_current(database: Database) -> bool:
    """Return whether the database is at this version's revision; DatabaseError if it is newer or can't be read."""
    with database.read() as connection:
        found = revision_of(connection)
    _refuse_newer(database, found)
    return found == head()


def upgrade(database: Database) -> Upgraded:
    """Bring the database to this version's revision in one transaction, and the region packs with it.

    One process does it, others wait. A SQLite file that holds anything is first copied to
    `kabar.db.before-<revision>`. Raises DatabaseError for a newer database, which is left as it is.
    """
    with _alone(database):
        if is_current(database):
            found: str | None = head()
            copy = None
        else:
            with database.read() as connection:
                found = revision_of(connection)
            copy = copy_before(database.path, head()) if database.path and found else None
        with database.write() as connection:
            if not database.is_sqlite:
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ADVISORY_LOCK)))
            config = _alembic()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            meta.ensure_installation_id(connection)
            regions.load_packs(connection)
    return Upgraded(found, head(), copy)


def check(database: Database) -> None:
    """Raise DatabaseError unless the database is of this version and undamaged."""
    with database.read() as connection:
        found = revision_of(connection)
        _refuse_newer(database, found)
        if found != head():
            raise DatabaseError("database_old", found=found or "-", wanted=head())
        if database.is_sqlite:
            problems = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
            if problems != ["ok"]:
                raise DatabaseError("database_damaged", detail=str(problems[0]))


def _refuse_newer(database: Database, found: str | None) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(_alembic()).walk_revisions()}
    if found is not None and found not in known:
        copy = _copy_path(database.path, found).name if database.path else "-"
        raise DatabaseError("database_newer", found=found, copy=copy)


def _copy_path(path: Path, revision: str) -> Path:
    return path.with_name(f"{path.name}.before-{revision}")


def copy_before(path: Path, revision: str) -> Path:
    """Copy a SQLite file whole, its write-ahead log included, and return the copy, which appears only complete."""
    target = _copy_path(path, revision)
    partial = target.with_name(target.name + ".part")
    partial.unlink(missing_ok=True)
    source, copy = sqlite3.connect(path), sqlite3.connect(partial)
    try:
        source.backup(copy)
    finally:
        source.close()
        copy.close()
    return partial.rename(target)


@contextmanager
def _alone(database: Database) -> Iterator[None]:
    """Hold the lock of upgrades: a file beside a SQLite database; on PostgreSQL the transaction takes it."""
    if database.path is None:
        yield
        return
    try:
        lock = database.path.with_name(database.path.name + ".lock").open("w")
    except OSError as error:
        raise DatabaseError("data_unwritable", path=str(database.path.parent), detail=error.strerror or "") from None
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
