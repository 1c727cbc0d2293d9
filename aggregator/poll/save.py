"""Saving polls: what many polls found, in one transaction; each one's items, validators and due time together."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from aggregator.config import PollConfig
from aggregator.model.feed import Feed
from aggregator.model.poll import Outcome, Poll
from aggregator.model.reason import Reason
from aggregator.model.source import Source
from aggregator.poll.watch import Watch
from aggregator.rules.aftermath import Finished, aftermath, listed_at, lists_by_date
from aggregator.rules.answers import Class
from aggregator.rules.identity import Changes, reconcile
from aggregator.rules.unchanged import records_of, sift
from aggregator.store import feeds, items, meta, polls
from aggregator.store.database import Connection, Database
from aggregator.store.items import Arrival, NewItem
from aggregator.store.regions import RegionTree


def save_polls(
    database: Database, done: Sequence[tuple[Finished, Source]], tree: RegionTree, config: PollConfig
) -> list[Poll]:
    """Save finished polls in one transaction and return their rows, in the given order.

    Items and validators are saved together: were only the validators kept, the next answer would be 304 and the
    items lost for good. A poll whose lease was lost changes nothing; its row says so and is not kept.
    """
    with database.write() as connection:
        leased = feeds.held(connection, (one.feed for one, _ in done))
        changes = _save_items(connection, [pair for pair in done if pair[0].feed.id in leased], tree, config)
        over = [
            _conclude(connection, one, changes.get(one.feed.id), config)
            if one.feed.id in leased
            else Concluded(_row(one, None, one.feed, Outcome.BACKED_OFF, Reason("lease_lost")))
            for one, _ in done
        ]
        feeds.save(connection, [one.feed for one in over if one.feed])
        polls.add(connection, [one.poll for one in over if one.feed])
        saved = [one.poll for one in over]
        if any(poll.n_new or poll.n_updated for poll in saved) or any(one.feed.last_poll_at is None for one, _ in done):
            meta.bump_changes(connection)
    return saved


@dataclass(frozen=True, slots=True)
class Concluded:
    """A poll's row, and its feed as it stands now; None where the poll changes nothing and its row is not kept."""

    poll: Poll
    feed: Feed | None = None


def _conclude(connection: Connection, done: Finished, changes: Changes | None, config: PollConfig) -> Concluded:
    """Return what is left to be written of a poll whose items are saved: for the whole group at once."""
    if done.is_pardoned:
        feeds.release(connection, [done.feed])
        return Concluded(_row(done, None, done.feed, Outcome.BACKED_OFF, Reason("own_outage")))
    feed, _ = aftermath(done, changes, config, jitter=random.random())
    feed = _with_free_address(connection, done.feed, feed)
    return Concluded(_row(done, changes, feed, _outcome(done, changes), done.verdict.reason), feed)


def _save_items(
    connection: Connection, done: Sequence[tuple[Finished, Source]], tree: RegionTree, config: PollConfig
) -> dict[int, Changes]:
    """Save the items of the polls that brought a document, and return what changed, by the feed's id."""
    read = [
        (one, source, sift(one.document, one.feed.item_hashes))
        for one, source in done
        if one.document and not one.is_pardoned
    ]
    watch = Watch(connection, [source.id for _, source, _ in read])
    held = items.held(connection, {one.feed.id: sifted.found for one, _, sifted in read})
    changes: dict[int, Changes] = {}
    arrivals: list[Arrival] = []
    for one, source, sifted in read:
        its = reconcile(sifted.found, held[one.feed.id], sifted.keys)
        said = {old.key for old in held[one.feed.id]} | {key for key, _ in its.new}
        if its.new:
            arrivals.append(_arrival(one, source, its, lists_by_date(one.feed, its, one.at, config), watch, tree))
        if watch.is_held(source.id):
            said -= {old.key for old, _ in its.updated}
            its = replace(its, updated=())  # what is shown already must not be rewritten into spam
        if its.updated:
            items.update(connection, its.updated, one.at)
        records = sifted.records + records_of(sifted.items, said)
        changes[one.feed.id] = replace(its, item_hashes=records, unread_published_at=sifted.published_at)
    items.add(connection, arrivals)
    watch.save()
    return changes


def _arrival(
    done: Finished, source: Source, changes: Changes, by_date: bool, watch: Watch, tree: RegionTree
) -> Arrival:
    new = _oldest_first(
        [NewItem(key, one, done.at, listed_at(one, done.at, by_date=by_date)) for key, one in changes.new]
    )
    held_back = watch.holds_back(done, source, new, by_date=by_date)
    region_ids = [region.id for region in reversed(tree.trail(source.region_id))]
    return Arrival(done.feed, new, region_ids, done.at if held_back else None)


def _oldest_first(new: Sequence[NewItem]) -> list[NewItem]:
    """Return new items in the order that gives the newest the highest id: documents stand newest first."""
    turned = list(reversed(new))
    return sorted(turned, key=lambda one: (one.listed_at, one.found.published_at or one.first_seen_at))


def _with_free_address(connection: Connection, before: Feed, feed: Feed) -> Feed:
    """Return the feed, at its old address if another feed already has the one it moved to."""
    if feed.url != before.url and feeds.source_of_url(connection, feed.url) is not None:
        return replace(feed, url=before.url)
    return feed


def _outcome(done: Finished, changes: Changes | None) -> Outcome:
    """Return the outcome: a readable body that brought nothing is not_modified only when its bytes are the old ones."""
    if done.verdict.cls == Class.OK and changes is None:
        return Outcome.NOT_MODIFIED
    return done.verdict.outcome


def _row(done: Finished, changes: Changes | None, feed: Feed, outcome: Outcome, reason: Reason | None) -> Poll:
    answer = done.answer
    return Poll(
        feed_id=done.feed.id, at=done.at, url=done.feed.url, final_url=answer.final_url if answer else done.feed.url,
        outcome=outcome, reason=reason, status=answer.status if answer else None, ms=done.ms,
        n_bytes=answer.n_wire_bytes if answer else 0, conditional=done.conditional,
        n_new=len(changes.new) if changes else 0, n_updated=len(changes.updated) if changes else 0,
        n_known=changes.n_known if changes else 0,
        next_poll_at=feed.next_poll_at, next_poll_why=feed.next_poll_why,
    )  # fmt: skip


def pardon(database: Database, blamed: Sequence[Feed], now: datetime) -> None:
    """Put feeds back to what they were before failures that turned out to be our own fault, due at once."""
    with database.write() as connection:
        why = Reason("next_resumed")
        feeds.save(connection, [replace(feed, next_poll_at=now, next_poll_why=why) for feed in blamed])


def unsaved(done: Finished) -> Poll:
    """Return the row of a poll that could not be saved: nothing of it is kept, and the feed comes again."""
    return _row(done, None, done.feed, Outcome.REJECTED, Reason("not_saved"))


def refused(feed: Feed, now: datetime, until: datetime) -> Poll:
    """Return the row of a poll that was asked for but not made, since the server's Retry-After still holds."""
    why = Reason("retry_after_holds", {"until": until.isoformat(timespec="seconds")})
    return Poll(
        feed_id=feed.id, at=now, url=feed.url, final_url=feed.url, outcome=Outcome.BACKED_OFF, reason=why, status=None,
        ms=0, n_bytes=0, conditional=False, n_new=0, n_updated=0, n_known=0,
        next_poll_at=feed.next_poll_at, next_poll_why=feed.next_poll_why,
    )  # fmt: skip
