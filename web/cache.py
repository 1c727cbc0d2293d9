"""Answers that are built once for many readers: kept at most a minute, compressed once, with ETag and 304."""

import hashlib
import threading
import zlib
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import brotli  # type: ignore[import-untyped]  # it ships no types
from flask import Response, current_app, request
from werkzeug.http import http_date

from aggregator.errors import DatabaseError
from aggregator.store import meta
from web.context import site

EXTENSION = "kabar_cache"
MAX_AGE = timedelta(seconds=60)
MAX_BYTES = 64_000_000
MIN_COMPRESSED = 500  # bytes; below, the headers outweigh the gain


@dataclass(frozen=True, slots=True)
class Built:
    """A document as built. `etag` without quotes; None takes a digest of the body. `last_modified` may stay None."""

    body: bytes
    etag: str | None
    last_modified: datetime | None
    content_type: str


@dataclass(slots=True)
class Kept:
    """A built document with its compressed forms, each made when it is first asked for."""

    built: Built
    etag: str
    counter: int
    built_at: datetime
    encoded: dict[str, bytes] = field(default_factory=dict)

    @property
    def n_bytes(self) -> int:
        """Return the size of the body; compressed forms are a fraction of it."""
        return len(self.built.body) * 3 // 2 + 1000

    def body(self, encoding: str) -> bytes:
        """Return the body in a content encoding: "br", "gzip" or "" for none."""
        if not encoding:
            return self.built.body
        if encoding not in self.encoded:
            self.encoded[encoding] = _COMPRESS[encoding](self.built.body)
        return self.encoded[encoding]


class Cache:
    """Kept documents by key, the least recently used leave first when they pass `max_bytes`. Threads share it."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._kept: OrderedDict[tuple[object, ...], Kept] = OrderedDict()
        self._lock = threading.Lock()
        self._max_bytes = max_bytes
        self.n_bytes = 0

    def get(self, key: tuple[object, ...]) -> Kept | None:
        """Return what is kept under a key, however old."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: tuple[object, ...], kept: Kept) -> None:
        """Keep a document in place of an older one."""
        with self._lock:
            if old := self._kept.pop(key, None):
                self.n_bytes -= old.n_bytes
            self._kept[key] = kept
            self.n_bytes += kept.n_bytes
            while self.n_bytes > self._max_bytes:
                _, oldest = self._kept.popitem(last=False)
                self.n_bytes -= oldest.n_bytes


def respond(key: tuple[object, ...], build: Callable[[], Built], *, headers: Mapping[str, str]) -> Response:
    """Return the answer to this request from the document of a key, built anew when readers could see a difference.

    While the database does not answer, what was kept is still given; DatabaseError only if nothing was.
    """
    cache: Cache = current_app.extensions[EXTENSION]
    kept, now = cache.get(key), site().clock()
    try:
        with site().database.read() as connection:
            counter = meta.changes(connection)
        if kept is None or kept.counter != counter or not timedelta(0) <= now - kept.built_at <= MAX_AGE:
            kept = keep(build(), counter, now)
            cache.put(key, kept)
    except DatabaseError:
        if kept is None:
            raise
    return answer(kept, headers)


def keep(built: Built, counter: int, now: datetime) -> Kept:
    """Return a built document ready to be sent many times."""
    return Kept(built, built.etag or hashlib.sha256(built.body).hexdigest()[:24], counter, now)


def answer(kept: Kept, headers: Mapping[str, str]) -> Response:
    """Return a document as this request may have it: 304, compressed or plain (RFC 9110 sections 8.8 and 13)."""
    encoding = _encoding() if len(kept.built.body) >= MIN_COMPRESSED else ""
    is_known = _is_known(kept)
    response = Response(b"" if is_known else kept.body(encoding), 304 if is_known else 200)
    # A strong tag names bytes, so each encoding has its own.
    response.set_etag(f"{kept.etag}-{encoding}" if encoding else kept.etag)
    response.headers.update(headers)
    response.vary.add("Accept-Encoding")
    if kept.built.last_modified is not None:
        response.headers["Last-Modified"] = http_date(kept.built.last_modified)
    if is_known:
        del response.headers["Content-Type"]
        return response
    response.headers["Content-Type"] = kept.built.content_type
    if encoding:
        response.headers["Content-Encoding"] = encoding
    return response


def _is_known(kept: Kept) -> bool:
    """Return whether the client holds this document; If-None-Match wins over If-Modified-Since."""
    if request.if_none_match:
        forms = (kept.etag, *(f"{kept.etag}-{encoding}" for encoding in _COMPRESS))
        return any(request.if_none_match.contains_weak(form) for form in forms)
    since, modified = request.if_modified_since, kept.built.last_modified
    return since is not None and modified is not None and modified.replace(microsecond=0) <= since


def _encoding() -> str:
    """Return the best encoding that the client accepts by name."""
    accepted = request.accept_encodings
    return next((encoding for encoding in _COMPRESS if accepted.quality(encoding) > 0), "")


def _gzip(body: bytes) -> bytes:
    # The header that zlib writes holds no time, so the same content gives the same bytes.
    packer = zlib.compressobj(6, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


def _brotli(body: bytes) -> bytes:
    packed: bytes = brotli.compress(body, quality=5)
    return packed


_COMPRESS: dict[str, Callable[[bytes], bytes]] = {"br": _brotli, "gzip": _gzip}
