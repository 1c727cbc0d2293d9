"""The feed farm of the shared bench: N deterministic feeds on loopback, whose clock is turned by hand."""

import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def script() -> Path | None:
    """Return the farm's program in the shared folder (KABAR_SHARED), None where that is missing."""
    path = Path(os.environ.get("KABAR_SHARED", ROOT / ".." / "shared")).resolve() / "bench" / "feedfarm.py"
    return path if path.is_file() else None


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@dataclass(frozen=True, slots=True)
class Farm:
    """A running farm of `n_feeds` feeds at `origin`."""

    origin: str
    n_feeds: int

    @property
    def urls(self) -> list[str]:
        """Return the addresses of all feeds."""
        return [f"{self.origin}/feed/{number}" for number in range(self.n_feeds)]

    def tick(self, new: float, *, touch: bool = False) -> None:
        """Let every feed publish `new` items (1.5: one or two), or only change its bytes."""
        self._post(f"/tick?new={new}&touch={int(touch)}")

    def _post(self, path: str) -> None:
        with urllib.request.urlopen(urllib.request.Request(self.origin + path, method="POST")) as answer:
            answer.read()


@contextmanager
def running(program: Path, n_feeds: int) -> Iterator[Farm]:
    """Start a farm and give it when it answers."""
    port = free_port()
    command = [sys.executable, str(program), "--feeds", str(n_feeds), "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            if "ready" not in process.stdout.readline():
                raise RuntimeError("the feed farm did not start")
            yield Farm(f"http://127.0.0.1:{port}", n_feeds)
        finally:
            process.terminate()
