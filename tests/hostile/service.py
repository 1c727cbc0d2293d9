"""A service of real processes, driven as a person drives it: commands, HTTP, and a look at its memory from outside."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

KABAR = (sys.executable, "-m", "aggregator.cli")
MEMORY_EVERY_S = 0.1
ANSWER_S = 30.0


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@dataclass
class Service:
    """A data folder and the environment of its processes; everything that they print is kept in one log."""

    folder: Path
    port: int
    settings: dict[str, str]
    log_path: Path = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log_path = self.folder / "log"
        (self.folder / "config.toml").write_text("")
        self.log_path.touch()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return self.log_path.read_text(encoding="utf-8", errors="replace")

    @property
    def environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("KABAR")}
        own = {"KABAR_CONFIG": str(self.folder / "config.toml"), "KABAR_DATA": str(self.folder / "var")}
        return {**inherited, **own, **self.settings}

    def start(self, *command: str) -> "subprocess.Popen[bytes]":
        with self.log_path.open("ab") as log:
            return subprocess.Popen([*KABAR, *command], env=self.environment, stdout=log, stderr=log)

    def run(self, *command: str) -> bytes:
        """Return what a command prints; what it logs goes to the log. A status other than 0 is an error."""
        with self.log_path.open("ab") as log:
            done = subprocess.run(
                [*KABAR, *command], env=self.environment, stdout=subprocess.PIPE, stderr=log, check=False
            )
        assert done.returncode == 0, f"kabar {' '.join(command)}: status {done.returncode}\n{self.log[-2000:]}"
        return done.stdout

    def ask(self, *command: str) -> Any:
        """Return the JSON document that a command prints."""
        return json.loads(self.run(*command, "--json"))

    @contextlib.contextmanager
    def running(self, command: str) -> Iterator["subprocess.Popen[bytes]"]:
        """Run `kabar web` or `kabar run` while the block runs, from its first answer on."""
        process = self.start(command, "--port", str(self.port))
        try:
            self.wait_until_it_answers()
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def wait_until_it_answers(self) -> None:
        until = time.monotonic() + ANSWER_S
        while self.get("/healthz")[0] != 200:
            assert time.monotonic() < until, f"no answer\n{self.log[-2000:]}"
            time.sleep(0.1)

    def get(self, path: str) -> tuple[int, str]:
        """Return status and body of an address of the service, status 0 when nothing answers."""
        url = path if path.startswith("http") else self.address + path
        try:
            with urllib.request.urlopen(url, timeout=ANSWER_S) as answer:
                return int(answer.status), answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode(errors="replace")
        except (urllib.error.URLError, ConnectionError):
            return 0, ""


class Memory:
    """The memory of this process's kabar descendants together, watched by a thread: shared pages are divided (PSS)."""

    def __init__(self, *, without: int = 0) -> None:
        self.peak_mb = 0.0
        self.peak_by_process: dict[str, float] = {}
        self._without = without
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Memory":
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(MEMORY_EVERY_S):
            by_process = memory_mb(self._without)
            if (total := sum(by_process.values())) > self.peak_mb:
                self.peak_mb, self.peak_by_process = total, by_process


def memory_mb(without: int = 0) -> dict[str, float]:
    """Return the memory of each descendant of this process in MB, but not of the process `without`."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    mine = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in mine and pid not in mine and pid != without}:
        mine |= more
    return {f"{pid} {_name(pid)}": _pss_mb(pid) for pid in sorted(mine - {os.getpid()})}


def _name(pid: int) -> str:
    with contextlib.suppress(OSError):
        return " ".join(Path(f"/proc/{pid}/cmdline").read_text().split("\0")[1:5])
    return ""


def _pss_mb(pid: int) -> float:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0
