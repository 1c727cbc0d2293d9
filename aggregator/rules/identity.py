"""Which found items are new, which are held and changed, which are known (STORIES.md section 2, item 1)."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aggregator.model.document import FoundItem

MAX_KEY_CHARS = 512

_SCHEME = re.compile(r"^https?://", re.IGNORECASE)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Held:
    """An item that the feed already has, as far as identity needs it."""

    id: int
    key: str
    canonical_url: str
    title_hash: bytes
    content_hash: bytes
    revision: int
    is_withdrawn: bool


@dataclass(frozen=True, slots=True)
class Changes:
    """What a document brings: new items with their keys, held items that say something else now, and the known rest."""

    new: tuple[tuple[str, FoundItem], ...]
    updated: tuple[tuple[Held, FoundItem], ...]
    n_known: int  # held items met again, changed or not

    @property
    def n_found(self) -> int:
        """Return the number of distinct items of the document."""
        return len(self.new) + self.n_known


def key_of(item: FoundItem) -> str:
    """Return the key of an item, unique within its feed: guid, else canonical URL, else title and day.

    A guid that is a URL is taken without scheme and trailing slash; a key over 512 characters becomes its digest.
    """
    if item.guid:
        key = _SCHEME.sub("", item.guid).rstrip("/") if _SCHEME.match(item.guid) else item.guid
    elif item.canonical_url:
        key = item.canonical_url
    else:
        day = item.published_at.date().isoformat() if item.published_at else ""
        key = f"{item.title or item.excerpt[:200]} {day}"
    key = key.strip()
    if len(key) > MAX_KEY_CHARS:
        return "sha256:" + hashlib.sha256(key.encode()).hexdigest()
    return key or "sha256:" + content_hash(item).hex()


def title_hash(title: str) -> bytes:
    """Return a digest of the title's words, blind to case, width and punctuation; 16 bytes."""
    words = _WORD.findall(unicodedata.normalize("NFKC", title).lower())
    return hashlib.sha256(" ".join(words).encode()).digest()[:16]


def content_hash(item: FoundItem) -> bytes:
    """Return a digest of what an edit can change: cleaned title, text and link; 16 bytes."""
    parts = (item.title, item.summary_html, item.content_html, item.url)
    return hashlib.sha256("\x00".join(parts).encode()).digest()[:16]


def reconcile(found: Sequence[FoundItem], held: Iterable[Held]) -> Changes:
    """Return what of a document is new, changed and known; the first of equal keys in a document counts.

    An item with an unknown key is a held one only if canonical URL and title are equal and the held key is not in
    this document: a churning guid, not two articles that share a link. A withdrawn item is known, never updated.
    """
    by_key: dict[str, FoundItem] = {}
    for item in found:
        by_key.setdefault(key_of(item), item)
    held_by_key = {old.key: old for old in held}
    churned = {
        (old.canonical_url, old.title_hash): old
        for old in held_by_key.values()
        if old.canonical_url and old.key not in by_key
    }
    new: list[tuple[str, FoundItem]] = []
    updated: list[tuple[Held, FoundItem]] = []
    met: set[int] = set()
    for key, item in by_key.items():
        old = held_by_key.get(key) or churned.get((item.canonical_url, title_hash(item.title)))
        if old is None:
            new.append((key, item))
            continue
        if old.id not in met and not old.is_withdrawn and old.content_hash != content_hash(item):
            updated.append((old, item))
        met.add(old.id)
    return Changes(tuple(new), tuple(updated), len(met))
