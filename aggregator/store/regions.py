"""Regions: the pack in the database, and the tree as one value."""

import csv
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

import sqlalchemy as sa

from aggregator.model.region import Region
from aggregator.store import meta, schema
from aggregator.store.database import Connection

PACKS = ("id",)
_R = schema.region.c
REGION = (_R.id, _R.slug, _R.code, _R.name, _R.short_name, _R.level, _R.parent_id, _R.zone, _R.aliases)


@dataclass(frozen=True, slots=True)
class RegionTree:
    """All regions by id and by slug; small enough (hundreds of rows) to be read whole."""

    by_id: Mapping[int, Region]
    by_slug: Mapping[str, Region]

    def trail(self, region_id: int | None) -> tuple[Region, ...]:
        """Return the region and its parents, widest first; empty for None."""
        trail: list[Region] = []
        while region_id is not None:
            region = self.by_id[region_id]
            trail.append(region)
            region_id = region.parent_id
        return tuple(reversed(trail))

    def children(self, region_id: int | None) -> tuple[Region, ...]:
        """Return the regions directly below one (None: the widest), by name."""
        below = (region for region in self.by_id.values() if region.parent_id == region_id)
        return tuple(sorted(below, key=lambda region: (region.short_name, region.level)))


def tree(connection: Connection) -> RegionTree:
    """Return every region."""
    regions = [_to_region(row) for row in connection.execute(sa.select(*REGION).order_by(_R.id))]
    return RegionTree({region.id: region for region in regions}, {region.slug: region for region in regions})


def load_packs(connection: Connection) -> None:
    """Bring the region table up to the packs; a region keeps its id, none is deleted."""
    for pack in PACKS:
        text = (resources.files("aggregator") / "data" / "regions" / f"{pack}.csv").read_text(encoding="utf-8")
        digest = hashlib.sha256(text.encode()).hexdigest()
        if meta.get(connection, f"regions/{pack}") == digest:
            continue
        _load(connection, list(csv.DictReader(text.splitlines())))
        meta.put(connection, f"regions/{pack}", digest)


def _load(connection: Connection, rows: Sequence[Mapping[str, str]]) -> None:
    table = schema.region
    for depth in sorted({row["slug"].count("/") for row in rows}):
        ids: dict[str, int] = {row.slug: row.id for row in connection.execute(sa.select(table.c.slug, table.c.id))}
        for row in (row for row in rows if row["slug"].count("/") == depth):
            parent = ids[row["slug"].rsplit("/", 1)[0]] if depth else None
            values = {
                "slug": row["slug"], "code": row["code"], "name": row["name"], "short_name": row["short_name"],
                "level": row["level"], "parent_id": parent, "zone": row["tz"],
                "aliases": [alias for alias in row["aliases"].split("|") if alias],
            }  # fmt: skip
            if row["slug"] in ids:
                connection.execute(sa.update(table).where(table.c.slug == row["slug"]).values(**values))
            else:
                connection.execute(sa.insert(table).values(**values))


def _to_region(values: Sequence[Any]) -> Region:
    fields = [*values[:-1], tuple(values[-1])]
    return Region(*fields)
