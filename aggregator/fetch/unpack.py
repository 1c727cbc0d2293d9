"""Content codings, undone while a body streams in, with every layer's output counted (RFC 9110 section 8.4)."""

import zlib
from collections.abc import Iterator
from typing import Protocol

import brotli  # type: ignore[import-untyped]  # it ships no types
import zstandard

from aggregator.errors import HostileError, NetworkError

ACCEPT_ENCODING = "gzip, deflate, br, zstd"
MAX_LAYERS = 2
MAX_MEMBERS = 1000  # gzip streams in one body; each costs a copy of what follows
_PIECE = 1 << 16  # bytes unpacked at a time
_ZSTD_STEP = 256  # packed bytes at a time: zstd has no output limit, and 4 bytes can become 128 kB
_ZSTD_MAX_WINDOW = 8 << 20  # RFC 9659
_GZIP_MAGIC = b"\x1f\x8b"
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_SNIFF_BYTES = 4
_TEXT_STARTS = (b"<", b"{", b"\xef\xbb\xbf")  # no gzip, zlib, zstd or common brotli stream starts like this
_NO_CODING = frozenset({"", "identity", "none", "utf-8", "utf8", "binary"})  # what servers write who mean "not packed"
_ALIASES = {"x-gzip": "gzip"}
_CODINGS = frozenset({"gzip", "deflate", "br", "zstd"})


class _Decoder(Protocol):
    """One stream being unpacked; `finished` once its end was seen."""

    @property
    def finished(self) -> bool: ...

    def decode(self, packed: bytes) -> Iterator[bytes]: ...


class Unpacker:
    """A body as it comes in, unpacked.

    A body is believed over its label: text that is labelled as packed stays as it is, gzip without a label is
    unpacked, and whatever follows the end of a packed stream is ignored.
    """

    def __init__(self, content_encoding: str, limit: int) -> None:
        """Raise NetworkError bad_encoding for a coding that we did not offer, or for more than two."""
        codings = [_ALIASES.get(name, name) for name in (part.strip().lower() for part in content_encoding.split(","))]
        codings = [name for name in codings if name not in _NO_CODING]
        if len(codings) > MAX_LAYERS or not _CODINGS.issuperset(codings):
            raise NetworkError("bad_encoding", encoding=content_encoding[:80])
        # The last coding named was applied last. Without one, a layer that only looks for gzip.
        self._layers = [_Layer(name) for name in reversed(codings)] or [_Layer("")]
        self._limit = limit
        self._n_out = [0] * len(self._layers)
        self._pieces: list[bytes] = []

    def feed(self, packed: bytes) -> None:
        """Take in bytes. Raises HostileError too_large past the limit, NetworkError bad_encoding when broken."""
        self._push(0, packed, last=False)

    def finish(self) -> bytes:
        """Return the whole body. Raises NetworkError cut when a packed stream has no end."""
        self._push(0, b"", last=True)
        if not all(layer.finished for layer in self._layers):
            raise NetworkError("cut")
        return self.so_far()

    def so_far(self) -> bytes:
        """Return what is unpacked until now."""
        return b"".join(self._pieces)

    def _push(self, level: int, packed: bytes, *, last: bool) -> None:
        if level == len(self._layers):
            if packed:
                self._pieces.append(packed)
            return
        for piece in self._layers[level].decode(packed, last=last):
            self._n_out[level] += len(piece)
            if self._n_out[level] > self._limit:
                raise HostileError("too_large", what="body", limit=self._limit)
            self._push(level + 1, piece, last=False)
        if last:
            self._push(level + 1, b"", last=True)


class _Layer:
    """One coding: it looks at the first bytes, then chooses how to read the rest."""

    def __init__(self, coding: str) -> None:
        self._coding = coding
        self._start = b""  # bytes kept until there are enough to look at
        self._decoder: _Decoder | None = None

    @property
    def finished(self) -> bool:
        return self._decoder is None or self._decoder.finished

    def decode(self, packed: bytes, *, last: bool) -> Iterator[bytes]:
        if self._decoder is None:
            packed = self._start + packed
            if not packed or (len(packed) < _SNIFF_BYTES and not last):
                self._start = packed
                return
            self._decoder = _decoder(self._coding, packed)
        try:
            yield from self._decoder.decode(packed)
        except (zlib.error, brotli.error, zstandard.ZstdError) as error:
            raise NetworkError("bad_encoding", encoding=self._coding or "gzip") from error


def _decoder(coding: str, start: bytes) -> _Decoder:
    if coding in ("", "gzip"):
        return _Zlib(gzip=True) if start.startswith(_GZIP_MAGIC) else _Plain()
    if start.startswith(_TEXT_STARTS):
        return _Plain()
    if coding == "zstd":
        return _Zstd() if start.startswith(_ZSTD_MAGIC) else _Plain()
    return _Brotli() if coding == "br" else _Zlib(raw=not _is_zlib(start))


def _is_zlib(start: bytes) -> bool:
    """Tell a zlib header (RFC 1950) from the raw deflate that some servers call deflate."""
    return start[0] & 0x0F == 8 and int.from_bytes(start[:2], "big") % 31 == 0


class _Plain:
    """Not packed after all."""

    finished = True

    def decode(self, packed: bytes) -> Iterator[bytes]:
        if packed:
            yield packed


class _Zlib:
    """Gzip, with any number of members, zlib or raw deflate."""

    def __init__(self, *, gzip: bool = False, raw: bool = False) -> None:
        self._wbits = 31 if gzip else -15 if raw else 15
        self._stream = zlib.decompressobj(self._wbits)
        self._n_members = 1
        self._rest = b""  # the first byte after a member, which may begin another

    @property
    def finished(self) -> bool:
        return self._stream.eof

    def decode(self, packed: bytes) -> Iterator[bytes]:
        while packed:
            if self._stream.eof:
                packed = self._rest + packed
                self._rest = packed[:1] if len(packed) == 1 else b""
                if self._wbits != 31 or not packed.startswith(_GZIP_MAGIC):
                    return
                self._n_members += 1
                if self._n_members > MAX_MEMBERS:
                    raise zlib.error("too many members")
                self._stream = zlib.decompressobj(self._wbits)
            piece = self._stream.decompress(packed, _PIECE)
            while piece:
                yield piece
                piece = b"" if self._stream.eof else self._stream.decompress(self._stream.unconsumed_tail, _PIECE)
            packed = self._stream.unused_data


class _Brotli:
    """Brotli (RFC 7932)."""

    def __init__(self) -> None:
        self._stream = brotli.Decompressor()

    @property
    def finished(self) -> bool:
        return bool(self._stream.is_finished())

    def decode(self, packed: bytes) -> Iterator[bytes]:
        while not self._stream.is_finished():
            piece = self._stream.process(packed, output_buffer_limit=_PIECE)
            if piece:
                yield piece
            if self._stream.can_accept_more_data():
                return
            packed = b""


class _Zstd:
    """Zstandard (RFC 8878), first frame."""

    def __init__(self) -> None:
        self._stream = zstandard.ZstdDecompressor(max_window_size=_ZSTD_MAX_WINDOW).decompressobj()

    @property
    def finished(self) -> bool:
        return self._stream.eof

    def decode(self, packed: bytes) -> Iterator[bytes]:
        for at in range(0, len(packed), _ZSTD_STEP):
            if self._stream.eof:
                return
            piece = self._stream.decompress(packed[at : at + _ZSTD_STEP])
            if piece:
                yield piece
