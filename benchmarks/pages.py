"""What reading costs: pages and merged feeds through granian, rendered, cached and unchanged."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from aggregator import clock
from aggregator.store import meta
from aggregator.store.database import Database
from benchmarks.archive import fill
from benchmarks.farm import ROOT, free_port
from benchmarks.visitors import ask, rate

RATE_GOAL, RENDERED_GOAL_MS = 8000, 25
START_S = 30.0
BROTLI = {"Accept-Encoding": "br"}


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured figure with its unit, and the goal for it."""

    name: str
    value: float
    unit: str
    goal: str


def run(n_items: int, *, seconds: float = 5.0, n_rendered: int = 200) -> list[Figure]:
    """Print rates and times over a database of `n_items`, and return them."""
    with tempfile.TemporaryDirectory(prefix="kabar-bench-") as folder:
        database = Database(f"sqlite:///{Path(folder) / 'kabar.db'}")
        slugs = fill(database, n_items, clock.now())
        with serving(Path(folder)) as port:
            figures = [
                *_rates(port, seconds),
                _rendered(port, database, "front page", ["/"], n_rendered),
                _rendered(port, database, "region page", [f"/r/{slug}" for slug in slugs], n_rendered),
                _rendered(port, database, "merged feed", ["/feeds/latest.rss"], n_rendered),
            ]
        database.close()
    print(f"\npages and merged feeds over {n_items} items, 8 visitors, one worker")
    for figure in figures:
        print(f"{figure.name:28}{figure.value:10.1f} {figure.unit:4}goal {figure.goal}")
    return figures


def _rates(port: int, seconds: float) -> Iterator[Figure]:
    yield _rate(port, "front page, cached", "/", BROTLI, seconds)
    yield _rate(port, "merged feed, cached", "/feeds/latest.rss", BROTLI, seconds)
    _, answer = ask(port, "/feeds/latest.rss", BROTLI)
    known = {**BROTLI, "If-None-Match": str(answer.headers["ETag"])}
    yield _rate(port, "merged feed, 304", "/feeds/latest.rss", known, seconds)


def _rate(port: int, name: str, path: str, headers: Mapping[str, str], seconds: float) -> Figure:
    ask(port, path, headers)  # the first answer builds what the others get
    found = rate(port, path, headers, seconds)
    return Figure(f"{name} ({found.status})", found.per_s, "/s", f"≥ {RATE_GOAL}")


def _rendered(port: int, database: Database, name: str, paths: Sequence[str], n: int) -> Figure:
    """Return the p99 of answers that had to be built, since what readers see changed before each."""
    took_ms = []
    for number in range(n):
        with database.write() as connection:
            meta.bump_changes(connection)
        took_ms.append(ask(port, paths[number % len(paths)], BROTLI)[0])
    goal = f"≤ {RENDERED_GOAL_MS}" if name.endswith("page") else "none"
    return Figure(f"{name}, rendered, p99", sorted(took_ms)[n * 99 // 100], "ms", goal)


@contextmanager
def serving(folder: Path) -> Iterator[int]:
    """Run `kabar web` over the database of a folder, and give its port when it answers."""
    port = free_port()
    environment = {**os.environ, "KABAR_DATA": str(folder), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "aggregator.cli", "web", "--port", str(port)]
    with (folder / "web.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        with suppress(OSError):
            if ask(port, "/healthz", {})[1].status == 200:
                return
        time.sleep(0.1)
    raise RuntimeError("the site did not start")
