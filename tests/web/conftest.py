"""Fixtures of the pages: an application over a database, and its client."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from aggregator.store.database import Database
from aggregator.store.upgrade import upgrade
from tests.web.build import NOW, AppOf, Clock, Press, a_press, an_app


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Return a database with sixty items of six outlets; tests only read it."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('press') / 'kabar.db'}")
    upgrade(database)
    a_press(database)
    yield database
    database.close()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Database]:
    """Return a database of its own without a source."""
    database = Database(f"sqlite:///{tmp_path / 'kabar.db'}")
    upgrade(database)
    yield database
    database.close()


@pytest.fixture
def press(empty: Database) -> Press:
    return Press(empty)


@pytest.fixture
def app_of(clock: Clock) -> AppOf:
    """Return a function from a database and [site] settings to the application."""
    return partial(an_app, clock)


@pytest.fixture(scope="session")
def client(filled: Database) -> FlaskClient:
    """Return the client of a site with news, whose clock stands."""
    return an_app(Clock(NOW), filled).test_client()
