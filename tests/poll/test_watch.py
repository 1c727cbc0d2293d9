"""A hijacked source, from the poll that shows it to the decision of a person, over real HTTP."""

from collections.abc import Sequence
from typing import Any

import pytest

from aggregator.desk import sources as desk
from aggregator.errors import UsageError
from aggregator.model.source import Source
from aggregator.store import audit, directory, reading, regions, sources
from aggregator.store.reading import Scope

SITE = "https://radarsemeru.example"
WORDS = "Warga dan petugas memperbaiki jembatan yang rusak di kecamatan itu sejak pagi."


def entry(number: int, title: str = "", site: str = SITE, text: str = WORDS) -> str:
    return (
        f"<item><guid isPermaLink='false'>{number}</guid><link>{site}/berita/{number}</link>"
        f"<title>{title or f'Jembatan nomor {number} dibuka lagi'}</title><description>{text}</description></item>"
    )


def feed(entries: Sequence[str]) -> str:
    return f"<rss version='2.0'><channel><title>Radar Semeru</title>{''.join(entries)}</channel></rss>"


HONEST = [entry(number) for number in range(20)]
SPAM = [
    entry(
        100 + n, f"RTP live slot gacor {n} hari ini", "https://agen-bola.example", "Situs slot dan togel pasti maxwin"
    )
    for n in range(8)
]


@pytest.fixture
def room(each_newsroom: Any) -> Any:
    return each_newsroom


@pytest.fixture
def hijacked(room: Any) -> int:
    """Return the feed of a source that was honest for a while and then brought gambling on another domain."""
    url = room.publisher.serve("/feed", feed(HONEST))
    feed_id: int = room.subscribe(url, slug="radar-semeru", region="jatim/lumajang")
    room.poll(feed_id)
    room.clock.turn(hours=1)
    room.publisher.serve("/feed", feed([entry(20), *HONEST]))
    room.poll(feed_id)
    room.clock.turn(hours=1)
    room.publisher.serve("/feed", feed([*SPAM, entry(20, text="Diganti iklan judi."), *HONEST]))
    room.poll(feed_id)
    return feed_id


def shown(room: Any, **scope: int) -> list[str]:
    with room.database.read() as connection:
        tree = regions.tree(connection)
        return [one.item.key for one in reading.listing(connection, tree, Scope(**scope), limit=100).items]


def source(room: Any) -> Source:
    with room.database.read() as connection:
        return desk.named(connection, "radar-semeru")


def test_what_a_hijacked_source_brings_is_stored_and_shown_nowhere(room: Any, hijacked: int) -> None:
    assert len(room.items()) == 29
    lumajang = _region_id(room, "jatim/lumajang")
    for scope in ({}, {"source_id": source(room).id}, {"region_id": lumajang}):
        assert set(shown(room, **scope)) == {str(number) for number in range(21)}
    held = source(room)
    assert held.quarantined_at == room.clock()
    assert {reason.kind for reason in held.quarantine_why} == {"gambling", "domain_shift"}
    with room.database.read() as connection:
        [one] = directory.sources(connection, room.clock())
        assert (one.condition, one.n_items) == ("quarantined", 21)
        row = audit.of_subject(connection, "source:radar-semeru")[0]
        assert (row.actor, row.action, set(row.after["why"])) == (
            "kabar",
            "source.quarantine",
            {"gambling", "domain_shift"},
        )
        spam = next(one.item.id for one in room.items() if one.item.key == "100")
        assert reading.item_page(connection, regions.tree(connection), spam) is None


def _region_id(room: Any, slug: str) -> int:
    with room.database.read() as connection:
        return regions.tree(connection).by_slug[slug].id


def test_it_cannot_rewrite_what_is_shown_already(room: Any, hijacked: int) -> None:
    assert all("iklan" not in one.item.content_html for one in room.items())
    room.clock.turn(hours=1)
    room.publisher.serve("/feed", feed([entry(21), entry(20, text="Diganti lagi.")]))
    [row] = room.poll(hijacked)
    assert (row.n_new, row.n_updated, row.n_known) == (1, 0, 1)
    assert "21" not in shown(room)


def test_it_cannot_hide_the_news_of_others(room: Any, hijacked: int) -> None:
    """It names an article of another outlet first; that outlet's own item is shown all the same."""
    theirs = entry(500, "Pasar Baru ditata", "https://wartajember.example")
    room.clock.turn(hours=1)
    room.publisher.serve("/feed", feed([theirs]))
    room.poll(hijacked)
    honest = room.subscribe(room.publisher.serve("/warta", feed([theirs])), slug="warta-jember")
    room.poll(honest)
    assert "500" in shown(room)
    with room.database.write() as connection:
        desk.release(connection, "test", room.clock(), "radar-semeru")
    assert shown(room).count("500") == 1


def test_a_release_shows_the_items_where_they_would_have_stood(room: Any, hijacked: int) -> None:
    before = {one.item.id: one.item.listed_at for one in room.items()}
    room.clock.turn(hours=5)
    with room.database.write() as connection:
        _, n = desk.release(connection, "admin", room.clock(), "radar-semeru")
        row = audit.of_subject(connection, "source:radar-semeru")[0]
    assert n == 8
    assert (row.actor, row.action, row.after) == ("admin", "source.release", {"items": 8})
    assert {one.item.id: one.item.listed_at for one in room.items()} == before
    assert len(shown(room)) == 29
    assert source(room).quarantined_at is None
    room.publisher.serve(
        "/feed", feed([entry(n + 200, f"Slot gacor {n}", "https://agen-bola.example") for n in range(9)])
    )
    room.poll(hijacked)
    assert len(shown(room)) == 38  # what was let pass once is no reason again
    with room.database.write() as connection, pytest.raises(UsageError) as caught:
        desk.release(connection, "admin", room.clock(), "radar-semeru")
    assert caught.value.reason.kind == "not_quarantined"


def test_a_withdrawal_erases_what_was_held_back_too(room: Any, hijacked: int) -> None:
    with room.database.write() as connection:
        _, n = desk.withdraw(connection, "admin", room.clock(), "radar-semeru", "domain kedaluwarsa")
    assert n == 29
    assert room.items() == []


def test_other_changes_of_a_source_leave_its_quarantine_alone(room: Any, hijacked: int) -> None:
    with room.database.write() as connection:
        desk.pause(connection, "admin", room.clock(), "radar-semeru")
        desk.resume(connection, "admin", room.clock(), "radar-semeru")
        sources.save(connection, desk.named(connection, "radar-semeru"))
    assert source(room).quarantined_at is not None
    assert len(shown(room)) == 21


def test_real_feeds_polled_hour_by_hour_are_left_alone(newsroom: Any, shared: Any) -> None:
    root = shared / "corpus" / "feeds" / "series"
    series = [folder for folder in sorted(root.glob("2020-*/*")) if folder.is_dir()] + [root / "bloter-ko"]
    for number, folder in enumerate(series):
        snapshots = sorted(folder.glob("*.xml"))
        feed_id = newsroom.subscribe(newsroom.publisher.serve(f"/{number}", snapshots[0].read_bytes()))
        for snapshot in snapshots:
            newsroom.publisher.serve(f"/{number}", snapshot.read_bytes())
            newsroom.clock.turn(hours=1)
            newsroom.poll(feed_id)
    with newsroom.database.read() as connection:
        found = directory.sources(connection, newsroom.clock())
    assert len(found) == 10
    assert [one.source.quarantine_why for one in found if one.source.quarantined_at] == []
