"""Reading only what is new gives what reading everything gives: item for item, on real documents and edited ones."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.documents import parse
from aggregator.errors import FeedError, HostileError
from aggregator.model.document import Document, FoundItem

URL = "https://kabar.example/feed"
NOW = datetime(2026, 3, 14, 5, 0, tzinfo=UTC)
ITEM = re.compile(rb"<(item|entry)[\s>].*?</\1>", re.DOTALL)


def read(body: bytes, held: Any = (), content_type: str = "", url: str = URL) -> Document | FeedError:
    try:
        return parse.read(body, {"content-type": content_type}, url, "Asia/Jakarta", NOW, held)
    except FeedError as error:
        return error


@cache
def whole(body: bytes, content_type: str = "") -> Document | FeedError:
    try:
        return parse.read_whole(body, {"content-type": content_type}, URL, "Asia/Jakarta", NOW)
    except FeedError as error:
        return error


def plain(document: Document) -> Document:
    """Return a document without the traces of how it was read."""
    return replace(document, hashes=(), n_held=0, held_titles=(), way="")


class Reader:
    """Reads the documents of one feed in order, as its polls do; `known` are the items that it holds."""

    def __init__(self) -> None:
        self.known: dict[bytes, FoundItem] = {}

    def read(self, body: bytes) -> Document | FeedError:
        """Return a document with all its items, those that were not read as they were held."""
        read_now = read(body, frozenset(self.known))
        if isinstance(read_now, FeedError):
            return read_now
        assert len(read_now.hashes) in (0, len(read_now.items) + read_now.n_held)
        fresh = iter(read_now.items)
        known = {one: self.known.get(one) or next(fresh) for one in read_now.hashes}
        items = tuple(known[one] for one in read_now.hashes) if read_now.hashes else read_now.items
        self.known = known
        return replace(plain(read_now), items=items)


def difference(body: bytes, reader: Reader) -> list[str]:
    """Return where a document read by a feed's reader is not what it is when read whole."""
    ours, theirs = reader.read(body), whole(body)
    if isinstance(ours, FeedError) or isinstance(theirs, FeedError):
        return [] if repr(ours) == repr(theirs) else [f"{ours} / {theirs}"]
    theirs = plain(theirs)
    wrong = [name for name in Document.__slots__ if getattr(ours, name) != getattr(theirs, name)]
    items = zip(ours.items, theirs.items, strict=False)
    return wrong + [
        f"{name}: {getattr(one, name)!r:.100} / {getattr(other, name)!r:.100}"
        for one, other in items
        for name in FoundItem.__slots__
        if getattr(one, name) != getattr(other, name)
    ]


def documents(shared: Path) -> list[Path]:
    return sorted(path for path in (shared / "corpus/feeds").rglob("*") if path.is_file() and path.suffix != ".csv")


def series(shared: Path) -> Iterator[list[Path]]:
    root = shared / "corpus/feeds/series"
    for folder in sorted({path.parent for path in root.rglob("*.xml")}):
        yield sorted(folder.glob("*.xml"))


def test_every_document_gives_what_it_gives_when_read_whole_at_first_sight_and_after_the_one_before(
    shared: Path,
) -> None:
    wrong = {path.name: found for path in documents(shared) if (found := difference(path.read_bytes(), Reader()))}
    for snapshots in series(shared):
        reader = Reader()
        wrong |= {path.name: found for path in snapshots if (found := difference(path.read_bytes(), reader))}
    assert wrong == {}


def test_most_documents_of_the_series_are_read_as_far_as_they_are_new(shared: Path, capsys: Any) -> None:
    ways: Counter[str] = Counter()
    n_read = n_items = 0
    for snapshots in series(shared):
        held: frozenset[bytes] = frozenset()
        for path in snapshots:
            document = read(path.read_bytes(), held)
            assert isinstance(document, Document)
            held = frozenset(document.hashes)
            ways["by the tree" if document.way != "whole" else "whole"] += 1
            n_read += len(document.items)
            n_items += len(document.items) + document.n_held
    with capsys.disabled():
        print(f"\nseries: {dict(ways)} documents; {n_read} of {n_items} items read")
    assert ways["by the tree"] >= 0.85 * ways.total()


def _edited(body: bytes, draw: Any) -> bytes:
    """Return a document after a newsroom's day: items gone, doubled, moved, rewritten, or something about the head."""
    found = [one.span() for one in ITEM.finditer(body)]
    if not found:
        return body
    items = [body[start:end] for start, end in found]
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(items) - 1))
        what = draw(st.sampled_from(["drop", "double", "first", "edit", "odd", "guidless"]))
        if what == "drop" and len(items) > 1:
            del items[at]
        elif what == "double":
            items.insert(0, items[at].replace(b"<title>", b"<title>Lagi: ", 1))
        elif what == "first":
            items.insert(0, items.pop(at))
        elif what == "edit":
            items[at] = re.sub(rb"e", lambda _: "é".encode(), items[at], count=draw(st.integers(300, 900)))
        elif what == "odd":
            items[at] = items[at].replace(b"</title>", draw(st.sampled_from(ODD)) + b"</title>", 1)
        else:
            items[at] = re.sub(rb"<guid[^>]*>.*?</guid>", b"", items[at])
    head = body[: found[0][0]]
    if draw(st.booleans()):
        head = head.replace(
            b"<link>http", draw(st.sampled_from([b"<link>https", b"<link>http://x.example/", b"<link>/"])), 1
        )
    return head + b"\n".join(items) + body[found[-1][1] :]


ODD = [
    b"&#8230;",
    b"&amp;amp;",
    b"&lt;b>tebal&lt;/b>",
    b" &amp; ",
    b"<![CDATA[<i>a</i>&nbsp;]]>",
    b"<!-- ? -->",
    b"&nbsp;",
    b"\r\n\t ",
    b"<b>x</b>",
    "\u00c3\u00a9".encode(),
    b"&#x80;",
    b"\x0b",
    b"<?php echo 1 ?>",
    b"</b>",
]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_an_edited_document_gives_what_it_gives_when_read_whole(shared: Path, data: Any) -> None:
    paths = [path for path in documents(shared) if path.stat().st_size < 40_000]
    body = data.draw(st.sampled_from(paths)).read_bytes()
    reader = Reader()
    reader.read(body)
    for edited in (one := _edited(body, data.draw), _edited(one, data.draw)):
        assert difference(edited, reader) == []


def rss(*items: str, head: str = "", root: str = "") -> bytes:
    link = "" if "<link" in head else "<link>https://kabar.example/</link>"
    return f'<rss version="2.0"{root}><channel>{link}{head}{"".join(items)}</channel></rss>'.encode()


ONE, TWO = "<item><title>Satu</title><link>/1</link></item>", "<item><title>Dua</title><link>/2</link></item>"
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom"{}><entry><id>1</id><title>Satu</title></entry></feed>'


def held_after(body: bytes) -> frozenset[bytes]:
    document = read(body)
    assert isinstance(document, Document)
    return frozenset(document.hashes)


def test_an_item_that_is_held_is_not_read_again() -> None:
    document = read(rss(TWO, ONE), held_after(rss(ONE)))
    assert isinstance(document, Document)
    assert ([item.title for item in document.items], document.n_held, document.held_titles) == (["Dua"], 1, ("Satu",))
    assert len(document.hashes) == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (rss(ONE), rss(ONE, head="<link>https://lain.example/</link>")),
        (rss(ONE), rss(ONE, head="<language>id</language>")),
        (rss(ONE), rss(ONE, root=' xml:lang="jv"')),
        (rss(ONE), rss(ONE.replace("/1", "/1?a"))),
        (ATOM.format("").encode(), ATOM.format(' xml:lang="id"').encode()),
    ],
)
def test_an_item_is_read_again_when_what_it_means_may_have_changed(one: bytes, other: bytes) -> None:
    assert held_after(one)
    assert held_after(one).isdisjoint(held_after(other))


def test_an_item_is_read_again_when_another_address_answers() -> None:
    here, there = read(rss(ONE)), read(rss(ONE), url="https://lain.example/feed")
    assert isinstance(here, Document)
    assert isinstance(there, Document)
    assert here.hashes != there.hashes


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (rss(ONE), rss(ONE, head="<title>Lain</title><lastBuildDate>x</lastBuildDate><ttl>5</ttl>")),
        (rss(ONE), b"\n" + rss(TWO, ONE).replace(b"><item", b">\n<item")),
        (rss(ONE), b'<?xml version="1.0" encoding="UTF-8"?><!-- x -->' + rss(ONE)),
    ],
)
def test_an_item_keeps_its_hash_when_the_rest_of_the_document_changes(one: bytes, other: bytes) -> None:
    assert held_after(one) <= held_after(other)


@pytest.mark.parametrize(
    "body",
    [
        rss(ONE) + b"<",
        rss(ONE, head="<title>a &nbsp; b</title>"),
        b"<!DOCTYPE rss>" + rss(ONE),
        rss(ONE, root=' xml:base="https://lain.example/"'),
        rss(ONE.replace("<title>", '<title xml:base="/a">')),
        rss("<image><item><title>Tiga</title></item></image>", ONE),
        rss(ONE).replace(b"</channel>", b"</channel><channel/>"),
        rss(ONE).replace(b"</channel>", b"</channel><item><title>Tiga</title></item>"),
        rss(ONE).replace(b'"2.0"', b'"0.92"'),
        rss(ONE, head="<x:y>1</x:y>"),
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel/>'
        b"<item><title>Satu</title></item></rdf:RDF>",
    ],
)
def test_a_document_that_is_not_as_simple_goes_to_feedparser_whole(body: bytes) -> None:
    document = read(body)
    assert isinstance(document, Document)
    assert (document.way, document.hashes, document.items[0].title != "") == ("whole", (), True)


LATIN = '<?xml version="1.0" encoding="{}"?><rss version="2.0"><channel><item><title>é</title></item></channel></rss>'


@pytest.mark.parametrize(
    ("body", "content_type", "way"),
    [
        (LATIN.format("UTF-8").encode(), "", "fresh"),
        (LATIN.format("UTF-8").encode(), "text/xml; charset=utf8", "fresh"),
        (LATIN.format("UTF-8").encode(), "text/xml; charset=iso-8859-1", "whole"),
        (LATIN.format("ISO-8859-1").encode("latin-1"), "text/xml", "fresh"),
        (LATIN.format("ISO-8859-1").encode("latin-1"), "text/xml; charset=iso-8859-1", "fresh"),
        (LATIN.format("ISO-8859-1").encode("latin-1"), "text/xml; charset=utf-8", "whole"),
        (LATIN.format("ISO-8859-1").encode(), "", "fresh"),  # UTF-8 that says it is not
        (LATIN.format("UTF-8").encode("latin-1"), "", "whole"),
        (LATIN.format("x-nowhere").encode(), "", "fresh"),
    ],
)
def test_the_encoding_is_the_same_for_both_ways_and_a_contradiction_goes_whole(
    body: bytes, content_type: str, way: str
) -> None:
    document, other = read(body, (), content_type), whole(body, content_type)
    assert isinstance(document, Document)
    assert isinstance(other, Document)
    assert ({"direct": "fresh"}.get(document.way, document.way), document.items) == (way, other.items)
    assert document.items[0].title == "é"


def test_items_beyond_a_thousand_are_counted_and_not_held() -> None:
    items = [f"<item><guid>{n}</guid></item>" for n in range(1005)]
    document = read(rss(*items))
    assert isinstance(document, Document)
    assert (len(document.items), document.n_dropped, len(document.hashes)) == (1000, 5, 1000)
    again = read(rss("<item><guid>baru</guid></item>", *items), frozenset(document.hashes))
    assert isinstance(again, Document)
    assert ([item.guid for item in again.items], again.n_held, again.n_dropped) == (["baru"], 999, 6)


def test_an_item_without_text_is_not_held() -> None:
    document = read(rss(ONE, "<item/>"))
    assert isinstance(document, Document)
    assert (len(document.items), len(document.hashes), document.n_dropped) == (1, 1, 1)


def test_what_is_too_deep_is_refused_as_when_read_whole() -> None:
    deep = rss(f"<item>{'<a>' * 198}{'</a>' * 198}</item>")
    assert isinstance(read(deep), HostileError)
    many = " ".join(f'a{n}=""' for n in range(300))
    assert isinstance(read(rss(f"<item {many}/>")), HostileError)
