"""Which items are new, changed and known (STORIES.md section 2, item 1)."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model.document import FoundItem
from aggregator.model.item import DateFrom
from aggregator.rules.identity import Held, content_hash, key_of, reconcile, title_hash

AT = datetime(2026, 3, 14, 5, 0, tzinfo=UTC)


def found(
    guid: str = "", url: str = "", title: str = "Jembatan Ambruk", at: datetime | None = AT, text: str = ""
) -> FoundItem:
    return FoundItem(
        guid=guid, url=f"https://{url}" if url else "", canonical_url=url, title=title, summary_html=text,
        content_html=text, excerpt=text, byline=(), categories=(), image_url="", language="id",
        published_at=at, date_from=DateFrom.FEED, date_text="",
    )  # fmt: skip


def held(item: FoundItem, id_: int = 1, *, withdrawn: bool = False) -> Held:
    return Held(id_, key_of(item), item.canonical_url, title_hash(item.title), content_hash(item), 1, withdrawn)


@pytest.mark.parametrize(
    ("item", "key"),
    [
        (found(guid="abc-1", url="kabar.example/a"), "abc-1"),
        (found(guid="https://kabar.example/?p=12/"), "kabar.example/?p=12"),
        (found(guid="HTTP://kabar.example/a"), "kabar.example/a"),
        (found(url="kabar.example/a"), "kabar.example/a"),
        (found(), "Jembatan Ambruk 2026-03-14"),
        (found(at=None), "Jembatan Ambruk"),
    ],
)
def test_the_key_is_the_guid_else_the_link_else_title_and_day(item: FoundItem, key: str) -> None:
    assert key_of(item) == key


def test_a_very_long_guid_becomes_its_digest() -> None:
    assert key_of(found(guid="x" * 513)).startswith("sha256:")
    assert key_of(found(guid="x" * 512)) == "x" * 512


def test_a_document_met_again_brings_nothing() -> None:
    items = [found(guid=str(n), url=f"kabar.example/{n}") for n in range(5)]
    changes = reconcile(items, [held(item, n) for n, item in enumerate(items)])
    assert (changes.new, changes.updated, changes.n_known) == ((), (), 5)


def test_an_edit_of_title_text_or_link_is_an_update() -> None:
    old = found(guid="1", url="kabar.example/1", text="18 korban")
    for edited in (
        replace(old, title="Lain"),
        replace(old, content_html="20 korban"),
        replace(old, url="https://x.example/"),
    ):
        changes = reconcile([edited], [held(old)])
        assert [(one.id, item) for one, item in changes.updated] == [(1, edited)]
        assert changes.n_known == 1


def test_a_changed_date_alone_is_no_update() -> None:
    old = found(guid="1")
    assert reconcile([replace(old, published_at=None, date_text="kemarin")], [held(old)]).updated == ()


def test_a_churning_guid_is_the_same_item() -> None:
    old = found(guid="session-1", url="kabar.example/1")
    changes = reconcile([found(guid="session-2", url="kabar.example/1")], [held(old)])
    assert (changes.new, changes.n_known) == ((), 1)


def test_two_articles_that_share_a_link_stay_two() -> None:
    old = found(guid="1", url="kabar.example/live")
    other_title = found(guid="2", url="kabar.example/live", title="Lain")
    assert [key for key, _ in reconcile([other_title], [held(old)]).new] == ["2"]
    same_title = found(guid="2", url="kabar.example/live")
    assert [key for key, _ in reconcile([old, same_title], [held(old)]).new] == ["2"]


def test_the_first_of_equal_guids_in_a_document_counts() -> None:
    changes = reconcile([found(guid="1", title="Pertama"), found(guid="1", title="Kedua")], [])
    assert [(key, item.title) for key, item in changes.new] == [("1", "Pertama")]


def test_a_withdrawn_item_is_known_and_never_updated() -> None:
    old = found(guid="1", url="kabar.example/1")
    changes = reconcile([replace(old, title="Lain")], [held(old, withdrawn=True)])
    assert (changes.new, changes.updated, changes.n_known) == ((), (), 1)


@given(st.lists(st.builds(found, guid=st.text(max_size=5), url=st.text(max_size=5), title=st.text(max_size=5))))
def test_reading_a_document_twice_is_reading_it_once(items: list[FoundItem]) -> None:
    first = reconcile(items, [])
    again = reconcile(items, [held(item, n) for n, (_, item) in enumerate(first.new)])
    assert again.new == ()
    assert again.updated == ()
    assert again.n_known == len(first.new)
    assert len({key for key, _ in first.new}) == len(first.new)
