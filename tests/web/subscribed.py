"""A press in a database for the tests of merged feeds, written item by item, and a client that subscribes."""

import dataclasses
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from lxml import etree
from werkzeug.test import TestResponse

from aggregator.config import Config
from aggregator.model.document import FoundItem
from aggregator.model.feed import Feed
from aggregator.model.item import Byline, DateFrom
from aggregator.model.reason import Reason
from aggregator.model.source import Origin, Policy, Source, SourceState
from aggregator.store import feeds, items, meta, regions, sources
from aggregator.store.database import Database
from aggregator.store.upgrade import upgrade
from web import create_app

NOW = datetime(2026, 3, 14, 5, 0, tzinfo=UTC)  # noon in Jakarta
INSTALLATION = "5f3b0f1e-6d0a-4a57-9d51-0c9f4f3f2a11"
ADDRESS = "http://127.0.0.1:8080"
PLANTED = "KALIMAT-YANG-TIDAK-BOLEH-KELUAR"
SPACES = {"a": "http://www.w3.org/2005/Atom", "fh": "http://purl.org/syndication/history/1.0"}


def new_database(folder: Path) -> Database:
    """Return an upgraded SQLite database in a folder."""
    database = Database(f"sqlite:///{folder / 'kabar.db'}")
    upgrade(database)
    return database


@dataclass
class Newsroom:
    """Writes sources and items as polls would; `clock` is what the site reads."""

    database: Database
    clock: datetime = NOW
    feeds: dict[str, Feed] = field(default_factory=dict)
    n_items: int = 0

    def __post_init__(self) -> None:
        with self.database.write() as connection:
            meta.put(connection, "installation_id", INSTALLATION)

    def copied(self, folder: Path) -> "Newsroom":
        """Return the same press in a database of its own: a copy of the file is made faster than a new one."""
        self.database.close()
        assert self.database.path is not None
        path = shutil.copy(self.database.path, folder / "kabar.db")
        return dataclasses.replace(self, database=Database(f"sqlite:///{path}"), feeds=dict(self.feeds))

    def source(self, slug: str, name: str, region: str = "", **fields: Any) -> None:
        with self.database.write() as connection:
            place = regions.tree(connection).by_slug[region].id if region else None
            owner = sources.ensure_owner(connection, slug, name)
            values: dict[str, Any] = {
                "site_url": f"https://{slug}.example/", "language": "id", "zone": "Asia/Jakarta",
                "state": SourceState.ACTIVE, "policy": Policy(), **fields,
            }  # fmt: skip
            source = Source(
                0, slug, name, owner_id=owner.id, region_id=place, origin=Origin.FILE, created_at=NOW, **values
            )
            source_id = sources.add(connection, source).id
            feeds.add(connection, source_id, f"https://{slug}.example/feed", NOW, Reason("next_first"))
            self.feeds[slug] = feeds.of_source(connection, source_id)[0]
            meta.bump_changes(connection)

    def item(
        self, slug: str, title: str, *, listed_at: datetime = NOW, seen_at: datetime | None = None, **found: Any
    ) -> int:
        """Add an item to the feed of a source, placed in the source's region, and return its id."""
        return self.items(slug, [title], listed_at=listed_at, seen_at=seen_at, **found)[0]

    def items(
        self, slug: str, titles: list[str], *, listed_at: datetime = NOW, seen_at: datetime | None = None, **found: Any
    ) -> list[int]:
        feed = self.feeds[slug]
        new = []
        for title in titles:
            self.n_items += 1
            values: dict[str, Any] = {
                "guid": f"{self.n_items}", "url": f"https://{slug}.example/{self.n_items}", "canonical_url": "",
                "title": title, "summary_html": "", "content_html": f"<p>{PLANTED}</p>", "excerpt": f"Kutipan {title}.",
                "byline": (), "categories": (), "image_url": "", "language": "", "published_at": listed_at,
                "date_from": DateFrom.FEED, "date_text": "", **found,
            }  # fmt: skip
            new.append(items.NewItem(f"{self.n_items}", FoundItem(**values), seen_at or listed_at, listed_at))
        with self.database.write() as connection:
            region_id = sources.by_id(connection, feed.source_id).region_id
            trail = regions.tree(connection).trail(region_id)
            items.add(connection, [items.Arrival(feed, new, [region.id for region in reversed(trail)])])
            meta.bump_changes(connection)
            held = {
                one.item.key: one.item.id for one in items.listed(connection, source_id=feed.source_id, limit=9_999)
            }
        return [held[one.key] for one in new]

    def site(self, **sections: Any) -> "Reader":
        """Return a client of a fresh application over this database."""
        app = create_app(self.database, Config(**sections), address=ADDRESS, clock=lambda: self.clock)
        return Reader(app.test_client())


@dataclass
class Reader:
    """A client: what it gets, and what a strict parser finds in it."""

    client: FlaskClient

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def titles(self, path: str) -> list[str]:
        """Return the titles of a JSON or XML feed, in its order."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        if answer.mimetype == "application/feed+json":
            return [item["title"] for item in answer.get_json(force=True)["items"]]
        root = etree.fromstring(answer.data)
        return [str(one.text) for one in root.iterfind("a:entry/a:title", SPACES)] or [
            str(one.text) for one in root.iterfind("channel/item/title")
        ]

    def links(self, path: str) -> dict[str, str]:
        """Return the links of an XML feed by relation, as paths."""
        root = etree.fromstring(self.get(path).data)
        found = [*root.iterfind("a:link", SPACES), *root.iterfind("channel/a:link", SPACES)]
        return {str(link.get("rel")): to_path(str(link.get("href"))) for link in found}

    def walk(self, path: str) -> Iterator[str]:
        """Yield the archive documents behind a subscription document, newest first."""
        while older := self.links(path).get("prev-archive"):
            path = older
            yield path


def to_path(url: str) -> str:
    """Return an address of ours without scheme and host."""
    return re.sub(r"^https?://[^/]+", "", url)


def a_newsroom(database: Database) -> Newsroom:
    """Return three outlets of two regions and a few items that are awkward to publish."""
    room = Newsroom(database)
    room.source("suara-bromo", "Suara Bromo & Tengger", "jatim/probolinggo")
    room.source("kabar-jember", "Kabar Jember", "jatim/jember", policy=Policy(excerpt_chars=40))
    room.source("pos-lombok", "Pos Lombok", "ntb/lombok-timur", policy=Policy(link_only=True), zone="Asia/Makassar")
    people = (Byline("reporter", "Endang Sastrawinata"), Byline("editor", "Kholil Tirtoadi"))
    at = NOW.replace(hour=1)
    room.item("suara-bromo", "Panen bawang & cabai <i>lebih awal</i>", listed_at=at, byline=people,
              excerpt='Harga "naik" & stok < kemarin.', url="https://suara-bromo.example/?p=1&utm=x")  # fmt: skip
    room.item("kabar-jember", "Jembatan Rejali dibuka lagi", listed_at=at.replace(minute=10), byline=people[:1],
              language="id-ID",
              excerpt="Jembatan yang rusak sejak Januari kini bisa dilalui kendaraan kecil.")  # fmt: skip
    room.item("pos-lombok", "Nelayan menunda melaut", listed_at=at.replace(minute=20), byline=people, language="ms")
    room.item("suara-bromo", "عاجل: أمطار غزيرة", listed_at=at.replace(minute=30), language="ar", excerpt="خبر قصير.")
    room.item("kabar-jember", "Kabar tanpa tautan", listed_at=at.replace(minute=40), url="", excerpt="")
    room.item("suara-bromo", "Terbit dua hari lalu", listed_at=at.replace(minute=50), published_at=at.replace(day=12))
    return room
