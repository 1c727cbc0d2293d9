"""The hostile bench: its process, its cases, and what it saw of us."""

import contextlib
import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

SECRET = "HB-CANARY-SECRET"


@dataclass(frozen=True)
class Bench:
    """A running bench. `canary` is the address, as host:port, that nobody may connect to."""

    origin: str
    canary: str
    pid: int
    cases: tuple[dict[str, Any], ...]

    def warm(self) -> None:
        """Let the bench build its large bodies, which it does when they are first asked for and while others wait."""
        for case in self.cases:
            if case["category"] in ("encoding", "size", "xml"):
                with urllib.request.urlopen(self.origin + case["path"]) as answer:
                    answer.read()

    def reset(self) -> None:
        self._told("reset", method="POST")

    def hits(self) -> dict[str, int]:
        """Return how many requests each path had since the last reset."""
        found: dict[str, int] = self._told("hits")
        return found

    def n_canary(self) -> int:
        return int(self._told("canary")["connections"])

    def last_asked_at(self) -> dict[str, datetime]:
        """Return when each path was asked last, by the clock of this machine."""
        now, mark = datetime.now(UTC), f"/mark/{time.monotonic_ns()}"
        with contextlib.suppress(urllib.error.HTTPError), urllib.request.urlopen(self.origin + mark):
            pass
        log = self._told("log")
        zero = next(now - timedelta(seconds=one["t"]) for one in reversed(log) if one["path"] == mark)
        return {one["path"]: zero + timedelta(seconds=one["t"]) for one in log}

    def _told(self, what: str, *, method: str = "GET") -> Any:
        with urllib.request.urlopen(urllib.request.Request(f"{self.origin}/__hb/{what}", method=method)) as answer:
            return json.loads(answer.read())


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Bench]:
    """Run the bench of a folder while the block runs."""
    cases = tuple(json.loads((folder / "cases.json").read_text()))
    command = [sys.executable, str(folder / "server.py"), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        _, origin, _, canary, *_ = process.stdout.readline().split()
        try:
            bench = Bench(origin, canary, process.pid, cases)
            bench.warm()
            yield bench
        finally:
            process.terminate()
