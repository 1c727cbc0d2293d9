"""Content codings: what is unpacked, what is tolerated, and where it stops."""

import gzip
import tracemalloc
import zlib

import brotli  # type: ignore[import-untyped]
import pytest
import zstandard

from aggregator.errors import FeedError, HostileError, NetworkError
from aggregator.fetch.unpack import MAX_MEMBERS, Unpacker

FEED = b"<?xml version='1.0'?><rss version='2.0'><channel><title>Kabar Pantura</title></channel></rss>" * 40
LIMIT = 1_000_000


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


def zstd(body: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(body)


def unpack(coding: str, packed: bytes, *, limit: int = LIMIT, step: int = 0) -> bytes:
    unpacker = Unpacker(coding, limit)
    for at in range(0, len(packed), step or len(packed) or 1):
        unpacker.feed(packed[at : at + (step or len(packed))])
    return unpacker.finish()


def kind(coding: str, packed: bytes, **options: int) -> str:
    with pytest.raises(FeedError) as error:
        unpack(coding, packed, **options)
    return error.value.reason.kind


GOOD = [
    ("", FEED),
    ("identity", FEED),
    ("UTF-8", FEED),
    ("gzip", gzip.compress(FEED)),
    ("X-GZIP", gzip.compress(FEED)),
    ("deflate", zlib.compress(FEED)),
    ("deflate", raw_deflate(FEED)),
    ("br", brotli.compress(FEED)),
    ("zstd", zstd(FEED)),
    ("gzip, gzip", gzip.compress(gzip.compress(FEED))),
    ("br, gzip", gzip.compress(brotli.compress(FEED))),
    ("gzip, identity", gzip.compress(FEED)),
    ("gzip", gzip.compress(FEED[:1000]) + gzip.compress(FEED[1000:])),
    ("", gzip.compress(FEED)),
    ("gzip", FEED),
    ("deflate", FEED),
    ("br", FEED),
    ("zstd", FEED),
    ("gzip, gzip", gzip.compress(FEED)),
    ("gzip", gzip.compress(FEED) + b"GARBAGE" * 50),
    ("deflate", zlib.compress(FEED) + b"GARBAGE" * 50),
    ("zstd", zstd(FEED) + b"GARBAGE" * 50),
]


@pytest.mark.parametrize("step", [0, 1, 3, 100])
@pytest.mark.parametrize(("coding", "packed"), GOOD)
def test_a_body_is_unpacked_however_it_is_labelled_and_split(coding: str, packed: bytes, step: int) -> None:
    assert unpack(coding, packed, step=step) == FEED


@pytest.mark.parametrize("coding", ["", "gzip", "deflate", "br", "zstd", "gzip, gzip"])
@pytest.mark.parametrize("body", [b"", b"<", b"{}"])
def test_a_tiny_body_is_itself(coding: str, body: bytes) -> None:
    assert unpack(coding, body) == body


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzip.compress(FEED)),
        ("deflate", zlib.compress(FEED)),
        ("deflate", raw_deflate(FEED)),
        ("br", brotli.compress(FEED)),
        ("zstd", zstd(FEED)),
        ("gzip, gzip", gzip.compress(gzip.compress(FEED)[:-12])),
    ],
)
def test_a_stream_without_its_end_is_cut(coding: str, packed: bytes) -> None:
    assert kind(coding, packed if "," in coding else packed[:-4]) == "cut"


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzip.compress(FEED)[:-8] + b"\x00" * 8),
        ("gzip", b"\x1f\x8b\x08\x00" + b"\xff" * 60),
        ("zstd", b"\x28\xb5\x2f\xfd" + b"\xff" * 60),
        ("deflate", b"\x78\x9c" + b"\xff" * 60),
        ("br", b"\xff" * 60),
        ("gzip", gzip.compress(b"") * (MAX_MEMBERS + 1)),
        ("x-secret", FEED),
        ("compress", FEED),
        ("gzip, gzip, gzip", gzip.compress(gzip.compress(gzip.compress(FEED)))),
        (", ".join(["gzip"] * 60), FEED),
    ],
)
def test_what_can_not_be_unpacked_is_a_bad_encoding(coding: str, packed: bytes) -> None:
    assert kind(coding, packed) == "bad_encoding"


BLANKS = b" " * (64 << 20)
BOMBS = [
    ("gzip", gzip.compress(BLANKS)),
    ("", gzip.compress(BLANKS)),
    ("deflate", zlib.compress(BLANKS)),
    ("br", brotli.compress(BLANKS, quality=5)),
    ("zstd", zstd(BLANKS)),
    ("gzip, gzip", gzip.compress(gzip.compress(BLANKS))),
    ("gzip, gzip", gzip.compress(gzip.compress(FEED) + BLANKS)),
]


@pytest.mark.parametrize(("coding", "packed"), BOMBS)
def test_a_bomb_stops_at_the_limit_and_costs_little_memory(coding: str, packed: bytes) -> None:
    tracemalloc.start()
    with pytest.raises(HostileError) as error:
        unpack(coding, packed)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert error.value.reason.kind == "too_large"
    assert peak < 12 * LIMIT


def test_a_body_of_exactly_the_limit_passes() -> None:
    assert len(unpack("gzip", gzip.compress(b" " * LIMIT))) == LIMIT
    assert kind("gzip", gzip.compress(b" " * (LIMIT + 1))) == "too_large"


def test_what_came_before_a_break_can_still_be_read() -> None:
    unpacker = Unpacker("gzip", LIMIT)
    unpacker.feed(gzip.compress(FEED, compresslevel=0)[:1000])
    assert FEED.startswith(unpacker.so_far())
    assert len(unpacker.so_far()) > 900
    with pytest.raises(NetworkError):
        unpacker.finish()
