"""What pages and merged feeds ask: lists of items as readers see them, in the one order, `listed_at`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from aggregator.model.item import Item
from aggregator.model.region import Region
from aggregator.model.source import Owner, Source
from aggregator.store import schema
from aggregator.store.database import Connection
from aggregator.store.items import ITEM as ITEM_COLUMNS
from aggregator.store.items import to_item
from aggregator.store.regions import RegionTree
from aggregator.store.sources import OWNER, to_owner, to_source
from aggregator.store.sources import SOURCE as SOURCE_COLUMNS

ITEM, SOURCE, PLACED, FEED = schema.item, schema.source, schema.item_region, schema.feed
# Lists and feeds show the excerpt: the texts, up to 500 kB an item, stay in the database.
_TEXTS = (ITEM.c.summary_html, ITEM.c.content_html)
_LISTED_ITEM = tuple(sa.literal("").label(column.name) if column in _TEXTS else column for column in ITEM_COLUMNS)
_own = PLACED.alias("own")
_OWN = sa.select(_own.c.region_id).where(_own.c.item_id == ITEM.c.id, _own.c.own).order_by(_own.c.region_id)
_COLUMNS = (*_LISTED_ITEM, *SOURCE_COLUMNS, *OWNER, FEED.c.url, _OWN.limit(1).correlate(ITEM).scalar_subquery())
_JOINED = (
    ITEM.join(SOURCE, SOURCE.c.id == ITEM.c.source_id)
    .join(schema.owner, schema.owner.c.id == SOURCE.c.owner_id)
    .join(FEED, FEED.c.id == ITEM.c.feed_id)
)
_N_ITEM, _N_KNOWN = len(ITEM_COLUMNS), len(ITEM_COLUMNS) + len(SOURCE_COLUMNS)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which items a list holds: all, those of a region and the regions below it, or those of one source."""

    region_id: int | None = None
    source_id: int | None = None


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """A place in a list, between items: the order value and the id of the item beside it."""

    listed_at: datetime
    item_id: int

    def __str__(self) -> str:
        return f"{schema.to_micros(self.listed_at)}-{self.item_id}"

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """Return the cursor of its text form; ValueError if it is none."""
        micros, _, item_id = text.partition("-")
        if not (micros.isascii() and micros.isdigit() and item_id.isascii() and item_id.isdigit()):
            raise ValueError("not a cursor")
        if len(micros) > 17 or len(item_id) > 18:
            raise ValueError("not a cursor")
        return cls(schema.from_micros(int(micros)), int(item_id))


@dataclass(frozen=True, slots=True)
class ListedItem:
    """An item as a list shows it: with its source, the owner, the feed it came by and its own region.

    Its summary_html and content_html are left out (""): no page and no merged feed shows more than the excerpt.
    """

    item: Item
    source: Source
    owner: Owner
    feed_url: str
    region: Region | None


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list, newest first. `older` and `newer` are where its neighbours start, None at the ends."""

    items: tuple[ListedItem, ...]
    older: Cursor | None = None
    newer: Cursor | None = None  # None on the second page too: the newest page has no cursor
    is_continued: bool = False  # not the newest page


@dataclass(frozen=True, slots=True)
class ItemPage:
    """An item with the newest others of its source and of its region, ten at most each."""

    listed: ListedItem
    of_source: tuple[ListedItem, ...]
    of_region: tuple[ListedItem, ...]


def listing(
    connection: Connection, tree: RegionTree, scope: Scope, *, limit: int, before: Cursor | None = None
) -> Listing:
    """Return `limit` items of a scope below `before`, newest first, without copies and what is held back."""
    at, item_id = _order(scope)
    query = _in_scope(scope, *_COLUMNS).where(_below(scope, before)).order_by(at.desc(), item_id.desc())
    found = _listed(connection, tree, query.limit(limit + 1))
    older = Cursor(found[limit - 1].item.listed_at, found[limit - 1].item.id) if len(found) > limit else None
    return Listing(found[:limit], older, _newer(connection, scope, limit, before), before is not None)


def between(
    connection: Connection, tree: RegionTree, scope: Scope, span: tuple[datetime, datetime], *, limit: int
) -> tuple[ListedItem, ...]:
    """Return the items of a scope listed from span[0] on and before span[1], newest first, `limit` at most."""
    at, item_id = _order(scope)
    query = _in_scope(scope, *_COLUMNS).where(at >= span[0], at < span[1]).order_by(at.desc(), item_id.desc())
    return _listed(connection, tree, query.limit(limit))


def neighbours(
    connection: Connection, scope: Scope, span: tuple[datetime, datetime]
) -> tuple[datetime | None, datetime | None]:
    """Return when the scope's newest item before a span was listed, and its oldest one after it."""
    at, _ = _order(scope)
    before = _in_scope(scope, at).where(at < span[0]).order_by(at.desc()).limit(1)
    after = _in_scope(scope, at).where(at >= span[1]).order_by(at).limit(1)
    return connection.execute(before).scalar(), connection.execute(after).scalar()


def item_page(connection: Connection, tree: RegionTree, item_id: int) -> ItemPage | None:
    """Return an item's page, None if there is none or it is in quarantine; a withdrawn item comes with empty lists."""
    query = sa.select(*_COLUMNS).select_from(_JOINED).where(ITEM.c.id == item_id, ITEM.c.quarantined_at.is_(None))
    found = _listed(connection, tree, query)
    if not found:
        return None
    listed = found[0]
    if listed.item.withdrawn_at is not None:
        return ItemPage(listed, (), ())
    of_source = _others(connection, tree, Scope(source_id=listed.source.id), item_id)[:6]
    shown = {item_id, *(other.item.id for other in of_source)}
    of_region = _others(connection, tree, Scope(region_id=listed.region.id if listed.region else None), item_id)
    return ItemPage(listed, of_source, tuple(other for other in of_region if other.item.id not in shown)[:6])


def _others(connection: Connection, tree: RegionTree, scope: Scope, but: int) -> tuple[ListedItem, ...]:
    found = listing(connection, tree, scope, limit=13).items
    return tuple(other for other in found if other.item.id != but)


def _order(scope: Scope) -> tuple[sa.ColumnElement[datetime], sa.ColumnElement[int]]:
    """Return the two columns of the scope's index that items are ordered by."""
    return (ITEM.c.listed_at, ITEM.c.id) if scope.region_id is None else (PLACED.c.listed_at, PLACED.c.item_id)


def _in_scope(scope: Scope, *columns: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """Return the selection of these columns over the items of a scope that a list shows."""
    query = sa.select(*columns).select_from(_JOINED)
    if scope.region_id is not None:
        query = query.join(PLACED, PLACED.c.item_id == ITEM.c.id).where(PLACED.c.region_id == scope.region_id)
    if scope.source_id is not None:
        query = query.where(ITEM.c.source_id == scope.source_id)
    return query.where(ITEM.c.withdrawn_at.is_(None), ITEM.c.quarantined_at.is_(None), ITEM.c.duplicate_of.is_(None))


def _below(scope: Scope, before: Cursor | None) -> sa.ColumnElement[bool]:
    if before is None:
        return sa.true()
    at, item_id = _order(scope)
    return sa.and_(at <= before.listed_at, sa.or_(at < before.listed_at, item_id < before.item_id))


def _newer(connection: Connection, scope: Scope, limit: int, before: Cursor | None) -> Cursor | None:
    """Return the cursor of the page above `before`, None when that is the newest one."""
    if before is None:
        return None
    at, item_id = _order(scope)
    above = sa.and_(at >= before.listed_at, sa.or_(at > before.listed_at, item_id >= before.item_id))
    query = _in_scope(scope, at, item_id).where(above).order_by(at, item_id).offset(limit).limit(1)
    row = connection.execute(query).one_or_none()
    return None if row is None else Cursor(*row)


def _listed(connection: Connection, tree: RegionTree, query: sa.Select[Any]) -> tuple[ListedItem, ...]:
    """Return the items of a selection of _COLUMNS."""
    return tuple(
        ListedItem(
            to_item(row[:_N_ITEM]), to_source(row[_N_ITEM:_N_KNOWN]), to_owner(row[_N_KNOWN:-2]), row[-2],
            tree.by_id[row[-1]] if row[-1] is not None else None,
        )
        for row in connection.execute(query)
    )  # fmt: skip
