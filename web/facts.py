"""What nearly every page needs and what changes slowly: the regions, their counts, and how polling stands."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from flask import current_app

from aggregator.errors import DatabaseError
from aggregator.model.region import Region
from aggregator.store import directory, regions
from aggregator.store.database import Connection, Database
from aggregator.store.directory import Progress
from aggregator.store.regions import RegionTree
from web.context import site

T = TypeVar("T")
EXTENSION = "kabar_facts"
STALE_AFTER = timedelta(hours=2)
_MINUTE, _MOMENT = timedelta(minutes=1), timedelta(seconds=2)


class Remembered(Generic[T]):
    """A value read from the database and kept for a while; when the database fails, the old one is still given."""

    def __init__(self, database: Database, load: Callable[[Connection, datetime], T]) -> None:
        self._database, self._load = database, load
        self._held: tuple[T, datetime] | None = None

    def at(self, now: datetime, max_age: Callable[[T], timedelta]) -> T:
        """Return the value, at most max_age old; DatabaseError only if it was never read."""
        held = self._held
        if held is not None and timedelta(0) <= now - held[1] < max_age(held[0]):
            return held[0]
        try:
            with self._database.read() as connection:
                value = self._load(connection, now)
        except DatabaseError:
            if held is None:
                raise
            return held[0]
        self._held = (value, now)
        return value


@dataclass(frozen=True, slots=True)
class Counts:
    """Of a region: the sources in it and below, and the items of the last day in it and below."""

    n_sources: int = 0
    n_items: int = 0


class Facts:
    """The slow facts of one application. Threads share it: a value is replaced whole."""

    def __init__(self, database: Database) -> None:
        self._tree = Remembered(database, lambda connection, _now: regions.tree(connection))
        self._progress = Remembered(database, lambda connection, _now: directory.progress(connection))
        self._counts = Remembered(database, directory.region_counts)

    def tree(self) -> RegionTree:
        """Return all regions, at most a minute old."""
        return self._tree.at(site().clock(), lambda _: _MINUTE)

    def progress(self) -> Progress:
        """Return how polling stands: two seconds old while the first round runs, else at most ten."""
        return self._progress.at(site().clock(), lambda held: _MOMENT if held.is_first_round else _MOMENT * 5)

    def counts(self) -> Mapping[int, Counts]:
        """Return the counts of each region that has any, at most a minute old."""
        return rolled_up(self.tree(), self._counts.at(site().clock(), lambda _: _MINUTE))


def facts() -> Facts:
    """Return the facts of the running application."""
    found: Facts = current_app.extensions[EXTENSION]
    return found


def rolled_up(tree: RegionTree, counts: Mapping[int, tuple[int, int]]) -> dict[int, Counts]:
    """Return counts with the sources of a region counted in its parents too (items come so already)."""
    n_sources: dict[int, int] = {}
    for region_id, (n, _) in counts.items():
        for region in tree.trail(region_id):
            n_sources[region.id] = n_sources.get(region.id, 0) + n
    return {
        region_id: Counts(n_sources.get(region_id, 0), counts.get(region_id, (0, 0))[1])
        for region_id in n_sources.keys() | counts.keys()
    }


def condition(progress: Progress, now: datetime) -> str:
    """Return the word for how polling stands: no_sources, first_round, unreachable, stale or fine."""
    if progress.n_sources == 0:
        return "no_sources"
    if progress.is_first_round:
        return "first_round"
    if progress.is_unreachable:
        return "unreachable"
    if progress.last_success_at is not None and now - progress.last_success_at > STALE_AFTER:
        return "stale"
    return "fine"


def busiest(places: tuple[Region, ...], counts: Mapping[int, Counts]) -> list[tuple[Region, Counts]]:
    """Return the regions that have sources or items, those with most items first."""
    found = [(region, counts[region.id]) for region in places if region.id in counts]
    return sorted(found, key=lambda pair: (-pair[1].n_items, -pair[1].n_sources, pair[0].short_name))
