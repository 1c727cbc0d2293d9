"""What is kept, what is forgotten, and that nothing forgotten comes back (RELIABILITY.md promise 20)."""

import dataclasses
from datetime import datetime, timedelta
from threading import Thread
from typing import Any

import pytest

from aggregator.config import RetainConfig
from aggregator.desk import withdrawals
from aggregator.retain import MAX_BATCHES, Forgotten, retain
from aggregator.store import items, tombstones
from aggregator.store.database import Database
from aggregator.store.items import FiledItem

KEEP = RetainConfig()
PURGE = RetainConfig(items_days=90)


@pytest.fixture
def press(database: Database, press_of: Any) -> Any:
    return press_of(database)


def listed(database: Database) -> list[FiledItem]:
    with database.read() as connection:
        return items.listed(connection, limit=100_000)


def test_texts_go_after_thirty_days_and_headline_excerpt_and_link_stay(press: Any, item_of: Any, now: datetime) -> None:
    [feed] = press.subscribe(1, now)
    press.poll({feed: [item_of(1, now)]}, now)
    before = listed(press.database)[0].item
    assert retain(press.database, KEEP, now + timedelta(days=30)) == Forgotten(0, 0, 0)
    assert retain(press.database, KEEP, now + timedelta(days=30, seconds=1)) == Forgotten(1, 0, 0)
    after = listed(press.database)[0].item
    assert (after.summary_html, after.content_html) == ("", "")
    assert dataclasses.replace(before, summary_html="", content_html="") == after
    assert retain(press.database, KEEP, now + timedelta(days=400)) == Forgotten(0, 0, 0)


def test_an_item_without_its_text_is_no_edit_when_the_feed_still_shows_it(
    press: Any, item_of: Any, now: datetime
) -> None:
    [feed] = press.subscribe(1, now)
    press.poll({feed: [item_of(1, now)]}, now)
    later = now + timedelta(days=40)
    retain(press.database, KEEP, later)
    [row] = press.poll({feed: [item_of(2, later), item_of(1, now)]}, later)
    assert (row.n_new, row.n_updated, row.n_known) == (1, 0, 1)


def test_an_edit_brings_a_text_back_for_thirty_days_more(press: Any, item_of: Any, now: datetime) -> None:
    [feed] = press.subscribe(1, now)
    press.poll({feed: [item_of(1, now)]}, now)
    edited_at = now + timedelta(days=40)
    retain(press.database, KEEP, edited_at)
    [row] = press.poll({feed: [item_of(1, now, text="<p>Ralat.</p>")]}, edited_at)
    assert row.n_updated == 1
    retain(press.database, KEEP, edited_at + timedelta(days=29))
    item = listed(press.database)[0].item
    assert (item.content_html, item.revision) == ("<p>Ralat.</p>", 2)
    with press.database.read() as connection:
        assert [one.title for one in items.revisions(connection, item.id)] == [item.title]
    assert retain(press.database, KEEP, edited_at + timedelta(days=31)) == Forgotten(1, 1, 0)
    with press.database.read() as connection:
        assert items.revisions(connection, item.id) == []


def test_a_purged_item_never_returns_and_its_link_stays(press: Any, item_of: Any, now: datetime) -> None:
    [feed] = press.subscribe(1, now)
    press.poll({feed: [item_of(1, now)]}, now)
    item = listed(press.database)[0].item
    later = now + timedelta(days=91)
    assert retain(press.database, PURGE, later).n_items == 1
    assert listed(press.database) == []
    churned = dataclasses.replace(item_of(1, now), guid="sesi-baru")
    edited = item_of(1, now, text="<p>Ralat.</p>")
    for shown in (edited, churned):
        [row] = press.poll({feed: [shown]}, later := later + timedelta(hours=1))
        assert (row.n_new, row.n_updated, row.n_known) == (0, 0, 1)
    with press.database.read() as connection:
        left = tombstones.by_id(connection, item.id)
        assert left is not None
        assert left.url == item.url
        assert tombstones.by_id(connection, item.id + 1) is None
    [row] = press.poll({feed: [item_of(2, later)]}, later + timedelta(hours=1))
    assert row.n_new == 1
    assert listed(press.database)[0].item.id > item.id


def test_what_one_feed_purged_is_no_news_in_another(press: Any, item_of: Any, now: datetime) -> None:
    first, second = press.subscribe(2, now)
    press.poll({first: [item_of(1, now)]}, now)
    later = now + timedelta(days=91)
    retain(press.database, PURGE, later)
    other_article = dataclasses.replace(item_of(1, later), guid="lain", title="Berita lain di alamat yang sama")
    [row] = press.poll({second: [dataclasses.replace(item_of(1, now), guid="salinan"), other_article]}, later)
    assert (row.n_new, row.n_known) == (1, 1)
    assert [one.item.title for one in listed(press.database)] == ["Berita lain di alamat yang sama"]


def test_copies_go_with_their_original(press: Any, item_of: Any, now: datetime) -> None:
    first, second = press.subscribe(2, now)
    press.poll({first: [item_of(1, now)]}, now)
    press.poll({second: [item_of(1, now)]}, now + timedelta(days=30))
    assert [one.item.duplicate_of is None for one in listed(press.database)].count(True) == 1
    assert retain(press.database, PURGE, now + timedelta(days=91)).n_items == 2
    assert listed(press.database) == []


def test_a_withdrawn_item_is_not_purged_so_that_it_stays_withdrawn(press: Any, item_of: Any, now: datetime) -> None:
    [feed] = press.subscribe(1, now)
    press.poll({feed: [item_of(1, now), item_of(2, now)]}, now)
    gone = listed(press.database)[0].item.id
    with press.database.write() as connection:
        withdrawals.withdraw_item(connection, "test", now, gone, "permintaan")
    assert retain(press.database, PURGE, now + timedelta(days=91)) == Forgotten(1, 0, 1)
    with press.database.read() as connection:
        assert items.filed(connection, gone) is not None
        assert tombstones.by_id(connection, gone) is None


def test_a_backlog_is_worked_off_in_batches_over_several_runs(press: Any, item_of: Any, now: datetime) -> None:
    [feed] = press.subscribe(1, now)
    press.poll({feed: [item_of(number, now) for number in range(250)]}, now)
    config, later = RetainConfig(batch=10), now + timedelta(days=31)
    assert [retain(press.database, config, later).n_texts for _ in range(3)] == [10 * MAX_BATCHES, 50, 0]


def test_two_processes_at_once_forget_everything_once(press: Any, item_of: Any, now: datetime) -> None:
    feeds = press.subscribe(4, now)
    press.poll({feed: [item_of(1000 * feed + n, now) for n in range(100)] for feed in feeds}, now)
    config, later, done = RetainConfig(batch=10, items_days=90), now + timedelta(days=91), []
    threads = [Thread(target=lambda: done.append(retain(press.database, config, later))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done.append(retain(press.database, config, later))
    assert (sum(one.n_texts for one in done), sum(one.n_items for one in done)) == (400, 400)
    assert listed(press.database) == []
