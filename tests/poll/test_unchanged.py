"""Work for news, not for feeds: what a poll does not read again, and what that must not change."""

from typing import Any

import pytest

from aggregator.model.poll import Outcome
from aggregator.store import feeds, items
from aggregator.store import sources as stored_sources


def rss(*entries: str, built: str = "1", end: str = "</channel></rss>") -> str:
    head = f'<rss version="2.0"><channel><title>Pantura</title><lastBuildDate>{built}</lastBuildDate>'
    return f"{head}{''.join(entries)}{end}"


def entry(n: int, title: str = "", guid: str = "", link: str = "") -> str:
    return (
        f"<item><guid isPermaLink='false'>{guid or n}</guid><link>https://pantura.example/{link or n}</link>"
        f"<title>{title or f'Jembatan {n} ambruk'}</title><description>Warga &lt;b>memutar&lt;/b>.</description>"
        f"<pubDate>Sat, 14 Mar 2026 0{n % 5}:00:00 +0000</pubDate></item>"
    )


def counts(row: Any) -> tuple[int, int, int]:
    return row.n_new, row.n_updated, row.n_known


def test_a_body_that_differs_in_its_own_date_only_is_not_modified_and_its_validators_are_kept(newsroom: Any) -> None:
    feed_id = newsroom.subscribe(newsroom.publisher.serve("/feed", rss(entry(1)), ETag='"one"'))
    newsroom.poll(feed_id)
    before = newsroom.feed(feed_id)
    newsroom.publisher.serve("/feed", rss(entry(1), built="2"), ETag='"two"')
    [row] = newsroom.poll(feed_id)
    after = newsroom.feed(feed_id)
    assert (row.outcome, row.status, counts(row)) == (Outcome.NOT_MODIFIED, 200, (0, 0, 0))
    assert (after.validators.etag, after.quiet_hash) == ('"two"', before.quiet_hash)
    assert after.item_hashes == before.item_hashes != b""
    assert after.body_hash not in (None, before.body_hash)


def test_unread_items_are_known(each_newsroom: Any) -> None:
    room = each_newsroom
    feed_id = room.subscribe(room.publisher.serve("/feed", rss(*map(entry, range(1, 6)))))
    room.poll(feed_id)
    room.publisher.serve("/feed", rss(*map(entry, range(6, 0, -1))))
    [row] = room.poll(feed_id)
    assert (row.outcome, counts(row)) == (Outcome.STORED, (1, 0, 5))
    assert len(room.feed(feed_id).item_hashes) == 6 * 20
    assert len(room.items()) == 6


def test_unread_items_count_for_the_rhythm_of_the_feed(newsroom: Any) -> None:
    """Read as far as they are new and read whole, the same documents lead to the same interval."""
    intervals = []
    for name, end in (("/fresh", "</channel></rss>"), ("/whole", "</channel></rss> ")):
        feed_id = newsroom.subscribe(newsroom.publisher.serve(name, rss(*map(entry, range(1, 6)), end=end)))
        for built in ("2", "3"):
            newsroom.poll(feed_id)
            kept = [*map(entry, range(1, 6)), entry(int(built) + 10)]
            newsroom.publisher.serve(name, rss(*kept, built=built, end=end.replace(" ", "<")))
        newsroom.poll(feed_id)
        intervals.append((newsroom.feed(feed_id).interval_s, bool(newsroom.feed(feed_id).item_hashes)))
    assert intervals == [(intervals[1][0], True), (intervals[0][0], False)]


def test_after_a_body_that_is_no_feed_the_old_hashes_stay(newsroom: Any) -> None:
    feed_id = newsroom.subscribe(newsroom.publisher.serve("/feed", rss(entry(1))))
    newsroom.poll(feed_id)
    before = newsroom.feed(feed_id)
    newsroom.publisher.serve("/feed", "<html><body>Sedang dirawat</body></html>")
    [row] = newsroom.poll(feed_id)
    after = newsroom.feed(feed_id)
    assert row.outcome == Outcome.REJECTED
    assert (after.item_hashes, after.quiet_hash) == (before.item_hashes, before.quiet_hash)


def test_hashes_are_saved_only_with_their_items(newsroom: Any) -> None:
    feed_id = newsroom.subscribe(newsroom.publisher.serve("/feed", rss(entry(1))))
    newsroom.poll(feed_id)
    newsroom.publisher.serve("/feed", rss(entry(2), entry(1)))
    with newsroom.database.write() as connection:
        [mine] = feeds.claim(connection, [feed_id], newsroom.clock(), lease_s=600)
        feeds.save(connection, [mine])
    assert len(newsroom.feed(feed_id).item_hashes) == 20
    [row] = newsroom.poll(feed_id)
    assert counts(row) == (1, 0, 1)
    assert len(newsroom.feed(feed_id).item_hashes) == 40


@pytest.mark.parametrize("end", ["</channel></rss><", "</channel>", "</channel></rss>&nbsp;"])
def test_a_change_between_the_ways_of_reading_makes_no_revision(newsroom: Any, end: str) -> None:
    entries = [entry(1, "Satu &amp; dua"), entry(2, "<![CDATA[Tiga <i>empat</i>]]>"), entry(3)]
    feed_id = newsroom.subscribe(newsroom.publisher.serve("/feed", rss(*entries)))
    newsroom.poll(feed_id)
    for document in (rss(*entries, end=end), rss(*entries, built="3"), rss(*reversed(entries), end=end)):
        newsroom.publisher.serve("/feed", document)
        [row] = newsroom.poll(feed_id)
        assert counts(row) == (0, 0, 3)
    assert {one.item.revision for one in newsroom.items()} == {1}


def test_an_edit_and_its_return_are_two_revisions(newsroom: Any) -> None:
    feed_id = newsroom.subscribe(newsroom.publisher.serve("/feed", rss(entry(1, "18 orang"))))
    for title in ("18 orang", "20 orang", "18 orang"):
        newsroom.publisher.serve("/feed", rss(entry(1, title)))
        newsroom.poll(feed_id)
    [one] = newsroom.items()
    assert (one.item.title, one.item.revision) == ("18 orang", 3)
    with newsroom.database.read() as connection:
        assert [kept.title for kept in items.revisions(connection, one.item.id)] == ["20 orang", "18 orang"]


def test_a_second_article_under_the_link_of_an_unread_one_is_an_item(each_newsroom: Any) -> None:
    room = each_newsroom
    live = entry(1, "Langsung", link="live")
    feed_id = room.subscribe(room.publisher.serve("/feed", rss(live)))
    room.poll(feed_id)
    room.publisher.serve("/feed", rss(entry(2, "Langsung", link="live"), live))
    [row] = room.poll(feed_id)
    assert counts(row) == (1, 0, 1)


def test_a_churning_guid_stays_one_item(newsroom: Any) -> None:
    feed_id = newsroom.subscribe(newsroom.publisher.serve("/feed", rss(entry(1, guid="s0"), entry(2))))
    newsroom.poll(feed_id)
    for n in range(1, 4):
        newsroom.publisher.serve("/feed", rss(entry(1, guid=f"s{n}"), entry(2)))
        [row] = newsroom.poll(feed_id)
        assert counts(row) == (0, 0, 2)
    assert len(newsroom.items()) == 2


def test_the_first_of_equal_guids_counts_also_when_it_is_not_read(newsroom: Any) -> None:
    feed_id = newsroom.subscribe(
        newsroom.publisher.serve("/feed", rss(entry(1, "Pertama"), entry(2, "Kedua", guid="1")))
    )
    newsroom.poll(feed_id)
    newsroom.publisher.serve("/feed", rss(entry(1, "Pertama"), entry(2, "Kedua, diubah", guid="1")))
    [row] = newsroom.poll(feed_id)
    assert counts(row) == (0, 0, 1)
    newsroom.publisher.serve("/feed", rss(entry(2, "Kedua, diubah", guid="1")))
    [row] = newsroom.poll(feed_id)
    assert counts(row) == (0, 1, 1)
    assert [one.item.title for one in newsroom.items()] == ["Kedua, diubah"]


def test_an_edit_during_a_quarantine_is_made_after_it(newsroom: Any) -> None:
    feed_id = newsroom.subscribe(newsroom.publisher.serve("/feed", rss(entry(1, "Asli"))))
    newsroom.poll(feed_id)
    source_id = newsroom.feed(feed_id).source_id
    with newsroom.database.write() as connection:
        stored_sources.quarantine(connection, source_id, newsroom.clock(), [])
    newsroom.publisher.serve("/feed", rss(entry(1, "Diubah")))
    [row] = newsroom.poll(feed_id)
    assert counts(row) == (0, 0, 1)
    with newsroom.database.write() as connection:
        stored_sources.quarantine(connection, source_id, None, [])
    newsroom.publisher.serve("/feed", rss(entry(1, "Diubah"), entry(2)))
    [row] = newsroom.poll(feed_id)
    assert counts(row) == (1, 1, 1)
