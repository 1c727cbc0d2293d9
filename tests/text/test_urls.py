"""Addresses: what resolve makes of links, and what canonical takes for one article."""

import csv
import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.text.urls import canonical, host_of, registrable_domain, resolve, slugify

BASE = "https://kabar.example/berita/daerah/?page=2"


@pytest.mark.parametrize(("href", "url"), [
    ("https://kabar.example/a", "https://kabar.example/a"),
    ("77.html", "https://kabar.example/berita/daerah/77.html"),
    ("../arsip", "https://kabar.example/berita/arsip"),
    ("/a?id=3&v=1", "https://kabar.example/a?id=3&v=1"),
    ("?p=7", "https://kabar.example/berita/daerah/?p=7"),
    ("//lain.example/x", "https://lain.example/x"),
    (r"\\lain.example\x?a\b", "https://lain.example/x?a%5Cb"),
    ("///lain.example/x", "https://lain.example/x"),
    ("http://127.0.0.1:8765/feed", "http://127.0.0.1:8765/feed"),
    ("#atas", "https://kabar.example/berita/daerah/?page=2#atas"),
    ("  https://kabar.example/a \n", "https://kabar.example/a"),
    ("ht\ntps://kabar.example/\ta", "https://kabar.example/a"),
    ("HTTP://Kabar.EXAMPLE:80/A", "http://kabar.example/A"),
    ("https://kabar.example:8443/a", "https://kabar.example:8443/a"),
    ("https://kabar.example/jalan raya", "https://kabar.example/jalan%20raya"),
    ("https://kabar.example/é?q=ü", "https://kabar.example/%C3%A9?q=%C3%BC"),
    ("https://kabar.example/a%2Fb%20c", "https://kabar.example/a%2Fb%20c"),
    ("https://kabar.example/./a/../b", "https://kabar.example/b"),
    ("https://аррӏе.example/", "https://xn--80ak6aa92e.example/"),
    ("https://budi:rahasia@kabar.example/a", "https://kabar.example/a"),
    ("https://[2001:db8::1]:8080/a", "https://[2001:db8::1]:8080/a"),
    ("https://kabar.example/" + "a" * 2000, "https://kabar.example/" + "a" * 2000),
])  # fmt: skip
def test_a_link_becomes_absolute(href: str, url: str) -> None:
    assert resolve(BASE, href) == url


@pytest.mark.parametrize("href", [
    "", " ", "javascript:alert(1)", "java\tscript:alert(1)", "JAVASCRIPT:x//http://", "data:text/html,x",
    "file:///etc/passwd",
    "mailto:a@kabar.example", "feed:https://kabar.example/", "http://", "https:///a", "http://[::1",
    "http://kabar.example:99999/",
    "https://kabar.example/" + "a" * 2048, "https://kabar.example/" + "é" * 600, "http://[0:.0]/",
    "http://a.example ?", "tel:112",
    "http://0x7f.1/", "http://2130706433/", "http://127.0.0.1./",
])  # fmt: skip
def test_what_is_no_usable_address_is_none(href: str) -> None:
    assert resolve(BASE, href) == ""


def test_without_a_base_only_absolute_links_mean_anything() -> None:
    assert (resolve("", "/a"), resolve("", "https://kabar.example/a")) == ("", "https://kabar.example/a")


@given(st.text(max_size=60) | st.text("ab:/?#[]@!$&'()*+,;=%.-~ \\", max_size=40).map("https://a.example".__add__))
def test_a_resolved_address_is_its_own_and_has_an_honest_scheme(href: str) -> None:
    url = resolve(BASE, href)
    assert resolve("https://elsewhere.example/", url) == url
    assert not url or (urlsplit(url).scheme in ("http", "https") and not urlsplit(url).username and url.isascii())


def test_real_resolution_agrees_with_the_standard_where_both_give_an_address(shared: Path) -> None:
    """The WHATWG vectors: ours may refuse more, and must not lead to another host."""
    vectors = json.loads((shared / "corpus/urls/wpt-urltestdata.json").read_text())
    pairs = [
        (host_of(resolve(v["base"] or "", v["input"])), host_of(v["href"]), v["input"])
        for v in vectors
        if isinstance(v, dict) and v.get("href", "").startswith(("http:", "https:"))
    ]
    assert len(pairs) > 150
    strays = [pair for pair in pairs if pair[0] and pair[0] != pair[1]]
    assert strays == []


@pytest.mark.parametrize(("url", "compared"), [
    ("https://www.example.org/a/?id=3&utm_source=x#f", "example.org/a?id=3"),
    ("http://example.org:80/a", "example.org/a"),
    ("https://example.org:443/a", "example.org/a"),
    ("https://example.org:8443/a", "example.org:8443/a"),
    ("https://Example.ORG/A", "example.org/A"),
    ("https://m.example.org/a", "example.org/a"),
    ("https://mobile.example.org/a", "example.org/a"),
    ("https://amp.example.org/a", "example.org/a"),
    ("https://wap.example.org/a", "example.org/a"),
    ("https://www.m.example.org/a", "example.org/a"),
    ("https://m.co.id/a", "m.co.id/a"),
    ("https://example.org/a/amp", "example.org/a"),
    ("https://example.org/a/amp/", "example.org/a"),
    ("https://example.org/a/index.html", "example.org/a"),
    ("https://example.org/index.php?p=12", "example.org?p=12"),
    ("https://example.org/?p=12345", "example.org?p=12345"),
    ("https://example.org", "example.org"),
    ("https://example.org/a?b=1&a=2", "example.org/a?a=2&b=1"),
    ("https://example.org/a?page=2", "example.org/a?page=2"),
    ("https://example.org/a?page=all", "example.org/a"),
    ("https://example.org/a?page=1", "example.org/a"),
    ("https://example.org/a?v=x&p=1&id=2&fbclid=3&gclid=4&from=rss&ref=home&ref_src=x", "example.org/a?id=2&p=1&v=x"),
    ("https://example.org/a?single=1&share=wa&via=x&source=y&src=z&rss=1&outputType=amp&amp_js_v=1", "example.org/a"),
    ("https://example.org/a?id=3&amp;utm_campaign=x", "example.org/a?id=3"),
    ("https://example.org/a?UTM_Source=x&ID=3", "example.org/a?ID=3"),
    ("https://www-example-org.cdn.ampproject.org/c/s/www.example.org/a/amp?id=3", "example.org/a?id=3"),
    ("https://www.google.com/amp/s/www.example.org/a.html", "example.org/a.html"),
    ("https://www.google.co.id/amp/example.org/a", "example.org/a"),
    ("https://www.google.com/search?q=a", "google.com/search?q=a"),
    ("", ""), ("mailto:a@b.example", ""), ("http://[::1", ""), ("/a", ""),
])  # fmt: skip
def test_the_compared_form(url: str, compared: str) -> None:
    assert canonical(url) == compared


@given(st.lists(st.sampled_from(["a", "amp", "index.html", "b-c", ""]), max_size=4),
       st.lists(st.sampled_from(["id=3", "utm_medium=x", "page=1", "page=2", "p=", "ref=1"]), max_size=4))  # fmt: skip
def test_the_compared_form_is_its_own(path: list[str], query: list[str]) -> None:
    once = canonical("https://www.m.example.org/" + "/".join(path) + "?" + "&".join(query))
    assert canonical("https://" + once) == once


def test_variants_of_one_article_compare_equal(shared: Path) -> None:
    """Every `url` variant of the labelled duplicates has its original's compared form."""
    with (shared / "labels/id_stories_dev_items.csv").open(newline="") as lines:
        original = {row["item_id"]: row["url"] for row in csv.DictReader(lines)}
    with (shared / "labels/id_dups_dev_gold.csv").open(newline="") as lines:
        of = {row["item_id"]: row["cluster_id"] for row in csv.DictReader(lines)}
    with (shared / "labels/id_dups_dev_items.csv").open(newline="") as lines:
        pairs = [(row["url"], original[of[row["item_id"]]]) for row in csv.DictReader(lines) if row["kind"] == "url"]
    assert pairs
    assert [(a, b) for a, b in pairs if canonical(a) != canonical(b)] == []


@pytest.mark.parametrize(("host", "domain"), [
    ("regional.kompas.com", "kompas.com"), ("www.radar.co.id", "radar.co.id"), ("kabar.go.id", "kabar.go.id"),
    ("co.id", "co.id"), ("localhost", "localhost"), ("127.0.0.1", "127.0.0.1"), ("2001:db8::1", "2001:db8::1"),
    ("", ""),
])  # fmt: skip
def test_the_registrable_domain(host: str, domain: str) -> None:
    assert registrable_domain(host) == domain


@pytest.mark.parametrize(("url", "host"), [
    ("https://Kabar.example:8080/a", "kabar.example"), ("http://[::1", ""), ("", ""), ("/a", ""),
])  # fmt: skip
def test_the_host(url: str, host: str) -> None:
    assert host_of(url) == host


@pytest.mark.parametrize(("text", "slug"), [
    ("Radar Tapal Kuda", "radar-tapal-kuda"), ("  Café — Münster! ", "cafe-munster"),
    ("日本", "berita"), ("", "berita"),
    ("a" * 80, "a" * 60), ("kata " * 20, "-".join(["kata"] * 12)), ("-x-", "x"),
])  # fmt: skip
def test_a_slug(text: str, slug: str) -> None:
    assert slugify(text) == slug
