"""Items and their revisions: saved in batches, found by key, canonical URL or id."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from aggregator.model.document import FoundItem
from aggregator.model.feed import Feed
from aggregator.model.item import Byline, DateFrom, Item, Revision
from aggregator.rules.identity import Held, content_hash, key_of, title_hash
from aggregator.store import schema, tombstones
from aggregator.store.database import Connection
from aggregator.text.markup import CLEANER_VERSION

_I = schema.item.c
ITEM = (
    _I.id, _I.feed_id, _I.source_id, _I.key, _I.url, _I.canonical_url, _I.title, _I.summary_html, _I.content_html,
    _I.excerpt, _I.byline, _I.categories, _I.image_url, _I.language, _I.published_at, _I.date_from, _I.first_seen_at,
    _I.listed_at, _I.changed_at, _I.revision, _I.duplicate_of, _I.withdrawn_at, _I.quarantined_at,
)  # fmt: skip


# Values in one IN; feeds times keys in one look by key, of which a database looks up each pair.
_MAX_WANTED, _MAX_LOOKED_UP = 5000, 2000
_BYLINE, _CATEGORIES, _DATE_FROM = (ITEM.index(column) for column in (_I.byline, _I.categories, _I.date_from))


def to_item(values: Sequence[Any]) -> Item:
    """Return the item of the columns ITEM."""
    fields = list(values)
    fields[_BYLINE] = tuple(Byline(role, name) for role, name in fields[_BYLINE])
    fields[_CATEGORIES] = tuple(fields[_CATEGORIES])
    fields[_DATE_FROM] = DateFrom(fields[_DATE_FROM])
    return Item(*fields)


def _any(name: str) -> sa.BindParameter[Any]:
    """Return the parameter of an IN that takes any number of values, so that a statement is built once."""
    return sa.bindparam(name, expanding=True)


@dataclass(frozen=True, slots=True)
class NewItem:
    """An item that is about to be saved: as found, with its key and the instants that stay."""

    key: str
    found: FoundItem
    first_seen_at: datetime
    listed_at: datetime


@dataclass(frozen=True, slots=True)
class Arrival:
    """New items of one feed; the first of `region_ids` is their own region, the rest its parents.

    With `quarantined_at` they are kept out of every output until their source is released.
    """

    feed: Feed
    new: Sequence[NewItem]
    region_ids: Sequence[int]
    quarantined_at: datetime | None = None


_HELD = sa.select(
    _I.feed_id, _I.id, _I.key, _I.canonical_url, _I.title_hash, _I.content_hash, _I.revision, _I.withdrawn_at
)
_HELD_BY_KEY = _HELD.where(_I.feed_id.in_(_any("feeds")), _I.key.in_(_any("wanted")))
_HELD_BY_URL = _HELD.where(_I.canonical_url.in_(_any("wanted")))


def held(connection: Connection, found: Mapping[int, Sequence[FoundItem]]) -> dict[int, list[Held]]:
    """Return the items of each feed that its document may mean: those with its keys or canonical URLs, purged first."""
    keyed = {feed_id: {key_of(item): item for item in document} for feed_id, document in found.items()}
    rows = {row.id: row for row in _by_key(connection, keyed) if row.key in keyed[row.feed_id]}
    met = {(row.feed_id, row.key) for row in rows.values()}
    urls = {
        (feed_id, item.canonical_url)
        for feed_id, document in keyed.items()
        for key, item in document.items()
        if item.canonical_url and (feed_id, key) not in met
    }
    by_url = _rows(connection, _HELD_BY_URL, sorted({url for _, url in urls}))
    rows |= {row.id: row for row in by_url if (row.feed_id, row.canonical_url) in urls}
    held: dict[int, list[Held]] = {feed_id: [] for feed_id in found}
    if tombstones.exist(connection):
        for feed_id, document in keyed.items():
            if any((feed_id, key) not in met for key in document):
                canonical = {item.canonical_url for item in document.values() if item.canonical_url}
                held[feed_id] = tombstones.held(connection, feed_id, document, canonical)
    for item_id, row in sorted(rows.items()):
        held[row.feed_id].append(
            Held(
                item_id,
                row.key,
                row.canonical_url,
                row.title_hash,
                row.content_hash,
                row.revision,
                row.withdrawn_at is not None,
            )
        )
    return held


def _by_key(connection: Connection, keyed: Mapping[int, Mapping[str, FoundItem]]) -> Iterator[Any]:
    """Return the items of these feeds with these keys, and some with another feed's key.

    A database looks up each feed with each key, so long documents stay by themselves.
    """
    feed_ids: list[int] = []
    keys: list[str] = []
    for feed_id, document in sorted(keyed.items(), key=lambda one: len(one[1])):
        if keys and (len(feed_ids) + 1) * (len(keys) + len(document)) > _MAX_LOOKED_UP:
            yield from connection.execute(_HELD_BY_KEY, {"feeds": feed_ids, "wanted": keys})
            feed_ids, keys = [], []
        feed_ids, keys = [*feed_ids, feed_id], [*keys, *document]
    if keys:
        yield from connection.execute(_HELD_BY_KEY, {"feeds": feed_ids, "wanted": keys})


def _rows(connection: Connection, query: sa.Select[Any], wanted: Sequence[Any]) -> Iterator[Any]:
    """Return the rows of a query for any number of wanted values; a database takes some 30,000 in one statement."""
    for first in range(0, len(wanted), _MAX_WANTED):
        yield from connection.execute(query, {"wanted": wanted[first : first + _MAX_WANTED]})


def add(connection: Connection, arrivals: Sequence[Arrival]) -> None:
    """Insert new items with their places.

    An item whose canonical URL an item of another feed, or an older one, has becomes its copy; one whose article was
    withdrawn stays withdrawn. Keys are unique within a feed; the caller has reconciled them. Nothing in quarantine is
    an original: a hijacked source could hide other outlets' news by naming them.
    """
    left = [(arrival, item) for arrival in arrivals for item in arrival.new]
    originals = _originals(connection, [item for _, item in left])
    placed: list[dict[str, Any]] = []
    while left:
        wave, left = _without_copies(left, originals)
        rows = [_row(arrival, item, originals.get(item.found.canonical_url)) for arrival, item in wave]
        ids = _insert(connection, rows)
        for arrival, item in wave:
            item_id = ids[arrival.feed.id, item.key]
            if item.found.canonical_url and arrival.quarantined_at is None:
                originals.setdefault(item.found.canonical_url, _Original(item_id, None))
            placed += [
                {"region_id": region_id, "listed_at": item.listed_at, "item_id": item_id, "own": depth == 0}
                for depth, region_id in enumerate(arrival.region_ids)
            ]
    if placed:
        connection.execute(sa.insert(schema.item_region), placed)


_INSERT = sa.insert(schema.item)
_LAST_ID = sa.select(sa.func.max(_I.id))
_SINCE = sa.select(_I.feed_id, _I.key, _I.id).where(_I.id > sa.bindparam("last_id"))


def _insert(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> dict[tuple[int, str], int]:
    """Insert items and return the id of each feed and key.

    The ids are read back, since RETURNING in the order of many rows sends each of them as a statement. Ids only rise,
    so ours are among those above the last one; another writer's are of other feeds.
    """
    last_id = connection.execute(_LAST_ID).scalar() or 0
    connection.execute(_INSERT, rows)
    return {(feed_id, key): item_id for feed_id, key, item_id in connection.execute(_SINCE, {"last_id": last_id})}


@dataclass(frozen=True, slots=True)
class _Original:
    id: int
    withdrawn_at: datetime | None


def _without_copies(
    new: Sequence[tuple[Arrival, NewItem]], originals: Mapping[str, _Original]
) -> tuple[list[tuple[Arrival, NewItem]], list[tuple[Arrival, NewItem]]]:
    """Divide items into those that can be inserted now, and copies of those, which need their ids."""
    now, later = [], []
    first: dict[str, int] = {}
    for arrival, item in new:
        url = item.found.canonical_url
        if not url or url in originals:
            now.append((arrival, item))
        elif first.get(url, arrival.feed.id) != arrival.feed.id:
            later.append((arrival, item))
        else:
            now.append((arrival, item))
            if arrival.quarantined_at is None:
                first[url] = arrival.feed.id
    return now, later


_ORIGINALS = (
    sa.select(_I.canonical_url, _I.id, _I.duplicate_of, _I.withdrawn_at)
    .where(_I.canonical_url.in_(_any("wanted")), sa.or_(_I.quarantined_at.is_(None), _I.withdrawn_at.is_not(None)))
    .order_by(_I.id)
)


def _originals(connection: Connection, new: Sequence[NewItem]) -> dict[str, _Original]:
    """Return the oldest item of each canonical URL that is already held, but for those in quarantine."""
    urls = sorted({item.found.canonical_url for item in new if item.found.canonical_url})
    found: dict[str, _Original] = {}
    for url, item_id, duplicate_of, withdrawn_at in _rows(connection, _ORIGINALS, urls):
        found.setdefault(url, _Original(duplicate_of or item_id, withdrawn_at))
    return found


def _row(arrival: Arrival, new: NewItem, original: _Original | None) -> dict[str, Any]:
    found, feed = new.found, arrival.feed
    return {
        "feed_id": feed.id, "source_id": feed.source_id, "key": new.key, "canonical_url": found.canonical_url,
        **_content(found), "published_at": found.published_at or new.first_seen_at, "date_from": found.date_from.value,
        "date_text": found.date_text, "first_seen_at": new.first_seen_at, "listed_at": new.listed_at,
        "changed_at": new.first_seen_at, "revision": 1, "duplicate_of": original.id if original else None,
        "withdrawn_at": original.withdrawn_at if original else None, "content_at": new.first_seen_at,
        "quarantined_at": arrival.quarantined_at,
        **(_BLANK if original and original.withdrawn_at else {}),
    }  # fmt: skip


def _content(found: FoundItem) -> dict[str, Any]:
    """Return the columns that an edit replaces."""
    return {
        "url": found.url, "title": found.title, "title_hash": title_hash(found.title),
        "summary_html": found.summary_html, "content_html": found.content_html, "excerpt": found.excerpt,
        "byline": [[person.role, person.name] for person in found.byline], "categories": list(found.categories),
        "image_url": found.image_url, "language": found.language, "content_hash": content_hash(found),
        "cleaner_version": CLEANER_VERSION,
    }  # fmt: skip


def update(connection: Connection, changed: Sequence[tuple[Held, FoundItem]], now: datetime) -> None:
    """Keep what the items said before as revisions, and replace it. changed_at moves when a reader can see the edit."""
    ids = [old.id for old, _ in changed]
    before = {row.id: row for row in connection.execute(sa.select(schema.item).where(_I.id.in_(ids)))}
    kept = ("revision", "url", "title", "summary_html", "content_html")
    revisions = [
        {"item_id": row.id, "replaced_at": now, **{name: row._mapping[name] for name in kept}}
        for row in before.values()
    ]
    connection.execute(sa.insert(schema.revision), revisions)
    rows = []
    for old, found in changed:
        row = before[old.id]
        is_seen = (row.title, row.excerpt, row.url) != (found.title, found.excerpt, found.url)
        changed_at = now if is_seen else row.changed_at
        edited = {"revision": old.revision + 1, "changed_at": changed_at, "content_at": now}
        rows.append({"b_id": old.id, **_content(found), **edited})
    values: dict[str, Any] = {name: sa.bindparam(name) for name in rows[0] if name != "b_id"}
    connection.execute(sa.update(schema.item).where(_I.id == sa.bindparam("b_id")).values(**values), rows)


_BLANK: dict[str, Any] = {
    "title": "", "summary_html": "", "content_html": "", "excerpt": "", "byline": [], "categories": [], "image_url": "",
    "content_at": None,
}  # fmt: skip


def withdraw(connection: Connection, ids: Iterable[int], now: datetime) -> int:
    """Take items and the copies of them out of every output for good, and return how many; their text is erased.

    The rows stay with key and URL, so that no later poll brings the article back.
    """
    wanted = set(ids)
    urls = sa.select(_I.canonical_url).where(_I.id.in_(wanted), _I.canonical_url != "")
    query = sa.select(_I.id).where(_I.withdrawn_at.is_(None))
    gone = set(connection.execute(query.where(_I.id.in_(wanted) | _I.canonical_url.in_(urls))).scalars())
    connection.execute(sa.update(schema.item).where(_I.id.in_(gone)).values(withdrawn_at=now, **_BLANK))
    connection.execute(sa.delete(schema.revision).where(schema.revision.c.item_id.in_(gone)))
    return len(gone)


def release(connection: Connection, source_id: int) -> int:
    """Bring the items of a source that were in quarantine into every output, and return how many those are.

    Where another source had the same article meanwhile, the released one becomes its copy.
    """
    mine = sa.and_(_I.source_id == source_id, _I.quarantined_at.is_not(None))
    shown = schema.item.alias()
    query = sa.select(_I.id, sa.func.min(shown.c.id)).join(shown, shown.c.canonical_url == _I.canonical_url)
    query = query.where(mine, _I.canonical_url != "", _I.duplicate_of.is_(None))
    query = query.where(shown.c.quarantined_at.is_(None), shown.c.duplicate_of.is_(None)).group_by(_I.id)
    copies = [{"b_id": item_id, "of": original} for item_id, original in connection.execute(query)]
    if copies:
        as_copy = sa.update(schema.item).where(_I.id == sa.bindparam("b_id"))
        connection.execute(as_copy.values(duplicate_of=sa.bindparam("of")), copies)
    return connection.execute(sa.update(schema.item).where(mine).values(quarantined_at=None)).rowcount


def ids_of_source(connection: Connection, source_id: int) -> list[int]:
    """Return the ids of a source's items that are not withdrawn."""
    query = sa.select(_I.id).where(_I.source_id == source_id, _I.withdrawn_at.is_(None)).order_by(_I.id)
    return list(connection.execute(query).scalars())


def by_id(connection: Connection, item_id: int) -> Item | None:
    """Return an item."""
    row = connection.execute(sa.select(*ITEM).where(_I.id == item_id)).one_or_none()
    return None if row is None else to_item(row)


def revisions(connection: Connection, item_id: int) -> list[Revision]:
    """Return what an item said before its edits, newest first."""
    r = schema.revision.c
    columns = (r.item_id, r.revision, r.replaced_at, r.url, r.title, r.summary_html, r.content_html)
    query = sa.select(*columns).where(r.item_id == item_id).order_by(r.revision.desc())
    return [Revision(*row) for row in connection.execute(query)]


@dataclass(frozen=True, slots=True)
class FiledItem:
    """An item with where it stands: the slug of its source and those of its own regions."""

    item: Item
    source: str
    regions: tuple[str, ...]


def listed(
    connection: Connection, *, source_id: int | None = None, region_id: int | None = None, limit: int = 50
) -> list[FiledItem]:
    """Return items for an operator, newest first: copies are listed too, withdrawn ones are not."""
    query = sa.select(*ITEM, schema.source.c.slug).join(schema.source, schema.source.c.id == _I.source_id)
    query = query.where(_I.withdrawn_at.is_(None))
    placed = schema.item_region.c
    if source_id is not None:
        query = query.where(_I.source_id == source_id)
    if region_id is not None:
        query = query.join(schema.item_region, placed.item_id == _I.id).where(placed.region_id == region_id)
    rows = connection.execute(query.order_by(_I.listed_at.desc(), _I.id.desc()).limit(limit)).all()
    return _filed(connection, [(to_item(row[:-1]), row[-1]) for row in rows])


def filed(connection: Connection, item_id: int) -> FiledItem | None:
    """Return one item with its source and regions, withdrawn ones too."""
    query = sa.select(*ITEM, schema.source.c.slug).join(schema.source, schema.source.c.id == _I.source_id)
    rows = connection.execute(query.where(_I.id == item_id)).all()
    return next(iter(_filed(connection, [(to_item(row[:-1]), row[-1]) for row in rows])), None)


def _filed(connection: Connection, found: Sequence[tuple[Item, str]]) -> list[FiledItem]:
    placed = schema.item_region.c
    own = sa.select(placed.item_id, schema.region.c.slug).join(schema.region, schema.region.c.id == placed.region_id)
    regions: dict[int, list[str]] = {}
    wanted = own.where(placed.item_id.in_([item.id for item, _ in found]), placed.own)
    for item_id, slug in connection.execute(wanted.order_by(schema.region.c.slug)):
        regions.setdefault(item_id, []).append(slug)
    return [FiledItem(item, source, tuple(regions.get(item.id, ()))) for item, source in found]
