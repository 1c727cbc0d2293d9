"""What is kept stays within its bound, the least used leaves first."""

from datetime import UTC, datetime

from web.cache import Built, Cache, keep

NOW = datetime(2026, 3, 14, 5, 0, tzinfo=UTC)


def _page(size: int) -> Built:
    return Built(b"x" * size, None, None, "text/html")


def test_the_least_used_page_leaves_when_the_cache_is_full() -> None:
    cache = Cache(max_bytes=3 * keep(_page(10_000), 1, NOW).n_bytes)
    for name in ("a", "b", "c"):
        cache.put((name,), keep(_page(10_000), 1, NOW))
    assert cache.get(("a",)) is not None
    cache.put(("d",), keep(_page(10_000), 1, NOW))
    assert [name for name in "abcd" if cache.get((name,))] == ["a", "c", "d"]


def test_a_page_kept_again_is_counted_once() -> None:
    cache = Cache()
    for _ in range(3):
        cache.put(("a",), keep(_page(5_000), 1, NOW))
    assert cache.n_bytes == keep(_page(5_000), 1, NOW).n_bytes


def test_the_same_bytes_have_the_same_tag_and_the_same_packed_form() -> None:
    one, other = keep(_page(5_000), 1, NOW), keep(_page(5_000), 2, NOW)
    assert one.etag == other.etag
    for encoding in ("br", "gzip"):
        assert one.body(encoding) == other.body(encoding)
        assert len(one.body(encoding)) < 500
