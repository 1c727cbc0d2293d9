"""Autodiscovery: the feeds that a page names."""

import re
from pathlib import Path
from urllib.parse import urljoin

import pytest

from aggregator.documents.encoding import to_text
from aggregator.documents.page import GUESS, MAX_LINKS, feed_links, looks_like_page

URL = "https://situs.example/daerah/"


def found(head: str, body: str = "") -> list[tuple[str, str, str]]:
    page = f"<!doctype html><html><head>{head}</head><body>{body}</body></html>"
    return [(link.url, link.title, link.kind) for link in feed_links(page.encode(), URL, "text/html; charset=utf-8")]


@pytest.mark.parametrize(("head", "links"), [
    ('<link rel="alternate" type="application/rss+xml" title="Umpan &amp; Kabar" href="/rss">',
        [("https://situs.example/rss", "Umpan & Kabar", "rss")]),
    ("<LINK REL='ALTERNATE home' TYPE=' Application/Atom+XML; charset=utf-8' HREF=' a.xml '>",
        [("https://situs.example/daerah/a.xml", "", "atom")]),
    ("<link rel=alternate type=application/feed+json href=f.json>", [("https://situs.example/daerah/f.json", "",
        "json")]),
    ('<base href="https://cdn.example/x/"><base href="/y/"><link rel=alternate type=text/xml href=f>',
        [("https://cdn.example/x/f", "", "rss")]),
    ('<link rel=alternate type="application/rss+xml" href="/a">' * 2, [("https://situs.example/a", "", "rss")]),
    ('<link rel="&#97;lternate" type="application/rss+xml" href="?a=1&amp;b=2">',
        [("https://situs.example/daerah/?a=1&b=2", "", "rss")]),
    ('<link rel=alternate type=application/json href="/wp-json/posts/1">', []),
    ('<link rel="alternate stylesheet" type="application/rss+xml" href="/a">', []),
    ('<link rel=alternate hreflang=en type=text/html href="/en">', []),
    ('<link rel=alternate type="application/rss+xml" href="">', []),
    ('<link rel=alternate type="application/rss+xml" href="javascript:x">', []),
    ('<!-- <link rel=alternate type="application/rss+xml" href="/a"> -->', []),
    ('<script>"<link rel=alternate type=application/rss+xml href=/a>"</script>', []),
    ("<title><link rel=alternate type=application/rss+xml href=/a></title>", []),
])  # fmt: skip
def test_links_that_name_a_feed(head: str, links: list[tuple[str, str, str]]) -> None:
    assert found(head) == links


def test_without_a_named_feed_links_that_look_like_one_are_guesses() -> None:
    body = '<a href="/feed/">Umpan</a><a href="/berita/feeding">x</a><a href="/rss.xml"><img></a><a>z</a>'
    assert found("", body) == [
        ("https://situs.example/feed/", "Umpan", GUESS),
        ("https://situs.example/rss.xml", "", GUESS),
    ]


def test_a_named_feed_makes_guesses_needless() -> None:
    assert len(found('<link rel=alternate type="application/rss+xml" href="/a">', '<a href="/feed/">x</a>')) == 1


def test_a_thousand_links_are_twenty() -> None:
    assert (
        len(found("".join(f'<link rel=alternate type="application/rss+xml" href="?{i}">' for i in range(1000))))
        == MAX_LINKS
    )
    assert len(found("", "".join(f'<a href="/{i}/feed">x</a>' for i in range(1000)))) == MAX_LINKS


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\0",
        b"<",
        b"<html",
        b"\x89PNG",
        "<p>é".encode("utf-16"),
        b"<div>" * 100_000,
        b"<?xml version='1.0' encoding='x'?><html/>",
    ],
)
def test_no_body_breaks_it(body: bytes) -> None:
    assert feed_links(body, URL, "text/html") == []


def test_the_autodiscovery_suite(shared: Path) -> None:
    """Odd cases of a public suite: each page names html4-NNN.xml, at whatever address the case has it."""
    site = "http://diveintomark.org/tests/client/autodiscovery/"
    pages = sorted((shared / "corpus/html/feedfinder-tests").glob("html4-*.html"))
    assert len(pages) == 29
    for path in pages:
        links = [link.url for link in feed_links(path.read_bytes(), site + path.name, "text/html")]
        assert links
        assert links[0].endswith(f"/{path.stem}.xml"), path.name
        base = re.search(r'<base href="([^"]+)"', to_text(path.read_bytes()))
        if base and path.stem != "html4-051":
            assert links[0].startswith(urljoin(site, base[1])[:30])


@pytest.mark.parametrize(("body", "is_page"), [
    (b"<!doctype html><title>Oops</title>", True), (b"<html><rss/></html>", True), (b"\n<HTML lang=id>", True),
    (b"<h1>404</h1>", True),
    (b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "x" "y"><html xmlns="http://www.w3.org/1999/xhtml">', True),
    (b"<!doctype html><my-app>", True),
    (b"<rss><channel><description>&lt;html></description>", False), (b'<!DOCTYPE html><rss version="2.0">', False),
    (b"<feed xmlns='x'>", False), (b"{}", False), (b"", False), (b"polos", False),
    (b"<!DOCTYPE x [<!ENTITY a 'b'>]>", False),
])  # fmt: skip
def test_pages_are_told_from_documents(body: bytes, is_page: bool) -> None:
    assert looks_like_page(body) is is_page
