"""Reading a body: which reasons are stated, and what no document can do."""

import contextlib
import subprocess
import sys
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.documents import parse
from aggregator.errors import FeedError, HostileError, NotAFeedError
from aggregator.model.document import Document

URL = "https://kabar.example/feed"


def read(body: str | bytes, now: datetime, **headers: str) -> Document:
    return parse.read(body.encode() if isinstance(body, str) else body, headers, URL, "Asia/Jakarta", now)


def rss(*items: str, channel: str = "") -> str:
    return f'<rss version="2.0"><channel><title>Kabar</title>{channel}{"".join(items)}</channel></rss>'


@pytest.mark.parametrize(("body", "kind", "parts"), [
    (b"", "empty", {}), (b" \n\t ", "empty", {}),
    (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "binary", {}), (b"\x1f\x8b\x08\x00junk", "binary", {}),
    (b"bukan umpan", "not_a_feed", {}), (b"<catalog><book/></catalog>", "not_a_feed", {}),
    (b"<opml><body/></opml>", "not_a_feed", {}),
    (b"<!doctype html><title>Oops</title><h1>Maaf</h1>", "is_page", {}),
    (b'<html><link rel=alternate type=application/atom+xml href="/a.xml">',
        "is_page", {"feed": "https://kabar.example/a.xml"}),
    (b'<html><link rel=alternate type=application/rss+xml href="/feed">', "is_page", {}),
    (b'<html><a href="/rss.xml">umpan</a>', "is_page", {}),
    (b"{", "unreadable", {"detail": "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"}),
])  # fmt: skip
def test_what_is_no_feed_says_why(body: bytes, kind: str, parts: dict[str, str], now: datetime) -> None:
    with pytest.raises(NotAFeedError) as caught:
        read(body, now)
    assert (caught.value.reason.kind, dict(caught.value.reason.parts)) == (kind, parts)


@pytest.mark.parametrize("body", [
    rss("<item>" + "".join(f"<category>{n}</category>" for n in range(5000)) + "</item>"),
    rss(channel="".join(f"<category>{n}</category>" for n in range(5000))),
    '<feed xmlns="http://www.w3.org/2005/Atom"><entry>' + "<category/>" * 5000 + "</entry></feed>",
])  # fmt: skip
def test_an_element_with_thousands_of_others_is_refused_before_anything_compares_them(body: str, now: datetime) -> None:
    with pytest.raises(HostileError) as caught:
        read(body, now)
    assert caught.value.reason.kind == "too_many_elements"


@pytest.mark.parametrize(
    "body",
    [
        rss(),
        '<feed xmlns="http://www.w3.org/2005/Atom"/>',
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'/>",
    ],
)
def test_a_feed_without_items_is_a_feed(body: str, now: datetime) -> None:
    assert read(body, now).items == ()


def test_where_a_document_is_asked_for_does_not_change_its_guids(now: datetime) -> None:
    body = rss("<item><guid>17</guid></item>", "<item><guid>/berita/18</guid></item>").encode()
    guids = [
        [item.guid for item in parse.read(body, {}, url, "UTC", now).items]
        for url in ("http://a.example/x", "https://b.example/y/z")
    ]
    assert guids == [["17", "/berita/18"]] * 2


def test_a_document_never_names_a_file_or_an_address_to_open(now: datetime) -> None:
    for body in (b"file:///etc/passwd", b"http://127.0.0.1:1/feed", b"/etc/passwd"):
        with pytest.raises(NotAFeedError) as caught:
            read(body, now)
        assert caught.value.reason.kind == "not_a_feed"


def test_content_is_the_summary_where_there_is_no_other(now: datetime) -> None:
    only_content = '<item xmlns:content="http://purl.org/rss/1.0/modules/content/"><content:encoded>&lt;p>Isi&lt;/p></content:encoded></item>'
    only_picture = only_content.replace("</item>", "<description>&lt;img src='x.jpg'></description></item>")
    for item in read(rss(only_content, only_picture), now).items:
        assert (item.summary_html, item.content_html, item.excerpt) == ("<p>Isi</p>", "<p>Isi</p>", "Isi")


def test_texts_links_and_categories_are_bounded(now: datetime) -> None:
    categories = "".join(f"<category>{i}{'c' * 200}</category>" for i in range(50))
    item = (
        f"<item><title>{'T' * 1_000_000}</title><link>https://x.example/{'u' * 3000}</link><guid>g</guid>"
        f"<pubDate>{'9' * 400}</pubDate>"
        f"<description>{'kata ' * 200_000}</description>{categories}</item>"
    )
    [found] = read(rss(item), now).items
    assert len(found.title) == 500
    assert found.url == ""
    assert len(found.excerpt) <= 500
    assert len(found.content_html.encode()) <= 500_000
    assert (len(found.categories), max(map(len, found.categories))) == (20, 100)
    assert len(found.date_text) == 100


def test_a_surrogate_reference_costs_only_itself(now: datetime) -> None:
    assert [item.title for item in read(rss("<item><title>s &#xD800; &#0;t</title></item>"), now).items] == ["s t"]


def test_hundred_thousand_items_are_a_thousand(now: datetime) -> None:
    document = read(rss(*(f"<item><guid>i{i}</guid></item>" for i in range(100_000))), now)
    assert (len(document.items), document.n_dropped, document.title) == (1000, 99_000, "Kabar")


@given(
    body=st.binary(max_size=300)
    | st.text("<>/!?&;[]{}\"'= \nrsfedchanlitmguxo:.0CDATAOYPE-", max_size=300).map(str.encode)
)
def test_no_bytes_raise_anything_but_a_stated_reason(body: bytes) -> None:
    now = datetime.fromisoformat("2026-03-14T05:00:00+00:00")
    for whole in (body, rss(f"<item>{body.decode(errors='replace')}</item>").encode()):
        with contextlib.suppress(FeedError):
            read(whole, now)


def test_the_parser_process_imports_documents_and_text_only() -> None:
    code = (
        "import sys, aggregator.documents.parse; print(*sorted(n for n in sys.modules if n.startswith('aggregator.')))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    allowed = ("aggregator.documents", "aggregator.text", "aggregator.model", "aggregator.errors")
    assert loaded
    assert [name for name in loaded if not name.startswith(allowed)] == []
