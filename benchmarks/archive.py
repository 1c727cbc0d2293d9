"""A database filled with synthetic items, through the store, as a year of polls would have left it."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.desk import sources as desk
from aggregator.model.document import FoundItem
from aggregator.model.feed import Feed
from aggregator.model.item import Byline, DateFrom
from aggregator.store import feeds, items, meta, regions
from aggregator.store.database import Connection, Database
from aggregator.store.items import NewItem
from aggregator.store.upgrade import upgrade

N_SOURCES = 200
BATCH = 50  # items of one feed in one statement, as a document brings them
SPACING = timedelta(minutes=3)
_WORDS = (
    "warga", "pasar", "jembatan", "sawah", "nelayan", "sekolah", "kecamatan", "pelabuhan", "panen", "banjir", "bupati",
    "puskesmas", "jalan", "gunung", "pantai", "festival", "harga", "beras", "pupuk", "irigasi", "perahu", "guru",
    "siswa", "dokter", "desa", "kota", "kabupaten", "provinsi", "hujan", "kemarau",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outlet:
    """A source's feed with the regions that its items stand in, its own first."""

    feed: Feed
    region_ids: tuple[int, ...]


def fill(database: Database, n_items: int, now: datetime) -> list[str]:
    """Fill an empty database with items of 200 sources, the newest listed at `now`; return its regions' slugs."""
    upgrade(database)
    with database.write() as connection:
        outlets, slugs = _outlets(connection, now)
        meta.bump_changes(connection)
    n_rounds = -(-n_items // (BATCH * len(outlets)))
    with database.write() as connection:
        for n_round in range(n_rounds):
            for n_outlet, outlet in enumerate(outlets):
                first = (n_round * len(outlets) + n_outlet) * BATCH
                new = list(_new_items(range(first, min(first + BATCH, n_items)), n_items, outlet, now))
                if new:
                    items.add(connection, [items.Arrival(outlet.feed, new, outlet.region_ids)])
        meta.bump_changes(connection)
    return slugs


def _outlets(connection: Connection, now: datetime) -> tuple[list[Outlet], list[str]]:
    tree = regions.tree(connection)
    slugs = sorted(tree.by_slug)
    outlets = []
    for number in range(N_SOURCES):
        region = tree.by_slug[slugs[number % len(slugs)]]
        wanted = desk.Wanted(f"https://outlet-{number}.example/feed", name=f"Warta {number}", region=region.slug)
        added = desk.add(connection, "bench", now, wanted, default_zone="Asia/Jakarta")
        trail = tuple(place.id for place in reversed(tree.trail(region.id)))
        outlets.append(Outlet(feeds.by_ids(connection, [added.feed_id])[0], trail))
    return outlets, [slugs[number % len(slugs)] for number in range(N_SOURCES)]


def _new_items(numbers: range, n_items: int, outlet: Outlet, now: datetime) -> Iterator[NewItem]:
    """Return items whose instants are spread over all outlets alike: the number, read backwards, is the age."""
    for number in numbers:
        at = now - SPACING * ((number * 7919) % n_items)
        found = _found(number, outlet.feed.source_id, at)
        yield NewItem(found.guid, found, at, at)


def _found(number: int, source_id: int, at: datetime) -> FoundItem:
    digest = hashlib.blake2b(str(number).encode(), digest_size=64).digest()
    words = [_WORDS[byte % len(_WORDS)] for byte in digest]
    url = f"https://outlet-{source_id}.example/{number}/{'-'.join(words[:6])}"
    text = " ".join(words[10:58])
    return FoundItem(
        guid=str(number), url=url, canonical_url=url.removeprefix("https://"), title=" ".join(words[:9]).capitalize(),
        summary_html=f"<p>{text}</p>", content_html=f"<p>{text}</p>" * 5, excerpt=text,
        byline=(Byline("reporter", " ".join(words[60:62]).title()),), categories=(words[62], words[63]),
        image_url="", language="id", published_at=at, date_from=DateFrom.FEED, date_text="",
    )  # fmt: skip
