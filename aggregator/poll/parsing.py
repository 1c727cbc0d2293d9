"""Parsing in processes that can be killed: no document can hold up or end the service."""

import asyncio
import heapq
import multiprocessing
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import TimeoutError as ParseTimeoutError
from contextlib import asynccontextmanager
from datetime import datetime
from itertools import count
from multiprocessing.context import ForkServerContext

from pebble import ProcessExpired, ProcessPool

from aggregator.clock import monotonic_s
from aggregator.config import PollConfig
from aggregator.documents import parse
from aggregator.documents.confine import confine
from aggregator.errors import HostileError
from aggregator.model.document import Document

MAX_DOCUMENTS = 2000  # a process is replaced after so many, so that no leak of a parser grows
BYTES_PER_S = 100_000  # a document lets those pass that come within the time that its size takes at this speed


class Parsers:
    """A pool of resident parser processes. They import `documents` and `text` only."""

    def __init__(self, config: PollConfig) -> None:
        self._timeout_s = config.parse_s
        self._turns = Turns(config.parsers)
        _hide_main_module()
        self._pool = ProcessPool(
            max_workers=config.parsers,
            max_tasks=MAX_DOCUMENTS,
            context=_light_processes(),
            initializer=confine,
            initargs=(config.parse_memory_mb * 1024 * 1024,),
        )

    async def read(
        self,
        body: bytes,
        headers: Mapping[str, str],
        url: str,
        zone: str,
        now: datetime,
        held: frozenset[bytes] = frozenset(),
    ) -> Document:
        """Return the document of a body, without the items whose hashes are in `held` where that can be told.

        Raises NotAFeedError, or HostileError when the parser was killed for its time or memory.
        """
        async with self._turns.turn(len(body)):
            asked = (body, dict(headers), url, zone, now, held)
            future = self._pool.schedule(parse.read, asked, timeout=self._timeout_s)
            try:
                return await asyncio.wrap_future(future)
            except (ParseTimeoutError, TimeoutError, ProcessExpired, MemoryError):
                raise HostileError("parser_killed") from None

    def close(self) -> None:
        """End the processes; documents under way are dropped."""
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()


class Turns:
    """Who is read next: small documents before large ones that came a little earlier, so that these delay nobody.

    The pool is given no more than it has processes for; a document that waits there could not be overtaken.
    """

    def __init__(self, n_free: int, clock: Callable[[], float] = monotonic_s) -> None:
        self._n_free, self._clock = n_free, clock
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []
        self._number = count()

    @asynccontextmanager
    async def turn(self, n_bytes: int) -> AsyncIterator[None]:
        """Wait for a free process and hold it."""
        if self._n_free:
            self._n_free -= 1
        else:
            await self._wait(n_bytes)
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self, n_bytes: int) -> None:
        given: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (self._clock() + n_bytes / BYTES_PER_S, next(self._number), given))
        try:
            await given
        except asyncio.CancelledError:
            if given.done() and not given.cancelled():
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        while self._waiting:
            *_, given = heapq.heappop(self._waiting)
            if not given.done():
                given.set_result(None)
                return
        self._n_free += 1


def _light_processes() -> ForkServerContext:
    """Return the way to start processes that know the parsers only: forked from a server that loaded them once."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([parse.__name__, confine.__module__])
    return context


def _hide_main_module() -> None:
    """Keep new processes from importing the command line again, which would load the whole service into each."""
    main = sys.modules["__main__"]
    main.__spec__ = None
    if hasattr(main, "__file__"):
        del main.__file__
