"""When a feed is asked again: one table a rule of POLLING.md."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from aggregator.config import PollConfig
from aggregator.model.document import Hints
from aggregator.model.feed import Feed, FeedState, Validators
from aggregator.model.poll import Outcome
from aggregator.model.reason import Reason
from aggregator.rules import cadence
from aggregator.rules.answers import Class, Verdict
from aggregator.rules.cadence import News

CONFIG = PollConfig()
MINUTE, HOUR, DAY = 60, 3600, 86_400


def feed_at(now: datetime) -> Feed:
    """Return a healthy feed that was due right now and honours conditional requests."""
    return Feed(
        id=7, source_id=1, url="https://kabar.example/feed", state=FeedState.ACTIVE, next_poll_at=now,
        next_poll_why=Reason("next_first"), validators=Validators('"a"', None), interval_s=1800,
        last_poll_at=now - timedelta(minutes=30), last_success_at=now - timedelta(minutes=30), last_new_at=now,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("headers", "hints", "wait_s", "why"),
    [
        ({}, Hints(), 1800, "next_interval"),
        ({"cache-control": "max-age=3600"}, Hints(), 3600, "next_max_age"),
        ({"cache-control": "public, Max-Age=3600", "age": "600"}, Hints(), 3000, "next_max_age"),
        ({"cache-control": "max-age=60"}, Hints(), 1800, "next_interval"),
        ({"cache-control": "s-maxage=7200"}, Hints(), 1800, "next_interval"),
        ({"cache-control": "max-age=soon"}, Hints(), 1800, "next_interval"),
        (
            {"date": "Sat, 14 Mar 2026 05:00:00 GMT", "expires": "Sat, 14 Mar 2026 06:30:00 GMT"},
            Hints(),
            5400,
            "next_expires",
        ),
        ({"expires": "0"}, Hints(), 1800, "next_interval"),
        ({}, Hints(ttl_s=7200), 7200, "next_ttl"),
        ({}, Hints(ttl_s=10**9), 1800, "next_interval"),
        ({}, Hints(sy_interval_s=4 * HOUR), 4 * HOUR, "next_sy"),
        ({"cache-control": "max-age=3600"}, Hints(ttl_s=7200), 7200, "next_ttl"),
        ({"cache-control": "max-age=200000"}, Hints(), DAY, "next_ceiling"),
        ({"retry-after": "7200"}, Hints(), 7200, "next_retry_after"),
        ({"retry-after": "60"}, Hints(), 1800, "next_interval"),
    ],
)
def test_rule_12_the_longest_hint_wins_and_the_row_says_which(
    now: datetime, headers: Mapping[str, str], hints: Hints, wait_s: int, why: str
) -> None:
    due = cadence.after_success(feed_at(now), now, headers, hints, CONFIG, jitter=0)
    assert (due.at - now, due.why.kind) == (timedelta(seconds=wait_s), why)


def test_rule_12_the_floor_is_lower_for_a_feed_that_answers_conditional_requests(now: datetime) -> None:
    fast = replace(feed_at(now), interval_s=10)
    assert cadence.after_success(fast, now, {}, Hints(), CONFIG, jitter=0).at - now == timedelta(seconds=300)
    for slow in (replace(fast, validators=Validators()), replace(fast, lying_304=True)):
        due = cadence.after_success(slow, now, {}, Hints(), CONFIG, jitter=0)
        assert (due.at - now, due.why.kind) == (timedelta(seconds=900), "next_floor")


@pytest.mark.parametrize(
    ("n_found", "n_known", "interval_s"),
    [
        (20, 20, 2250),  # all known: longer by a quarter
        (20, 14, 2250),
        (20, 10, 1800),
        (20, 6, 900),  # under a third known: half
        (20, 0, 300),  # the window rolled over
        (0, 0, 1800),
    ],
)
def test_rule_13_the_interval_follows_the_overlap(now: datetime, n_found: int, n_known: int, interval_s: int) -> None:
    assert cadence.adaptive_interval_s(feed_at(now), News(n_found, n_known), CONFIG) == interval_s


def test_rule_13_a_first_document_gives_half_of_its_typical_gap(now: datetime) -> None:
    first = replace(feed_at(now), last_success_at=None, interval_s=0)
    hourly = [now - timedelta(hours=n) for n in range(10)]
    assert cadence.adaptive_interval_s(first, News(10, 0, hourly), CONFIG) == 1800
    assert cadence.adaptive_interval_s(first, News(10, 0, hourly[:2]), CONFIG) == CONFIG.interval_s


@pytest.mark.parametrize(("days", "wait_s"), [(6, 1800), (7, DAY // 4), (14, DAY // 2), (30, DAY), (400, DAY)])
def test_rule_14_quiet_feeds_are_asked_rarely(now: datetime, days: int, wait_s: int) -> None:
    quiet = replace(feed_at(now), last_new_at=now - timedelta(days=days))
    assert cadence.after_success(quiet, now, {}, Hints(), CONFIG, jitter=0).at - now == timedelta(seconds=wait_s)


@pytest.mark.parametrize(
    ("hints", "expected"),
    [
        (Hints(skip_hours=frozenset({5})), "2026-03-14T06:00:00+00:00"),
        (Hints(skip_hours=frozenset({5, 6, 7})), "2026-03-14T08:00:00+00:00"),
        (Hints(skip_days=frozenset({5})), "2026-03-15T00:00:00+00:00"),  # 14 March 2026 is a Saturday
        (Hints(skip_hours=frozenset(range(24))), "2026-03-14T05:30:00+00:00"),  # everything skipped changes nothing
        (Hints(skip_days=frozenset(range(7))), "2026-03-14T05:30:00+00:00"),
    ],
)
def test_rule_12_skipped_hours_and_days_push_to_the_first_allowed(now: datetime, hints: Hints, expected: str) -> None:
    due = cadence.after_success(feed_at(now), now, {}, hints, CONFIG, jitter=0)
    assert due.at == datetime.fromisoformat(expected)


def test_rule_15_jitter_is_added_and_never_subtracted(now: datetime) -> None:
    waits = [cadence.after_success(feed_at(now), now, {}, Hints(), CONFIG, jitter=n / 10).at - now for n in range(11)]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (timedelta(seconds=1800), timedelta(seconds=1980))


def test_rule_15_after_a_burst_feeds_spread_over_the_interval(now: datetime) -> None:
    late = now - timedelta(hours=9)
    dues = [
        cadence.after_success(replace(feed_at(now), id=n, next_poll_at=late), now, {}, Hints(), CONFIG, jitter=0).at
        for n in range(1000)
    ]
    assert all(timedelta(seconds=1800) <= due - now < timedelta(seconds=3600) for due in dues)
    per_minute = [sum(1 for due in dues if (due - now).total_seconds() // 60 == minute) for minute in range(30, 60)]
    assert max(per_minute) <= 2 * 1000 / 30


@pytest.mark.parametrize(
    ("value", "wait_s"),
    [
        ("120", 900), ("3600", 3600), ("99999999", 7 * DAY), ("0", None), ("-5", None), ("soon", None), ("", None),
        ("Sat, 14 Mar 2026 07:00:00 GMT", 7200), ("Sat, 14 Mar 2020 07:00:00 GMT", None), ("1e3", None),
    ],
)  # fmt: skip
def test_rule_12_retry_after_is_read_and_clamped(now: datetime, value: str, wait_s: int | None) -> None:
    assert cadence.retry_after_s({"retry-after": value}, now) == wait_s


def verdict(cls: Class, weight: float = 1.0) -> Verdict:
    return Verdict(cls, Outcome.REJECTED, weight)


def failing(now: datetime, failures: float, **changes: object) -> Feed:
    return replace(feed_at(now), failures=failures, failing_since=now, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("failures", "wait_s"),
    [(0.5, 2545), (1, 3600), (2, 7200), (3, 14_400), (5, 57_600), (6, DAY), (400, DAY)],
)
def test_rule_21_back_off_doubles_with_each_failure_up_to_a_day(now: datetime, failures: float, wait_s: int) -> None:
    due = cadence.after_failure(failing(now, failures), now, verdict(Class.HARD), {}, CONFIG)
    assert (due.at - now, due.why.kind) == (timedelta(seconds=wait_s), "next_backoff")


def test_rule_21_a_failing_feed_costs_its_server_eight_requests_in_the_first_day(now: datetime) -> None:
    at, failures, n = now, 0.0, 0
    while at < now + timedelta(days=1):
        n, failures = n + 1, failures + 0.5
        at = cadence.after_failure(failing(at, failures), at, verdict(Class.TEMPORARY, 0.5), {}, CONFIG).at
    assert n == 8


def test_rule_21_back_off_is_never_under_the_normal_interval(now: datetime) -> None:
    slow = failing(now, 0.5, interval_s=6 * HOUR)
    assert cadence.after_failure(slow, now, verdict(Class.HARD), {}, CONFIG).at - now == timedelta(hours=6)


@pytest.mark.parametrize(
    ("cls", "changes", "headers", "wait_s", "why"),
    [
        (Class.THROTTLED, {"throttles": 1}, {}, HOUR, "next_throttled"),
        (Class.THROTTLED, {"throttles": 3}, {}, 4 * HOUR, "next_throttled"),
        (Class.THROTTLED, {"throttles": 30}, {}, DAY, "next_throttled"),
        (Class.THROTTLED, {"throttles": 1}, {"retry-after": "1800"}, 1800, "next_retry_after"),
        (Class.THROTTLED, {"throttles": 1}, {"retry-after": "-1"}, HOUR, "next_throttled"),
        (Class.BLOCKED, {"failures": 1.0}, {}, 6 * HOUR, "next_blocked"),
        (Class.BLOCKED, {"failures": 9.0}, {}, 7 * DAY, "next_blocked"),
        (Class.GONE, {}, {}, DAY, "next_gone"),
        (Class.GONE, {"state": FeedState.GONE}, {}, 30 * DAY, "next_gone"),
        (Class.TEMPORARY, {"failures": 0.5}, {"retry-after": "86400"}, DAY, "next_retry_after"),
    ],
)
def test_section_5_each_kind_of_failure_has_its_wait(
    now: datetime, cls: Class, changes: dict[str, object], headers: Mapping[str, str], wait_s: int, why: str
) -> None:
    feed = replace(feed_at(now), failing_since=now, **changes)  # type: ignore[arg-type]
    due = cadence.after_failure(feed, now, verdict(cls), headers, CONFIG)
    assert (due.at - now, due.why.kind) == (timedelta(seconds=wait_s), why)


def test_section_5_not_found_for_thirty_days_is_asked_weekly(now: datetime) -> None:
    long_gone = replace(failing(now, 20.0), failing_since=now - timedelta(days=30))
    due = cadence.after_failure(long_gone, now, verdict(Class.NOT_FOUND), {}, CONFIG)
    assert (due.at - now, due.why.kind) == (timedelta(days=7), "next_dead")
