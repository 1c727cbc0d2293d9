"""The supervisor of `kabar run`: scheduler and web as two processes, restarted when they die."""

import contextlib
import ctypes
import errno
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import FrameType

from aggregator.clock import monotonic_s
from aggregator.errors import UsageError
from aggregator.log import log

STOP_S = 10.0  # how long children may take to stop
RESTART_S, RESTART_CAP_S = 1.0, 30.0
LIVED_S = 60.0  # a child that lived so long is restarted without waiting
WATCH_S = 0.2
_PR_SET_PDEATHSIG = 1


@dataclass(slots=True)
class Child:
    """A supervised process: how it is started, and how often in a row it died early."""

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str]
    process: "subprocess.Popen[bytes] | None" = None
    started_at: float = 0.0
    deaths: int = 0
    due_at: float = 0.0


def command(*arguments: str) -> list[str]:
    """Return the command line of another kabar process of this installation."""
    return [sys.executable, "-m", "aggregator.cli", *arguments]


def refuse_taken_port(host: str, port: int) -> None:
    """Raise UsageError if nothing can listen on this address."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        kind = "port_taken" if error.errno == errno.EADDRINUSE else "address_unusable"
        raise UsageError(kind, host=host, port=port, detail=error.strerror or str(error)) from None


class Supervisor:
    """Keeps children alive until a signal; the first SIGTERM or SIGINT stops them cleanly, the second at once."""

    def __init__(self, children: Sequence[Child]) -> None:
        self._children = children
        self._stop = threading.Event()
        self._n_signals = 0

    def run(self) -> None:
        """Start the children and return when they have stopped after a signal. SIGHUP is passed on to them."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_stop)
        signal.signal(signal.SIGHUP, self._on_reload)
        try:
            while not self._stop.wait(WATCH_S if self._children[0].process else 0):
                self._watch()
        finally:
            self._end()

    def _watch(self) -> None:
        now = monotonic_s()
        for child in self._children:
            if child.process is not None and (status := child.process.poll()) is not None:
                child.deaths = 0 if now - child.started_at > LIVED_S else child.deaths + 1
                wait_s = min(RESTART_S * 2 ** (child.deaths - 1), RESTART_CAP_S) if child.deaths else 0.0
                log.error("child_died", child=child.name, status=status, restart_in_s=wait_s)
                _kill_group(child.process)
                child.process, child.due_at = None, now + wait_s
            if child.process is None and now >= child.due_at:
                self._start(child, now)

    def _start(self, child: Child, now: float) -> None:
        child.process = subprocess.Popen(
            child.arguments, env={**os.environ, **child.environment}, stdin=subprocess.DEVNULL,
            start_new_session=True, preexec_fn=_die_with_parent,  # noqa: PLW1509  the supervisor has one thread
        )  # fmt: skip
        child.started_at = now
        log.info("child_started", child=child.name, pid=child.process.pid)

    def _end(self) -> None:
        running = [child.process for child in self._children if child.process and child.process.poll() is None]
        for process in running:
            process.terminate()
        until = monotonic_s() + STOP_S
        while self._n_signals < 2 and monotonic_s() < until and any(process.poll() is None for process in running):
            threading.Event().wait(0.05)
        for process in running:
            _kill_group(process)
            process.wait()

    def _on_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._n_signals += 1
        self._stop.set()

    def _on_reload(self, _number: int, _frame: FrameType | None) -> None:
        for child in self._children:
            if child.process is not None:
                child.process.send_signal(signal.SIGHUP)


def _kill_group(process: "subprocess.Popen[bytes]") -> None:
    """End what is left of a child and of the processes that it started, which may still hold the port."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _die_with_parent() -> None:
    """Ask the kernel to stop this child when its supervisor is killed, so that no orphan keeps the port (prctl(2))."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
