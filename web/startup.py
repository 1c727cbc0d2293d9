"""The site of an environment: configuration and database by KABAR_ variables, 503 until the tables are there."""

import threading
from collections.abc import Mapping

from flask import Flask, request

from aggregator import config as settings
from aggregator.clock import monotonic_s
from aggregator.errors import DatabaseError
from aggregator.store.database import Database
from aggregator.store.upgrade import is_current
from web import create_app

ASK_AGAIN_S = 0.5
ALWAYS = frozenset({"/healthz"})


class Gate:
    """Holds requests back (503) until the database was upgraded; asked at most twice a second until then."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._is_open = False
        self._lock = threading.Lock()
        self._asked_s = float("-inf")
        self._why: DatabaseError | None = None

    def check(self) -> None:
        """Raise DatabaseError while pages can't be read."""
        if self._is_open or request.path in ALWAYS:
            return
        with self._lock:
            if not self._is_open and monotonic_s() - self._asked_s >= ASK_AGAIN_S:
                self._ask()
            if self._why is not None:
                raise self._why

    def _ask(self) -> None:
        self._asked_s = monotonic_s()
        try:
            self._is_open = is_current(self._database)
            self._why = None if self._is_open else DatabaseError("database_old", found="-", wanted="-")
        except DatabaseError as error:
            self._why = error


def from_environment(environ: Mapping[str, str]) -> Flask:
    """Return the application that KABAR_ variables describe; ConfigError or DatabaseError say what is wrong."""
    path = settings.find(environ)
    config = settings.load(path).config
    database = Database(settings.places(environ, path).database_url.get_secret_value())
    address = environ.get("KABAR_ADDRESS") or f"http://{config.web.host}:{config.web.port}"
    app = create_app(database, config, address=address, is_demo=environ.get("KABAR_DEMO") == "1")
    app.before_request(Gate(database).check)
    return app
