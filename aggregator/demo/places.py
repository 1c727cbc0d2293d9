"""Where the press reports from: real geography with invented people in its offices."""

from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from aggregator.demo.tables import table


@dataclass(frozen=True, slots=True)
class District:
    """A kecamatan and some of its villages."""

    name: str
    villages: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)  # read once: the same is the same object
class Place:
    """A kabupaten or kota; `slug` is the region pack's. `words` are pools to draw from, by name.

    `has` says what the land offers: `sungai`, `pesisir` and so on; `coast` and `slope` name districts there.
    """

    slug: str
    name: str
    zone: str  # IANA name
    culture: str  # which names people bear
    polres: str
    near: tuple[str, ...]
    has: frozenset[str]
    coast: frozenset[str]
    slope: frozenset[str]
    districts: tuple[District, ...]
    words: dict[str, tuple[str, ...]]
    village_word: str = "Desa"
    village_head: str = "Kepala Desa"
    district_word: str = "Kecamatan"
    district_head: str = "Camat"

    @property
    def is_city(self) -> bool:
        """Say whether this is a kota."""
        return self.name.startswith("Kota ")

    @property
    def tz(self) -> ZoneInfo:
        """Return the zone, to read clocks in."""
        return ZoneInfo(self.zone)

    @property
    def short_name(self) -> str:
        """Return the name without Kabupaten or Kota."""
        return self.name.removeprefix("Kabupaten ").removeprefix("Kota ")

    @property
    def province(self) -> str:
        """Return the slug of the province."""
        return self.slug.partition("/")[0]

    def districts_of(self, land: str) -> tuple[District, ...]:
        """Return the districts on the coast (`pesisir`) or on a slope (`lereng`); all of them for any other word."""
        within = {"pesisir": self.coast, "lereng": self.slope}.get(land)
        return self.districts if within is None else tuple(one for one in self.districts if one.name in within)


_POOLS = ("sungai", "jalan", "pasar", "gunung", "pantai", "hasil", "kuliner", "seni")


@cache
def places() -> dict[str, Place]:
    """Return every place by slug, in the order of the file: the home region first."""
    return {row["slug"]: _to_place(row) for row in table("places")["place"]}


def _to_place(row: dict[str, Any]) -> Place:
    rural = not row["name"].startswith("Kota ")
    return Place(
        slug=row["slug"],
        name=row["name"],
        zone=row["zone"],
        culture=row["culture"],
        polres=row["polres"],
        near=tuple(row["near"]),
        has=frozenset([*row["has"], *(land for land in ("pesisir", "lereng") if row[land])]),
        coast=frozenset(row["pesisir"]),
        slope=frozenset(row["lereng"]),
        districts=tuple(District(name, tuple(villages)) for name, *villages in row["kec"]),
        words={pool: tuple(row[pool]) for pool in _POOLS},
        village_word=row.get("desa_word", "Desa" if rural else "Kelurahan"),
        village_head=row.get("kades_word", "Kepala Desa" if rural else "Lurah"),
        district_word=row.get("kec_word", "Kecamatan"),
        district_head=row.get("camat_word", "Camat"),
    )


def person(place: Place, part: str) -> str:
    """Return the invented person who holds `part` at a place: always the same one for the same words."""
    names = table("people")[place.culture]
    rng = Random(f"{place.slug}:{part}")
    return f"{rng.choice(names['first'])} {rng.choice(names['last'])}"
