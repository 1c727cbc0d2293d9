"""How gently we ask: requests in flight and the gap between their starts, per host, per address and in total."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta

from aggregator.clock import monotonic_s
from aggregator.model.settings import FetchConfig

THROTTLE_WINDOW = timedelta(minutes=10)
_SWEEP_AT = 256  # lanes or hosts held before idle ones are looked for


class Lane:
    """One host or one address while somebody asks it, and until its gap has passed."""

    __slots__ = ("n_users", "next_start", "slots", "turn")

    def __init__(self, width: int) -> None:
        self.slots = asyncio.Semaphore(width)  # first come, first served
        self.turn = asyncio.Lock()  # held by the one who starts next
        self.next_start = float("-inf")
        self.n_users = 0  # in flight and waiting


class Limits:
    """The right to start a request.

    Locks are always taken in one order (host, address, total), so nobody waits for a holder who waits for them; and
    the total comes last, so a waiting host takes nobody's place.
    """

    def __init__(
        self,
        config: FetchConfig,
        *,
        clock: Callable[[], float] = monotonic_s,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._config, self._clock, self._sleep = config, clock, sleep
        self._total = asyncio.Semaphore(config.concurrency)
        self._lanes: dict[str, Lane] = {}
        self._sweep_at = _SWEEP_AT

    def __len__(self) -> int:
        """Return how many hosts and addresses are remembered."""
        return len(self._lanes)

    @asynccontextmanager
    async def lane(self, key: str) -> AsyncIterator[Lane]:
        """Hold one of the slots of a host or an address."""
        lane = self._lanes.get(key) or self._add(key)
        lane.n_users += 1
        try:
            async with lane.slots:
                yield lane
        finally:
            lane.n_users -= 1

    @asynccontextmanager
    async def start(self, *lanes: Lane) -> AsyncIterator[None]:
        """Wait until the gap of each lane has passed and a total slot is free; hold that slot.

        The turns are kept until the start itself: two requests that waited for a total slot don't start together.
        """
        async with AsyncExitStack() as turns:
            for lane in lanes:
                await turns.enter_async_context(lane.turn)
                while (wait_s := lane.next_start - self._clock()) > 0:
                    await self._sleep(wait_s)
            await self._total.acquire()
            for lane in lanes:
                lane.next_start = self._clock() + self._config.host_gap_s
        try:
            yield
        finally:
            self._total.release()

    def _add(self, key: str) -> Lane:
        if len(self._lanes) >= self._sweep_at:
            now = self._clock()
            self._lanes = {k: lane for k, lane in self._lanes.items() if lane.n_users or lane.next_start > now}
            self._sweep_at = max(_SWEEP_AT, 2 * len(self._lanes))
        lane = self._lanes[key] = Lane(self._config.host_concurrency)
        return lane


class HostThrottle:
    """The hosts that we leave alone for a while, because they said 429 twice within ten minutes."""

    def __init__(self) -> None:
        self._last_429_at: dict[str, datetime] = {}
        self._slow_until: dict[str, datetime] = {}

    def __len__(self) -> int:
        """Return how many notes are kept."""
        return len(self._last_429_at) + len(self._slow_until)

    def throttled(self, host: str, now: datetime, until: datetime) -> bool:
        """Note a 429 of a host, and return whether the whole host is slowed now, until `until`."""
        last_at = self._last_429_at.get(host)
        self._forget(now)
        self._last_429_at[host] = now
        if last_at is None or now - last_at > THROTTLE_WINDOW:
            return False
        self.slow(host, until)
        return True

    def slow(self, host: str, until: datetime) -> None:
        """Leave a host alone until an instant; an earlier one changes nothing."""
        self._slow_until[host] = max(until, self._slow_until.get(host, until))

    def slow_until(self, host: str, now: datetime) -> datetime | None:
        """Return until when a host is left alone, None when it may be asked."""
        until = self._slow_until.get(host)
        return until if until is not None and until > now else None

    def _forget(self, now: datetime) -> None:
        if len(self) >= _SWEEP_AT:
            self._last_429_at = {h: at for h, at in self._last_429_at.items() if now - at <= THROTTLE_WINDOW}
            self._slow_until = {h: until for h, until in self._slow_until.items() if until > now}
