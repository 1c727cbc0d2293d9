"""Kabar's resident poller, as `kabar scheduler` runs it, with a round of polls for each line that it is sent.

`python -m benchmarks.kabar_polls FOLDER ORIGIN N_FEEDS`; the lines are `due`, `round` and `lag SECONDS TICK_S`.
"""

import queue
import sys
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from aggregator import clock, log
from aggregator.config import Config, FetchSection
from aggregator.desk import sources as desk
from aggregator.model.poll import Poll
from aggregator.model.reason import Reason
from aggregator.poll import jobs
from aggregator.poll.pipeline import Poller
from aggregator.scheduler import tick
from aggregator.store import feeds
from aggregator.store.database import Database
from aggregator.store.upgrade import upgrade
from benchmarks.resident import serve

DUE = Reason("next_first")


class Rounds:
    """A poller on a new database, subscribed to every feed of a farm."""

    def __init__(self, folder: Path, origin: str, n_feeds: int) -> None:
        self._database = Database(f"sqlite:///{folder / 'kabar.db'}")
        upgrade(self._database)
        wanted = [desk.Wanted(f"{origin}/feed/{number}", name=f"Feed {number}") for number in range(n_feeds)]
        with self._database.write() as connection:
            added = desk.import_all(connection, "bench", clock.now(), wanted, default_zone="Asia/Jakarta").added
        self._source_of = {one.feed_id: one.source.id for one in added}
        self._saved: queue.Queue[Poll] = queue.Queue()
        self._config = Config(fetch=FetchSection(allow_origins=(origin,), host_gap_s=0, host_concurrency=64))
        self._poller = Poller(self._database, self._config, clock.now, self._saved.put)

    def answer(self, line: list[str]) -> Any:
        """Do what a line says and return what came of it."""
        match line:
            case ["due"]:
                self._make_due(dict.fromkeys(self._source_of, clock.now()))
                return None
            case ["round"]:
                return self._round()
            case ["lag", seconds, tick_s]:
                return self._lag_ms(float(seconds), float(tick_s))
        raise ValueError(line)

    def close(self) -> None:
        """End the poller and its parsers."""
        self._poller.close()
        self._database.close()

    def _make_due(self, due_at: dict[int, datetime]) -> None:
        with self._database.write() as connection:
            for feed_id, due in due_at.items():
                feeds.schedule(connection, self._source_of[feed_id], due, DUE)

    def _round(self) -> dict[str, int]:
        """Poll what is due, refilling the poller when half of it is empty; return what the polls came to."""
        met: Counter[str] = Counter()
        capacity, lease_s = self._config.poll.in_flight, self._config.poll.lease_s
        n_open, is_more = 0, True
        while n_open or is_more:
            if is_more and n_open <= capacity // 2:
                room = capacity - n_open
                due = jobs.claim_due(self._database, clock.now(), limit=room, lease_s=lease_s)
                self._poller.submit(due)
                n_open, is_more = n_open + len(due), len(due) == room
                continue
            poll = self._saved.get()
            n_open -= 1
            met.update({poll.outcome.value: 1, "new": poll.n_new, "updated": poll.n_updated})
        return dict(met)

    def _lag_ms(self, window_s: float, tick_s: float) -> int:
        """Let the feeds fall due one after another over a window, tick, and return how late the polls began: p99."""
        began = clock.now()
        step = timedelta(seconds=window_s / len(self._source_of))
        due_at = {feed_id: began + number * step for number, feed_id in enumerate(self._source_of)}
        self._make_due(due_at)
        late_ms: list[float] = []
        next_tick = time.monotonic()
        while len(late_ms) < len(due_at):
            tick(self._database, self._poller, self._config, clock.now)
            next_tick += tick_s
            while (left_s := next_tick - time.monotonic()) > 0 and len(late_ms) < len(due_at):
                try:
                    poll = self._saved.get(timeout=left_s)
                except queue.Empty:
                    break
                late_ms.append((poll.at - due_at[poll.feed_id]).total_seconds() * 1000 - poll.ms)
        return round(sorted(late_ms)[len(late_ms) * 99 // 100])


if __name__ == "__main__":
    log.configure()
    rounds = Rounds(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
    serve(rounds.answer)
    rounds.close()
