"""The press follows from its seed and the instant asked for; time only adds to it."""

from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from aggregator.demo.feeds import summary, write_feed
from aggregator.demo.plan import PostKind
from aggregator.demo.press import HISTORY, Failure, Item, Press

TOLD = (PostKind.ORIGINAL, PostKind.OWN_WORDS, PostKind.SYNDICATED)


def all_bytes(press: Press, at: datetime) -> list[bytes]:
    return [write_feed(outlet, press.items(outlet, at), "http://127.0.0.1:1", at) for outlet in press.outlets]


def by_guid(press: Press, at: datetime) -> dict[tuple[str, str], Item]:
    return {(outlet.slug, item.guid): item for outlet in press.outlets for item in press.items(outlet, at)}


def test_two_presses_of_one_seed_print_the_same_bytes(press: Press, now: datetime) -> None:
    again = Press(7, now - HISTORY, now)
    assert all_bytes(again, now + timedelta(hours=5)) == all_bytes(press, now + timedelta(hours=5))


def test_another_seed_prints_other_news(press: Press, now: datetime) -> None:
    assert not set(all_bytes(Press(8, now - HISTORY, now), now)) & set(all_bytes(press, now))


def test_asking_for_other_instants_first_changes_nothing(press: Press, now: datetime) -> None:
    wandering = Press(7, now - HISTORY, now)
    for days in (9, -4, 3):
        by_guid(wandering, now + timedelta(days=days))
    assert all_bytes(wandering, now) == all_bytes(press, now)


def test_starting_later_in_the_day_renames_nothing(press: Press, now: datetime) -> None:
    later = Press(7, now - timedelta(days=2), now + timedelta(hours=3))
    held, at = by_guid(press, now), now
    assert {key: item for key, item in by_guid(later, at).items() if held.get(key) != item} == {}


def test_the_first_poll_finds_hundreds_of_items_in_full_feeds(press: Press, now: datetime) -> None:
    sizes = {outlet.slug: len(press.items(outlet, now)) for outlet in press.outlets}
    assert sum(sizes.values()) >= 600
    assert min(sizes.values()) >= 10
    assert max(sizes.values()) <= 25


def test_items_come_newest_first_and_none_before_its_time(press: Press, now: datetime) -> None:
    for outlet in press.outlets:
        items = press.items(outlet, now)
        published = [item.published_at for item in items]
        assert published == sorted(published, reverse=True)
        assert all(press.start <= item.published_at <= item.listed_at <= now for item in items)


@pytest.mark.parametrize("minutes", [1, 30, 60, 180])
def test_time_adds_items_and_changes_only_what_an_edit_corrects(press: Press, now: datetime, minutes: int) -> None:
    before, after = by_guid(press, now), by_guid(press, now + timedelta(minutes=minutes))
    common = before.keys() & after.keys()
    assert len(common) > len(before) * (0.8 if minutes <= 60 else 0.7)
    truth = press.truth(now)
    changed = {key for key in common if before[key] != after[key]}
    assert changed <= {key for key in common if truth[key].edited}


def test_an_edit_corrects_title_or_summary_and_keeps_guid_address_and_date(press: Press, now: datetime) -> None:
    edited = [
        post
        for outlet in press.outlets
        for hours in range(0, 120, 12)
        for post in press.posts(outlet, now - timedelta(hours=hours))
        if post.edited_at
    ]
    assert len({post.number for post in edited}) >= 10
    for post in edited:
        assert post.edited_at is not None
        before = press.item(post, post.edited_at - timedelta(seconds=1))
        after = press.item(post, post.edited_at)
        assert (before.guid, before.path, before.published_at) == (after.guid, after.path, after.published_at)
        assert (before.text.title, summary(before)) != (after.text.title, summary(after))
        assert after.updated_at == post.edited_at > before.updated_at


def test_late_posts_appear_hours_after_their_date(press: Press, now: datetime) -> None:
    late = [
        post
        for outlet in press.outlets
        for hours in range(0, 120, 12)
        for post in press.posts(outlet, now - timedelta(hours=hours))
        if post.listed_at > post.published_at
    ]
    assert len({post.number for post in late}) >= 5
    for post in late:
        assert timedelta(hours=2) <= post.listed_at - post.published_at <= timedelta(hours=9)
        assert post not in press.posts(post.outlet, post.listed_at - timedelta(seconds=1))


def test_the_truth_knows_every_item_in_the_feeds(press: Press, now: datetime) -> None:
    truth = press.truth(now)
    for key, item in by_guid(press, now).items():
        assert truth[key].kind is item.kind


def test_every_kind_of_post_occurs_about_as_often_as_planned(press: Press, now: datetime) -> None:
    truth = press.truth(now)
    kinds = Counter(entry.kind for entry in truth.values())
    days = HISTORY.days
    assert set(kinds) == set(PostKind)
    assert 20 * days <= kinds[PostKind.ORIGINAL] <= 28 * days
    assert 25 * 24 * days <= kinds[PostKind.FLOOD] <= 40 * 24 * days
    mishaps = [entry for entry in truth.values() if entry.kind in (PostKind.OWN_WORDS, PostKind.ONE_OFF)]
    assert 0.03 <= sum(entry.edited for entry in mishaps) / len(mishaps) <= 0.09
    assert 0.01 <= sum(entry.late for entry in mishaps) / len(mishaps) <= 0.06


def test_events_are_reported_by_two_to_ten_outlets_of_many_owners(press: Press, now: datetime) -> None:
    tellers: dict[str, list[str]] = {}
    for (slug, _), entry in press.truth(now).items():
        if entry.kind in TOLD:
            assert entry.event_id is not None
            tellers.setdefault(entry.event_id, []).append(slug)
    owner = {outlet.slug: outlet.owner for outlet in press.outlets}
    assert all(len(slugs) == len(set(slugs)) <= 10 for slugs in tellers.values())
    assert sum(len(slugs) >= 2 for slugs in tellers.values()) >= 0.95 * len(tellers)
    assert max(len({owner[slug] for slug in slugs}) for slugs in tellers.values()) >= 7


def test_a_copy_repeats_the_text_of_its_original(press: Press, now: datetime) -> None:
    truth = press.truth(now)
    copies = {key: entry for key, entry in truth.items() if entry.kind is PostKind.SYNDICATED}
    assert len(copies) >= 30
    for entry in copies.values():
        assert entry.copy_of is not None
        assert truth[entry.copy_of].event_id == entry.event_id
    held = by_guid(press, now)
    shown = [(held[key], held[entry.copy_of]) for key, entry in copies.items() if key in held and entry.copy_of in held]
    for copy, original in shown:
        assert copy.credit == original.outlet.name
        assert copy.text.paragraphs[0].split(",")[0] == original.text.paragraphs[0].split(",")[0]


def test_no_kind_of_event_comes_twice_within_two_days(press: Press, now: datetime) -> None:
    seen: dict[str, list[datetime]] = {}
    for days in range(5):
        for outlet in press.outlets:
            for post in press.posts(outlet, now - timedelta(days=days)):
                if post.kind is PostKind.ORIGINAL and post.event:
                    seen.setdefault(post.event.kind.name, []).append(post.published_at)
    for moments in seen.values():
        apart = sorted(set(moments))
        assert all(later - earlier > timedelta(days=2) for earlier, later in pairwise(apart))


def test_stories_break_within_minutes_of_the_opening(press: Press, now: datetime) -> None:
    before, after = press.truth(now), press.truth(now + timedelta(minutes=30))
    broken = Counter(after[key].event_id for key in after.keys() - before.keys() if after[key].kind in TOLD)
    assert max(broken.values()) >= 5
    assert sum(n >= 2 for n in broken.values()) >= 2


def test_the_broken_outlet_fails_another_way_every_hour(press: Press, now: datetime) -> None:
    broken = next(outlet for outlet in press.outlets if outlet.role == "broken")
    assert {press.failure(broken, now + timedelta(hours=hours)) for hours in range(5)} == set(Failure)
    assert all(press.failure(outlet, now) is None for outlet in press.outlets if outlet is not broken)


def test_an_article_is_found_by_its_number_once_it_is_listed(press: Press, now: datetime) -> None:
    post = press.posts(press.outlets[0], now)[0]
    found = press.find(post.outlet, post.number, now)
    assert found == press.item(post, now)
    assert press.find(post.outlet, post.number, post.listed_at - timedelta(seconds=1)) is None
