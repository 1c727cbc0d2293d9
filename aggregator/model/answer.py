"""An answer: what a server sent back to one request, redirects included."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Redirect:
    """One hop: the status that sent us on, and where to."""

    status: int
    url: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. Header names are lower-case; of a repeated header the values are joined with ", ".

    `body` is unpacked; `n_wire_bytes` counts what was transferred; `ms` spans the first request to the last byte.
    """

    url: str
    final_url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    ms: int
    n_wire_bytes: int
    redirects: tuple[Redirect, ...] = field(default=())
