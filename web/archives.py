"""The days of a merged feed (RFC 5005 section 4): which items stand in a day's document, and which days lie beside it.

A day is one of the feed's own zone, by `listed_at`. Days are found from the items, so a walk over `prev-archive` from
the subscription document meets every day that has any, and every item in exactly one document. Today's document is
part of that walk, since the subscription document holds only the newest items; it grows until midnight, and only then
carries `fh:archive`. A day of more than MAX_ENTRIES items goes on in a further document of the same day (`before`).
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from aggregator.store import reading
from aggregator.store.database import Connection
from aggregator.store.reading import Cursor, ListedItem, Scope
from aggregator.store.regions import RegionTree
from web.times import local_day

MAX_ENTRIES = 1_000
FIRST_DAY = date(1990, 1, 1)  # no item is older (RELIABILITY.md promise 6)

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Place:
    """Where an archive document is: its day, and below which item of the day it begins (None: at the newest)."""

    day: date
    before: Cursor | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """The items of an archive document, newest first, and its neighbours, None at the ends."""

    items: tuple[ListedItem, ...]
    older: Place | None
    newer: Place | None


def span_of(day: date, zone: str) -> Span:
    """Return the instants at which a local day begins and ends."""
    start, end = (datetime.combine(one, time(), ZoneInfo(zone)) for one in (day, day + timedelta(days=1)))
    return start.astimezone(UTC), end.astimezone(UTC)


def place(day: date, before: Cursor | None, zone: str) -> Place:
    """Return a place in a day; a cursor above the day's end begins at its newest item."""
    end = Cursor(span_of(day, zone)[1], 0)
    return Place(day, before if before and before < end else None)


def part(
    connection: Connection, tree: RegionTree, of: tuple[Scope, str], at: Place, *, limit: int = MAX_ENTRIES
) -> Part:
    """Return the archive document of a scope and zone at a place; a day without items has an empty one."""
    scope, zone = of
    span = span_of(at.day, zone)
    items, goes_on = _items(connection, tree, scope, (span, at.before), limit)
    earlier, later = reading.neighbours(connection, scope, span)
    older = Place(local_day(earlier, zone)) if earlier else None
    newer = Place(local_day(later, zone)) if later else None
    if goes_on:
        older = Place(at.day, Cursor(items[-1].item.listed_at, items[-1].item.id))
    if at.before is not None:
        above = reading.listing(connection, tree, scope, limit=limit, before=at.before).newer
        newer = Place(at.day, above if above and above < Cursor(span[1], 0) else None)
    return Part(items, older, newer)


def _items(
    connection: Connection, tree: RegionTree, scope: Scope, within: tuple[Span, Cursor | None], limit: int
) -> tuple[tuple[ListedItem, ...], bool]:
    """Return the items of a span below a cursor, `limit` at most, and whether there are more."""
    span, before = within
    if before is None:
        found = reading.between(connection, tree, scope, span, limit=limit + 1)
    else:
        found = reading.listing(connection, tree, scope, limit=limit + 1, before=before).items
        found = tuple(listed for listed in found if listed.item.listed_at >= span[0])
    return found[:limit], len(found) > limit
