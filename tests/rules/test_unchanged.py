"""Setting unchanged items aside changes no decision: the same items, revisions and counts come of it."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import blake2b

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.model.document import Document, FoundItem, Hints
from aggregator.model.item import DateFrom
from aggregator.rules.identity import Held, content_hash, key_digest, key_of, reconcile, title_hash
from aggregator.rules.unchanged import hashes_of, records_of, sift

AT = datetime(2026, 3, 14, 5, 0, tzinfo=UTC)


def found(guid: str, url: str = "", title: str = "Jembatan", text: str = "") -> FoundItem:
    return FoundItem(
        guid=guid, url=f"https://{url}" if url else "", canonical_url=url, title=title, summary_html=text,
        content_html=text, excerpt=text, byline=(), categories=(), image_url="", language="id",
        published_at=AT, date_from=DateFrom.FEED, date_text="",
    )  # fmt: skip


def hash_of(item: FoundItem) -> bytes:
    return blake2b(repr(item).encode(), digest_size=8).digest()


def document(items: list[FoundItem], held: frozenset[bytes] | None) -> Document:
    """Return what a reader gives of these items; `held` is None where it has to read the document whole."""
    if held is None:
        return Document("rss20", "", "", "", tuple(items), Hints())
    hashes = tuple(map(hash_of, items))
    fresh = tuple(item for item, one in zip(items, hashes, strict=True) if one not in held)
    return Document("rss20", "", "", "", fresh, Hints(), hashes=hashes, n_held=len(items) - len(fresh))


@dataclass
class Shelf:
    """A feed as it is stored, with what its polls came to."""

    rows: dict[int, Held] = field(default_factory=dict)
    said: dict[int, FoundItem] = field(default_factory=dict)
    records: bytes = b""
    counts: list[tuple[list[str], list[int], int]] = field(default_factory=list)

    def poll(self, items: list[FoundItem], *, whole: bool) -> int:
        """Poll a document and return how many of its items were read."""
        read = document(items, None if whole else hashes_of(self.records))
        sifted = sift(read, self.records)
        changes = reconcile(sifted.found, self.rows.values(), sifted.keys)
        keys = {old.key for old in self.rows.values()} | {key for key, _ in changes.new}
        for key, item in changes.new:
            self._put(Held(len(self.rows), key, item.canonical_url, title_hash(item.title), b"", 0, False), item)
        for old, item in changes.updated:
            self._put(old, item)
        self.records = sifted.records + records_of(sifted.items, keys)
        self.counts.append(([key for key, _ in changes.new], sorted(o.id for o, _ in changes.updated), changes.n_known))
        return len(read.items)

    def _put(self, old: Held, item: FoundItem) -> None:
        self.rows[old.id] = replace(
            old, revision=old.revision + 1, title_hash=title_hash(item.title), content_hash=content_hash(item)
        )
        self.said[old.id] = item


few = st.sampled_from
an_item = st.builds(found, few(["", "a", "b", "c"]), few(["", "x", "y"]), few(["Satu", "Dua"]), few(["lama", "baru"]))


a_poll = st.tuples(st.lists(an_item, max_size=5), few([False, False, False, True]))


@settings(max_examples=400)
@given(polls=st.lists(a_poll, max_size=6))
def test_whatever_comes_the_stored_feed_is_the_same_as_if_everything_had_been_read(
    polls: list[tuple[list[FoundItem], bool]],
) -> None:
    fresh, whole = Shelf(), Shelf()
    for items, is_whole in polls:
        fresh.poll(items, whole=is_whole)
        whole.poll(items, whole=True)
    assert fresh.counts == whole.counts
    assert (fresh.rows, fresh.said) == (whole.rows, whole.said)


def test_an_unchanged_item_is_read_once() -> None:
    shelf = Shelf()
    one, two = found("1", "x/1"), found("2", "x/2")
    assert [shelf.poll(items, whole=False) for items in ([one], [two, one], [two, one])] == [1, 1, 0]
    assert shelf.counts[-1] == ([], [], 2)


def test_after_a_whole_reading_nothing_is_held_unread() -> None:
    shelf = Shelf()
    shelf.poll([found("1")], whole=False)
    shelf.poll([found("1")], whole=True)
    assert shelf.records == b""


def test_a_link_of_an_unread_item_is_not_taken_for_its_churning_guid() -> None:
    shelf = Shelf()
    first = found("1", "x/live")
    shelf.poll([first], whole=False)
    shelf.poll([found("2", "x/live"), first], whole=False)
    assert shelf.counts[-1] == (["2"], [], 1)


@pytest.mark.parametrize("turned", [False, True])
def test_the_first_of_equal_guids_counts_read_or_not(turned: bool) -> None:
    shelf = Shelf()
    first, second = found("1", text="satu"), found("1", text="dua")
    shelf.poll([first, second], whole=False)
    edited = found("1", text="tiga")
    shelf.poll([edited, first] if turned else [first, edited], whole=False)
    assert shelf.counts[-1] == ([], [0] if turned else [], 1)
    shelf.poll([second], whole=False)
    assert shelf.said[0] == second


def test_an_item_with_a_churning_guid_is_read_each_time() -> None:
    shelf = Shelf()
    shelf.poll([found("s1", "x/1")], whole=False)
    churned = found("s2", "x/1")
    assert [shelf.poll([churned], whole=False) for _ in range(2)] == [1, 1]
    assert hash_of(churned) not in hashes_of(shelf.records)


def test_records_tell_the_dates_of_what_was_not_read() -> None:
    item = found("1")
    undated = replace(found("2"), published_at=None, date_from=DateFrom.FIRST_SEEN)
    records = records_of([(hash_of(one), one) for one in (item, undated)], {"1", "2"})
    sifted = sift(document([item, undated], hashes_of(records)), records)
    assert (sifted.published_at, sifted.items) == ((AT,), ())
    assert sifted.keys == {key_digest("1"), key_digest(key_of(undated))}
    assert len(records) == 2 * 20
