"""Kinds of events: what may happen, where, at what hour, and the sentences to tell it in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from aggregator.demo.places import Place
from aggregator.demo.tables import table

_EVENT_FILES = (
    *("bencana", "pemerintahan", "layanan", "ekonomi"),
    *("olahraga", "lingkungan", "kejadian", "rutin"),
)
_BRIEF_FILES = {"id": ("sekilas_kota", "sekilas_desa"), "en": ("english",)}


@dataclass(frozen=True, slots=True, eq=False)  # read once: the same is the same object
class Kind:
    """A kind of event. `corrects` names the number that an edit corrects; it stands in every lead.

    `needs` is what the place must have (`sungai`, `tani`), or the district (`pesisir`, `lereng`); `hours` is when it
    happens: any, day, work (no weekend), dawn, match or night; an `opening` happens only when the press opens.
    `numbers` give low, high and maybe a step; in sentences, `[a|b]` is a choice of words and `{x}` a fact.
    """

    name: str
    topic: str
    corrects: str
    numbers: Mapping[str, list[float]]
    titles: tuple[str, ...]
    leads: tuple[str, ...]
    details: tuple[str, ...]
    quotes: tuple[str, ...]
    closings: tuple[str, ...]
    lists: Mapping[str, list[str]] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    hours: str = "any"
    opening: bool = False
    language: str = "id"

    def fits(self, place: Place) -> bool:
        """Say whether this can happen at a place."""
        return place.has.issuperset(self.needs)


@cache
def event_kinds() -> tuple[Kind, ...]:
    """Return what several outlets report, in the order of the files."""
    return tuple(_to_kind(name, row) for file in _EVENT_FILES for name, row in table(file).items())


@cache
def brief_kinds(language: str) -> tuple[Kind, ...]:
    """Return the small news that only one outlet has, in a language."""
    rows = (entry for file in _BRIEF_FILES[language] for entry in table(file).items())
    return tuple(kind for name, row in rows for kind in _briefs(name, row | {"language": language}))


def _briefs(name: str, row: dict[str, Any]) -> Iterator[Kind]:
    """Yield one kind for a whole entry, or one for each of its stories: "title | lead", maybe " | needs"."""
    stories = row.pop("stories", None)
    if stories is None:
        yield _to_kind(name, row)
    for number, story in enumerate(stories or ()):
        title, lead, *needs = story.split(" | ")
        told = {"titles": [title], "leads": [lead], "needs": [*row.get("needs", ()), *needs]}
        yield _to_kind(f"{name}_{number}", row | told | {"corrects": "n", "numbers": {"n": [12, 90]}})


def _to_kind(name: str, row: dict[str, Any]) -> Kind:
    told: dict[str, Any] = {key: tuple(held) if isinstance(held, list) else held for key, held in row.items()}
    return Kind(name=name, **told)
