"""What a poll makes of its feed: state, failures, validators, interval and the next due time, as one decision."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aggregator.config import PollConfig
from aggregator.model.answer import Answer
from aggregator.model.document import Document, FoundItem, Hints
from aggregator.model.feed import Feed, FeedState, Validators
from aggregator.model.item import DateFrom
from aggregator.model.reason import Reason
from aggregator.rules import answers, cadence
from aggregator.rules.answers import Class, Verdict
from aggregator.rules.cadence import Due, News
from aggregator.rules.identity import Changes

GAP_INTERVALS = 3  # after a gap of so many intervals a document that is mostly new counts as a first fetch
MOSTLY_NEW = 0.8


@dataclass(frozen=True, slots=True)
class Finished:
    """A poll that is over but not saved: what was asked, what came, and what it means.

    `answer` is None when none came, `document` when there was none to read; both hashes are set with a whole
    body, but the quiet one is not asked for when the body is the last one again.
    """

    feed: Feed
    at: datetime
    conditional: bool
    verdict: Verdict
    answer: Answer | None = None
    document: Document | None = None
    body_hash: bytes | None = None
    quiet_hash: bytes | None = None
    ms: int = 0
    is_pardoned: bool = False  # it failed for a fault of ours: nothing of it counts
    held_until: datetime | None = None  # when its whole host is left alone until then (POLLING.md rule 19)

    @property
    def headers(self) -> Mapping[str, str]:
        """Return the answer's headers, none without an answer."""
        return self.answer.headers if self.answer else {}


def aftermath(done: Finished, changes: Changes | None, config: PollConfig, *, jitter: float) -> tuple[Feed, Due]:
    """Return the feed as it stands after a poll, and when and why it is due again; `jitter` is 0 to 1."""
    if done.verdict.is_success:
        feed = _succeeded(done, changes, config)
        hints = done.document.hints if done.document else Hints()
        due = cadence.after_success(feed, done.at, done.headers, hints, config, jitter=jitter)
        return replace(feed, next_poll_at=due.at, next_poll_why=due.why, last_poll_at=done.at), due
    feed = _failed(done) if done.answer or done.held_until is None else done.feed
    due = cadence.after_failure(feed, done.at, done.verdict, done.headers, config)
    if done.held_until is not None:
        due = Due(done.held_until, Reason("next_host_throttled"))
    return replace(
        feed, state=_state(feed, done), next_poll_at=due.at, next_poll_why=due.why, last_poll_at=done.at
    ), due


def _succeeded(done: Finished, changes: Changes | None, config: PollConfig) -> Feed:
    feed, answer = done.feed, done.answer
    found = News(changes.n_found, changes.n_known, (*_dates(done), *changes.unread_published_at)) if changes else None
    feed = replace(
        feed,
        interval_s=cadence.adaptive_interval_s(feed, found, config),
        state=FeedState.ACTIVE, failures=0.0, failing_since=None, throttles=0, last_success_at=done.at,
        retry_after_until=_held_off(done),
        last_new_at=done.at if feed.last_new_at is None or (changes and changes.new) else feed.last_new_at,
    )  # fmt: skip
    if answer is None:
        return feed
    given = Validators(
        answers.kept_validator(answer.headers, "etag"), answers.kept_validator(answer.headers, "last-modified")
    )
    if done.verdict.cls == Class.NOT_MODIFIED and answer.status == 304:
        return replace(feed, validators=feed.validators.updated(given))
    lied = _lied(done, given)
    feed = answers.moved(feed, answer, done.at)
    if answer.redirects:
        given = Validators()  # they belong to the target; the next request may go elsewhere (POLLING.md rule 10)
    title = done.document.title if done.document else feed.title
    return replace(
        feed, validators=given, body_hash=done.body_hash or feed.body_hash,
        quiet_hash=done.quiet_hash or feed.quiet_hash, item_hashes=changes.item_hashes if changes else feed.item_hashes,
        last_full_at=done.at,
        lying_304=feed.lying_304 or lied, title=title[:200],
    )  # fmt: skip


def _lied(done: Finished, given: Validators) -> bool:
    """Return whether the escape from a false 304 found one: another body under the very validators that we hold."""
    feed = done.feed
    had = feed.validators
    return (
        not done.conditional
        and feed.last_full_at is not None
        and (had.etag or had.last_modified) is not None
        and had == given
        and done.document is not None
        and done.body_hash != feed.body_hash
    )


def _failed(done: Finished) -> Feed:
    feed, verdict = done.feed, done.verdict
    return replace(
        feed,
        failures=feed.failures + verdict.weight,
        failing_since=feed.failing_since or done.at,
        throttles=feed.throttles + 1 if verdict.cls == Class.THROTTLED else 0,
        retry_after_until=_held_off(done),
    )


def _held_off(done: Finished) -> datetime | None:
    wish_s = cadence.retry_after_s(done.headers, done.at)
    return None if wish_s is None else done.at + timedelta(seconds=wish_s)


def _state(feed: Feed, done: Finished) -> FeedState:
    match done.verdict.cls:
        case Class.GONE:
            return FeedState.GONE
        case Class.BLOCKED:
            return FeedState.BLOCKED
        case Class.NOT_FOUND if feed.failing_since and done.at - feed.failing_since >= cadence.DEAD_AFTER:
            return FeedState.DEAD
        case Class.THROTTLED if done.verdict.weight == 0:
            return feed.state
    return FeedState.FAILING


def _dates(done: Finished) -> tuple[datetime, ...]:
    items = done.document.items if done.document else ()
    return tuple(item.published_at for item in items if item.published_at and item.date_from != DateFrom.FIRST_SEEN)


def lists_by_date(feed: Feed, changes: Changes, now: datetime, config: PollConfig) -> bool:
    """Return whether new items are listed by their own date, not by when they were seen (rule 23).

    So on a feed's first fetch, and when after a long gap over four fifths of the items are unknown.
    """
    if feed.last_success_at is None:
        return True
    gap_s = (now - feed.last_success_at).total_seconds()
    is_mostly_new = len(changes.new) > MOSTLY_NEW * changes.n_found
    return is_mostly_new and gap_s >= GAP_INTERVALS * (feed.interval_s or config.interval_s)


def listed_at(item: FoundItem, now: datetime, *, by_date: bool) -> datetime:
    """Return the instant that orders a new item for good."""
    return min(item.published_at, now) if by_date and item.published_at else now
