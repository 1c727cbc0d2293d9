"""The hostile bench of the shared corpus: every transport case ends in time, with a reason, and never at the canary."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from aggregator.errors import AddressNotAllowedError, FeedError
from aggregator.fetch.client import Client
from aggregator.model.answer import Answer
from aggregator.model.settings import FetchConfig

CATEGORIES = {"net", "encoding", "redirect", "ssrf", "status", "cache"}
TOTAL_S = 1.5
SLOW_S = 40  # the bench's mark of a case that our deadline has to end
SECRET = b"HB-CANARY-SECRET"
BUSY = {"reset", "refused"}
MUST_FAIL = {
    "slow-drip",
    "slow-headers",
    "never-answers",
    "reset-mid-body",
    "endless-body",
    "gzip-bomb",
    "deflate-bomb",
}
Ended = dict[str, tuple[Answer | FeedError, float]]


@pytest.fixture(scope="module")
def bench(shared: Path) -> Iterator[str]:
    command = [sys.executable, str(shared / "hostile" / "server.py"), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().split()[1]
        process.terminate()


async def told(client: Client, origin: str, what: str) -> Any:
    return json.loads((await client.get(f"{origin}/__hb/{what}")).body)


@pytest.fixture(scope="module")
def ended(bench: str) -> tuple[list[dict[str, Any]], Ended, Any]:
    """Ask for all cases; return the cases, how each ended, and what the canary saw.

    The cases that only a deadline ends get a short one, all at once. The others get the usual one, so that a busy
    machine is not taken for a slow server.
    """

    async def run() -> tuple[list[dict[str, Any]], Ended, Any]:
        patient = FetchConfig("Kabar/0", (bench,), host_concurrency=16, host_gap_s=0)
        hasty = replace(patient, host_concurrency=64, first_byte_s=TOTAL_S / 2, total_s=TOTAL_S)
        ends: Ended = {}
        async with Client(patient) as client, Client(hasty) as hasty_client:
            cases = [case for case in await told(client, bench, "cases") if case["category"] in CATEGORIES]
            for is_slow, asking in ((False, client), (True, hasty_client)):
                paths = [case["path"] for case in cases if (case["max_seconds"] == SLOW_S) is is_slow]
                found = await asyncio.gather(*(one(asking, bench + path) for path in paths))
                ends.update(zip(paths, found, strict=True))
            return cases, ends, await told(client, bench, "canary")

    return asyncio.run(run())


async def one(client: Client, url: str) -> tuple[Answer | FeedError, float]:
    """Return how a case ended; asked again where the bench, busy with so many, broke the connection."""
    started = time.monotonic()
    try:
        end: Answer | FeedError = await client.get(url)
    except FeedError as error:
        end = error
    if isinstance(end, FeedError) and end.reason.kind in BUSY and "reset" not in url:
        await asyncio.sleep(0.5)
        started = time.monotonic()
        try:
            end = await client.get(url)
        except FeedError as error:
            end = error
    return end, time.monotonic() - started


def test_the_canary_is_never_reached(ended: tuple[list[dict[str, Any]], Ended, Any]) -> None:
    cases, ends, canary = ended
    assert len(ends) == len(cases) > 100
    assert canary["connections"] == 0
    assert not [path for path, (end, _) in ends.items() if isinstance(end, Answer) and SECRET in end.body]


def test_every_case_ends_in_its_time(ended: tuple[list[dict[str, Any]], Ended, Any]) -> None:
    cases, ends, _ = ended
    slow = [ends[case["path"]][1] for case in cases if case["max_seconds"] == SLOW_S]
    assert len(slow) > 5
    assert max(slow) < TOTAL_S + 1.5
    assert not [case["path"] for case in cases if ends[case["path"]][1] > case["max_seconds"]]


def test_a_blocked_case_is_blocked_by_the_rule(ended: tuple[list[dict[str, Any]], Ended, Any]) -> None:
    cases, ends, _ = ended
    blocked = [case["path"] for case in cases if case.get("blocked")]
    assert len(blocked) >= 30
    assert not [path for path in blocked if not isinstance(ends[path][0], AddressNotAllowedError)]


def test_only_refusals_are_called_refused(ended: tuple[list[dict[str, Any]], Ended, Any]) -> None:
    cases, ends, _ = ended
    open_paths = [case["path"] for case in cases if not case.get("blocked")]
    assert not [path for path in open_paths if isinstance(ends[path][0], AddressNotAllowedError)]


def test_what_must_be_stored_comes_whole(ended: tuple[list[dict[str, Any]], Ended, Any]) -> None:
    cases, ends, _ = ended
    wanted = [c for c in cases if c["expect"] == "stored_ok" and not c.get("also_ok")]
    broken = {c["path"]: ends[c["path"]][0] for c in wanted if not isinstance(ends[c["path"]][0], Answer)}
    assert len(wanted) > 10
    assert broken == {}


@pytest.mark.parametrize("name", sorted(MUST_FAIL))
def test_the_worst_cases_fail_with_a_reason(ended: tuple[list[dict[str, Any]], Ended, Any], name: str) -> None:
    _, ends, _ = ended
    (end,) = [end for path, (end, _) in ends.items() if path.endswith("/" + name)]
    assert isinstance(end, FeedError)
    assert end.reason.kind in ("total_timeout", "first_byte_timeout", "reset", "too_large")
