"""Who is measured in one run: Kabar, newsboat, lemon24/reader and the machine's own limit. A round polls every feed."""

import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import processes
from benchmarks.farm import Farm
from benchmarks.resident import Resident

READER_PACKAGES = ("reader", "sgmllib3k")
HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Peer:
    """A program that is measured: `prepare` goes before each round and is not measured, `round` is.

    `pid` is the process whose CPU and memory count, None where each round is a process of its own.
    """

    name: str
    round: Callable[[], Any]
    close: Callable[[], None]
    pid: int | None = None
    prepare: Callable[[], Any] = lambda: None


@dataclass(frozen=True, slots=True)
class Missing:
    """A peer that is not on this machine, and how to get it."""

    name: str
    how: str


def kabar(folder: Path, farm: Farm) -> tuple[Peer, Resident]:
    """Return Kabar's resident poller, and the program itself for further questions."""
    folder.mkdir()
    command = [sys.executable, "-m", "benchmarks.kabar_polls", str(folder), farm.origin, str(farm.n_feeds)]
    program = Resident(command, folder / "log")
    peer = Peer("kabar", lambda: program.ask("round"), program.close, program.pid, prepare=lambda: program.ask("due"))
    return peer, program


def limit(folder: Path, farm: Farm) -> Peer:
    """Return the machine's own limit: fetch, unpack, lxml, one insert a document, and nothing else."""
    return _resident("limit", [sys.executable, "-m", "benchmarks.limit"], folder, farm)


def newsboat(folder: Path, farm: Farm) -> Peer | Missing:
    """Return newsboat, each round a `-x reload` with configuration, addresses and cache of its own."""
    program = shutil.which("newsboat")
    if program is None:
        return Missing("newsboat", "apt-get install newsboat (make system-deps)")
    folder.mkdir()
    (folder / "urls").write_text("".join(f"{url}\n" for url in farm.urls))
    (folder / "config").write_text("reload-threads 2\ndownload-retries 1\n")
    files = [f"-C{folder / 'config'}", f"-u{folder / 'urls'}", f"-c{folder / 'cache.db'}"]
    environment = {**os.environ, "HOME": str(folder), "LANG": "C.UTF-8"}

    def reload() -> None:
        subprocess.run([program, *files, "-x", "reload"], check=True, capture_output=True, env=environment)

    return Peer("newsboat", reload, lambda: None)


def reader(folder: Path, farm: Farm, cache: Path) -> Peer | Missing:
    """Return lemon24/reader, installed into an environment of its own below `cache` the first time."""
    python = cache / "reader" / "bin" / "python"
    try:
        if not python.exists():
            venv.create(python.parent.parent, with_pip=True)
        if subprocess.run([python, "-c", "import reader"], check=False, capture_output=True).returncode:
            subprocess.run([python, "-m", "pip", "install", "-q", *READER_PACKAGES], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return Missing("reader", f"pip install {' '.join(READER_PACKAGES)} into {python.parent.parent}")
    return _resident("reader", [str(python), str(HERE / "reader_polls.py")], folder, farm)


def unmeasured() -> list[Missing]:
    """Return the peers that this benchmark names but does not drive."""
    return [
        Missing(name, f"not driven by this benchmark{', although ' + key + ' is set' if key in os.environ else ''}")
        for name, key in (("yarr", "KABAR_BENCH_YARR"), ("miniflux", "KABAR_BENCH_MINIFLUX"))
    ]


def cost_s(peer: Peer) -> float:
    """Return the CPU seconds that a peer has used so far."""
    if peer.pid is not None:
        return processes.cpu_s(peer.pid)
    ended = os.times()
    return ended.children_user + ended.children_system


def _resident(name: str, command: Sequence[str], folder: Path, farm: Farm) -> Peer:
    folder.mkdir()
    program = Resident([*command, str(folder / "polls.db"), *_as_file(folder, farm)], folder / "log")
    return Peer(name, lambda: program.ask("round"), program.close, program.pid)


def _as_file(folder: Path, farm: Farm) -> list[str]:
    path = folder / "urls"
    path.write_text("\n".join(farm.urls))
    return [str(path)]
