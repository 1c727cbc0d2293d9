"""A look around before subscribing: which feeds a page names, and what a feed would give."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.config import Config
from aggregator.documents.page import FoundLink, feed_links
from aggregator.errors import NotAFeedError
from aggregator.fetch.client import Client
from aggregator.model.answer import Answer
from aggregator.model.document import Document, FoundItem
from aggregator.model.item import DateFrom
from aggregator.model.reason import Reason
from aggregator.poll.parsing import Parsers
from aggregator.rules import answers
from aggregator.text.dates import read_date

PREVIEWED = 10
PAGE_ACCEPT = "text/html, application/xhtml+xml;q=0.9, application/xml;q=0.8, */*;q=0.5"
MANY = 0.8  # a warning is for most items, not for a stray one
SHIFT = (timedelta(hours=6), timedelta(hours=10))  # how far ahead local time of WIB to WIT stands, printed as UTC


@dataclass(frozen=True, slots=True)
class Preview:
    """What a feed would give: its document, the first ten items, and what an admin should know before."""

    url: str
    document: Document
    items: tuple[FoundItem, ...]
    warnings: tuple[Reason, ...]


def discover(config: Config, url: str, now: datetime) -> list[FoundLink]:
    """Return the feeds at or behind an address, best first: itself if it is one, else those that its page names.

    Two requests at most. Raises FeedError when the address does not answer.
    """
    return asyncio.run(_discover(config, url, now))


def preview(config: Config, url: str, zone: str, now: datetime) -> Preview:
    """Return what a feed would give, without keeping anything; dates without a zone are read in `zone`.

    Raises FeedError: no answer, a bad status, or no feed.
    """
    return asyncio.run(_preview(config, url, zone, now))


async def _discover(config: Config, url: str, now: datetime) -> list[FoundLink]:
    async with Client(config.fetch_config) as client:
        answer = await client.get(url, accept=PAGE_ACCEPT)
    _refuse(answer)
    try:
        document = await _read(config, answer, "UTC", now)
    except NotAFeedError:
        return feed_links(answer.body, answer.final_url, answer.headers.get("content-type", ""))
    return [FoundLink(answer.final_url, document.title, "json" if document.format.startswith("json") else "feed")]


async def _preview(config: Config, url: str, zone: str, now: datetime) -> Preview:
    async with Client(config.fetch_config) as client:
        answer = await client.get(url)
    _refuse(answer)
    document = await _read(config, answer, zone, now)
    return Preview(answer.final_url, document, document.items[:PREVIEWED], warnings_of(document, answer.final_url, now))


def _refuse(answer: Answer) -> None:
    verdict = answers.judge(answer, conditional=False)
    if verdict.reason is not None:
        raise NotAFeedError(verdict.reason.kind, **verdict.reason.parts)


async def _read(config: Config, answer: Answer, zone: str, now: datetime) -> Document:
    parsers = Parsers(config.poll)
    try:
        return await parsers.read(answer.body, answer.headers, answer.final_url, zone, now)
    finally:
        parsers.close()


def warnings_of(document: Document, url: str, now: datetime) -> tuple[Reason, ...]:
    """Return what an admin should know of a feed: dates, ids, texts, and how it is sent."""
    items, found = document.items, list(document.warnings)
    if not items:
        return (*found, Reason("warns_empty"))
    checks: tuple[tuple[str, Callable[[FoundItem], object]], ...] = (
        ("warns_no_dates", lambda item: not item.date_text),
        ("warns_unread_dates", lambda item: item.date_text and item.published_at is None and not _shift(item, now)),
        ("warns_guessed_zone", lambda item: item.date_from == DateFrom.GUESSED_ZONE),
        ("warns_zone_shift", lambda item: _shift(item, now)),
        ("warns_no_ids", lambda item: not item.guid),
        ("warns_titles_only", lambda item: not item.excerpt),
        ("warns_no_links", lambda item: not item.url),
    )
    found += [Reason(kind) for kind, is_so in checks if _share(items, [bool(is_so(item)) for item in items]) >= MANY]
    if any(_shift(item, now) for item in items[:3]) and Reason("warns_zone_shift") not in found:
        found.append(Reason("warns_zone_shift"))  # only the newest items of a feed stand in the future
    if url.startswith("http://"):
        found.append(Reason("warns_plain_http"))
    if document.n_dropped:
        found.append(Reason("warns_dropped", {"n": document.n_dropped}))
    return tuple(found)


def _share(items: Sequence[FoundItem], hits: Sequence[bool]) -> float:
    return sum(hits) / len(items)


def _shift(item: FoundItem, now: datetime) -> bool:
    """Return whether a date lies so far ahead as local Indonesian time does that was printed as UTC."""
    if item.published_at is not None or not item.date_text:
        return False
    at, _ = read_date(item.date_text, "UTC", now + timedelta(days=1))
    return at is not None and SHIFT[0] <= at - now <= SHIFT[1]
