"""What is new in a document: a well-formed RSS 2.0 or Atom one is reduced to the items that its feed does not hold.

Everything else is refused here, and read whole.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from lxml import etree

from aggregator.documents.encoding import declared_names, to_text
from aggregator.documents.scan import MAX_ITEMS

HASH_BYTES = 8

_ATOM = "{http://www.w3.org/2005/Atom}"
_ITEM_NAMES = [f"{{*}}{name}" for word in ("item", "entry") for name in (word, word.title(), word.upper())]
# What items mean depends on these: relative links, the language of those that name none.
_CONTEXT = frozenset({"link", "language", "id", "guid"})
_MAX_NAMESPACES = 100
_MAX_EQUALS = 20_000  # no document has so many attributes; a tree of many takes thirty times their bytes
_MAX_TITLE_CHARS = 200
# Deeper than 40, or 50 attributes on an element: whether that is too much is for the whole reading to say.
_IS_ODD = etree.XPath(f"boolean({'/*' * 41}) or boolean(//*[@*[50]])")
_MANY_CHILDREN = 2000  # likewise
_HAS_BASE = etree.XPath("boolean(//@*[local-name() = 'base' or local-name() = 'BASE' or local-name() = 'Base'])")
_BASES = (b"base", b"BASE", b"Base")


@dataclass(frozen=True, slots=True)
class Fresh:
    """A document without the items that its feed holds.

    `head` is the channel or feed element below or at `root`; `items` are the fresh
    ones, `tag` their name, still in the tree. `hashes`
    has one hash for each item of the document as it came, in order, 1,000 at most, and `places` tells which of them
    are those of `items`; `n_beyond` counts further ones.
    """

    root: etree._Element
    head: etree._Element
    tag: str
    items: tuple[etree._Element, ...]
    hashes: tuple[bytes, ...]
    places: tuple[int, ...]
    held_titles: tuple[str, ...]
    n_beyond: int

    def text_without(self, items: Iterable[etree._Element]) -> str:
        """Return the document as it is once these are taken out of it too, for good."""
        for item in items:
            self.head.remove(item)
        return etree.tostring(self.root, encoding="unicode")

    def hashes_with_text(self, found: Sequence[object]) -> tuple[bytes, ...]:
        """Return the hashes without those of fresh items of which nothing (None) was found."""
        empty = {place for place, item in zip(self.places, found, strict=True) if item is None}
        return tuple(digest for place, digest in enumerate(self.hashes) if place not in empty)


def find_fresh(body: bytes, content_type: str, url: str, held: Collection[bytes]) -> Fresh | None:
    """Return the fresh items of a document, with `held` the item hashes that its feed holds; None: read it whole.

    An item's hash covers whatever its reading depends on: the element, the root's and the channel's attributes, the
    feed's link and language, and the address that answered.
    """
    root = _tree(body, content_type)
    if root is None:
        return None
    head, tag = root, f"{_ATOM}entry"
    if root.tag == "rss":
        channels = root.findall("{*}channel")
        if root.get("version", "")[:2] != "2." or len(channels) != 1 or channels[0].tag != "channel":
            return None
        head, tag = channels[0], "item"
    elif root.tag != f"{_ATOM}feed":
        return None
    items = head.findall(tag)
    if len(items) != sum(1 for _ in root.iter(*_ITEM_NAMES)):
        return None
    if any(len(parent) > _MANY_CHILDREN for parent in (head, *items)):
        return None
    context = _context(root, head, tag, url)
    hashes = tuple(_hash(item, context) for item in items[:MAX_ITEMS])
    places = tuple(place for place, digest in enumerate(hashes) if digest not in held)
    fresh = tuple(items[place] for place in places)
    kept = set(fresh)
    dropped = [item for item in items if item not in kept]
    for item in dropped:
        head.remove(item)
    titles = tuple((item.findtext("{*}title") or "")[:_MAX_TITLE_CHARS] for item in dropped[:MAX_ITEMS])
    return Fresh(root, head, tag, fresh, hashes, places, titles, max(len(items) - MAX_ITEMS, 0))


def _tree(body: bytes, content_type: str) -> etree._Element | None:
    """Return the root of a well-formed document about whose encoding nobody disagrees."""
    if b"<!DOCTYPE" in body or body.count(b"xmlns") > _MAX_NAMESPACES or body.count(b"=") > _MAX_EQUALS:
        return None
    served, declared = declared_names(body, content_type)
    if served and served != (declared or "utf-8"):
        return None
    text = body if (declared or "utf-8") == "utf-8" else to_text(body, content_type).encode()
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True,
        remove_pis=True, collect_ids=False,
    )  # fmt: skip
    try:
        root = etree.fromstring(text.lstrip(), parser)
    except etree.XMLSyntaxError:
        return None
    return None if _IS_ODD(root) or (any(word in text for word in _BASES) and _HAS_BASE(root)) else root


def _context(root: etree._Element, head: etree._Element, tag: str, url: str) -> bytes:
    """Return a digest of what all items of a document share."""
    digest = blake2b(repr((url, root.tag, sorted(root.items()), sorted(head.items()))).encode(), digest_size=16)
    for child in head:
        if child.tag == tag:
            digest.update(b"|")
            break
        if etree.QName(child).localname.lower() in _CONTEXT:
            digest.update(etree.tostring(child, encoding="utf-8", with_tail=False))
    return digest.digest()


def _hash(item: etree._Element, context: bytes) -> bytes:
    whole = etree.tostring(item, encoding="utf-8", with_tail=False)
    return blake2b(whole, digest_size=HASH_BYTES, key=context).digest()
