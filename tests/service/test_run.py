"""`kabar run` as a whole: two processes, an address, signals, a broken configuration."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

FEED = """<rss version="2.0"><channel><title>Pantura Kini</title><item><guid isPermaLink="false">1</guid>
<link>https://pantura.example/1</link><title>Panen raya di Gending</title></item></channel></rss>"""


def wait_for(happened: Callable[[], bool], timeout_s: float = 30.0) -> None:
    until = time.monotonic() + timeout_s
    while not happened():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.1)


class Running:
    """A running service with its own configuration, data and log."""

    def __init__(self, folder: Path, origin: str, port: int) -> None:
        self.address, self.config, self._log = f"http://127.0.0.1:{port}", folder / "config.toml", folder / "log"
        self.config.write_text(
            f"[web]\nport = {port}\n\n[[sources]]\nname = 'Pantura Kini'\nfeeds = ['{origin}/feed']\n"
        )
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("KABAR_")}
        environment = {
            **inherited, "KABAR_CONFIG": str(self.config), "KABAR_DATA": str(folder / "var"),
            "KABAR__FETCH__ALLOW_ORIGINS": json.dumps([origin]), "KABAR__POLL__TICK_S": "0.5",
        }  # fmt: skip
        with self._log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "aggregator.cli", "run"], env=environment, stdout=log, stderr=log
            )

    @property
    def log(self) -> str:
        return self._log.read_text()

    def pid_of(self, child: str) -> int:
        return int(re.findall(rf'"child": "{child}", "pid": (\d+)', self.log)[-1])

    def get(self, path: str) -> str:
        try:
            with urllib.request.urlopen(self.address + path, timeout=5) as answer:
                return str(answer.read().decode())
        except (urllib.error.URLError, ConnectionError):
            return ""


@pytest.fixture
def running(tmp_path: Path, publisher: Any, free_port: int) -> Iterator[Running]:
    publisher.serve("/feed", FEED)
    service = Running(tmp_path, publisher.origin, free_port)
    yield service
    if service.process.poll() is None:
        service.process.kill()
    service.process.wait()


def is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").exists() and Path(f"/proc/{pid}/stat").read_text().split(")")[-1].split()[0] != "Z"


def descendants(pid: int) -> list[int]:
    children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return children + [below for child in children for below in descendants(child)]


def test_it_serves_what_it_polled_restarts_a_dead_child_and_stops_cleanly(running: Running) -> None:
    wait_for(lambda: "Panen raya di Gending" in running.get("/latest"))
    assert running.address in running.log
    assert '"status":"ok"' in running.get("/readyz").replace(" ", "")
    dead = running.pid_of("web")
    workers = descendants(dead)
    assert workers
    os.kill(dead, signal.SIGKILL)
    wait_for(lambda: running.pid_of("web") != dead and running.get("/healthz") != "")
    assert not any(is_alive(pid) for pid in workers)
    assert '"child_died"' in running.log
    children = [running.pid_of("web"), running.pid_of("scheduler")]
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(timeout=10) == 0
    assert not any(is_alive(pid) for pid in children)
    assert "Traceback" not in running.log


def test_a_broken_file_changes_nothing_and_a_mended_one_is_applied(running: Running) -> None:
    wait_for(lambda: "Panen raya di Gending" in running.get("/latest"))
    good = running.config.read_text()
    running.config.write_text(good + "[[source]]\nname = 'X'\n")
    running.process.send_signal(signal.SIGHUP)
    wait_for(lambda: "config_refused" in running.log)
    assert "unknown key source; did you mean sources?" in running.log
    assert "Pantura Kini" in running.get("/sources")
    running.config.write_text(good + "[[sources]]\nname = 'Suara Tengger'\nfeeds = ['https://tengger.example/feed']\n")
    running.process.send_signal(signal.SIGHUP)
    wait_for(lambda: '"config_applied"' in running.log.split("config_refused")[-1])
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(timeout=10) == 0


def test_the_second_signal_stops_at_once(running: Running, publisher: Any) -> None:
    publisher.answers["/feed"].delay_s = 20
    wait_for(lambda: publisher.n_requests("/feed") == 1 and running.get("/healthz") != "")
    workers = descendants(running.pid_of("web"))
    running.process.send_signal(signal.SIGTERM)
    time.sleep(0.3)
    began = time.monotonic()
    running.process.send_signal(signal.SIGTERM)
    running.process.wait(timeout=5)
    assert time.monotonic() - began <= 1.0
    wait_for(lambda: not any(is_alive(pid) for pid in [running.pid_of("scheduler"), *workers]), timeout_s=2)


def test_children_do_not_outlive_a_killed_supervisor(running: Running) -> None:
    wait_for(lambda: running.get("/healthz") != "")
    children = [running.pid_of("web"), *descendants(running.pid_of("web")), running.pid_of("scheduler")]
    running.process.kill()
    wait_for(lambda: not any(is_alive(pid) for pid in children), timeout_s=12)
