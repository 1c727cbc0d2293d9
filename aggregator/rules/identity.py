"""Which found items are new, which are held and changed, which are known (STORIES.md section 2, item 1)."""

import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from aggregator.model.document import FoundItem

MAX_KEY_CHARS = 512

_SCHEME = re.compile(r"^https?://", re.IGNORECASE)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Held:
    """An item that the feed already has, or had, as far as identity needs it.

    A closed one was withdrawn or purged: it is known, and never updated. `key` is "" where a purged item's isn't in the
    document; its `canonical_url` and `title_hash` may then be those of the same article in another feed.
    """

    id: int
    key: str
    canonical_url: str
    title_hash: bytes
    content_hash: bytes
    revision: int
    is_closed: bool


@dataclass(frozen=True, slots=True)
class Changes:
    """What a document brings: new items with their keys, held items that say something else now, and the known rest."""

    new: tuple[tuple[str, FoundItem], ...]
    updated: tuple[tuple[Held, FoundItem], ...]
    n_known: int  # held items met again, changed or not, read or not
    item_hashes: bytes = b""  # the records (rules.unchanged) of what the feed holds of the document now
    unread_published_at: tuple[datetime, ...] = ()  # dates of the items that were not read

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


def digest(text: str) -> bytes:
    """Return a digest of a text as it is; 16 bytes."""
    return hashlib.sha256(text.encode()).digest()[:16]


def key_digest(key: str) -> bytes:
    """Return a digest of a key; 8 bytes."""
    return digest(key)[:8]


def title_hash(title: str) -> bytes:
    """Return a digest of the title's words, blind to case, width and punctuation; 16 bytes."""
    return digest(" ".join(_WORD.findall(unicodedata.normalize("NFKC", title).lower())))


def content_hash(item: FoundItem) -> bytes:
    """Return a digest of what an edit can change: cleaned title, text and link; 16 bytes."""
    return digest("\x00".join((item.title, item.summary_html, item.content_html, item.url)))


def reconcile(found: Sequence[FoundItem], held: Iterable[Held], unread: Collection[bytes] = ()) -> Changes:
    """Return what of a document is new, changed and known; the first of equal keys in a document counts.

    An item with an unknown key is a held one only if canonical URL and title are equal and the held key is not in
    this document: a churning guid, not two articles that share a link. Of several held ones the last counts.
    `unread` are digests of the keys of further items of the document, each held and unchanged.
    """
    by_key: dict[str, FoundItem] = {}
    for item in found:
        by_key.setdefault(key_of(item), item)
    held = tuple(held)
    held_by_key = {old.key: old for old in held}
    churned = {
        (old.canonical_url, old.title_hash): old
        for old in held
        if old.canonical_url and old.key not in by_key and key_digest(old.key) not in unread
    }
    new: list[tuple[str, FoundItem]] = []
    updated: list[tuple[Held, FoundItem]] = []
    met: set[int] = set()
    for key, item in by_key.items():
        old = held_by_key.get(key) or churned.get((item.canonical_url, title_hash(item.title)))
        if old is None:
            new.append((key, item))
            continue
        if old.id not in met and not old.is_closed and old.content_hash != content_hash(item):
            updated.append((old, item))
        met.add(old.id)
    return Changes(tuple(new), tuple(updated), len(met) + len(unread))
