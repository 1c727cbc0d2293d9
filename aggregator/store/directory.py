"""What directories ask: sources with their health, regions with their counts, and how far the first round is."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from aggregator.documents.opml import Outline
from aggregator.model.feed import FeedState
from aggregator.model.reason import Reason
from aggregator.model.region import Region
from aggregator.model.source import Owner, Source, SourceState
from aggregator.store import schema
from aggregator.store.database import Connection
from aggregator.store.regions import RegionTree
from aggregator.store.sources import OWNER, SOURCE, to_owner, to_source

SHOWN = (SourceState.ACTIVE.value, SourceState.PAUSED.value)


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """How one feed of a source is doing; `reason` is the last poll's, None when nothing was wrong."""

    feed_id: int
    url: str
    state: FeedState
    last_poll_at: datetime | None
    last_success_at: datetime | None
    next_poll_at: datetime | None
    next_poll_why: Reason
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class DirectorySource:
    """A source as directories show it. `n_items` counts its items in lists, `n_week` those of the last seven days."""

    source: Source
    owner: Owner
    feeds: tuple[FeedHealth, ...]
    n_items: int
    n_week: int

    @property
    def condition(self) -> str:
        """Return the word for its state: healthy, slow, failing, paused, quarantined, or new before its first poll."""
        if self.source.state != SourceState.ACTIVE:
            return "paused"
        if self.source.quarantined_at is not None:
            return "quarantined"
        if not any(feed.last_poll_at for feed in self.feeds):
            return "new"
        bad = [feed for feed in self.feeds if feed.state != FeedState.ACTIVE]
        if len(bad) == len(self.feeds):
            return "failing"
        return "slow" if bad else "healthy"


@dataclass(frozen=True, slots=True)
class Progress:
    """How the polling of all active sources stands: how many were asked, how many answered well at least once."""

    n_sources: int
    n_asked: int
    n_answered: int
    last_success_at: datetime | None

    @property
    def is_first_round(self) -> bool:
        """Return whether some active source was never asked."""
        return self.n_asked < self.n_sources

    @property
    def is_unreachable(self) -> bool:
        """Return whether every source was asked and none ever answered: most likely there is no network."""
        return self.n_sources > 0 and self.n_asked == self.n_sources and self.n_answered == 0


def progress(connection: Connection) -> Progress:
    """Return how far the first round of polls is."""
    source, feed = schema.source.c, schema.feed.c
    per_source = (
        sa.select(sa.func.max(feed.last_poll_at).label("asked"), sa.func.max(feed.last_success_at).label("answered"))
        .select_from(schema.source.join(schema.feed, feed.source_id == source.id))
        .where(source.state == SourceState.ACTIVE.value)
        .group_by(source.id)
        .subquery()
    )
    c = per_source.c
    row = connection.execute(
        sa.select(
            sa.func.count(), sa.func.count(c.asked), sa.func.count(c.answered), sa.func.max(c.answered)
        ).select_from(per_source)
    ).one()
    return Progress(*row)


def sources(connection: Connection, now: datetime, *, slug: str | None = None) -> list[DirectorySource]:
    """Return the sources that are shown (or the one of a slug, whatever its state), by name."""
    query = sa.select(*SOURCE, *OWNER).join(schema.owner, schema.owner.c.id == schema.source.c.owner_id)
    query = query.where(schema.source.c.state.in_(SHOWN) if slug is None else schema.source.c.slug == slug)
    found = connection.execute(query.order_by(schema.source.c.name, schema.source.c.id)).all()
    only = None if slug is None else [row.id for row in found]
    feeds = _health(connection, only)
    counts = _counts(connection, now, only)
    return [
        DirectorySource(
            source, to_owner(row[len(SOURCE) :]), tuple(feeds.get(source.id, ())), *counts.get(source.id, (0, 0))
        )
        for row in found
        if (source := to_source(row[: len(SOURCE)]))
    ]


def _health(connection: Connection, only: list[int] | None) -> dict[int, list[FeedHealth]]:
    feed, poll = schema.feed.c, schema.poll
    last = sa.select(poll.c.reason).where(poll.c.feed_id == feed.id).order_by(poll.c.id.desc()).limit(1)
    query = sa.select(
        feed.source_id, feed.id, feed.url, feed.state, feed.last_poll_at, feed.last_success_at, feed.next_poll_at,
        feed.next_poll_why, last.scalar_subquery(),
    ).order_by(feed.id)  # fmt: skip
    if only is not None:
        query = query.where(feed.source_id.in_(only))
    health: dict[int, list[FeedHealth]] = {}
    for source_id, feed_id, url, state, polled_at, success_at, next_at, why, reason in connection.execute(query):
        next_why = schema.unpack_reason(why) or Reason("unknown")
        last_why = schema.unpack_reason(reason)
        found = FeedHealth(feed_id, url, FeedState(state), polled_at, success_at, next_at, next_why, last_why)
        health.setdefault(source_id, []).append(found)
    return health


def _counts(connection: Connection, now: datetime, only: list[int] | None) -> dict[int, tuple[int, int]]:
    item = schema.item.c
    recent = sa.func.sum(sa.case((item.listed_at >= now - timedelta(days=7), 1), else_=0))
    query = sa.select(item.source_id, sa.func.count(), recent)
    query = query.where(item.withdrawn_at.is_(None), item.quarantined_at.is_(None))
    if only is not None:
        query = query.where(item.source_id.in_(only))
    return {source_id: (n, n_week) for source_id, n, n_week in connection.execute(query.group_by(item.source_id))}


def region_counts(connection: Connection, now: datetime) -> dict[int, tuple[int, int]]:
    """Return for each region with sources or items: its sources, and its items listed in the last day.

    Both counts include the regions below it only for items (sources are counted where they stand).
    """
    placed, source = schema.item_region.c, schema.source.c
    by_items = (
        sa.select(placed.region_id, sa.func.count())
        .join(schema.item, schema.item.c.id == placed.item_id)
        .where(
            placed.listed_at >= now - timedelta(days=1),
            schema.item.c.withdrawn_at.is_(None),
            schema.item.c.quarantined_at.is_(None),
            schema.item.c.duplicate_of.is_(None),
        )
        .group_by(placed.region_id)
    )
    by_sources = sa.select(source.region_id, sa.func.count()).where(
        source.region_id.is_not(None), source.state.in_(SHOWN)
    )
    n_items: dict[int, int] = dict(connection.execute(by_items).all())
    n_sources: dict[int, int] = dict(connection.execute(by_sources.group_by(source.region_id)).all())
    return {region_id: (n_sources.get(region_id, 0), n_items.get(region_id, 0)) for region_id in n_items | n_sources}


def outlines(connection: Connection, tree: RegionTree, region: Region | None = None) -> list[Outline]:
    """Return the publishers' feeds that we poll as an OPML list, in the folders of their regions.

    With a region: only of sources in it and in those below it. In the order of regions, names and feeds.
    """
    shown = sa.select(*SOURCE, schema.feed.c.url).join(schema.feed, schema.feed.c.source_id == schema.source.c.id)
    shown = shown.where(schema.source.c.state.in_(SHOWN), schema.feed.c.state != FeedState.RETIRED.value)
    rows = connection.execute(shown.order_by(schema.source.c.name, schema.feed.c.id)).all()
    found = [(tree.trail(source.region_id), source, row[-1]) for row in rows if (source := to_source(row[:-1]))]
    found.sort(key=lambda one: [place.slug for place in one[0]])
    return [
        Outline(source.name, url, source.site_url, tuple(place.name for place in trail), source.language)
        for trail, source, url in found
        if region is None or region in trail
    ]
