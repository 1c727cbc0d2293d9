"""What a feed holds of its document as it is now: the items that need no second look while their bytes stay the same.

Twenty bytes an item: its hash (8), the digest of its key (8), when it was published in seconds since 1970 (4, 0 for
unknown). The keys tell which items stand in a document although nobody read them; the dates tell its rhythm.
"""

import struct
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from aggregator.model.document import Document, FoundItem
from aggregator.model.item import DateFrom
from aggregator.rules.identity import key_digest, key_of

_RECORD = struct.Struct(">8s8sI")
_MAX_SECONDS = 2**32 - 1


@dataclass(frozen=True, slots=True)
class Sifted:
    """A document's items after those that the feed holds unchanged were set aside; first of equal keys only.

    `items` are to be compared with what is stored, each with its hash (b"" where there is none); `keys` are digests of
    the keys of the others, `published_at` their dates, `records` what is kept of them.
    """

    items: tuple[tuple[bytes, FoundItem], ...]
    keys: frozenset[bytes]
    published_at: tuple[datetime, ...]
    records: bytes

    @property
    def found(self) -> list[FoundItem]:
        """Return the items that are to be compared."""
        return [item for _, item in self.items]


def hashes_of(records: bytes) -> frozenset[bytes]:
    """Return the item hashes of records."""
    return frozenset(item_hash for item_hash, _, _ in _RECORD.iter_unpack(records))


def sift(document: Document, records: bytes) -> Sifted:
    """Return what of a document is to be compared, with the feed's records of the time when it was read.

    An item whose key stands earlier in the document counts for nothing, read or not, and no record of it is kept: were
    the first one to go, it would be news.
    """
    held = {item_hash: (key, seconds) for item_hash, key, seconds in _RECORD.iter_unpack(records)}
    seen: set[bytes] = set()
    keys: set[bytes] = set()
    items: list[tuple[bytes, FoundItem]] = []
    kept: list[tuple[bytes, bytes, int]] = []
    for item_hash, item in _in_order(document, held):
        key, seconds = (key_digest(key_of(item)), 0) if item else held[item_hash]
        if key in seen:
            continue
        seen.add(key)
        if item:
            items.append((item_hash, item))
        else:
            keys.add(key)
            kept.append((item_hash, key, seconds))
    dates = tuple(datetime.fromtimestamp(seconds, UTC) for _, _, seconds in kept if seconds)
    return Sifted(tuple(items), frozenset(keys), dates, b"".join(_RECORD.pack(*record) for record in kept))


def records_of(items: Sequence[tuple[bytes, FoundItem]], keys: Collection[str]) -> bytes:
    """Return the records of compared items, with `keys` those by which the feed now holds an item that says the same.

    An item that is held under another key has none: it is compared each time, since its guid churns.
    """
    kept = ((item_hash, key_of(item), item) for item_hash, item in items if item_hash)
    return b"".join(
        _RECORD.pack(item_hash, key_digest(key), _seconds(item)) for item_hash, key, item in kept if key in keys
    )


def _in_order(document: Document, held: Collection[bytes]) -> Iterator[tuple[bytes, FoundItem | None]]:
    """Yield the items of a document in its order, with their hashes, None for one that was not read."""
    if not document.hashes:
        yield from ((b"", item) for item in document.items)
        return
    read = iter(document.items)
    for item_hash in document.hashes:
        yield item_hash, None if item_hash in held else next(read)


def _seconds(item: FoundItem) -> int:
    if item.published_at is None or item.date_from == DateFrom.FIRST_SEEN:
        return 0
    return min(int(item.published_at.timestamp()), _MAX_SECONDS)
