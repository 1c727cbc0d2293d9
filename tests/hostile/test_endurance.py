"""All hostile feeds at once, round after round, beside healthy ones: these are polled on time, the service lives."""

import threading
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from aggregator.clock import now
from aggregator.model.poll import Outcome
from aggregator.store import polls, schema
from aggregator.store.database import Database
from tests.hostile.bench import Bench
from tests.hostile.service import Memory, Service, free_port
from tests.hostile.trial import settings_for, subscribe

N_HEALTHY = 20
N_ROUNDS = 3
ROUND_S = 15.0  # shorter than the slowest feeds take, so that the rounds overlap
ON_TIME_S = 10.0  # two ticks
MAX_MB = 600
ANSWERED_WITHIN_S = 2.0


class Visitor:
    """Somebody who reads the latest page and a merged feed every second, and notes how that went."""

    def __init__(self, service: Service) -> None:
        self.seconds: list[float] = []
        self.failures: list[tuple[str, int]] = []
        self._service = service
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._visit, daemon=True)

    def __enter__(self) -> "Visitor":
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._thread.join()

    def _visit(self) -> None:
        while not self._stop.wait(1.0):
            for path in ("/latest", "/feeds/latest.atom", "/healthz"):
                began = time.monotonic()
                status, _ = self._service.get(path)
                self.seconds.append(time.monotonic() - began)
                if status != 200:
                    self.failures.append((path, status))


def an_item(outlet: int, number: int) -> str:
    url = f"https://sehat-{outlet}.example/{number}"
    return f"<item><guid>{url}</guid><link>{url}</link><title>Kabar {number} dari outlet {outlet}</title></item>"


def publish(publisher: Any, number: int) -> list[str]:
    """Let every healthy outlet have one more item, and return their addresses."""
    return [
        publisher.serve(
            f"/sehat/{outlet}",
            f"<rss version='2.0'><channel><title>Sehat {outlet}</title>"
            f"{''.join(an_item(outlet, n) for n in range(number, 0, -1))}</channel></rss>",
        )
        for outlet in range(N_HEALTHY)
    ]


def make_due(database: Database, at: datetime) -> None:
    """Begin a round: every feed is due, also those that back off."""
    with database.write() as connection:
        connection.execute(sa.update(schema.feed).values(next_poll_at=at))


def late_by_s(database: Database, feed_id: int, rounds: list[datetime]) -> list[float]:
    """Return how long after the begin of each round a feed was polled well; infinite where it was not in time."""
    with database.read() as connection:
        good = [row.at for row in polls.of_feed(connection, feed_id, limit=30) if row.outcome == Outcome.STORED]
    ends = [*rounds[1:], rounds[-1] + timedelta(seconds=ROUND_S)]
    return [
        min(((at - begin).total_seconds() for at in good if begin <= at < end), default=float("inf"))
        for begin, end in zip(rounds, ends, strict=True)
    ]


def test_healthy_feeds_are_polled_on_time_beside_all_hostile_ones(bench: Bench, publisher: Any, tmp_path: Path) -> None:
    service = Service(tmp_path, free_port(), settings_for(bench.origin, publisher.origin))
    feeds = subscribe(service, [*(bench.origin + case["path"] for case in bench.cases), *publish(publisher, 0)])
    database = Database(f"sqlite:///{tmp_path / 'var' / 'kabar.db'}")
    make_due(database, now() + timedelta(days=1))
    rounds = []
    with Memory(without=bench.pid) as memory, service.running("run") as supervisor, Visitor(service) as visitor:
        for number in range(1, N_ROUNDS + 1):
            publish(publisher, number)
            rounds.append(now())
            make_due(database, rounds[-1])
            time.sleep(ROUND_S)
        assert supervisor.poll() is None
    late = [late for url, feed in feeds.items() if "/sehat/" in url for late in late_by_s(database, feed, rounds)]
    database.close()
    print(f"{len(late)} healthy polls, the latest after {max(late):.1f} s; peak {memory.peak_mb:.0f} MB,", end=" ")
    print(f"slowest answer {max(visitor.seconds):.2f} s of {len(visitor.seconds)}")
    assert len(late) == N_HEALTHY * N_ROUNDS
    assert max(late) <= ON_TIME_S
    assert memory.peak_mb <= MAX_MB, memory.peak_by_process
    assert visitor.failures == []
    assert max(visitor.seconds) <= ANSWERED_WITHIN_S
    assert bench.n_canary() == 0
    assert "Traceback" not in service.log
    assert "child_died" not in service.log
