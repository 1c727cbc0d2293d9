"""Who reports an event: the newsrooms nearby first, the wire for what is large, and those who reprint others."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from aggregator.demo.events import Event
from aggregator.demo.outlets import Outlet, outlets

_COPIES_WIRE, _COPIES_SISTER = 0.75, 0.6


@dataclass(frozen=True, slots=True)
class Telling:
    """One outlet's report; `delay_s` counts from the first news, for a copy from its original.

    `turn` numbers the tellings in own words.
    """

    outlet: Outlet
    delay_s: int
    turn: int
    copies: Outlet | None = None


def tellings(event: Event, size: int, rng: Random) -> Iterator[Telling]:
    """Yield up to `size` tellings, originals before their copies; far from home few take notice."""
    told: list[Outlet] = []
    delay_s = turn = 0
    for outlet in _reporters(event, size, rng):
        origin = _origin(outlet, told, rng)
        if origin:
            yield Telling(outlet, rng.randrange(240, 2400), 0, copies=origin)
        else:
            yield Telling(outlet, delay_s, turn)
            told.append(outlet)
            turn += 1
            delay_s += min(round(rng.expovariate(1 / (700 + 350 * turn))) + 45, 3 * 3600)


def _reporters(event: Event, size: int, rng: Random) -> list[Outlet]:
    newsrooms = [outlet for outlet in outlets() if outlet.role in ("local", "broken") and outlet.language == "id"]
    ranked = sorted(newsrooms, key=lambda outlet: _distance(outlet, event) + rng.random() * 1.2)
    n_near = sum(_distance(outlet, event) < 3 for outlet in newsrooms)
    chosen = ranked[: min(size, n_near + 3)]
    if size >= 4 and rng.random() < 0.8:
        wire = next(outlet for outlet in outlets() if outlet.role == "wire")
        chosen.insert(rng.randint(1, 2), wire)
    return chosen[: max(size, 2)]


def _distance(outlet: Outlet, event: Event) -> int:
    """Return 0 at home, 1 next door, 2 in the province, 3 elsewhere."""
    if outlet.place == event.place:
        return 0
    if event.place.slug in outlet.place.near:
        return 1
    return 2 if outlet.place.province == event.place.province else 3


def _origin(outlet: Outlet, told: list[Outlet], rng: Random) -> Outlet | None:
    """Return whose text the outlet reprints: the wire's, a sister's, or None for its own words."""
    for other in told:
        if other.role == "wire" and outlet.syndicates and rng.random() < _COPIES_WIRE:
            return other
        if other.owner == outlet.owner and rng.random() < _COPIES_SISTER:
            return other
    return None
