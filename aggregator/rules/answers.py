"""What an answer means: the table of POLLING.md section 5."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from aggregator.errors import AddressNotAllowedError, FeedError, HostileError, NetworkError, NotAFeedError
from aggregator.model.answer import Answer
from aggregator.model.feed import Feed, Move
from aggregator.model.poll import Outcome
from aggregator.model.reason import Reason
from aggregator.text.urls import host_of, registrable_domain

FULL_BODY_EVERY = timedelta(days=7)
MOVES_BELIEVED = 3
MOVE_SEEN_FOR = timedelta(hours=24)
MAX_VALIDATOR_CHARS = 1024


class Class(StrEnum):
    """The row of the table that an answer falls into."""

    OK = "ok"
    NOT_MODIFIED = "not_modified"
    SOFT = "soft"
    NOT_FOUND = "not_found"
    BLOCKED = "blocked"
    GONE = "gone"
    THROTTLED = "throttled"
    TEMPORARY = "temporary"
    HARD = "hard"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A judged answer. `weight` is what it adds to the feed's failures; `outcome` of OK is decided by its items."""

    cls: Class
    outcome: Outcome
    weight: float = 0.0
    reason: Reason | None = None

    @property
    def is_success(self) -> bool:
        """Return whether the feed answered as a feed should."""
        return self.cls in (Class.OK, Class.NOT_MODIFIED)


OK = Verdict(Class.OK, Outcome.STORED)
NOT_MODIFIED = Verdict(Class.NOT_MODIFIED, Outcome.NOT_MODIFIED)
HOST_THROTTLED = Verdict(Class.THROTTLED, Outcome.BACKED_OFF, 0.0, Reason("host_throttled"))

# Network faults that say nothing about the feed itself; the others are faults of its address or server.
_PASSING = frozenset({
    "dns_failed", "connect_timeout", "first_byte_timeout", "total_timeout", "refused", "reset", "unreachable", "cut",
})  # fmt: skip
_CHALLENGE = re.compile(rb"cf-chl|challenge-platform|/cdn-cgi/challenge|Just a moment\.\.\.|captcha", re.IGNORECASE)


def judge(answer: Answer, *, conditional: bool) -> Verdict:
    """Return what an answer means before its body is read; OK says that the body is worth reading."""
    status = answer.status
    if status == 304:
        return NOT_MODIFIED if conditional else _failed(Class.HARD, 1.0, "not_modified_unasked")
    if status in (200, 203, 226):
        return OK if answer.body else _failed(Class.SOFT, 1.0, "empty")
    if status == 410:
        return Verdict(Class.GONE, Outcome.GONE, 0.0, Reason("status_gone"))
    if status == 404:
        return _failed(Class.NOT_FOUND, 1.0, "status_not_found")
    if status in (429, 503):
        weight = 0.0 if status == 429 else 0.5
        return _failed(Class.THROTTLED, weight, "status_throttled", status, Outcome.BACKED_OFF)
    if status in (401, 403, 451):
        return _failed(Class.BLOCKED, 1.0, "status_blocked", status)
    if status >= 500:
        return _failed(Class.TEMPORARY, 0.5, "status_server_error", status, Outcome.BACKED_OFF)
    return _failed(Class.HARD, 1.0, "status_error", status)


def judge_error(error: FeedError) -> Verdict:
    """Return what it means that no answer came, or that its body is no feed."""
    match error:
        case AddressNotAllowedError() | HostileError():
            return Verdict(Class.HARD, Outcome.REJECTED, 1.0, error.reason)
        case NotAFeedError():
            return Verdict(Class.SOFT, Outcome.REJECTED, 1.0, error.reason)
        case NetworkError() if error.reason.kind in _PASSING:
            return Verdict(Class.TEMPORARY, Outcome.REJECTED, 0.5, error.reason)
    return Verdict(Class.HARD, Outcome.REJECTED, 1.0, error.reason)


def is_challenge(body: bytes) -> bool:
    """Return whether a page that came in place of a feed is a check for browsers."""
    return _CHALLENGE.search(body[:20_000]) is not None


def _failed(
    cls: Class, weight: float, kind: str, status: int | None = None, outcome: Outcome = Outcome.REJECTED
) -> Verdict:
    return Verdict(cls, outcome, weight, Reason(kind, {} if status is None else {"status": status}))


def ask_conditionally(feed: Feed, now: datetime) -> bool:
    """Return whether to send the validators: not to a server that lies, and not if no full body came for 7 days.

    POLLING.md rule 10.
    """
    if feed.lying_304 or feed.last_full_at is None:
        return False
    return now - feed.last_full_at < FULL_BODY_EVERY


def kept_validator(headers: Mapping[str, str], name: str) -> str | None:
    """Return a validator byte for byte, None when it is missing or over 1 kB (POLLING.md rule 6)."""
    value = headers.get(name)
    return value if value and len(value) <= MAX_VALIDATOR_CHARS else None


def moved(feed: Feed, answer: Answer, now: datetime) -> Feed:
    """Return the feed with what a redirect of a readable answer teaches: its new address, or a move counted.

    Adopted at once: the same address on https. Adopted after three equal answers over 24 hours: a permanent redirect
    within the same outlet that does not lead to a home page. Everything else is followed and forgotten. A new address
    drops the validators, which belong to one URL (RFC 9110 section 15.4.2; POLLING.md rule 10).
    """
    permanent = [hop.status in (301, 308) for hop in answer.redirects]
    target = answer.final_url
    if not permanent or not all(permanent) or target == feed.url:
        return replace(feed, move=None)
    if target == feed.url.replace("http://", "https://", 1):
        return replace(feed, url=target, move=None)
    path = target.split("://", 1)[-1].partition("/")[2]
    if registrable_domain(host_of(target)) != registrable_domain(host_of(feed.url)) or not path.strip("/?#"):
        return replace(feed, move=None)
    if feed.move is None or feed.move.url != target:
        return replace(feed, move=Move(target, 1, now))
    if feed.move.count + 1 >= MOVES_BELIEVED and now - feed.move.since >= MOVE_SEEN_FOR:
        return replace(feed, url=target, move=None)
    return replace(feed, move=replace(feed.move, count=feed.move.count + 1))
