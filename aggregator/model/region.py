"""A region: a place of the region pack, in a tree."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Region:
    """A province, regency or city; `slug` is its path (`jatim/probolinggo`), unique and permanent."""

    id: int
    slug: str
    code: str
    name: str
    short_name: str
    level: str  # as the pack says: province, kabupaten, kota
    parent_id: int | None
    zone: str  # IANA name
    aliases: tuple[str, ...] = ()
