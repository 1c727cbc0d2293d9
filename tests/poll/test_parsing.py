"""Documents wait for a parser: the small ones not behind the large, and nobody for ever."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from aggregator.poll.parsing import Turns


async def reads(turns: Turns, name: str, n_bytes: int, done: list[str], *, until: asyncio.Event | None = None) -> None:
    async with turns.turn(n_bytes):
        if until is not None:
            await until.wait()
        done.append(name)


async def in_order(*documents: tuple[str, int]) -> list[str]:
    """Return the order in which documents are read that came, in this order, while the only parser was busy."""
    turns, done, busy_until = Turns(1), list[str](), asyncio.Event()
    tasks = [asyncio.create_task(reads(turns, "busy", 1, done, until=busy_until))]
    for name, n_bytes in documents:
        await asyncio.sleep(0)
        tasks.append(asyncio.create_task(reads(turns, name, n_bytes, done)))
    await asyncio.sleep(0)
    busy_until.set()
    await asyncio.wait_for(asyncio.gather(*tasks), 5)
    return done[1:]


@pytest.mark.parametrize(("documents", "order"), [
    ([("first", 5000), ("second", 5000), ("third", 5000)], ["first", "second", "third"]),
    ([("huge", 9_000_000), ("large", 2_000_000), ("small", 5000)], ["small", "large", "huge"]),
    ([("small", 5000), ("huge", 9_000_000)], ["small", "huge"]),
])  # fmt: skip
def test_the_small_are_read_before_the_large(documents: list[tuple[str, int]], order: list[str]) -> None:
    assert asyncio.run(in_order(*documents)) == order


def test_a_large_one_waits_for_those_that_come_soon_but_not_for_ever() -> None:
    at = 0.0

    async def run() -> list[str]:
        nonlocal at
        turns, done, busy_until = Turns(1, clock=lambda: at), list[str](), asyncio.Event()
        tasks = [asyncio.create_task(reads(turns, "busy", 1, done, until=busy_until))]
        for name, n_bytes, came_at in (("large", 1_000_000, 1.0), ("soon", 5000, 5.0), ("late", 5000, 30.0)):
            await asyncio.sleep(0)
            at = came_at
            tasks.append(asyncio.create_task(reads(turns, name, n_bytes, done)))
            await asyncio.sleep(0)
        busy_until.set()
        await asyncio.wait_for(asyncio.gather(*tasks), 5)
        return done[1:]

    assert asyncio.run(run()) == ["soon", "large", "late"]


async def a_waiting_one_is_cancelled(turns: Turns, done: list[str]) -> None:
    busy_until = asyncio.Event()
    busy = asyncio.create_task(reads(turns, "busy", 1, done, until=busy_until))
    waiting = [asyncio.create_task(reads(turns, name, 1, done)) for name in ("cancelled", "kept")]
    await asyncio.sleep(0)
    waiting[0].cancel()
    busy_until.set()
    await asyncio.wait_for(asyncio.gather(busy, *waiting, return_exceptions=True), 5)


async def one_is_cancelled_as_its_turn_comes(turns: Turns, done: list[str]) -> None:
    busy_until = asyncio.Event()
    busy = asyncio.create_task(reads(turns, "busy", 1, done, until=busy_until))
    waiting = [asyncio.create_task(reads(turns, name, 1, done)) for name in ("cancelled", "kept")]
    busy.add_done_callback(lambda _: waiting[0].cancel())
    await asyncio.sleep(0)
    busy_until.set()
    await asyncio.wait_for(asyncio.gather(busy, *waiting, return_exceptions=True), 5)


@pytest.mark.parametrize("story", [a_waiting_one_is_cancelled, one_is_cancelled_as_its_turn_comes])
def test_a_cancelled_poll_keeps_no_parser(story: Callable[[Turns, list[str]], Awaitable[None]]) -> None:
    async def run() -> list[str]:
        turns, done = Turns(1), list[str]()
        await story(turns, done)
        await asyncio.wait_for(reads(turns, "after", 1, done), 5)
        return [name for name in done if name != "cancelled"]

    assert asyncio.run(run()) == ["busy", "kept", "after"]
