"""Fixtures that all tests share: databases of both kinds, the clock, the shared corpus, programs of the machine."""

import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import sqlalchemy as sa

from aggregator.store.database import Database
from aggregator.store.upgrade import upgrade

REQUIRE_ALL = os.environ.get("KABAR_TEST_REQUIRE") == "all"
ROOT = Path(__file__).resolve().parent.parent
MISSING: dict[str, str] = {}


def missing(what: str, how: str) -> None:
    """Skip the test for a part of the machine that is not there; where all are required, fail instead."""
    MISSING[what] = how
    if REQUIRE_ALL:
        pytest.fail(f"{what} is missing: {how}")
    pytest.skip(f"{what} is missing: {how}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for what, how in MISSING.items():
        terminalreporter.write_line(f"SKIPPED for want of {what}: {how}", yellow=True, bold=True)


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 3, 14, 5, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of the shared corpus."""
    folder = Path(os.environ.get("KABAR_SHARED", ROOT / ".." / "shared")).resolve()
    if not folder.is_dir():
        MISSING["the shared corpus"] = "set KABAR_SHARED to its folder; only its tests are skipped"
        pytest.skip("the shared corpus is missing: set KABAR_SHARED to its folder")
    return folder


@pytest.fixture(scope="session")
def require_program() -> Callable[[str, str], str]:
    """Return a function from a program's name and its Debian package to the program's path; it skips without one."""

    def find(name: str, package: str) -> str:
        path = shutil.which(name)
        if path is None:
            missing(name, f"apt-get install {package} (make system-deps)")
        return str(path)

    return find


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture
def free_port() -> int:
    """Return a port that nothing listens on."""
    return _free_port()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Start a PostgreSQL server of our own on loopback and return the address of its maintenance database."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        missing("PostgreSQL", "apt-get install postgresql (make system-deps)")
    # Not under pytest's own folder: that is closed to the user whom a server started by root runs as.
    binaries, folder, port = found[-1].parent, Path(tempfile.mkdtemp(prefix="kabar-postgres-")), _free_port()
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if as_user:
        shutil.chown(folder, "postgres")
    data = folder / "data"
    subprocess.run(
        [*as_user, binaries / "initdb", "-A", "trust", "-U", "kabar", "-D", data], check=True, capture_output=True
    )
    options = f"-h 127.0.0.1 -p {port} -k '' -c fsync=off"
    control = [*as_user, binaries / "pg_ctl", "-D", data, "-w"]
    subprocess.run([*control, "-o", options, "-l", folder / "log", "start"], check=True, stdout=subprocess.DEVNULL)
    try:
        yield f"postgresql://kabar@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=True, stdout=subprocess.DEVNULL)
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an upgraded SQLite file, closed, to be copied: an upgrade for each test would take most of their time."""
    path = tmp_path_factory.mktemp("template") / "kabar.db"
    database = Database(f"sqlite:///{path}")
    upgrade(database)
    database.close()
    return path


@pytest.fixture
def sqlite_database(tmp_path: Path, sqlite_template: Path) -> Iterator[Database]:
    """Return an upgraded SQLite database in a file of its own."""
    shutil.copyfile(sqlite_template, tmp_path / "kabar.db")
    database = Database(f"sqlite:///{tmp_path / 'kabar.db'}")
    yield database
    database.close()


def _execute(server: str, statement: str) -> None:
    url = sa.make_url(server).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(statement))
    engine.dispose()


def _database_url(server: str, name: str) -> str:
    return sa.make_url(server).set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """Return the address of a new, empty PostgreSQL database, dropped at the end."""
    name = f"kabar_{uuid.uuid4().hex[:12]}"
    _execute(postgres_server, f"CREATE DATABASE {name}")
    yield _database_url(postgres_server, name)
    _execute(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> str:
    """Return the name of an upgraded PostgreSQL database to be copied."""
    _execute(postgres_server, "CREATE DATABASE kabar_template")
    database = Database(_database_url(postgres_server, "kabar_template"))
    upgrade(database)
    database.close()
    return "kabar_template"


@pytest.fixture
def postgres_database(postgres_server: str, postgres_template: str) -> Iterator[Database]:
    """Return an upgraded PostgreSQL database of its own."""
    name = f"kabar_{uuid.uuid4().hex[:12]}"
    _execute(postgres_server, f"CREATE DATABASE {name} TEMPLATE {postgres_template}")
    database = Database(_database_url(postgres_server, name))
    yield database
    database.close()
    _execute(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """Return an upgraded database, once of each kind."""
    name = "sqlite_database" if request.param == "sqlite" else "postgres_database"
    found: Database = request.getfixturevalue(name)
    return found


class Publisher:
    """A loopback publisher: what each path answers, and what it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, Served] = {}
        self.requests: list[Asked] = []
        publisher = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                served = publisher.answers.get(self.path, Served(status=404))
                publisher.requests.append(Asked(self.path, dict(self.headers.items())))
                if served.delay_s:
                    time.sleep(served.delay_s)
                known = self.headers.get("If-None-Match")
                is_known = served.headers.get("ETag") is not None and known == served.headers["ETag"]
                self.send_response(304 if is_known and served.status == 200 else served.status)
                for name, value in served.headers.items():
                    self.send_header(name, value)
                body = b"" if is_known else served.body
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        self.origin = f"http://127.0.0.1:{self._server.server_address[1]}"

    def serve(self, path: str, body: bytes | str, status: int = 200, **headers: str) -> str:
        """Answer a path from now on and return its address; header names are given with underscores."""
        raw = body.encode() if isinstance(body, str) else body
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[path] = Served(status, raw, named)
        return self.origin + path

    def n_requests(self, path: str) -> int:
        return sum(1 for asked in self.requests if asked.path == path)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@dataclass
class Served:
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    delay_s: float = 0.0


@dataclass
class Asked:
    path: str
    headers: dict[str, str]


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    """Return a loopback publisher of the test's own."""
    one = Publisher()
    yield one
    one.close()


class Turned:
    """A clock that a test turns by hand."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def turn(self, **by: float) -> datetime:
        self.at += timedelta(**by)
        return self.at


@pytest.fixture
def turned(now: datetime) -> Turned:
    """Return a clock that stands at `now` until the test turns it."""
    return Turned(now)
