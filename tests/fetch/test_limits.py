"""How many requests run at once, and how far apart they start, on a clock that only sleeping moves."""

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from aggregator.fetch.limits import HostThrottle, Lane, Limits
from aggregator.model.settings import FetchConfig


class Machine:
    """A clock, its sleep, and the requests that ran: (start, end, name)."""

    def __init__(self, **limits: float) -> None:
        self.now = 0.0
        self.sleepers: list[tuple[float, asyncio.Future[None]]] = []
        self.ran: list[tuple[float, float, str]] = []
        self.n_running = self.most_running = 0
        config = FetchConfig("Kabar/0", **limits)  # type: ignore[arg-type]
        self.limits = Limits(config, clock=lambda: self.now, sleep=self.sleep)

    async def sleep(self, seconds: float) -> None:
        future = asyncio.get_running_loop().create_future()
        self.sleepers.append((self.now + seconds, future))
        await future

    async def request(self, name: str, *keys: str, takes_s: float = 0.0) -> None:
        async with self.limits.lane(keys[0]) as first:
            if len(keys) == 1:
                await self._run(name, takes_s, first)
            else:
                async with self.limits.lane(keys[1]) as second:
                    await self._run(name, takes_s, first, second)

    async def _run(self, name: str, takes_s: float, *lanes: Lane) -> None:
        async with self.limits.start(*lanes):
            started = self.now
            self.n_running += 1
            self.most_running = max(self.most_running, self.n_running)
            await self.sleep(takes_s)
            self.n_running -= 1
            self.ran.append((started, self.now, name))

    def run(self, *requests: Coroutine[Any, Any, None]) -> list[float]:
        """Run requests to their end and return their starts, in order."""

        async def drive() -> None:
            tasks = [asyncio.create_task(request) for request in requests]
            while not all(task.done() for task in tasks):
                for _ in range(20):
                    await asyncio.sleep(0)
                if self.sleepers:
                    self.sleepers.sort(key=lambda sleeper: sleeper[0])
                    at, future = self.sleepers.pop(0)
                    self.now = max(self.now, at)
                    if not future.done():
                        future.set_result(None)
            await asyncio.gather(*tasks)

        asyncio.run(drive())
        return sorted(started for started, _, _ in self.ran)


def test_requests_to_one_host_start_a_gap_apart() -> None:
    machine = Machine(host_gap_s=1.0)
    starts = machine.run(*(machine.request(str(n), "http://a:80") for n in range(5)))
    assert starts == pytest.approx([0, 1, 2, 3, 4])


def test_no_more_than_the_host_limit_run_at_once() -> None:
    machine = Machine(host_gap_s=1.0, host_concurrency=2)
    starts = machine.run(*(machine.request(str(n), "http://a:80", takes_s=10) for n in range(4)))
    assert machine.most_running == 2
    assert starts == pytest.approx([0, 1, 10, 11])


def test_a_host_is_served_first_come_first_served() -> None:
    machine = Machine(host_gap_s=1.0)
    machine.run(*(machine.request(str(n), "http://a:80", takes_s=5) for n in range(6)))
    assert [name for _, _, name in sorted(machine.ran)] == list("012345")


def test_hosts_do_not_wait_for_each_other() -> None:
    machine = Machine(host_gap_s=60.0)
    starts = machine.run(*(machine.request(str(n), f"http://h{n}:80") for n in range(50)))
    assert starts == [0.0] * 50


def test_names_on_one_address_share_its_limit_and_gap() -> None:
    machine = Machine(host_gap_s=1.0, host_concurrency=2)
    starts = machine.run(*(machine.request(str(n), f"http://h{n}:80", "192.0.2.1", takes_s=10) for n in range(4)))
    assert machine.most_running == 2
    assert starts == pytest.approx([0, 1, 10, 11])


def test_a_waiting_host_takes_no_place_of_the_total() -> None:
    machine = Machine(host_gap_s=100.0, concurrency=2)
    crowd = [machine.request(f"crowd{n}", "http://crowd:80") for n in range(10)]
    others = [machine.request(f"other{n}", f"http://other{n}:80", takes_s=1) for n in range(4)]
    machine.run(*crowd, *others)
    assert max(end for _, end, name in machine.ran if name.startswith("other")) < 100


def test_the_total_is_never_passed() -> None:
    machine = Machine(host_gap_s=0.0, concurrency=3)
    machine.run(*(machine.request(str(n), f"http://h{n}:80", takes_s=1) for n in range(10)))
    assert machine.most_running == 3


def test_two_that_waited_for_the_total_still_start_a_gap_apart() -> None:
    machine = Machine(host_gap_s=1.0, concurrency=1)
    long = machine.request("long", "http://b:80", takes_s=50)
    machine.run(long, machine.request("1", "http://a:80"), machine.request("2", "http://a:80"))
    starts = {name: started for started, _, name in machine.ran}
    assert starts["2"] - starts["1"] >= 1.0


def test_a_cancelled_wait_gives_its_place_on() -> None:
    machine = Machine(host_gap_s=5.0, host_concurrency=1)

    async def cancelled() -> None:
        task = asyncio.ensure_future(machine.request("gone", "http://a:80"))
        for _ in range(3):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    machine.run(machine.request("1", "http://a:80"), cancelled(), machine.request("2", "http://a:80"))
    assert [name for _, _, name in machine.ran] == ["1", "2"]


def test_idle_hosts_are_forgotten() -> None:
    machine = Machine(host_gap_s=1.0)

    async def one_after_another() -> None:
        for n in range(2000):
            machine.now += 2.0
            async with machine.limits.lane(f"http://h{n}:80") as lane, machine.limits.start(lane):
                pass

    asyncio.run(one_after_another())
    assert len(machine.limits) <= 300


NOW = datetime(2026, 3, 14, 5, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    ("minutes_between", "slowed"),
    [(1, True), (10, True), (11, False)],
)
def test_a_second_429_within_ten_minutes_slows_the_host(minutes_between: int, slowed: bool) -> None:
    throttle = HostThrottle()
    second = NOW + timedelta(minutes=minutes_between)
    assert throttle.throttled("https://a:443", NOW, LATER) is False
    assert throttle.slow_until("https://a:443", NOW) is None
    assert throttle.throttled("https://a:443", second, LATER) is slowed
    assert throttle.slow_until("https://a:443", second) == (LATER if slowed else None)
    assert throttle.slow_until("https://b:443", second) is None


def test_a_slowed_host_is_asked_again_in_time_and_no_earlier_for_a_shorter_wish() -> None:
    throttle = HostThrottle()
    throttle.slow("https://a:443", LATER)
    throttle.slow("https://a:443", NOW + timedelta(minutes=1))
    assert throttle.slow_until("https://a:443", NOW) == LATER
    assert throttle.slow_until("https://a:443", LATER) is None


def test_the_throttle_forgets_hosts_that_behave() -> None:
    throttle = HostThrottle()
    for n in range(5000):
        throttle.throttled(f"https://h{n}:443", NOW + timedelta(minutes=n), NOW + timedelta(minutes=n + 5))
    assert len(throttle) < 300
