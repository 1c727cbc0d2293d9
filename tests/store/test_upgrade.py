"""Migrations: empty, older, newer, foreign and damaged databases, on SQLite and PostgreSQL."""

import sqlite3
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from aggregator.errors import DatabaseError
from aggregator.store import meta, regions, schema
from aggregator.store.database import Database
from aggregator.store.upgrade import check, copy_before, head, is_current, upgrade


def test_an_empty_database_gets_the_schema_that_the_code_describes(database: Database) -> None:
    assert is_current(database)
    with database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []
    check(database)


def test_a_second_upgrade_changes_nothing(database: Database) -> None:
    with database.read() as connection:
        installation = meta.installation_id(connection)
        n_regions = len(regions.tree(connection).by_id)
    done = upgrade(database)
    assert (done.before, done.after, done.copy) == (head(), head(), None)
    with database.read() as connection:
        assert meta.installation_id(connection) == installation
        assert len(regions.tree(connection).by_id) == n_regions == 552


def test_a_newer_database_is_refused_and_left_as_it_is(database: Database) -> None:
    with database.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseError) as caught:
        upgrade(database)
    assert caught.value.reason.kind == "database_newer"
    assert caught.value.reason.parts["found"] == "9999"
    with database.read() as connection:
        assert connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar() == "9999"


def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE recipe (id INTEGER)")
    other.close()
    database = Database(f"sqlite:///{path}")
    with pytest.raises(DatabaseError) as caught:
        upgrade(database)
    assert caught.value.reason.kind == "database_foreign"
    database.close()


def test_the_copy_made_before_an_upgrade_holds_what_was_committed(sqlite_database: Database) -> None:
    with sqlite_database.write() as connection:
        meta.put(connection, "word", "kabar")
    assert sqlite_database.path is not None
    copy = copy_before(sqlite_database.path, "0001")
    assert copy.name == "kabar.db.before-0001"
    copied = Database(f"sqlite:///{copy}")
    with copied.read() as connection:
        assert meta.get(connection, "word") == "kabar"
    copied.close()


def test_processes_that_upgrade_at_once_wait_for_one_another(tmp_path: Path) -> None:
    path = tmp_path / "kabar.db"
    failures: list[BaseException] = []

    def start() -> None:
        database = Database(f"sqlite:///{path}")
        try:
            upgrade(database)
        except BaseException as error:  # noqa: BLE001  every failure of a thread is the test's
            failures.append(error)
        finally:
            database.close()

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(DatabaseError) as caught:
        Database(f"sqlite:///{blocked / 'sub' / 'kabar.db'}")
    assert caught.value.reason.kind == "data_unwritable"
    assert str(blocked) in str(caught.value.reason.parts["path"])


@pytest.mark.parametrize("url", ["mysql://x/y", "nonsense", "sqlite://"])
def test_other_addresses_than_sqlite_and_postgresql_are_refused(url: str) -> None:
    with pytest.raises(DatabaseError) as caught:
        Database(url)
    assert caught.value.reason.kind == "database_bad_url"
