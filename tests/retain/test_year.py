"""A year of two hundred feeds on a clock that is turned five weeks at a time."""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from aggregator.config import RetainConfig
from aggregator.model.document import FoundItem
from aggregator.retain import Forgotten, retain
from aggregator.store import items, measure
from aggregator.store.database import Database

N_FEEDS, STEP_DAYS, N_STEPS, PER_STEP = 200, 37, 11, 6
CONFIG = RetainConfig(items_days=300)


def test_a_year_of_two_hundred_feeds_keeps_its_promise(
    sqlite_database: Database, press_of: Any, item_of: Any, now: datetime, capsys: Any
) -> None:
    began, press = time.monotonic(), press_of(sqlite_database)
    feeds = press.subscribe(N_FEEDS, now)
    at, n_new, n_purged = now, 0, 0
    sizes: dict[int, measure.Size] = {}
    for step in range(N_STEPS):
        at = now + timedelta(days=STEP_DAYS * step)
        for start in range(0, N_FEEDS, 100):
            documents = {feed: shown(item_of, feed, step, now) for feed in feeds[start : start + 100]}
            rows = press.poll(documents, at)
            n_new += sum(row.n_new for row in rows)
            assert not any(row.n_updated for row in rows)
        while (forgotten := retain(sqlite_database, CONFIG, at)) != Forgotten(0, 0, 0):
            n_purged += forgotten.n_items
        if step in (3, 8):
            with sqlite_database.read() as connection:
                sizes[step] = measure.size(connection, at)
    with sqlite_database.read() as connection:
        held = items.listed(connection, limit=100_000)
        end = measure.size(connection, at)
    oldest_text_at = min(one.item.first_seen_at for one in held if one.item.content_html)
    assert at - oldest_text_at <= timedelta(days=CONFIG.content_days)
    assert n_new == N_FEEDS * N_STEPS * PER_STEP  # nothing came twice: not what was kept, nor what was purged
    assert len(held) + n_purged == n_new
    assert n_purged == N_FEEDS * PER_STEP * sum(STEP_DAYS * (N_STEPS - 1 - step) > 300 for step in range(N_STEPS))
    grown = (sizes[8].n_bytes - sizes[3].n_bytes) / (sizes[8].n_items - sizes[3].n_items)
    assert 0.75 < end.kept_bytes / grown < 1.33  # what `doctor` projects is what the file grows by
    took_s = time.monotonic() - began
    with capsys.disabled():
        print(
            f"\n  {n_new} items of {N_FEEDS} feeds in a year, {n_purged} purged: {grown:.0f} bytes an item stay; at 20 "
            f"items a day and feed {N_FEEDS * 20 * 365 * grown / 1e9:.2f} GB a year; {took_s:.1f} s"
        )


def shown(item_of: Any, feed: int, step: int, now: datetime) -> Sequence[FoundItem]:
    """Return a feed's document: the new items, some of the step before, and one evergreen of its first day."""
    numbers = [*range(PER_STEP * step, PER_STEP * (step + 1)), *range(max(0, PER_STEP * step - 3), PER_STEP * step), 0]
    return [
        item_of(number, now + timedelta(days=STEP_DAYS * (number // PER_STEP)), host=f"media{feed}.example")
        for number in dict.fromkeys(numbers)
    ]
