"""The quiet hash of a body: the same for two bodies that differ only in when the feed says it was made."""

import hashlib
import re

_FIRST_ITEM = re.compile(rb"<(?:[\w.-]{1,40}:)?(?:item|entry)[\s/>]", re.IGNORECASE)
_CLOCK = re.compile(
    rb"<((?:[\w.-]{1,40}:)?(?:lastBuildDate|pubDate|updated))(?:\s[^<>]{0,200})?>[^<>]{0,200}</\1\s{0,20}>",
    re.IGNORECASE,
)


def quiet_hash(body: bytes) -> bytes:
    """Return the SHA-256 of a body without lastBuildDate, pubDate and updated before its first item.

    It looks at bytes only, so it also serves documents that are not well-formed; one in an encoding of more than one
    byte a letter has nothing left out.
    """
    first = _FIRST_ITEM.search(body)
    n_head = first.start() if first else len(body)
    digest = hashlib.sha256(_CLOCK.sub(b"", body[:n_head]))
    digest.update(memoryview(body)[n_head:])
    return digest.digest()
