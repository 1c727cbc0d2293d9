"""Our own outage and slowed hosts, as the poller sees them (POLLING.md rules 19 and 20)."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

from aggregator.config import PollConfig
from aggregator.errors import NetworkError
from aggregator.fetch.client import Client
from aggregator.model.answer import Answer
from aggregator.model.feed import Feed
from aggregator.model.poll import Outcome
from aggregator.poll.outage import Outage
from aggregator.poll.save import pardon, save_polls
from aggregator.rules import answers
from aggregator.rules.aftermath import Finished, aftermath
from aggregator.store import feeds, regions, sources

CONFIG = PollConfig()
BROKEN = answers.judge_error(NetworkError("dns_failed", host="x.example"))


class Line:
    """A client whose line is down for the first asks."""

    def __init__(self, n_down: int) -> None:
        self.n_down, self.asked = n_down, list[str]()

    async def get(self, url: str) -> None:
        self.asked.append(url)
        if len(self.asked) <= self.n_down:
            raise NetworkError("dns_failed")


def healthy(room: Any, n: int) -> list[Feed]:
    ids = [room.subscribe(f"https://h{number}.example/feed") for number in range(n)]
    with room.database.write() as connection:
        taken = feeds.claim(connection, ids, room.clock(), lease_s=600)
    return [replace(feed, last_success_at=room.clock(), last_poll_at=room.clock()) for feed in taken]


def finished(feed: Feed, room: Any, *, failed: bool) -> Finished:
    answer = None if failed else Answer(feed.url, feed.url, 304, {}, b"", 5, 0)
    return Finished(feed, room.clock(), True, BROKEN if failed else answers.NOT_MODIFIED, answer)


def test_rule_20_feeds_are_pardoned_and_the_pause_ends_with_the_first_answer(newsroom: Any) -> None:
    outage, found = Outage(()), healthy(newsroom, 52)
    swallowed = [outage.swallows(finished(feed, newsroom, failed=n >= 24)) for n, feed in enumerate(found)]
    assert swallowed.index(True) == 49  # the fiftieth witness tells
    assert swallowed[49:] == [True] * 3
    assert [feed.id for feed in outage.pardoned()] == [feed.id for feed in found[24:50]]
    line = Line(2)
    answered = [asyncio.run(outage.ends(cast(Client, line))) for _ in range(3)]
    assert answered == [False, False, True]
    assert set(line.asked) == {"https://h23.example/feed"}  # the host that answered last
    assert not outage.swallows(finished(found[0], newsroom, failed=True))


def test_rule_20_allowed_origins_and_feeds_that_failed_before_are_no_witnesses(newsroom: Any) -> None:
    found = healthy(newsroom, 60)
    allowed = Outage([f"https://h{n}.example" for n in range(60)])
    assert not any(allowed.swallows(finished(feed, newsroom, failed=True)) for feed in found)
    failing = [replace(feed, failures=1.0) for feed in found]
    assert not any(Outage(()).swallows(finished(feed, newsroom, failed=True)) for feed in failing)


def test_rule_20_a_pardoned_poll_changes_nothing_and_frees_the_feed(newsroom: Any) -> None:
    [feed] = healthy(newsroom, 1)
    with newsroom.database.read() as connection:
        tree, source = regions.tree(connection), sources.by_id(connection, feed.source_id)
    done = replace(finished(feed, newsroom, failed=True), is_pardoned=True)
    [row] = save_polls(newsroom.database, [(done, source)], tree, CONFIG)
    assert (row.outcome, row.reason.kind if row.reason else "") == (Outcome.BACKED_OFF, "own_outage")
    kept = newsroom.feed(feed.id)
    assert (kept.failures, kept.lease, kept.last_poll_at) == (0.0, None, None)


def test_rule_20_blame_that_was_saved_is_taken_back(newsroom: Any) -> None:
    [feed] = healthy(newsroom, 1)
    with newsroom.database.read() as connection:
        tree, source = regions.tree(connection), sources.by_id(connection, feed.source_id)
    save_polls(newsroom.database, [(finished(feed, newsroom, failed=True), source)], tree, CONFIG)
    assert newsroom.feed(feed.id).failures == 0.5
    pardon(newsroom.database, [feed], newsroom.clock())
    assert (newsroom.feed(feed.id).failures, newsroom.feed(feed.id).next_poll_at) == (0.0, newsroom.clock())


def test_rule_19_a_held_host_moves_the_feed_and_counts_nothing(newsroom: Any) -> None:
    [feed] = healthy(newsroom, 1)
    until = newsroom.clock() + timedelta(hours=2)
    unasked = Finished(feed, newsroom.clock(), False, answers.HOST_THROTTLED, held_until=until)
    after, due = aftermath(unasked, None, CONFIG, jitter=0)
    assert (after.failures, after.throttles, due.at, due.why.kind) == (0.0, 0, until, "next_host_throttled")
