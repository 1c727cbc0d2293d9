"""RSS 2.0, by the specification and the best practices of its advisory board."""

import dataclasses
import re
from email.utils import parsedate_to_datetime

import feedparser
import pytest

from aggregator.documents.write_rss import write_rss
from aggregator.model.publication import Links
from tests.documents.published import ATOM, ENTRY, PUBLICATION, strictly, the, with_entry

CHANNEL = the(strictly(write_rss(PUBLICATION)), "channel")
ITEM = the(CHANNEL, "item")


def atom_links(publication_bytes: bytes) -> dict[str, str]:
    found = strictly(publication_bytes).iterfind("channel/a:link", ATOM)
    return {str(link.get("rel")): str(link.get("href")) for link in found}


def test_the_channel_says_what_the_specification_requires() -> None:
    assert strictly(write_rss(PUBLICATION)).get("version") == "2.0"
    assert [CHANNEL.findtext(name) for name in ("title", "link", "description", "language")] == [
        "Kabar – Probolinggo", "https://kabar.example/r/jatim/probolinggo", "Berita Probolinggo.", "id",
    ]  # fmt: skip


def test_the_channel_names_itself_and_its_archive_as_atom_does() -> None:
    assert atom_links(write_rss(PUBLICATION)) == {
        "self": "https://kabar.example/feeds/region/jatim/probolinggo.rss?n=1",
        "current": "https://kabar.example/feeds/region/jatim/probolinggo.rss",
        "prev-archive": "https://kabar.example/feeds/region/jatim/probolinggo/archive/2026-03-14.rss",
    }


def test_only_a_closed_archive_says_that_it_is_one() -> None:
    marker = "channel/{http://purl.org/syndication/history/1.0}archive"
    closed = dataclasses.replace(PUBLICATION, is_closed=True)
    assert strictly(write_rss(closed)).find(marker) is not None
    assert strictly(write_rss(PUBLICATION)).find(marker) is None


@pytest.mark.parametrize("path", ["lastBuildDate", "item/pubDate"])
def test_dates_have_four_digit_years_and_a_zone(path: str) -> None:
    text = CHANNEL.findtext(path) or ""
    assert re.fullmatch(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT", text)
    expected = PUBLICATION.updated_at if path == "lastBuildDate" else ENTRY.published_at
    assert parsedate_to_datetime(text) == expected.replace(microsecond=0)


def test_a_channel_without_items_has_no_build_date() -> None:
    empty = dataclasses.replace(PUBLICATION, entries=())
    assert strictly(write_rss(empty)).find("channel/lastBuildDate") is None


def test_the_guid_is_no_address() -> None:
    guid = the(ITEM, "guid")
    assert (guid.text, guid.get("isPermaLink")) == (ENTRY.id, "false")


def test_people_stand_in_dc_creator_because_author_is_a_mailbox() -> None:
    assert [one.text for one in ITEM.iterfind("dc:creator", ATOM)] == ["Endang Sastrawinata", "Suara Bromo"]
    assert ITEM.find("author") is None


def test_an_item_says_where_it_comes_from_and_where_it_belongs() -> None:
    source, category = the(ITEM, "source"), the(ITEM, "category")
    assert (source.text, source.get("url")) == ("Suara Bromo", "https://suara-bromo.example/feed")
    assert (category.text, category.get("domain")) == ("jatim/probolinggo", "https://kabar.example/r/")


def test_a_title_is_escaped_once() -> None:
    assert b"<title>Bawang &amp; cabai: harga &lt;b&gt;naik&lt;/b&gt;</title>" in write_rss(PUBLICATION)


def test_an_item_without_a_title_has_no_empty_one() -> None:
    item = the(strictly(write_rss(with_entry(title=""))), "channel/item")
    assert item.find("title") is None
    assert item.findtext("description")


def test_no_element_that_may_stand_once_stands_twice() -> None:
    for parent in (CHANNEL, ITEM):
        names = [one.tag for one in parent if one.tag not in ("item", "category") and "}" not in one.tag]
        assert sorted(names) == sorted(set(names))


def test_an_item_of_another_language_says_so() -> None:
    item = the(strictly(write_rss(with_entry(language="ar"))), "channel/item")
    assert item.get("{http://www.w3.org/XML/1998/namespace}lang") == "ar"


def test_feedparser_reads_all_of_it() -> None:
    read = feedparser.parse(write_rss(with_entry(via_url="https://asal.example/1")))
    entry = read.entries[0]
    assert not read.bozo
    assert (read.feed.title, read.feed.language, read.feed.ttl) == ("Kabar – Probolinggo", "id", "5")
    assert (entry.id, entry.link, entry.updated) == (ENTRY.id, ENTRY.url, "2026-03-14T05:00:12Z")
    assert {link.rel: link.href for link in entry.links}["via"] == "https://asal.example/1"


def test_addresses_that_are_not_there_leave_no_link() -> None:
    bare = dataclasses.replace(
        PUBLICATION, links=Links("https://k.example/", "https://k.example/f", "https://k.example/f")
    )
    assert set(atom_links(write_rss(bare))) == {"self", "current"}
