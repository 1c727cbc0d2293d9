"""A small invented press, written into a database as a poller would have."""

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from flask import Flask

from aggregator.config import Config, SiteConfig
from aggregator.model.document import FoundItem
from aggregator.model.feed import Feed
from aggregator.model.item import Byline, DateFrom
from aggregator.model.reason import Reason
from aggregator.model.source import Origin, Policy, Source, SourceState
from aggregator.store import feeds, items, meta, regions, sources
from aggregator.store.database import Database
from web import create_app

NOW = datetime(2026, 3, 14, 5, 0, tzinfo=UTC)  # noon in Jakarta
TITLES = (
    "Petani bawang merah di lereng Bromo panen lebih awal karena hujan berkurang",
    "Jembatan Kali Rejali dibuka lagi setelah tiga pekan diperbaiki",
    "Pasar Baru Mayangan ditata, pedagang pindah sementara ke sisi timur",
    "Siswa SMK Kraksaan merakit pompa air tenaga surya untuk desa pesisir",
    "Nelayan Puger menunda melaut, gelombang selatan capai tiga meter",
    "Festival jaran bodag kembali digelar setelah dua tahun libur",
)
EXCERPT = (
    "Kelompok tani di Sukapura mulai memanen dua pekan lebih cepat. Harga di tingkat petani naik menjadi dua puluh "
    "ribu rupiah per kilogram, dan pemerintah kabupaten menyiapkan gudang bersama agar hasil panen tidak dilepas "
    "sekaligus."
)


@dataclass
class Press:
    """Writes sources and items; `now` is when everything is seen."""

    database: Database
    now: datetime = NOW
    n_items: int = field(default=0)

    def source(
        self, slug: str, name: str, region: str = "", *, policy: Policy | None = None, zone: str = "Asia/Jakarta",
        language: str = "id", state: SourceState = SourceState.ACTIVE,
    ) -> Feed:  # fmt: skip
        """Add a source with one feed, which was never asked."""
        with self.database.write() as connection:
            place = regions.tree(connection).by_slug[region].id if region else None
            owner = sources.ensure_owner(connection, f"{slug}-grup", f"{name} Grup")
            source = Source(
                0, slug, name, f"https://{slug}.example", owner.id, place, language, zone, state, Origin.FILE, self.now,
                policy or Policy(),
            )  # fmt: skip
            source_id = sources.add(connection, source).id
            feeds.add(connection, source_id, f"https://{slug}.example/feed", self.now, Reason("next_first"))
            meta.bump_changes(connection)
            return feeds.of_source(connection, source_id)[0]

    def polled(
        self, feed: Feed, *, ok: bool = True, at: datetime | None = None, counted: bool = True, **changes: object
    ) -> None:
        """Record that a feed was asked, and whether it answered well; `counted` as a change that readers see."""
        at = at or self.now
        values = {"last_poll_at": at, "last_success_at": at if ok else None, **changes}
        with self.database.write() as connection:
            feeds.save(connection, [_replaced(feeds.by_ids(connection, [feed.id])[0], values)])
            if counted:
                meta.bump_changes(connection)

    def items(self, feed: Feed, n: int, *, region: str = "", minutes_apart: int = 7, **changes: object) -> list[int]:
        """Add n items to a feed, the newest listed now, and return their ids, newest first."""
        found = []
        for number in range(n):
            self.n_items += 1
            at = self.now - timedelta(minutes=minutes_apart * number + 1)
            found.append((at, _found(self.n_items, at, changes)))
        new = [items.NewItem(f"key-{one.url}", one, at, at) for at, one in found]
        with self.database.write() as connection:
            tree = regions.tree(connection)
            trail = tree.trail(tree.by_slug[region].id) if region else ()
            items.add(connection, [items.Arrival(feed, new, [place.id for place in reversed(trail)])])
            meta.bump_changes(connection)
            held = {one.item.key: one.item.id for one in items.listed(connection, source_id=feed.source_id, limit=1000)}
        return [held[one.key] for one in new]

    def item(self, feed: Feed, *, region: str = "", **changes: object) -> int:
        """Add one item and return its id."""
        return self.items(feed, 1, region=region, **changes)[0]


def _replaced(feed: Feed, values: dict[str, object]) -> Feed:
    return dataclasses.replace(feed, **values)  # type: ignore[arg-type]


def _found(number: int, at: datetime, changes: dict[str, object]) -> FoundItem:
    url = f"https://berita.example/{number}"
    values: dict[str, object] = {
        "guid": url, "url": url, "canonical_url": url, "title": f"{TITLES[number % len(TITLES)]} ({number})",
        "summary_html": f"<p>{EXCERPT}</p>", "content_html": f"<p>{EXCERPT}</p><p>RAHASIA-ISI-PENUH</p>",
        "excerpt": EXCERPT,
        "byline": (Byline("reporter", "Endang Sastrawinata"), Byline("editor", "Kholil Tirtoadi")), "categories": (),
        "image_url": "https://gambar.example/1.jpg", "language": "id", "published_at": at, "date_from": DateFrom.FEED,
        "date_text": "", **changes,
    }  # fmt: skip
    return FoundItem(**values)  # type: ignore[arg-type]


PLACES: Sequence[tuple[str, str, str]] = (
    ("radar-semeru", "Radar Semeru", "jatim/lumajang"),
    ("suara-bromo", "Suara Bromo", "jatim/probolinggo"),
    ("kabar-mayangan", "Kabar Mayangan", "jatim/kota-probolinggo"),
    ("warta-jember", "Warta Jember Raya", "jatim/jember"),
    ("pos-lombok", "Pos Lombok", "ntb/lombok-timur"),
    ("teluk-youtefa", "Teluk Youtefa Pos", "papua/kota-jayapura"),
)


def a_press(database: Database, n_each: int = 10) -> Press:
    """Return a press of six outlets in four provinces, all of which answered just now, with n_each items each."""
    press = Press(database)
    for slug, name, region in PLACES:
        feed = press.source(slug, name, region)
        press.polled(feed)
        press.items(feed, n_each, region=region)
    return press


BASE = "https://kabar.example"
AppOf = Callable[..., Flask]


class Clock:
    """A clock that stands until a test moves it."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def an_app(clock: Clock, database: Database, *, is_demo: bool = False, **site: str) -> Flask:
    """Return the application over a database with these [site] settings."""
    config = Config(site=SiteConfig(**{"base_url": BASE, **site}))  # type: ignore[arg-type]
    return create_app(database, config, address="http://127.0.0.1:8080", clock=clock, is_demo=is_demo)
