"""The outlets of the press, all invented."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from aggregator.demo.places import Place, places
from aggregator.demo.tables import table


@dataclass(frozen=True, slots=True, eq=False)  # read once: the same is the same object
class Outlet:
    """An outlet: who owns it, where it reports from, and the habits of its feed.

    `format` is rss, atom or json; `dates` zoned, local (no zone) or indonesian (RSS only); `body` full or excerpt;
    `byline` block (in the text), creator or none; `dateline` upper, brackets, outlet, plain or none; `guid` query or
    permalink; `role` local, english, wire, broken, flood or ring; `pace` multiplies its number of items a day.
    """

    slug: str
    name: str
    place: Place
    owner: str
    owner_name: str
    language: str
    format: str
    dates: str
    body: str
    byline: str
    dateline: str
    guid: str
    role: str
    trust: str
    pace: float
    syndicates: bool
    feed_size: int

    @property
    def host(self) -> str:
        """Return the host that the outlet would have; `.example` belongs to nobody (RFC 2606)."""
        return f"{self.slug.replace('-', '')}.example"


_USUAL: dict[str, Any] = {
    "language": "id",
    "format": "rss",
    "dates": "zoned",
    "body": "full",
    "byline": "creator",
    "dateline": "upper",
    "guid": "query",
    "role": "local",
    "trust": "established",
    "pace": 1.0,
    "syndicates": False,
}
_SIZES = (20, 15, 25, 20)


@cache
def outlets() -> tuple[Outlet, ...]:
    """Return every outlet, in the order of the file."""
    held = table("outlets")
    return tuple(_to_outlet(row, held["owners"], number) for number, row in enumerate(held["outlet"]))


def _to_outlet(row: dict[str, Any], owners: dict[str, str], number: int) -> Outlet:
    told = _USUAL | {key: value for key, value in row.items() if key not in ("place", "owner")}
    owner = row.get("owner", row["slug"])
    size = 25 if told["role"] == "flood" else _SIZES[number % len(_SIZES)]
    return Outlet(
        place=places()[row["place"]],
        owner=owner,
        owner_name=owners.get(owner, row["name"]),
        feed_size=size,
        **told,
    )
