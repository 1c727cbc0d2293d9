"""Parsing in processes that can be killed: no document can hold up or end the service."""

import asyncio
import multiprocessing
import sys
from collections.abc import Mapping
from concurrent.futures import TimeoutError as ParseTimeoutError
from datetime import datetime
from multiprocessing.context import ForkServerContext

from pebble import ProcessExpired, ProcessPool

from aggregator.config import PollConfig
from aggregator.documents import parse
from aggregator.documents.confine import confine
from aggregator.errors import HostileError
from aggregator.model.document import Document

MAX_DOCUMENTS = 2000  # a process is replaced after so many, so that no leak of a parser grows


class Parsers:
    """A pool of resident parser processes. They import `documents` and `text` only."""

    def __init__(self, config: PollConfig) -> None:
        self._timeout_s = config.parse_s
        _hide_main_module()
        self._pool = ProcessPool(
            max_workers=config.parsers,
            max_tasks=MAX_DOCUMENTS,
            context=_light_processes(),
            initializer=confine,
            initargs=(config.parse_memory_mb * 1024 * 1024,),
        )

    async def read(self, body: bytes, headers: Mapping[str, str], url: str, zone: str, now: datetime) -> Document:
        """Return the document of a body.

        Raises NotAFeedError, or HostileError when the parser was killed for its time or memory.
        """
        future = self._pool.schedule(parse.read, (body, dict(headers), url, zone, now), timeout=self._timeout_s)
        try:
            return await asyncio.wrap_future(future)
        except (ParseTimeoutError, TimeoutError, ProcessExpired, MemoryError):
            raise HostileError("parser_killed") from None

    def close(self) -> None:
        """End the processes; documents under way are dropped."""
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()


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
