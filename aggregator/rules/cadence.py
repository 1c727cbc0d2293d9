"""When a feed is asked again, and why (POLLING.md section 3): one decision, the winning term kept."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import pairwise

from aggregator.config import PollConfig
from aggregator.model.document import Hints
from aggregator.model.feed import Feed, FeedState
from aggregator.model.reason import Reason
from aggregator.rules.answers import Class, Verdict

MINUTE, HOUR, DAY = 60, 3600, 86_400
RETRY_AFTER_BOUNDS_S = (15 * MINUTE, 7 * DAY)
BACKOFF_S, BACKOFF_CAP_S = 30 * MINUTE, DAY
BLOCKED_S, BLOCKED_CAP_S = 6 * HOUR, 7 * DAY
THROTTLED_S = HOUR
GONE_CONFIRM_S, GONE_S, DEAD_S = DAY, 30 * DAY, 7 * DAY
DEAD_AFTER = timedelta(days=30)
JITTER = 0.1
LATE_S = 60
QUIET_DAYS = ((30, 1.0), (14, 0.5), (7, 0.25))  # without news for days: this share of the ceiling

_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,12})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Due:
    """When a feed is asked again, and the term that decided it."""

    at: datetime
    why: Reason


@dataclass(frozen=True, slots=True)
class News:
    """What the last document held: distinct items, how many of them were known, and when the items were published."""

    n_found: int
    n_known: int
    published_at: Sequence[datetime] = ()


def adaptive_interval_s(feed: Feed, news: News | None, config: PollConfig) -> int:
    """Return the interval that a feed's rhythm asks for: half of the typical gap between its items.

    Corrected by overlap: two thirds or more known, longer by a quarter; under a third known, half; none known, the
    window rolled over and the shortest interval is due (rule 13). Without a new document the interval stays.
    """
    interval = feed.interval_s or config.interval_s
    if news is None or not news.n_found:
        return interval
    if feed.last_success_at is None:
        gap = _typical_gap_s(news.published_at)
        return _clamp(gap / 2, config.fast_floor_s, config.ceiling_s / 4) if gap else interval
    known = news.n_known / news.n_found
    if known == 0:
        return config.fast_floor_s
    factor = 1.25 if known >= 2 / 3 else 0.5 if known < 1 / 3 else 1.0
    return _clamp(interval * factor, config.fast_floor_s, config.ceiling_s / 4)


def _typical_gap_s(published_at: Sequence[datetime]) -> float:
    """Return the median gap between consecutive items in seconds, 0 with fewer than four dates."""
    times = sorted(published_at)
    gaps = sorted((later - earlier).total_seconds() for earlier, later in pairwise(times))
    return gaps[len(gaps) // 2] if len(gaps) >= 3 else 0.0


def after_success(
    feed: Feed, now: datetime, headers: Mapping[str, str], hints: Hints, config: PollConfig, *, jitter: float
) -> Due:
    """Return when a healthy feed is due again (rules 12 to 15); `jitter` is 0 to 1.

    `feed` is as it stands after this poll: its interval_s is the adaptive term, its last_new_at tells how quiet it is.
    """
    terms = [(feed.interval_s, Reason("next_adaptive", {"interval_s": feed.interval_s}))]
    if feed.interval_s == config.interval_s:
        terms = [(feed.interval_s, Reason("next_interval", {"interval_s": feed.interval_s}))]
    terms += [(seconds, why) for seconds, why in _hinted(headers, hints, now) if seconds <= 30 * DAY]
    if quiet := _quiet(feed, now, config):
        terms.append(quiet)
    wait_s, why = max(terms, key=lambda term: term[0])
    is_honest = (feed.validators.etag or feed.validators.last_modified) and not feed.lying_304
    floor = config.fast_floor_s if is_honest else config.floor_s
    if wait_s < floor:
        wait_s, why = floor, Reason("next_floor", {"floor_s": floor})
    if wait_s > config.ceiling_s:
        wait_s, why = config.ceiling_s, Reason("next_ceiling", {"ceiling_s": config.ceiling_s})
    at = now + timedelta(seconds=wait_s * (1 + JITTER * jitter))
    if feed.next_poll_at is None or now - feed.next_poll_at > timedelta(seconds=LATE_S) or feed.last_poll_at is None:
        at = _at_phase(feed.id, at, wait_s)
    allowed = _first_allowed(at, hints)
    if allowed != at:
        at, why = allowed, Reason("next_skip")
    wish_s = retry_after_s(headers, now)
    if wish_s is not None and now + timedelta(seconds=wish_s) > at:
        return Due(now + timedelta(seconds=wish_s), Reason("next_retry_after", {"wait_s": wish_s}))
    return Due(at, why)


def after_failure(feed: Feed, now: datetime, verdict: Verdict, headers: Mapping[str, str], config: PollConfig) -> Due:
    """Return when a feed that did not answer as it should is asked again (rule 21 and the table of section 5).

    `feed` is as it stands after this poll, its failures and throttles count this answer too; only its state is still
    the former one, so that a second 410 is told from the first.
    """
    wait_s, why = _failure_wait(feed, now, verdict, config)
    wish_s = retry_after_s(headers, now)
    if wish_s is not None and (verdict.cls == Class.THROTTLED or wish_s > wait_s):
        wait_s, why = max(wish_s, RETRY_AFTER_BOUNDS_S[0]), Reason("next_retry_after", {"wait_s": wish_s})
    return Due(now + timedelta(seconds=wait_s), why)


def _failure_wait(feed: Feed, now: datetime, verdict: Verdict, config: PollConfig) -> tuple[float, Reason]:
    match verdict.cls:
        case Class.GONE:
            wait_s = GONE_S if feed.state == FeedState.GONE else GONE_CONFIRM_S
            return wait_s, Reason("next_gone", {"wait_s": wait_s})
        case Class.THROTTLED:
            wait_s = min(THROTTLED_S * 2 ** min(feed.throttles - 1, 10), BACKOFF_CAP_S)
            return wait_s, Reason("next_throttled", {"wait_s": wait_s})
        case Class.BLOCKED:
            wait_s = min(BLOCKED_S * 2 ** min(max(int(feed.failures) - 1, 0), 10), BLOCKED_CAP_S)
            return wait_s, Reason("next_blocked", {"wait_s": wait_s})
        case Class.NOT_FOUND if feed.failing_since and now - feed.failing_since >= DEAD_AFTER:
            return DEAD_S, Reason("next_dead", {"wait_s": DEAD_S})
    backoff_s = min(BACKOFF_S * 2 ** min(feed.failures, 16), BACKOFF_CAP_S)
    wait_s = int(max(backoff_s, min(feed.interval_s or config.interval_s, BACKOFF_CAP_S)))
    return wait_s, Reason("next_backoff", {"wait_s": wait_s, "failures": feed.failures})


def after_throttling(headers: Mapping[str, str], now: datetime) -> datetime:
    """Return until when a host that said 429 twice is left alone: its Retry-After, else an hour (rule 19)."""
    return now + timedelta(seconds=retry_after_s(headers, now) or THROTTLED_S)


def retry_after_s(headers: Mapping[str, str], now: datetime) -> int | None:
    """Return the wait that Retry-After asks for, 15 minutes to 7 days; None for garbage and the past.

    Seconds or an HTTP date (RFC 9110 section 10.2.3).
    """
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        seconds = float(value[:12])
    elif (date := _http_date(value)) is not None:
        seconds = (date - now).total_seconds()
    else:
        return None
    return _clamp(seconds, *RETRY_AFTER_BOUNDS_S) if seconds > 0 else None


def _hinted(headers: Mapping[str, str], hints: Hints, now: datetime) -> list[tuple[int, Reason]]:
    """Return what server and document say of their rhythm, in seconds (RFC 9111 sections 5.2.2 and 5.3)."""
    terms: list[tuple[int, Reason]] = []
    if found := _MAX_AGE.search(headers.get("cache-control", "")):
        age = headers.get("age", "").strip()
        max_age_s = int(found[1]) - (int(age[:12]) if age.isascii() and age.isdigit() else 0)
        terms.append((max_age_s, Reason("next_max_age", {"max_age_s": max_age_s})))
    elif (expires := _http_date(headers.get("expires", ""))) is not None:
        expires_s = int((expires - (_http_date(headers.get("date", "")) or now)).total_seconds())
        terms.append((expires_s, Reason("next_expires", {"expires_s": expires_s})))
    if hints.ttl_s:
        terms.append((hints.ttl_s, Reason("next_ttl", {"ttl_s": hints.ttl_s})))
    if hints.sy_interval_s:
        terms.append((hints.sy_interval_s, Reason("next_sy", {"sy_s": hints.sy_interval_s})))
    return terms


def _quiet(feed: Feed, now: datetime, config: PollConfig) -> tuple[int, Reason] | None:
    if feed.last_new_at is None:
        return None
    for days, share in QUIET_DAYS:
        if now - feed.last_new_at >= timedelta(days=days):
            return int(config.ceiling_s * share), Reason("next_quiet", {"days": days})
    return None


def _at_phase(feed_id: int, at: datetime, interval_s: float) -> datetime:
    """Return the first instant from `at` on that lies at the feed's phase of the interval (rule 15)."""
    digest = hashlib.blake2b(str(feed_id).encode(), digest_size=8).digest()
    phase_s = int.from_bytes(digest, "big") % max(int(interval_s), 1)
    return at + timedelta(seconds=(phase_s - at.timestamp()) % interval_s)


def _first_allowed(at: datetime, hints: Hints) -> datetime:
    """Return the first instant from `at` on outside the skipped hours and days; `at` if everything is skipped."""
    at_utc = at.astimezone(UTC)
    for hours in range(24 * 8):
        moment = at_utc if hours == 0 else at_utc.replace(minute=0, second=0, microsecond=0) + timedelta(hours=hours)
        if moment.hour not in hints.skip_hours and moment.weekday() not in hints.skip_days:
            return at if hours == 0 else moment
    return at


def _http_date(value: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(value)
    except (TypeError, ValueError, IndexError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _clamp(value: float, low: float, high: float) -> int:
    return int(min(max(value, low), high))
