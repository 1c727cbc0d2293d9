"""A reason: why something happened, as a kind and its parts."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Part = str | int | float


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, for machines: `kind` is stable, `parts` fill the sentence that `wording` makes of it."""

    kind: str
    parts: Mapping[str, Part] = field(default_factory=dict)
