"""The history of merged feeds (RFC 5005): a walk back gives every item exactly once, and closed days stay closed."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from lxml import etree

from aggregator.desk.withdrawals import withdraw_item
from aggregator.store import reading, regions
from aggregator.store.reading import Scope
from tests.web.subscribed import NOW, SPACES, Newsroom, Reader, new_database, to_path
from web import archives
from web.archives import Place

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def press(tmp_path_factory: pytest.TempPathFactory) -> Newsroom:
    """Return a press with 60 items listed at one instant today, 70 yesterday, one on the edge of a day, and a gap."""
    room = Newsroom(new_database(tmp_path_factory.mktemp("press")))
    room.source("suara-bromo", "Suara Bromo", "jatim/probolinggo")
    room.source("teluk-youtefa", "Teluk Youtefa", "papua/kota-jayapura", zone="Asia/Jayapura")
    room.items("suara-bromo", [f"hari ini {n}" for n in range(60)], listed_at=NOW - timedelta(hours=1))
    for n in range(70):
        room.item("suara-bromo", f"kemarin {n}", listed_at=NOW - DAY + timedelta(seconds=n % 7))
    room.item(
        "suara-bromo", "tengah malam", listed_at=datetime(2026, 3, 12, 17, 0, tzinfo=UTC)
    )  # 00.00 WIB of the 13th
    room.item("suara-bromo", "sebelum tengah malam", listed_at=datetime(2026, 3, 12, 16, 59, 59, 999999, tzinfo=UTC))
    room.items("teluk-youtefa", [f"lama {n}" for n in range(5)], listed_at=NOW - 9 * DAY)
    return room


@pytest.fixture
def room(press: Newsroom, tmp_path: Path) -> Iterator[Newsroom]:
    room = press.copied(tmp_path)
    yield room
    room.database.close()


@pytest.mark.parametrize("ending", ["rss", "atom"])
@pytest.mark.parametrize(("feed", "n_items"), [
    ("latest", 137), ("region/jatim", 132), ("region/jatim/probolinggo", 132), ("source/suara-bromo", 132),
    ("region/papua/kota-jayapura", 5), ("source/teluk-youtefa", 5), ("region/bali", 0),
])  # fmt: skip
def test_a_walk_back_gives_every_item_exactly_once(room: Newsroom, feed: str, n_items: int, ending: str) -> None:
    site = room.site()
    met = [title for path in site.walk(f"/feeds/{feed}.{ending}") for title in site.titles(path)]
    assert len(met) == len(set(met)) == n_items


def test_a_walk_in_json_gives_the_same(room: Newsroom) -> None:
    site, path = room.site(), "/feeds/latest/archive/2026-03-14.json"
    met = []
    while path:
        met += site.titles(path)
        path = to_path(site.get(path).get_json(force=True).get("next_url", ""))
    assert len(met) == len(set(met)) == 137


def test_the_walk_goes_from_day_to_day_over_those_without_items(room: Newsroom) -> None:
    site = room.site()
    assert list(site.walk("/feeds/latest.atom")) == [
        f"/feeds/latest/archive/2026-03-{day}.atom" for day in ("14", "13", "12", "05")
    ]  # fmt: skip
    assert site.links("/feeds/latest/archive/2026-03-05.atom") == {
        "alternate": "/latest", "self": "/feeds/latest/archive/2026-03-05.atom", "current": "/feeds/latest.atom",
        "next-archive": "/feeds/latest/archive/2026-03-12.atom",
    }  # fmt: skip
    between = site.links("/feeds/latest/archive/2026-03-09.atom")  # a day without items
    assert between["prev-archive"] == "/feeds/latest/archive/2026-03-05.atom"
    assert between["next-archive"] == "/feeds/latest/archive/2026-03-12.atom"
    assert site.titles("/feeds/latest/archive/2026-03-09.atom") == []


@pytest.mark.parametrize(
    ("feed", "zone_day"),
    [("region/jatim", "2026-03-13"), ("region/papua", "2026-03-06"), ("source/teluk-youtefa", "2026-03-06")],
)
def test_a_day_is_one_of_the_feeds_zone(room: Newsroom, feed: str, zone_day: str) -> None:
    room.item("teluk-youtefa", "lewat tengah malam di timur", listed_at=datetime(2026, 3, 5, 15, 30, tzinfo=UTC))
    found = room.site().titles(f"/feeds/{feed}/archive/{zone_day}.atom")
    assert ("tengah malam" in found) == (feed == "region/jatim")
    assert "sebelum tengah malam" not in found
    assert ("lewat tengah malam di timur" in found) == (feed != "region/jatim")


@pytest.mark.parametrize("ending", ["rss", "atom"])
def test_only_a_day_that_is_over_is_an_archive(room: Newsroom, ending: str) -> None:
    site = room.site()
    assert not is_archive(site, f"/feeds/latest.{ending}")
    assert not is_archive(site, f"/feeds/latest/archive/2026-03-14.{ending}")
    assert is_archive(site, f"/feeds/latest/archive/2026-03-13.{ending}")
    room.clock = datetime(2026, 3, 14, 17, 0, tzinfo=UTC)  # midnight in Jakarta
    assert is_archive(room.site(), f"/feeds/latest/archive/2026-03-14.{ending}")


def is_archive(site: Reader, path: str) -> bool:
    return etree.fromstring(site.get(path).data).find(".//fh:archive", SPACES) is not None


def test_a_closed_day_keeps_its_bytes_when_news_comes_but_not_what_is_withdrawn(room: Newsroom) -> None:
    site, path = room.site(), "/feeds/latest/archive/2026-03-12.atom"
    room.item("suara-bromo", "berita baru")
    before = site.get(path)
    room.item("suara-bromo", "berita lebih baru")
    assert site.get(path).data == before.data
    item_id = 132
    with room.database.write() as connection:
        withdraw_item(connection, "redaksi", NOW, item_id, "permintaan")
    assert "sebelum tengah malam" in before.text
    assert site.titles(path) == []
    assert site.get(path, If_None_Match=before.headers["ETag"]).status_code == 200


def test_all_documents_of_a_feed_have_one_id(room: Newsroom) -> None:
    site = room.site()
    paths = ["/feeds/latest.atom", *site.walk("/feeds/latest.atom")]
    assert len({etree.fromstring(site.get(path).data).findtext("a:id", None, SPACES) for path in paths}) == 1


@pytest.mark.parametrize("limit", [1, 7, 60, 1000])
@pytest.mark.parametrize("slug", ["", "jatim/probolinggo"])
def test_a_day_of_many_items_goes_on_in_further_documents(room: Newsroom, slug: str, limit: int) -> None:
    zone = "Asia/Jakarta"
    with room.database.read() as connection:
        tree = regions.tree(connection)
        scope = Scope(region_id=tree.by_slug[slug].id if slug else None)
        at: Place | None = Place(date(2026, 3, 14))
        met, places, newer = [], [], []
        while at:
            part = archives.part(connection, tree, (scope, zone), at, limit=limit)
            met += [listed.item.id for listed in part.items]
            places.append(at)
            newer.append(part.newer)
            at = part.older
        whole = reading.listing(connection, tree, scope, limit=500)
    assert met == [listed.item.id for listed in whole.items]
    # Each document names the one before it as the next, the newest of all none; the day above is named by its address.
    expected = [None, *places[:-1]]
    assert newer == [
        place and (place if place.day == at_.day else Place(place.day))
        for place, at_ in zip(expected, places, strict=True)
    ]


def test_the_parts_of_a_day_are_linked(room: Newsroom) -> None:
    site = room.site()
    room.items("suara-bromo", [f"banyak {n}" for n in range(1_150)], listed_at=NOW - 2 * DAY)
    paths = list(site.walk("/feeds/source/suara-bromo.rss"))
    assert len(paths) == 4
    assert paths[2] == "/feeds/source/suara-bromo/archive/2026-03-12.rss"
    assert paths[3].startswith("/feeds/source/suara-bromo/archive/2026-03-12.rss?before=")
    assert site.links(paths[3])["self"] == paths[3]
    assert site.links(paths[3])["next-archive"] == paths[2]
    assert [len(site.titles(path)) for path in paths] == [60, 71, 1_000, 151]
    assert site.links(f"{paths[2]}?before=99999999999999999-1")["self"] == paths[2]
