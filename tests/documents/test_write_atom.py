"""Atom, by the rules of RFC 4287."""

import dataclasses
import re

import feedparser
import pytest
from lxml import etree

from aggregator.documents.write_atom import write_atom
from tests.documents.published import ATOM, ENTRY, PUBLICATION, SOURCE, strictly, the, with_entry

FEED = strictly(write_atom(PUBLICATION))
ONE = the(FEED, "a:entry")


def n_of(element: etree._Element, name: str) -> int:
    return len(element.findall(f"a:{name}", ATOM))


@pytest.mark.parametrize("name", ["id", "title", "updated", "subtitle", "generator"])
def test_the_feed_has_exactly_one(name: str) -> None:
    """RFC 4287 section 4.1.1."""
    assert n_of(FEED, name) == 1


@pytest.mark.parametrize("name", ["id", "title", "updated", "published", "content", "source"])
def test_an_entry_has_exactly_one(name: str) -> None:
    """RFC 4287 section 4.1.2."""
    assert n_of(ONE, name) == 1


def test_every_entry_has_an_author_since_the_feed_names_none() -> None:
    """RFC 4287 section 4.1.1: feeds MUST contain an author unless all of their entries do."""
    assert n_of(FEED, "author") == 0
    assert [one.text for one in ONE.iterfind("a:author/a:name", ATOM)] == ["Endang Sastrawinata", "Suara Bromo"]


def test_links_have_their_relation_and_each_alternate_stands_once() -> None:
    found = {str(link.get("rel")): str(link.get("href")) for link in FEED.iterfind("a:link", ATOM)}
    assert found == {
        "alternate": PUBLICATION.links.home, "self": PUBLICATION.links.document,
        "current": PUBLICATION.links.current, "prev-archive": PUBLICATION.links.prev_archive,
    }  # fmt: skip
    assert [link.get("rel") for link in ONE.iterfind("a:link", ATOM)] == ["alternate"]


def test_instants_are_rfc_3339_with_a_zone() -> None:
    """RFC 4287 section 3.3."""
    found = [one.text or "" for one in FEED.iter() if one.tag.endswith(("}updated", "}published"))]
    assert len(found) == 4
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", one) for one in found)


def test_the_source_of_an_entry_is_told_with_its_own_id() -> None:
    """RFC 4287 section 4.2.11: id, title and updated, and nothing that changes when other entries come."""
    source = the(ONE, "a:source")
    assert [source.findtext(f"a:{name}", None, ATOM) for name in ("id", "title", "updated")] == [
        SOURCE.id, "Suara Bromo", "2026-03-14T05:00:12Z",
    ]  # fmt: skip
    assert {link.get("rel"): link.get("href") for link in source.iterfind("a:link", ATOM)} == {
        "self": "https://suara-bromo.example/feed", "alternate": "https://suara-bromo.example/",
    }  # fmt: skip


def test_a_category_has_term_scheme_and_label() -> None:
    category = the(ONE, "a:category")
    assert {name: category.get(name) for name in ("term", "scheme", "label")} == {
        "term": "jatim/probolinggo", "scheme": "https://kabar.example/r/", "label": "Probolinggo",
    }  # fmt: skip


def test_a_title_is_text_and_escaped_once() -> None:
    assert b'<title type="text">Bawang &amp; cabai: harga &lt;b&gt;naik&lt;/b&gt;</title>' in write_atom(PUBLICATION)


def test_only_a_closed_archive_says_that_it_is_one() -> None:
    marker = "{http://purl.org/syndication/history/1.0}archive"
    closed = dataclasses.replace(PUBLICATION, is_closed=True)
    assert strictly(write_atom(closed)).find(marker) is not None
    assert FEED.find(marker) is None


def test_an_entry_of_another_language_says_so() -> None:
    entry = the(strictly(write_atom(with_entry(language="ar"))), "a:entry")
    assert entry.get("{http://www.w3.org/XML/1998/namespace}lang") == "ar"
    assert FEED.get("{http://www.w3.org/XML/1998/namespace}lang") == "id"


def test_feedparser_reads_all_of_it() -> None:
    read = feedparser.parse(write_atom(with_entry(via_url="https://asal.example/1")))
    entry = read.entries[0]
    assert not read.bozo
    assert (read.version, read.feed.id, entry.id, entry.link) == ("atom10", PUBLICATION.id, ENTRY.id, ENTRY.url)
    assert entry.title_detail.type == "text/plain"
    assert {link.rel: link.href for link in entry.links}["via"] == "https://asal.example/1"
