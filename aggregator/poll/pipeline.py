"""A resident poller: fetch in one event loop, parse in processes, save on one thread in groups."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from aggregator.clock import Clock, monotonic_s
from aggregator.config import Config
from aggregator.errors import DatabaseError
from aggregator.fetch.client import Client
from aggregator.log import log
from aggregator.model.poll import Poll
from aggregator.model.source import Source
from aggregator.poll.jobs import Job
from aggregator.poll.look import Looker
from aggregator.poll.outage import PROBE_EVERY_S, Outage
from aggregator.poll.parsing import Parsers
from aggregator.poll.save import pardon, save_polls, unsaved
from aggregator.rules.aftermath import Finished
from aggregator.store import regions
from aggregator.store.database import Database

GROUP = 100  # polls saved in one transaction at most
GROUP_WAIT_S = 0.05
RETRY_SAVE_S = 1.0
OnSaved = Callable[[Poll], None]


class Poller:
    """Polls the feeds it is given until it is closed. One thread of its own runs the event loop.

    `on_saved` is called in that thread with each poll's row after its transaction, once for every submitted feed
    unless the poller is closed before.
    """

    def __init__(
        self, database: Database, config: Config, clock: Clock, on_saved: OnSaved = lambda _poll: None
    ) -> None:
        self._database, self._config, self._clock, self._on_saved = database, config, clock, on_saved
        with database.read() as connection:
            self._tree = regions.tree(connection)
        self._parsers = Parsers(config.poll)
        self._loop = asyncio.new_event_loop()
        self._unsaved: asyncio.Queue[tuple[Finished, Source]] = asyncio.Queue(maxsize=2 * GROUP)
        self._tasks: set[asyncio.Task[None]] = set()
        self._outage = Outage(config.fetch.allow_origins)
        self._pausing: asyncio.Task[None] | None = None
        self._writer = ThreadPoolExecutor(1, "writer")
        self._stopping = False
        self._lock = threading.Lock()
        self._n_in_flight = 0
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="poller", daemon=True)
        self._thread.start()
        self._ready.wait()

    @property
    def n_free(self) -> int:
        """Return how many more feeds can be taken now."""
        return 0 if self._stopping or self._outage.is_on else max(0, self._config.poll.in_flight - self._n_in_flight)

    def submit(self, jobs: Sequence[Job]) -> None:
        """Begin to poll these claimed feeds; returns at once."""
        with self._lock:
            self._n_in_flight += len(jobs)
        self._loop.call_soon_threadsafe(self._start, tuple(jobs))

    def close(self, *, drain_s: float = 0.0) -> None:
        """Stop: wait `drain_s` seconds for polls under way, drop the rest (their leases expire), end the processes."""
        self._stopping = True
        asyncio.run_coroutine_threadsafe(self._drain(drain_s), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._writer.shutdown()
        self._parsers.close()
        self._loop.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._open())
        self._ready.set()
        self._loop.run_forever()

    async def _open(self) -> None:
        self._client = Client(self._config.fetch_config)
        await self._client.__aenter__()
        self._looker = Looker(self._client, self._parsers, self._clock)
        self._saver = asyncio.create_task(self._save_groups())

    async def _drain(self, drain_s: float) -> None:
        if drain_s and self._tasks:
            await asyncio.wait(self._tasks, timeout=drain_s)
        if self._pausing is not None:
            self._tasks.add(self._pausing)
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._unsaved.join()
        self._saver.cancel()
        await asyncio.gather(self._saver, return_exceptions=True)
        await self._client.__aexit__(None, None, None)

    def _start(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            task = self._loop.create_task(self._poll(job))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _poll(self, job: Job) -> None:
        try:
            done = await self._looker.look(job)
        except asyncio.CancelledError:
            self._release(1)
            raise
        was_on = self._outage.is_on
        if self._outage.swallows(done):
            done = replace(done, is_pardoned=True)
            if not was_on:
                self._pausing = self._loop.create_task(self._pause())
        await self._unsaved.put((done, job.source))

    async def _pause(self) -> None:
        """Wait out our own outage: pardon the feeds that were blamed for it, then ask until somebody answers."""
        pardoned = self._outage.pardoned()
        await self._loop.run_in_executor(self._writer, pardon, self._database, pardoned, self._clock())
        while not await self._outage.ends(self._client):
            await asyncio.sleep(PROBE_EVERY_S)

    async def _save_groups(self) -> None:
        """Save finished polls in groups of up to a hundred, or what fifty milliseconds bring (PERFORMANCE.md 2)."""
        while True:
            group = [await self._unsaved.get()]
            await asyncio.sleep(GROUP_WAIT_S)
            while len(group) < GROUP and not self._unsaved.empty():
                group.append(self._unsaved.get_nowait())
            try:
                for poll in await self._save(group):
                    self._on_saved(poll)
            finally:
                self._release(len(group))
                for _ in group:
                    self._unsaved.task_done()

    async def _save(self, group: list[tuple[Finished, Source]]) -> list[Poll]:
        """Return the saved rows. While the database is locked it is tried again as long as the leases stand."""
        until = monotonic_s() + self._config.poll.lease_s / 2
        while True:
            try:
                rows = await self._loop.run_in_executor(
                    self._writer, save_polls, self._database, group, self._tree, self._config.poll
                )
                break
            except DatabaseError as error:
                log.warning("save_waits", polls=len(group), **error.reason.parts)
                if monotonic_s() > until or self._stopping:
                    return [unsaved(one) for one, _ in group]
                await asyncio.sleep(RETRY_SAVE_S)
            except Exception:  # noqa: BLE001  a poll that can't be saved must not take the others of its group along
                log.exception("save_broke", feeds=[one.feed.id for one, _ in group])
                if len(group) == 1:
                    return [unsaved(group[0][0])]
                return [row for one in group for row in await self._save([one])]
        for row in rows:
            _log(row)
        return rows

    def _release(self, n: int) -> None:
        with self._lock:
            self._n_in_flight -= n


def _log(poll: Poll) -> None:
    log.info(
        "poll_done", feed=poll.feed_id, outcome=poll.outcome.value, kind=poll.reason.kind if poll.reason else None,
        status=poll.status, ms=poll.ms, new=poll.n_new, updated=poll.n_updated, known=poll.n_known,
        next=poll.next_poll_at.isoformat(timespec="seconds") if poll.next_poll_at else None,
    )  # fmt: skip
