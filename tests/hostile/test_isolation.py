"""The hostile bench case by case: each alone beside an idle service, so that its seconds and its memory are its own."""

from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pytest

from tests.hostile.bench import Bench
from tests.hostile.judge import complaints
from tests.hostile.service import Memory, Service, free_port, memory_mb
from tests.hostile.test_bench import CASES
from tests.hostile.trial import gather, n_polls, poll, settings_for, subscribe

pytestmark = pytest.mark.soak


@dataclass(frozen=True)
class Subscribed:
    service: Service
    feeds: dict[str, int]


@pytest.fixture(scope="module")
def subscribed(bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Subscribed]:
    """Return a service that has subscribed to every case, its web process running."""
    service = Service(tmp_path_factory.mktemp("isolated"), free_port(), settings_for(bench.origin))
    with service.running("web"):
        yield Subscribed(service, subscribe(service, [bench.origin + case["path"] for case in bench.cases]))


@pytest.mark.parametrize("case", CASES, ids=[case["path"] for case in CASES])
def test_a_case_alone(subscribed: Subscribed, bench: Bench, oracle: ModuleType, case: dict[str, Any]) -> None:
    service, url = subscribed.service, bench.origin + case["path"]
    bench.reset()
    idle_mb = sum(memory_mb(bench.pid).values())
    with Memory(without=bench.pid) as memory:
        for _ in range(n_polls(case)):
            polls = poll(service, [subscribed.feeds[url]], is_all=False)
    seen = gather(bench, service, {url: polls[url]})[url]
    seen.rss_mb = memory.peak_mb - idle_mb
    print(f"{seen.seconds:.1f} s, {seen.rss_mb:.0f} MB over idle")
    found = complaints(case, seen, oracle)
    assert not found, "\n".join(found)
