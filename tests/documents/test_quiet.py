"""The quiet hash: what a feed says of its own time does not count, whatever else does."""

import pytest

from aggregator.documents.quiet import quiet_hash

RSS = b"<rss><channel><title>Kabar</title><lastBuildDate>%s</lastBuildDate><item><pubDate>%s</pubDate></item></channel>"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (RSS % (b"Sat, 14 Mar 2026", b"x"), RSS % (b"Sun, 15 Mar 2026", b"x")),
        (b"<channel><pubDate >1</pubDate>\n<item>", b"<channel><pubDate >2</pubDate>\n<item>"),
        (b"<feed><updated>1</updated><entry/>", b"<feed><updated>2</updated><entry/>"),
        (b"<a:feed><a:updated a='1'>1</a:updated><a:entry>", b"<a:feed><a:updated a='2'>2</a:updated><a:entry>"),
        (b"<channel><lastBuildDate>1</lastBuildDate> & ", b"<channel><lastBuildDate>2</lastBuildDate> & "),
    ],
)
def test_the_dates_before_the_first_item_do_not_count(one: bytes, other: bytes) -> None:
    assert one != other
    assert quiet_hash(one) == quiet_hash(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (RSS % (b"1", b"a"), RSS % (b"1", b"b")),
        (b"<feed><entry/><updated>1</updated>", b"<feed><entry/><updated>2</updated>"),
        (b"<channel><title>a</title>", b"<channel><title>b</title>"),
        (b"<channel><pubDate>1<b/></pubDate>", b"<channel><pubDate>2<b/></pubDate>"),
        (b"<channel><items>1</items><pubDate/>", b"<channel><items>2</items><pubDate/>"),
        (b"", b"<"),
    ],
)
def test_everything_else_counts(one: bytes, other: bytes) -> None:
    assert quiet_hash(one) != quiet_hash(other)
