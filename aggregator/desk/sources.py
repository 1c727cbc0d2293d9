"""Sources by hand: add, import, pause, resume, remove, release, withdraw."""

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from yarl import URL

from aggregator.desk.log import facts, record
from aggregator.errors import UsageError
from aggregator.model.feed import FeedState
from aggregator.model.reason import Reason
from aggregator.model.region import Region
from aggregator.model.source import Origin, Source, SourceState
from aggregator.store import feeds, items, meta, profiles, regions, sources
from aggregator.store.database import Connection
from aggregator.store.regions import RegionTree
from aggregator.text.urls import host_of, registrable_domain, resolve, slugify

IMPORTED_PER_S = 10  # first polls of an import are spread: ten a second
FIRST = Reason("next_first")
_SLUG = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")
_FEED_WORDS = re.compile(r"(?:/(?:feeds?|rss|atom|index|terkini)?(?:\.(?:xml|rss|atom|json|php))?)+$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A source that a person asks for: its feed address, and what they know of it ("" where they don't)."""

    url: str
    name: str = ""
    slug: str = ""
    site_url: str = ""
    region: str = ""
    zone: str = ""
    language: str = ""
    owner: str = ""
    trust: str = "established"  # or "new": counts less until it has proved itself


@dataclass(frozen=True, slots=True)
class Added:
    """A source that was added, its feed, and when that is polled first."""

    source: Source
    feed_id: int
    url: str
    due: datetime


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did or, as a dry run, would do: new sources, addresses already held, and the invalid with why."""

    added: tuple[Added, ...]
    known: tuple[tuple[str, str], ...]  # address, slug of its source
    invalid: tuple[tuple[str, Reason], ...]


def add(connection: Connection, actor: str, now: datetime, wanted: Wanted, *, default_zone: str) -> Added:
    """Add a source with one feed, due at once; no request is made.

    A source that was removed comes back with its items. Raises UsageError: bad_address, feed_known, slug_taken,
    bad_slug, no_such_region, source_withdrawn.
    """
    url = _address(wanted.url)
    if known := feeds.source_of_url(connection, url):
        return _revive(connection, actor, now, known, url)
    tree = regions.tree(connection)
    region = region_of(tree, wanted.region)
    slug = _free_slug(wanted.slug, url, sources.slugs(connection))
    name = wanted.name or host_of(url)
    source = sources.add(connection, Source(
        id=0, slug=slug, name=name, site_url=_site(wanted, url),
        owner_id=owner_id(connection, wanted.owner, url, name), region_id=region.id if region else None,
        language=wanted.language or "id", zone=wanted.zone or (region.zone if region else default_zone),
        state=SourceState.ACTIVE, origin=Origin.DATABASE, created_at=now, trust=wanted.trust,
    ))  # fmt: skip
    feed_id = feeds.add(connection, source.id, url, now, FIRST)
    record(connection, (actor, now), "source.add", f"source:{slug}", ({}, {**facts(source), "feeds": [url]}))
    meta.bump_changes(connection)
    return Added(source, feed_id, url, now)


def import_all(
    connection: Connection, actor: str, now: datetime, wanted: Iterable[Wanted], *, default_zone: str
) -> Imported:
    """Add one source for each new address, their first polls spread over time; nothing is asked outside.

    Addresses that are held are left as they are, invalid ones are named. A dry run is this, rolled back.
    """
    added: list[Added] = []
    known: list[tuple[str, str]] = []
    invalid: list[tuple[str, Reason]] = []
    for one in wanted:
        try:
            url = _address(one.url)
            if slug := feeds.source_of_url(connection, url):
                known.append((url, slug))
                continue
            due = now + timedelta(seconds=len(added) // IMPORTED_PER_S)
            new = add(connection, actor, now, one, default_zone=default_zone)
            if due > now:
                feeds.schedule(connection, new.source.id, due, FIRST)
            added.append(replace(new, due=due))
        except UsageError as error:
            invalid.append((one.url[:200], error.reason))
    return Imported(tuple(added), tuple(known), tuple(invalid))


def pause(connection: Connection, actor: str, now: datetime, slug: str, *, why: str = "by_hand") -> Source:
    """Stop polling a source; it stays visible with its items. Pausing twice changes nothing."""
    source = named(connection, slug)
    if source.state != SourceState.ACTIVE:
        return source
    feeds.schedule(connection, source.id, None, Reason("next_paused"))
    return _changed(
        connection, (actor, now), "source.pause", source, replace(source, state=SourceState.PAUSED, state_why=why)
    )


def resume(connection: Connection, actor: str, now: datetime, slug: str) -> Source:
    """Poll a paused or removed source again, at once. Raises UsageError for one that was withdrawn."""
    source = named(connection, slug)
    if source.state == SourceState.WITHDRAWN:
        raise UsageError("source_withdrawn", slug=slug)
    if source.state == SourceState.ACTIVE:
        return source
    feeds.schedule(connection, source.id, now, Reason("next_resumed"))
    return _changed(
        connection, (actor, now), "source.resume", source, replace(source, state=SourceState.ACTIVE, state_why="")
    )


def remove(connection: Connection, actor: str, now: datetime, slug: str, *, path: str) -> Source:
    """Take a source out of directories and polling; its items stay. `path` names the file that file sources are in."""
    source = named(connection, slug)
    if source.origin == Origin.FILE and source.state == SourceState.ACTIVE:
        raise UsageError("source_of_file", slug=slug, path=path)
    feeds.schedule(connection, source.id, None, Reason("next_paused"))
    after = replace(source, state=SourceState.REMOVED, state_why="by_hand")
    return _changed(connection, (actor, now), "source.remove", source, after)


def release(connection: Connection, actor: str, now: datetime, slug: str) -> tuple[Source, int]:
    """Let a source out of quarantine; return it and the number of items that appear, where they would have stood.

    Its profile begins anew, and what it was held for is no reason again. Raises UsageError not_quarantined.
    """
    source = named(connection, slug)
    if source.quarantined_at is None:
        raise UsageError("not_quarantined", slug=slug)
    n = items.release(connection, source.id)
    kinds = [reason.kind for reason in source.quarantine_why]
    profiles.begin_anew(connection, source.id, now, kinds)
    sources.quarantine(connection, source.id, None, ())
    before = {"quarantined_at": source.quarantined_at.isoformat(), "kinds": kinds}
    record(connection, (actor, now), "source.release", f"source:{slug}", (before, {"items": n}))
    meta.bump_changes(connection)
    return replace(source, quarantined_at=None, quarantine_why=()), n


def withdraw(connection: Connection, actor: str, now: datetime, slug: str, why: str) -> tuple[Source, int]:
    """Take a source and everything of it out of every output for good; return it and the number of its items."""
    source = named(connection, slug)
    feeds.schedule(connection, source.id, None, Reason("next_paused"))
    n = items.withdraw(connection, items.ids_of_source(connection, source.id), now)
    after = replace(source, state=SourceState.WITHDRAWN, state_why=why)
    return _changed(connection, (actor, now), "source.withdraw", source, after, why), n


def named(connection: Connection, slug: str) -> Source:
    """Return the source of a slug; UsageError with the nearest slug if there is none."""
    if source := sources.by_slug(connection, slug):
        return source
    raise UsageError("no_such_source", slug=slug, nearest=_nearest(slug, sources.slugs(connection)))


def region_of(tree: RegionTree, slug: str) -> Region | None:
    """Return the region of a path, None for ""; UsageError with the nearest path if there is none."""
    if not slug:
        return None
    if region := tree.by_slug.get(slug):
        return region
    raise UsageError("no_such_region", region=slug, nearest=_nearest(slug, tree.by_slug))


def owner_id(connection: Connection, owner: str, url: str, name: str) -> int:
    """Return the id of a named owner; without a name an outlet owns itself, told by its registrable domain."""
    slug = slugify(owner) if owner else registrable_domain(host_of(url))
    return sources.ensure_owner(connection, slug, owner or name).id


def _revive(connection: Connection, actor: str, now: datetime, slug: str, url: str) -> Added:
    source = named(connection, slug)
    if source.state == SourceState.WITHDRAWN:
        raise UsageError("source_withdrawn", slug=slug)
    if source.state != SourceState.REMOVED:
        raise UsageError("feed_known", url=url, slug=slug)
    source = resume(connection, actor, now, slug)
    feed = next(feed for feed in feeds.of_source(connection, source.id) if feed.url == url)
    feeds.restate(connection, feed.id, FeedState.ACTIVE, now, FIRST)
    return Added(source, feed.id, url, now)


def _changed(
    connection: Connection, who: tuple[str, datetime], action: str, before: Source, after: Source, why: str = ""
) -> Source:
    """Save a source that a person changed, with what differs in the audit log."""
    sources.save(connection, after)
    old, new = facts(before), facts(after)
    differs = [name for name in new if old[name] != new[name]]
    change = ({name: old[name] for name in differs}, {name: new[name] for name in differs})
    record(connection, who, action, f"source:{after.slug}", change, why)
    meta.bump_changes(connection)
    return after


def _address(text: str) -> str:
    """Return an address, trimmed, if a feed can stand there. Whether we may connect is the fetcher's matter."""
    url = text.strip()
    if not resolve("", url):
        raise UsageError("bad_address", url=text.strip()[:200])
    return url


def _site(wanted: Wanted, url: str) -> str:
    return wanted.site_url or str(URL(url).origin()) + "/"


def _free_slug(asked: str, url: str, taken: Iterable[str]) -> str:
    taken = set(taken)
    if asked:
        if not _SLUG.match(asked) or len(asked) > 60:
            raise UsageError("bad_slug", slug=asked)
        if asked in taken:
            raise UsageError("slug_taken", slug=asked)
        return asked
    parsed = URL(url)
    base = slugify(f"{host_of(url).removeprefix('www.')} {_FEED_WORDS.sub('', parsed.path)} {parsed.query_string}")
    slug, n = base, 1
    while slug in taken:
        n += 1
        slug = f"{base[: 59 - len(str(n))]}-{n}"
    return slug


def _nearest(word: str, words: Iterable[str]) -> str | None:
    found: Sequence[str] = difflib.get_close_matches(word, list(words), n=1, cutoff=0.5)
    return found[0] if found else None
