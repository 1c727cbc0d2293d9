"""Sources by hand: each change with its audit row."""

from datetime import datetime, timedelta

import pytest

from aggregator.desk import sources as desk
from aggregator.desk.sources import Wanted
from aggregator.errors import UsageError
from aggregator.model.source import SourceState
from aggregator.store import audit, feeds
from aggregator.store.database import Database

ZONE = "Asia/Jakarta"


def add(database: Database, now: datetime, url: str, **known: str) -> desk.Added:
    with database.write() as connection:
        return desk.add(connection, "sari", now, Wanted(url, **known), default_zone=ZONE)


@pytest.mark.parametrize(
    ("url", "slug"),
    [
        ("https://www.pantura-kini.example/feed/", "pantura-kini-example"),
        ("https://pantura.example/rss/terkini.xml", "pantura-example"),
        ("https://pantura.example/kanal/wisata/feed", "pantura-example-kanal-wisata"),
        ("http://127.0.0.1:8765/ssrf/a", "127-0-0-1-ssrf-a"),
        ("https://pantura.example/?feed=rss2", "pantura-example-feed-rss2"),
    ],
)
def test_a_source_gets_its_slug_from_host_and_path(
    sqlite_database: Database, now: datetime, url: str, slug: str
) -> None:
    assert add(sqlite_database, now, url).source.slug == slug


def test_a_taken_slug_gets_a_number(sqlite_database: Database, now: datetime) -> None:
    slugs = [add(sqlite_database, now, f"https://a.example/feed?v={n}".replace("?v=1", "")).source.slug for n in (1,)]
    slugs += [add(sqlite_database, now, f"https://a.example/{path}").source.slug for path in ("rss", "atom.xml")]
    assert slugs == ["a-example", "a-example-2", "a-example-3"]


def test_a_source_takes_the_zone_of_its_region(database: Database, now: datetime) -> None:
    source = add(database, now, "https://a.example/feed", region="maluku/ambon").source
    assert source.zone == "Asia/Jayapura"
    assert add(database, now, "https://b.example/feed").source.zone == ZONE


@pytest.mark.parametrize(
    ("url", "known", "kind"),
    [
        ("ftp://a.example/feed", {}, "bad_address"),
        ("bukan alamat", {}, "bad_address"),
        ("https://a.example/feed", {"slug": "Bukan Slug"}, "bad_slug"),
        ("https://a.example/feed", {"region": "jatim/probolingo"}, "no_such_region"),
    ],
)
def test_what_cannot_be_added_is_named(
    sqlite_database: Database, now: datetime, url: str, known: dict[str, str], kind: str
) -> None:
    with pytest.raises(UsageError) as caught:
        add(sqlite_database, now, url, **known)
    assert caught.value.reason.kind == kind


def test_a_feed_belongs_to_one_source(sqlite_database: Database, now: datetime) -> None:
    add(sqlite_database, now, "https://a.example/feed")
    with pytest.raises(UsageError) as caught:
        add(sqlite_database, now, "https://a.example/feed")
    assert caught.value.reason.parts["slug"] == "a-example"


def test_each_change_leaves_an_audit_row(database: Database, now: datetime) -> None:
    add(database, now, "https://a.example/feed", name="Pantura Kini")
    for change in (desk.pause, desk.resume):
        with database.write() as connection:
            change(connection, "sari", now, "a-example")
    with database.write() as connection:
        desk.remove(connection, "budi", now, "a-example", path="config.toml")
    with database.write() as connection:
        desk.withdraw(connection, "budi", now, "a-example", "permintaan penerbit")
        rows = audit.of_subject(connection, "source:a-example")
    assert [(row.actor, row.action) for row in reversed(rows)] == [
        ("sari", "source.add"), ("sari", "source.pause"), ("sari", "source.resume"), ("budi", "source.remove"),
        ("budi", "source.withdraw"),
    ]  # fmt: skip
    assert rows[-2].before == {"state": "active", "state_why": ""}
    assert rows[-2].after == {"state": "paused", "state_why": "by_hand"}
    assert rows[0].why == "permintaan penerbit"


def test_a_paused_source_is_not_due_and_a_resumed_one_is(database: Database, now: datetime) -> None:
    added = add(database, now, "https://a.example/feed")
    with database.write() as connection:
        desk.pause(connection, "sari", now, "a-example")
        assert feeds.claim_due(connection, now, limit=9, lease_s=60) == []
        desk.resume(connection, "sari", now, "a-example")
        assert [feed.id for feed in feeds.claim_due(connection, now, limit=9, lease_s=60)] == [added.feed_id]


def test_a_removed_source_comes_back_when_it_is_added_again(database: Database, now: datetime) -> None:
    added = add(database, now, "https://a.example/feed")
    with database.write() as connection:
        desk.remove(connection, "sari", now, "a-example", path="config.toml")
    again = add(database, now, "https://a.example/feed")
    assert (again.source.id, again.feed_id, again.source.state) == (added.source.id, added.feed_id, SourceState.ACTIVE)


def test_a_withdrawn_source_cannot_be_added_or_resumed(database: Database, now: datetime) -> None:
    add(database, now, "https://a.example/feed")
    with database.write() as connection:
        desk.withdraw(connection, "sari", now, "a-example", "permintaan penerbit")
    with pytest.raises(UsageError) as caught:
        add(database, now, "https://a.example/feed")
    assert caught.value.reason.kind == "source_withdrawn"


def test_an_unknown_source_gives_the_nearest(sqlite_database: Database, now: datetime) -> None:
    add(sqlite_database, now, "https://a.example/feed", slug="pantura-kini")
    with sqlite_database.read() as connection, pytest.raises(UsageError) as caught:
        desk.named(connection, "pantura-kin")
    assert caught.value.reason.parts["nearest"] == "pantura-kini"


def test_an_import_adds_the_new_names_the_held_and_the_invalid_and_spreads_first_polls(
    database: Database, now: datetime
) -> None:
    add(database, now, "https://held.example/feed")
    wanted = [Wanted(f"https://n{n}.example/feed") for n in range(25)]
    wanted += [Wanted("https://held.example/feed"), Wanted("ftp://no.example/")]
    with database.write() as connection:
        done = desk.import_all(connection, "sari", now, wanted, default_zone=ZONE)
    assert (len(done.added), done.known) == (25, (("https://held.example/feed", "held-example"),))
    assert [(url, why.kind) for url, why in done.invalid] == [("ftp://no.example/", "bad_address")]
    with database.read() as connection:
        dues = [feed.next_poll_at for feed in feeds.by_ids(connection, [one.feed_id for one in done.added])]
    assert dues == [now + timedelta(seconds=n // 10) for n in range(25)]


def test_an_outlet_owns_itself_and_a_named_owner_owns_many(database: Database, now: datetime) -> None:
    alone = add(database, now, "https://www.pantura.example/feed").source
    same = add(database, now, "https://m.pantura.example/rss").source
    first = add(database, now, "https://b.example/feed", owner="Grup Bahari").source
    second = add(database, now, "https://c.example/feed", owner="Grup Bahari").source
    assert alone.owner_id == same.owner_id
    assert first.owner_id == second.owner_id != alone.owner_id
