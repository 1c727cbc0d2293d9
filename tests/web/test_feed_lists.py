"""The lists of feeds: ours for programs and for import, the publishers' own by region."""

import json
from typing import Any

import pytest
from lxml import etree

from aggregator.documents import opml
from aggregator.documents.opml import Outline
from aggregator.model.feed import FeedState
from aggregator.model.reason import Reason
from aggregator.model.source import SourceState
from aggregator.store import feeds, meta, sources
from aggregator.store.database import Database
from tests.web.subscribed import ADDRESS, NOW, Newsroom, a_newsroom, to_path


@pytest.fixture
def room(sqlite_database: Database) -> Newsroom:
    room = a_newsroom(sqlite_database)
    room.source("nasional", "Kabar Nasional")
    room.source("pamit", "Radar Pamit", "jatim/jember", state=SourceState.WITHDRAWN)
    room.source("rehat", "Radar Rehat", "jatim/jember", state=SourceState.PAUSED)
    return room


def catalogue(room: Newsroom) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(room.site().get("/feeds/catalogue.json").data)["feeds"]
    return found


def test_the_catalogue_names_every_feed_that_holds_something(room: Newsroom) -> None:
    assert [(one["kind"], one["key"]) for one in catalogue(room)] == [
        ("latest", ""),
        ("region", "jatim"), ("region", "jatim/jember"), ("region", "jatim/probolinggo"),
        ("region", "ntb"), ("region", "ntb/lombok-timur"),
        ("source", "kabar-jember"), ("source", "nasional"), ("source", "pos-lombok"), ("source", "rehat"),
        ("source", "suara-bromo"),
    ]  # fmt: skip


def test_each_feed_of_the_catalogue_is_there_under_the_id_it_is_listed_with(room: Newsroom) -> None:
    site = room.site()
    for feed in catalogue(room):
        assert site.get(to_path(feed["rss"])).mimetype == "application/rss+xml"
        assert site.get(to_path(feed["json"])).mimetype == "application/feed+json"
        atom = etree.fromstring(site.get(to_path(feed["atom"])).data)
        assert [atom.findtext(f"{{*}}{name}") for name in ("id", "title", "subtitle")] == [
            feed["id"], feed["title"], feed["description"],
        ]  # fmt: skip
        assert site.get(to_path(feed["html_url"])).status_code == 200


def test_our_feeds_can_be_imported_one_address_each(room: Newsroom) -> None:
    answer = room.site().get("/feeds/catalogue.opml")
    found = opml.read(answer.data)
    assert (answer.mimetype, answer.headers["Content-Disposition"]) == (
        "text/x-opml",
        'attachment; filename="kabar-feeds.opml"',
    )
    assert [one.xml_url for one in found] == [feed["rss"] for feed in catalogue(room)]
    assert found[0] == Outline("Kabar – Berita terbaru", f"{ADDRESS}/feeds/latest.rss", f"{ADDRESS}/latest", (), "id")
    assert [len(one.folder) for one in found] == [0] + [1] * 10


def test_the_publishers_feeds_stand_in_the_folders_of_their_regions(room: Newsroom) -> None:
    with room.database.write() as connection:
        jember = sources.by_slug(connection, "kabar-jember")
        assert jember is not None
        for url in ("https://kabar-jember.example/olahraga", "https://kabar-jember.example/lama"):
            last = feeds.add(connection, jember.id, url, NOW, Reason("next_first"))
        feeds.restate(connection, last, FeedState.RETIRED, None, Reason("next_retired"))
        meta.bump_changes(connection)
    answer = room.site().get("/feeds/sources.opml")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="kabar-sources.opml"'
    assert [(one.folder, one.title, one.xml_url) for one in opml.read(answer.data)] == [
        ((), "Kabar Nasional", "https://nasional.example/feed"),
        (("Jawa Timur", "Kabupaten Jember"), "Kabar Jember", "https://kabar-jember.example/feed"),
        (("Jawa Timur", "Kabupaten Jember"), "Kabar Jember", "https://kabar-jember.example/olahraga"),
        (("Jawa Timur", "Kabupaten Jember"), "Radar Rehat", "https://rehat.example/feed"),
        (("Jawa Timur", "Kabupaten Probolinggo"), "Suara Bromo & Tengger", "https://suara-bromo.example/feed"),
        (("Nusa Tenggara Barat", "Kabupaten Lombok Timur"), "Pos Lombok", "https://pos-lombok.example/feed"),
    ]


@pytest.mark.parametrize("name", ["catalogue.json", "catalogue.opml", "sources.opml"])
def test_lists_are_kept_like_feeds(room: Newsroom, name: str) -> None:
    site = room.site()
    first = site.get(f"/feeds/{name}")
    assert first.headers["Cache-Control"].startswith("public, max-age=300")
    assert site.get(f"/feeds/{name}", If_None_Match=first.headers["ETag"]).status_code == 304
    assert room.site().get(f"/feeds/{name}").data == first.data


def test_a_site_without_sources_has_lists_all_the_same(sqlite_database: Database) -> None:
    site = Newsroom(sqlite_database).site()
    assert len(json.loads(site.get("/feeds/catalogue.json").data)["feeds"]) == 1
    assert opml.read(site.get("/feeds/sources.opml").data) == ()
