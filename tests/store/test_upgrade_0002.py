"""From 0001 to 0002 with data: nothing lost, a copy from before, and no half of it after a kill."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext

from aggregator.store import items, retention, schema, sources
from aggregator.store.database import Database
from aggregator.store.upgrade import head, upgrade

AT = 1_700_000_000_000_000
ROWS = {
    "owner": {"id": 1, "slug": "radar", "name": "Radar"},
    "source": {
        "id": 1, "slug": "radar", "name": "Radar", "site_url": "", "owner_id": 1, "language": "id",
        "zone": "Asia/Jakarta", "state": "active", "state_why": "", "origin": "file", "trust": "established",
        "excerpt_chars": 280, "pictures": True, "link_only": False, "created_at": AT,
    },
    "feed": {
        "id": 1, "source_id": 1, "url": "https://radar.example/feed", "state": "active", "title": "",
        "next_poll_why": '["next_first",{}]', "failures": 0.0, "throttles": 0, "lying_304": False, "interval_s": 0,
        "move_count": 0, "lease_token": 0,
    },
    "item": {
        "id": 7, "feed_id": 1, "source_id": 1, "key": "k", "url": "https://radar.example/1",
        "canonical_url": "radar.example/1", "title": "Panen", "title_hash": b"t", "summary_html": "s",
        "content_html": "c", "excerpt": "e", "byline": "[]", "categories": "[]", "image_url": "", "language": "id",
        "published_at": AT, "date_from": "feed", "date_text": "", "first_seen_at": AT, "listed_at": AT,
        "changed_at": AT + 5, "revision": 1, "content_hash": b"h", "cleaner_version": 1,
    },
}  # fmt: skip


def fill(database: Database) -> None:
    """Bring an empty database to revision 0001 and put a row into each table that matters."""
    config = Config()
    config.set_main_option("script_location", "aggregator:store/migrations")
    config.set_main_option("path_separator", "os")
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for name, row in ROWS.items():
            columns = ", ".join(row)
            values = ", ".join(f":{column}" for column in row)
            connection.execute(sa.text(f"INSERT INTO {name} ({columns}) VALUES ({values})"), row)
        gone = {**ROWS["item"], "id": 8, "key": "w", "withdrawn_at": AT}
        values = ", ".join(f":{column}" for column in gone)
        connection.execute(sa.text(f"INSERT INTO item ({', '.join(gone)}) VALUES ({values})"), gone)


@pytest.fixture(params=["sqlite", "postgresql"])
def first(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Return a database of revision 0001 with data, once of each kind."""
    url = f"sqlite:///{tmp_path / 'kabar.db'}" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    database = Database(url)
    fill(database)
    yield database
    database.close()


def test_what_was_held_is_held_and_takes_part(first: Database) -> None:
    done = upgrade(first)
    assert (done.before, done.after) == ("0001", head())
    with first.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []
        held = items.by_id(connection, 7)
        assert held is not None
        assert (held.title, held.content_html, held.quarantined_at) == ("Panen", "c", None)
        assert sources.by_id(connection, 1).quarantined_at is None
    with first.write() as connection:
        cutoff = schema.from_micros(AT + 5)
        assert retention.drop_texts(connection, cutoff, limit=10) == 0
        # The withdrawn item has no text to drop.
        assert retention.drop_texts(connection, cutoff + schema.MICROSECOND, limit=10) == 1


def test_a_sqlite_file_is_copied_first(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'kabar.db'}")
    fill(database)
    done = upgrade(database)
    database.close()
    assert done.copy == tmp_path / f"kabar.db.before-{head()}"
    with closing(sqlite3.connect(done.copy)) as copy:
        assert copy.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
        assert copy.execute("SELECT count(*) FROM item").fetchone() == (2,)
        assert "content_at" not in [row[1] for row in copy.execute("PRAGMA table_info(item)")]


KILLED = """
import os, signal, sys
import sqlalchemy as sa
from aggregator.store.database import Database
from aggregator.store.upgrade import upgrade

database, left = Database(sys.argv[1]), [int(sys.argv[2])]

@sa.event.listens_for(database.engine, "before_cursor_execute")
def before(connection, cursor, statement, parameters, context, executemany):
    if statement.lstrip().upper().startswith(("ALTER", "CREATE", "UPDATE", "INSERT")):
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)

upgrade(database)
"""


@pytest.mark.parametrize("step", [0, 3, 6, 9, 11])
def test_a_kill_in_the_middle_leaves_the_old_schema_and_the_next_start_finishes(first: Database, step: int) -> None:
    url = first.url.render_as_string(hide_password=False)
    killed = subprocess.run([sys.executable, "-c", KILLED, url, str(step)], env=os.environ, check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    with first.read() as connection:
        assert connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar() == "0001"
        assert "content_at" not in {column["name"] for column in sa.inspect(connection).get_columns("item")}
    upgrade(first)
    with first.read() as connection:
        assert items.by_id(connection, 7) is not None
        assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []
