"""What an answer means: the table of POLLING.md section 5, and the rules of conditional requests and redirects."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from aggregator.errors import AddressNotAllowedError, FeedError, HostileError, NetworkError, NotAFeedError
from aggregator.model.answer import Answer, Redirect
from aggregator.model.feed import Feed, FeedState, Move
from aggregator.model.poll import Outcome
from aggregator.model.reason import Reason
from aggregator.rules import answers
from aggregator.rules.answers import Class

URL = "http://www.kabar.example/feed"


def answer(status: int = 200, body: bytes = b"<rss/>", final: str = URL, hops: tuple[int, ...] = ()) -> Answer:
    redirects = tuple(Redirect(hop, final) for hop in hops)
    return Answer(URL, final, status, {}, body, 10, len(body), redirects)


@pytest.mark.parametrize(
    ("status", "cls", "outcome", "weight"),
    [
        (200, Class.OK, Outcome.STORED, 0.0),
        (226, Class.OK, Outcome.STORED, 0.0),
        (304, Class.NOT_MODIFIED, Outcome.NOT_MODIFIED, 0.0),
        (401, Class.BLOCKED, Outcome.REJECTED, 1.0),
        (403, Class.BLOCKED, Outcome.REJECTED, 1.0),
        (404, Class.NOT_FOUND, Outcome.REJECTED, 1.0),
        (410, Class.GONE, Outcome.GONE, 0.0),
        (418, Class.HARD, Outcome.REJECTED, 1.0),
        (429, Class.THROTTLED, Outcome.BACKED_OFF, 0.0),
        (451, Class.BLOCKED, Outcome.REJECTED, 1.0),
        (500, Class.TEMPORARY, Outcome.BACKED_OFF, 0.5),
        (502, Class.TEMPORARY, Outcome.BACKED_OFF, 0.5),
        (503, Class.THROTTLED, Outcome.BACKED_OFF, 0.5),
    ],
)
def test_each_status_has_its_class_outcome_and_weight(status: int, cls: Class, outcome: Outcome, weight: float) -> None:
    verdict = answers.judge(answer(status), conditional=True)
    assert (verdict.cls, verdict.outcome, verdict.weight) == (cls, outcome, weight)


def test_rule_8_a_304_that_nobody_asked_for_is_an_error() -> None:
    verdict = answers.judge(answer(304, b""), conditional=False)
    assert (verdict.outcome, verdict.reason) == (Outcome.REJECTED, Reason("not_modified_unasked"))


def test_an_empty_200_is_no_feed() -> None:
    assert answers.judge(answer(200, b""), conditional=False).reason == Reason("empty")


@pytest.mark.parametrize(
    ("error", "cls", "weight"),
    [
        (NetworkError("total_timeout"), Class.TEMPORARY, 0.5),
        (NetworkError("dns_failed"), Class.TEMPORARY, 0.5),
        (NetworkError("dns_not_found"), Class.HARD, 1.0),
        (NetworkError("tls"), Class.HARD, 1.0),
        (NotAFeedError("is_page"), Class.SOFT, 1.0),
        (HostileError("too_large"), Class.HARD, 1.0),
        (AddressNotAllowedError("address_not_allowed"), Class.HARD, 1.0),
    ],
)
def test_each_error_has_its_class_and_weight(error: FeedError, cls: Class, weight: float) -> None:
    verdict = answers.judge_error(error)
    assert (verdict.cls, verdict.outcome, verdict.weight, verdict.reason) == (
        cls,
        Outcome.REJECTED,
        weight,
        error.reason,
    )


def feed_at(now: datetime) -> Feed:
    return Feed(1, 1, URL, FeedState.ACTIVE, now, Reason("next_first"), last_full_at=now - timedelta(days=1))


def test_rule_10_seven_days_without_a_full_body_ask_unconditionally(now: datetime) -> None:
    assert answers.ask_conditionally(feed_at(now), now)
    assert not answers.ask_conditionally(replace(feed_at(now), last_full_at=now - timedelta(days=7)), now)
    assert not answers.ask_conditionally(replace(feed_at(now), lying_304=True), now)


def test_rule_6_a_validator_over_1_kb_is_not_kept() -> None:
    assert answers.kept_validator({"etag": '"' + "a" * 1000 + '"'}, "etag") is not None
    assert answers.kept_validator({"etag": '"' + "a" * 1023 + '"'}, "etag") is None


def test_a_move_to_https_on_the_same_host_and_path_is_adopted_at_once(now: datetime) -> None:
    secure = URL.replace("http:", "https:")
    assert answers.moved(feed_at(now), answer(final=secure, hops=(301,)), now).url == secure


def test_a_permanent_move_is_adopted_after_three_equal_answers_over_a_day(now: datetime) -> None:
    target = "https://feeds.kabar.example/rss"
    feed = feed_at(now)
    for hours, adopted in ((0, False), (12, False), (23, False), (24, True)):
        feed = answers.moved(feed, answer(final=target, hops=(308,)), now + timedelta(hours=hours))
        assert (feed.url == target) is adopted


@pytest.mark.parametrize(
    ("target", "hops"),
    [
        ("https://www.kabar.example/", (301,)),  # a home page
        ("https://parked.example/feed", (301,)),  # another outlet
        ("https://feeds.kabar.example/rss", (302,)),  # temporary
        ("https://feeds.kabar.example/rss", (301, 302)),
    ],
)
def test_a_move_that_proves_nothing_is_never_adopted(now: datetime, target: str, hops: tuple[int, ...]) -> None:
    feed = feed_at(now)
    for day in range(5):
        feed = answers.moved(feed, answer(final=target, hops=hops), now + timedelta(days=day))
    assert (feed.url, feed.move) == (URL, None)


def test_an_answer_in_between_begins_the_count_anew(now: datetime) -> None:
    target = "https://feeds.kabar.example/rss"
    moving = replace(feed_at(now), move=Move(target, 2, now - timedelta(days=2)))
    assert answers.moved(moving, answer(), now).move is None
    other = answers.moved(moving, answer(final="https://feeds.kabar.example/atom", hops=(301,)), now)
    assert other.move == Move("https://feeds.kabar.example/atom", 1, now)
