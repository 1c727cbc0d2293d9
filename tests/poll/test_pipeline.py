"""Polling over real HTTP: what is kept, what is sent, and what a bad feed can't do."""

from datetime import timedelta
from typing import Any

import pytest

from aggregator.desk import sources as desk
from aggregator.desk import withdrawals
from aggregator.model.feed import FeedState
from aggregator.model.poll import Outcome
from aggregator.store import feeds, items, polls


def rss(*entries: str, extra: str = "") -> str:
    head = '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Pantura Kini</title>'
    return f"{head}{extra}{''.join(entries)}</channel></rss>"


def entry(
    n: int, title: str = "", text: str = "Warga memutar jalan.", date: str = "Sat, 14 Mar 2026 03:00:00 +0000"
) -> str:
    title = title or f"Jembatan ke-{n} di Tiris ambruk"
    return (
        f"<item><guid isPermaLink='false'>g{n}</guid><link>https://pantura.example/{n}</link><title>{title}</title>"
        f"<description>{text}</description><pubDate>{date}</pubDate></item>"
    )


def test_a_first_poll_stores_the_items_with_validators_and_the_next_due_time(each_newsroom: Any) -> None:
    room = each_newsroom
    url = room.publisher.serve("/feed", rss(entry(1), entry(2)), ETag='"one"')
    feed_id = room.subscribe(url, region="jatim/probolinggo")
    [row] = room.poll()
    assert (row.outcome, row.n_new, row.n_updated, row.n_known, row.reason) == (Outcome.STORED, 2, 0, 0, None)
    feed = room.feed(feed_id)
    assert feed.validators.etag == '"one"'
    assert feed.next_poll_at == row.next_poll_at > room.clock()
    assert feed.lease is None
    assert feed.title == "Pantura Kini"
    one, two = room.items()
    assert {one.item.key, two.item.key} == {"g1", "g2"}
    assert one.regions == ("jatim/probolinggo",)
    with room.database.read() as connection:
        assert [poll.outcome for poll in polls.of_feed(connection, feed_id)] == [Outcome.STORED]


def test_validators_go_back_byte_for_byte_and_a_304_keeps_them(newsroom: Any) -> None:
    url = newsroom.publisher.serve("/feed", rss(entry(1)), ETag='W/"a b\t"', Last_Modified="whenever it was")
    feed_id = newsroom.subscribe(url)
    newsroom.poll(feed_id)
    [row] = newsroom.poll(feed_id)
    asked = newsroom.publisher.requests[-1].headers
    assert (asked["If-None-Match"], asked["If-Modified-Since"]) == ('W/"a b\t"', "whenever it was")
    assert (row.outcome, row.status, row.conditional) == (Outcome.NOT_MODIFIED, 304, True)
    assert newsroom.feed(feed_id).validators.last_modified == "whenever it was"


def test_the_user_agent_says_who_asks(newsroom: Any) -> None:
    newsroom.subscribe(newsroom.publisher.serve("/feed", rss()))
    newsroom.poll()
    asked = newsroom.publisher.requests[-1].headers
    assert asked["User-Agent"].startswith("Kabar/")
    assert "Cookie" not in asked
    assert "Referer" not in asked


def test_the_same_body_again_is_not_read(newsroom: Any) -> None:
    feed_id = newsroom.subscribe(newsroom.publisher.serve("/feed", rss(entry(1))))
    newsroom.poll(feed_id)
    [row] = newsroom.poll(feed_id)
    assert (row.outcome, row.status, row.n_known) == (Outcome.NOT_MODIFIED, 200, 0)


def test_an_edit_keeps_a_revision_and_moves_nothing(each_newsroom: Any) -> None:
    room = each_newsroom
    feed_id = room.subscribe(room.publisher.serve("/feed", rss(entry(1, "18 orang mengungsi"), entry(2))))
    room.poll(feed_id)
    before = {one.item.key: one.item for one in room.items()}
    room.clock.turn(hours=1)
    room.publisher.serve("/feed", rss(entry(1, "20 orang mengungsi"), entry(2)))
    [row] = room.poll(feed_id)
    assert (row.n_new, row.n_updated, row.n_known) == (0, 1, 2)
    after = {one.item.key: one.item for one in room.items()}
    assert after["g2"] == before["g2"]
    edited = after["g1"]
    assert (edited.title, edited.revision, edited.changed_at) == ("20 orang mengungsi", 2, room.clock())
    assert (edited.id, edited.listed_at, edited.first_seen_at) == (
        before["g1"].id,
        before["g1"].listed_at,
        before["g1"].first_seen_at,
    )
    with room.database.read() as connection:
        assert [kept.title for kept in items.revisions(connection, edited.id)] == ["18 orang mengungsi"]


def test_items_that_leave_the_feed_stay(newsroom: Any) -> None:
    feed_id = newsroom.subscribe(newsroom.publisher.serve("/feed", rss(entry(1), entry(2))))
    newsroom.poll(feed_id)
    for body in (rss(entry(3)), rss()):
        newsroom.publisher.serve("/feed", body)
        newsroom.poll(feed_id)
    assert {one.item.key for one in newsroom.items()} == {"g1", "g2", "g3"}


def test_rule_23_a_first_fetch_lists_by_date_and_later_items_by_when_they_were_seen(newsroom: Any) -> None:
    old = "Thu, 12 Mar 2026 03:00:00 +0000"
    feed_id = newsroom.subscribe(newsroom.publisher.serve("/feed", rss(entry(1, date=old))))
    newsroom.poll(feed_id)
    seen = newsroom.clock.turn(minutes=30)
    newsroom.publisher.serve("/feed", rss(entry(2, date=old), entry(1, date=old)))
    newsroom.poll(feed_id)
    listed = {one.item.key: one.item.listed_at for one in newsroom.items()}
    assert listed == {"g1": seen - timedelta(days=2, hours=2, minutes=30), "g2": seen}


def test_the_same_article_in_two_feeds_is_two_rows_and_the_later_is_the_copy(each_newsroom: Any) -> None:
    room = each_newsroom
    first = room.subscribe(room.publisher.serve("/a", rss(entry(1))))
    second = room.subscribe(room.publisher.serve("/b", rss(entry(1).replace("g1", "other"))))
    room.poll(first)
    room.poll(second)
    copy, original = sorted((one.item for one in room.items()), key=lambda item: item.id, reverse=True)
    assert (original.duplicate_of, copy.duplicate_of) == (None, original.id)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "empty"),
        (b"<!doctype html><title>Beranda</title><p>Selamat datang", "is_page"),
        (bytes(range(256)) * 8, "binary"),
        (b"hanya teks", "not_a_feed"),
    ],
)
def test_a_body_that_is_no_feed_is_rejected_with_a_reason_and_items_stay(newsroom: Any, body: bytes, kind: str) -> None:
    feed_id = newsroom.subscribe(newsroom.publisher.serve("/feed", rss(entry(1)), ETag='"one"'))
    newsroom.poll(feed_id)
    newsroom.publisher.serve("/feed", body, ETag='"two"')
    [row] = newsroom.poll(feed_id)
    assert (row.outcome, row.reason.kind) == (Outcome.REJECTED, kind)
    feed = newsroom.feed(feed_id)
    assert (feed.state, feed.failures, feed.validators.etag) == (FeedState.FAILING, 1.0, '"one"')
    assert len(newsroom.items()) == 1
    newsroom.publisher.serve("/feed", rss(entry(1), entry(2)))
    newsroom.poll(feed_id)
    assert (newsroom.feed(feed_id).state, newsroom.feed(feed_id).failures) == (FeedState.ACTIVE, 0.0)


def test_a_page_names_its_feed(newsroom: Any) -> None:
    page = '<!doctype html><html><head><link rel="alternate" type="application/rss+xml" href="/rss"></head><body>'
    feed_id = newsroom.subscribe(newsroom.publisher.serve("/", page, Content_Type="text/html"))
    [row] = newsroom.poll(feed_id)
    assert (row.reason.kind, row.reason.parts["feed"]) == ("is_page", newsroom.publisher.origin + "/rss")


def test_a_private_address_is_never_asked(newsroom: Any) -> None:
    feed_id = newsroom.subscribe("http://127.0.0.1:1/feed")
    [row] = newsroom.poll(feed_id)
    assert (row.outcome, row.reason.kind) == (Outcome.REJECTED, "address_not_allowed")


def test_one_silent_feed_delays_no_other(newsroom: Any) -> None:
    silent = newsroom.subscribe(newsroom.publisher.serve("/silent", rss(entry(1))))
    newsroom.publisher.answers["/silent"].delay_s = 2.0
    quick = [newsroom.subscribe(newsroom.publisher.serve(f"/{n}", rss(entry(n)))) for n in range(2, 12)]
    rows = newsroom.poll(silent, *quick)
    assert [row.feed_id for row in rows][-1] == silent
    assert all(row.n_new == 1 for row in rows)


def test_retry_after_is_kept_even_by_force(newsroom: Any) -> None:
    feed_id = newsroom.subscribe(newsroom.publisher.serve("/feed", b"", status=429, Retry_After="7200"))
    [row] = newsroom.poll(feed_id)
    assert row.next_poll_at - newsroom.clock() == timedelta(hours=2)
    [again] = newsroom.poll(feed_id, force=True)
    assert (again.outcome, again.reason.kind) == (Outcome.BACKED_OFF, "retry_after_holds")
    assert newsroom.publisher.n_requests("/feed") == 1
    newsroom.clock.turn(hours=2, seconds=1)
    newsroom.poll(feed_id, force=True)
    assert newsroom.publisher.n_requests("/feed") == 2


def test_rule_17_asking_twice_within_a_minute_is_one_request(newsroom: Any) -> None:
    feed_id = newsroom.subscribe(newsroom.publisher.serve("/feed", rss(entry(1))))
    [first] = newsroom.poll(feed_id, force=False)
    [again] = newsroom.poll(feed_id, force=False)
    assert again == first
    assert newsroom.publisher.n_requests("/feed") == 1


def test_410_is_confirmed_after_a_day_and_then_asked_monthly(newsroom: Any) -> None:
    feed_id = newsroom.subscribe(newsroom.publisher.serve("/feed", rss(entry(1))))
    newsroom.poll(feed_id)
    newsroom.publisher.serve("/feed", b"", status=410)
    [row] = newsroom.poll(feed_id)
    assert (row.outcome, row.next_poll_at - newsroom.clock()) == (Outcome.GONE, timedelta(days=1))
    newsroom.clock.turn(days=1, minutes=1)
    [row] = newsroom.poll()
    assert row.next_poll_at - newsroom.clock() == timedelta(days=30)
    assert newsroom.feed(feed_id).state == FeedState.GONE
    assert len(newsroom.items()) == 1


def test_rule_25_a_claimed_feed_is_nobody_elses_until_its_lease_ends(each_newsroom: Any) -> None:
    room = each_newsroom
    feed_id = room.subscribe(room.publisher.serve("/feed", rss(entry(1))))
    with room.database.write() as connection:
        [mine] = feeds.claim_due(connection, room.clock(), limit=10, lease_s=600)
        assert feeds.claim_due(connection, room.clock(), limit=10, lease_s=600) == []
    assert room.poll(feed_id) == []
    room.clock.turn(minutes=11)
    [row] = room.poll(feed_id)
    assert row.n_new == 1
    with room.database.write() as connection:
        assert feeds.held(connection, [mine]) == set()


def test_a_withdrawn_item_does_not_come_back(each_newsroom: Any) -> None:
    room = each_newsroom
    feed_id = room.subscribe(room.publisher.serve("/feed", rss(entry(1), entry(2))))
    room.poll(feed_id)
    gone = next(one.item for one in room.items() if one.item.key == "g1")
    with room.database.write() as connection:
        assert withdrawals.withdraw_item(connection, "test", room.clock(), gone.id, "permintaan penerbit") == 1
    room.publisher.serve("/feed", rss(entry(1, "Judul baru"), entry(2), entry(3)))
    room.poll(feed_id)
    other = room.subscribe(room.publisher.serve("/copy", rss(entry(1).replace("g1", "copied"))))
    room.poll(other)
    assert {one.item.key for one in room.items()} == {"g2", "g3"}
    with room.database.read() as connection:
        kept = items.by_id(connection, gone.id)
        assert kept is not None
        assert (kept.title, kept.content_html, kept.withdrawn_at) == ("", "", room.clock())


def test_a_source_that_was_paused_during_its_poll_stays_paused(newsroom: Any) -> None:
    feed_id = newsroom.subscribe(newsroom.publisher.serve("/feed", rss(entry(1))), slug="pantura")
    newsroom.poll(feed_id)
    with newsroom.database.write() as connection:
        desk.pause(connection, "test", newsroom.clock(), "pantura")
    newsroom.poll(feed_id, force=True)
    assert newsroom.feed(feed_id).next_poll_at is None


def test_rule_22_thirty_polls_of_history_are_kept(newsroom: Any) -> None:
    feed_id = newsroom.subscribe(newsroom.publisher.serve("/feed", rss(entry(1))))
    for _ in range(3):
        newsroom.poll(feed_id)
    with newsroom.database.write() as connection:
        last = polls.of_feed(connection, feed_id, limit=1)[0]
        polls.add(connection, [last] * 40)
        assert len(polls.of_feed(connection, feed_id, limit=100)) == 30


def test_an_article_that_two_feeds_bring_at_once_is_one_article(each_newsroom: Any) -> None:
    newsroom = each_newsroom
    same = entry(1)
    for path in ("/a", "/b"):
        newsroom.subscribe(newsroom.publisher.serve(path, rss(same)))
    newsroom.poll()
    first, second = sorted((filed.item for filed in newsroom.items()), key=lambda item: item.id)
    assert (first.duplicate_of, second.duplicate_of) == (None, first.id)
    assert {poll.n_known for poll in newsroom.poll(first.feed_id, second.feed_id)} <= {0, 1}
    assert len(newsroom.items()) == 2
