"""The file's sources against the database's: a plan of what differs, and its application."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from yarl import URL

from aggregator.config import Loaded, SourceConfig
from aggregator.desk.log import facts, record
from aggregator.desk.sources import FIRST, owner_id
from aggregator.errors import ConfigError
from aggregator.model.feed import FeedState
from aggregator.model.reason import Reason
from aggregator.model.source import Origin, Policy, Source, SourceState
from aggregator.store import feeds, meta, regions, sources
from aggregator.store.database import Connection
from aggregator.store.regions import RegionTree
from aggregator.text.urls import slugify

NOT_IN_FILE = "not_in_file"


@dataclass(frozen=True, slots=True)
class Step:
    """One change that the file asks for: add, change, pause or resume a source, with what differs before and after."""

    action: str
    slug: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Desired:
    """A source as the file wants it, with the line that says so."""

    source: Source
    feeds: tuple[str, ...]
    owner: str
    where: str


def plan(connection: Connection, loaded: Loaded, now: datetime) -> list[Step]:
    """Return the steps from the database to the file, in the file's order, pauses last; nothing is changed.

    Raises ConfigError with path and line for an unknown region, a slug or feed that stands twice, or one that a source
    of the database has.
    """
    held = {source.slug: source for source in sources.all_sources(connection)}
    desired = _desired(connection, loaded, now)
    _refuse_conflicts(connection, desired, held)
    steps = [step for one in desired for step in _steps(connection, one, held.get(one.source.slug))]
    named = {one.source.slug for one in desired}
    for source in held.values():
        if source.origin == Origin.FILE and source.slug not in named and source.state == SourceState.ACTIVE:
            steps.append(Step("pause", source.slug, {"state": "active"}, {"state": "paused", "state_why": NOT_IN_FILE}))
    return steps


def apply(connection: Connection, actor: str, now: datetime, loaded: Loaded) -> list[Step]:
    """Carry out the plan and return its steps; a source that left the file is paused, never deleted."""
    steps = plan(connection, loaded, now)
    desired = {one.source.slug: one for one in _desired(connection, loaded, now)}
    for step in steps:
        if step.action == "pause":
            _pause(connection, step, now, actor)
        else:
            _put(connection, desired[step.slug], step, now, actor)
    if steps:
        meta.bump_changes(connection)
    return steps


def _desired(connection: Connection, loaded: Loaded, now: datetime) -> list[_Desired]:
    tree = regions.tree(connection)
    found = [_want(tree, loaded, index, source, now) for index, source in enumerate(loaded.config.sources)]
    slugs: dict[str, str] = {}
    urls: dict[str, str] = {}
    for one in found:
        if one.source.slug in slugs:
            raise ConfigError("config_same_slug", where=one.where, slug=one.source.slug)
        slugs[one.source.slug] = one.where
        for url in one.feeds:
            if url in urls:
                raise ConfigError("config_same_feed", where=one.where, url=url)
            urls[url] = one.where
    return found


def _want(tree: RegionTree, loaded: Loaded, index: int, wanted: SourceConfig, now: datetime) -> _Desired:
    where = f"{loaded.path}:{loaded.line_of('sources', index)}"
    region = tree.by_slug.get(wanted.region)
    if wanted.region and region is None:
        near = difflib.get_close_matches(wanted.region, tree.by_slug, n=1, cutoff=0.5)
        raise ConfigError("config_unknown_region", where=where, region=wanted.region, nearest=near[0] if near else None)
    source = Source(
        id=0, slug=wanted.slug or slugify(wanted.name), name=wanted.name,
        site_url=wanted.site + "/" if wanted.site else str(URL(wanted.feeds[0]).origin()) + "/", owner_id=0,
        region_id=region.id if region else None, language=wanted.language,
        zone=wanted.zone or (region.zone if region else loaded.config.site.zone), state=SourceState.ACTIVE,
        origin=Origin.FILE, created_at=now, policy=Policy(wanted.excerpt_chars, wanted.pictures, wanted.link_only),
    )  # fmt: skip
    return _Desired(source, wanted.feeds, wanted.owner, where)


def _refuse_conflicts(connection: Connection, desired: Sequence[_Desired], held: Mapping[str, Source]) -> None:
    by_id = {source.id: source for source in held.values()}
    urls = feeds.urls(connection)
    for one in desired:
        old = held.get(one.source.slug)
        if old is not None and old.origin == Origin.DATABASE:
            raise ConfigError("config_slug_taken", where=one.where, slug=old.slug)
        for url in one.feeds:
            if url in urls and by_id[urls[url]].slug != one.source.slug:
                raise ConfigError("config_feed_taken", where=one.where, url=url, slug=by_id[urls[url]].slug)


def _steps(connection: Connection, one: _Desired, old: Source | None) -> list[Step]:
    wanted = _facts(one)
    if old is None:
        return [Step("add", one.source.slug, {}, wanted)]
    if old.state == SourceState.WITHDRAWN:
        return []
    polled = [feed.url for feed in feeds.of_source(connection, old.id) if feed.state != FeedState.RETIRED]
    owner = sources.owners(connection, [old.owner_id])[old.owner_id]
    current = {**_comparable(old), "feeds": sorted(polled), "owner": owner.name}
    if not one.owner:
        wanted["owner"] = current["owner"]
    differs = [name for name in wanted if wanted[name] != current[name]]
    steps = []
    if old.state == SourceState.REMOVED or old.state_why == NOT_IN_FILE:
        steps.append(Step("resume", old.slug, {"state": old.state.value}, {"state": "active"}))
    if differs:
        steps.append(Step("change", old.slug, {n: current[n] for n in differs}, {n: wanted[n] for n in differs}))
    return steps


def _facts(one: _Desired) -> dict[str, Any]:
    return {**_comparable(one.source), "feeds": sorted(one.feeds), "owner": one.owner or one.source.name}


def _comparable(source: Source) -> dict[str, Any]:
    """Return what the file says of a source; state and owner are compared apart."""
    return {name: value for name, value in facts(source).items() if name not in ("state", "state_why", "owner_id")}


def _put(connection: Connection, one: _Desired, step: Step, now: datetime, actor: str) -> None:
    """Add or change a source and its feeds as the file wants them."""
    old = sources.by_slug(connection, one.source.slug)
    owned = owner_id(connection, one.owner, one.feeds[0], one.source.name)
    if old is None:
        source = sources.add(connection, replace(one.source, owner_id=owned))
    else:
        state, why = (SourceState.ACTIVE, "") if step.action == "resume" else (old.state, old.state_why)
        kept = owned if one.owner else old.owner_id
        source = replace(one.source, id=old.id, owner_id=kept, state=state, state_why=why, created_at=old.created_at)
        sources.save(connection, source)
    _put_feeds(connection, source, one.feeds, now, resumed=step.action == "resume")
    record(connection, (actor, now), f"source.{step.action}", f"source:{source.slug}", (step.before, step.after))


def _put_feeds(connection: Connection, source: Source, urls: Sequence[str], now: datetime, *, resumed: bool) -> None:
    due = now if source.state == SourceState.ACTIVE else None
    held = {feed.url: feed for feed in feeds.of_source(connection, source.id)}
    for url in urls:
        if url not in held:
            feeds.add(connection, source.id, url, due, FIRST)
        elif held[url].state == FeedState.RETIRED or resumed:
            feeds.restate(connection, held[url].id, FeedState.ACTIVE, due, Reason("next_resumed"))
    for url, feed in held.items():
        if url not in urls and feed.state != FeedState.RETIRED:
            feeds.restate(connection, feed.id, FeedState.RETIRED, None, Reason("next_retired"))


def _pause(connection: Connection, step: Step, now: datetime, actor: str) -> None:
    source = sources.by_slug(connection, step.slug)
    assert source is not None, "the plan names sources that exist"
    sources.save(connection, replace(source, state=SourceState.PAUSED, state_why=NOT_IN_FILE))
    feeds.schedule(connection, source.id, None, Reason("next_paused"))
    record(connection, (actor, now), "source.pause", f"source:{source.slug}", (step.before, step.after))
