"""Variety: who stands at the top of a page."""

from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

T = TypeVar("T")


def varied(items: Sequence[T], n_top: int, owner_of: Callable[[T], Hashable]) -> tuple[list[T], list[T]]:
    """Return the items of a page as its top and the rest, both in order: `n_top` at the top, each of another owner.

    With fewer owners than that, the newest of the others fill it up. Items move, none is dropped: one loud outlet can
    fill a list, not its top.
    """
    owners: set[Hashable] = set()
    firsts: list[int] = []
    for place, item in enumerate(items):
        if owner_of(item) not in owners:
            owners.add(owner_of(item))
            firsts.append(place)
    others = [place for place in range(len(items)) if place not in set(firsts)]
    top = sorted((firsts + others)[:n_top])
    return [items[place] for place in top], [item for place, item in enumerate(items) if place not in set(top)]
