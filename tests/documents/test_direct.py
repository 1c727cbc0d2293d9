"""Plain items read directly are what feedparser makes of them; whatever is not plain is left to it."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.documents import parse
from aggregator.documents.direct import plain_item
from aggregator.documents.fresh import Fresh, find_fresh
from aggregator.documents.heads import plain_head
from aggregator.model.document import Document

URL = "https://kabar.example/feed"
NOW = datetime(2026, 3, 14, 5, 0, tzinfo=UTC)


def fresh(body: bytes) -> Fresh | None:
    return find_fresh(body, "", URL, ())


def both(body: str) -> tuple[Document, Document]:
    """Return a document as we read it, and as feedparser does."""
    raw = body.encode()
    return parse.read(raw, {}, URL, "Asia/Jakarta", NOW), parse.read_whole(raw, {}, URL, "Asia/Jakarta", NOW)


SPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:atom="http://www.w3.org/2005/Atom" '
    'xmlns:slash="http://purl.org/rss/1.0/modules/slash/" xmlns:wfw="http://wellformedweb.org/CommentAPI/" '
    'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"'
)
HEAD = "<title>Kabar</title><link>https://kabar.example/</link>"


def rss(item: str, head: str = HEAD, root: str = "") -> str:
    return f'<rss version="2.0" {SPACES}{root}><channel>{head}<item>{item}</item></channel></rss>'


def atom(entry: str, head: str = "<title>Kabar</title>", root: str = ' xml:lang="id"') -> str:
    space = 'xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/"'
    return f"<feed {space}{root}>{head}<entry>{entry}</entry></feed>"


TEXTS = st.sampled_from(
    [
        "",
        " ",
        "Banjir di Tiris",
        "  Dua \n baris ",
        "Café – naïf",
        "Caf\u00c3\u00a9",
        "a &amp; b",
        "a &amp;amp; b",
        "&lt;b>tebal&lt;/b> kata",
        "<![CDATA[<p>Warga</br>memutar&nbsp;<b>jalan</b></p>]]>",
        "&lt;p>Rp5.000",
        "x &#146; y",
        "1 &lt; 2",
        "\u00a0kosong\u00a0",
        "é\u0301",
        "é",
    ]
)
LINKS = st.sampled_from(
    [
        "https://kabar.example/1",
        " https://kabar.example/1 ",
        "/1?a=1&amp;b=2",
        "https://kabar.example/1?a=1&amp;amp;b=2",
        "1",
        "",
        "https:///kabar.example/1",
        "https://x.example/?a&amp;copy;b",
        "mailto:a@x.example",
        "http://[x",
        "https://kabar.example/é",
    ]
)
DATES = st.sampled_from(["", "Sat, 14 Mar 2026 03:00:00 +0700", "14 Maret 2026", "2026-03-14T03:00:00Z", "kemarin é"])
NAMES = st.sampled_from(
    [
        "",
        "Siti Aminah",
        "redaksi@kabar.example (Budi)",
        "a@b.example",
        "Siti dan Budi",
        "<![CDATA[Ani]]>",
        "Jos\u00c3\u00a9",
    ]
)
PICTURES = st.sampled_from(
    [
        '<enclosure url="/a.jpg" type="Image/JPEG" length="1"/>',
        '<enclosure url="/a.mp3" type="audio/mpeg"/>',
        "<enclosure/>",
        '<media:thumbnail url="https://x.example/t.jpg" width="1"/>',
        '<media:content url="c.jpg" medium="image"/>',
        '<media:content url="d.jpg" medium="IMAGE" type="image/png"/>',
        '<media:content url="c.jpg" medium="image"><media:title>T</media:title></media:content>',
        "<media:thumbnail>u.jpg</media:thumbnail>",
        '<media:credit role="a">Ani</media:credit>',
        "<media:description>Lain</media:description>",
    ]
)
OTHERS = st.sampled_from(
    [
        "<slash:comments>3</slash:comments>",
        "<wfw:commentRss>https://x.example/c</wfw:commentRss>",
        "<comments>https://x.example</comments>",
        '<source url="https://x.example/f">Sumber</source>',
        '<post-id xmlns="com-wordpress:feed-additions:1">7</post-id>',
        "<dc:subject>Banjir</dc:subject>",
        "<atom:updated>2026-03-13T00:00:00Z</atom:updated>",
        "<dc:date>2026-03-12T00:00:00Z</dc:date>",
        "<feedburner:origLink>https://asli.example/1</feedburner:origLink>",
        '<atom:link rel="self" href="https://x.example/s"/>',
        "<dc:language>jv</dc:language>",
        "<image><url>i.jpg</url></image>",
        "<id>17</id>",
        "<link/>",
        "<title>Kedua</title>",
        "<description>Kedua</description>",
        "<author>Kedua</author>",
        "<nid>4</nid>",
        "<summary>S</summary>",
        "text",
        "<x:y xmlns:x='urn:x'>z</x:y>",
    ]
)


PERMALINKS = st.sampled_from(["", " isPermaLink='false'", " isPermaLink='True'", " isPermaLink='true'"])
DOMAINS = st.sampled_from(["", " domain='d'", " domain=''", " term='t'"])


@st.composite
def rss_items(draw: Any) -> str:
    name = draw(st.sampled_from(["author", "dc:creator"]))
    parts = [
        f"<title>{draw(TEXTS)}</title>",
        f"<link>{draw(LINKS)}</link>",
        f"<description>{draw(TEXTS)}</description>",
        f"<content:encoded>{draw(TEXTS)}</content:encoded>",
        f"<pubDate>{draw(DATES)}</pubDate>",
        draw(PICTURES),
        draw(OTHERS),
        f"<{name}>{draw(NAMES)}</{name}>",
        f"<guid{draw(PERMALINKS)}>{draw(LINKS)}</guid>",
        *(f"<category{draw(DOMAINS)}>{draw(NAMES)}</category>" for _ in range(3)),
    ]
    return "\n".join(draw(st.lists(st.sampled_from(parts), max_size=9, unique=True)))


@st.composite
def entries(draw: Any) -> str:
    kinds = st.sampled_from(
        ["", ' type="html"', ' type="text"', ' type="HTML"', ' type="text/plain"', ' type="xhtml"', ' xml:lang="jv"']
    )
    rels = st.sampled_from(
        [
            "",
            ' rel="alternate"',
            ' rel="self"',
            ' rel="enclosure" type="image/png"',
            ' type="text/HTML"',
            ' type="text/plain"',
            ' rel="replies"',
        ]
    )
    links = [f'<link{draw(rels)} href="{draw(LINKS)}"/>' for _ in range(3)]
    parts = [
        f"<id>{draw(LINKS)}</id>",
        f"<title{draw(kinds)}>{draw(TEXTS)}</title>",
        f"<summary{draw(kinds)}>{draw(TEXTS)}</summary>",
        f"<content{draw(kinds)}>{draw(TEXTS)}</content>",
        f"<published>{draw(DATES)}</published>",
        f"<updated>{draw(DATES)}</updated>",
        f"<author><name>{draw(NAMES)}</name></author>",
        f"<author><email>{draw(NAMES)}</email><name>{draw(NAMES)}</name></author>",
        "<author/>",
        '<category term="t" label="Teks"/>',
        '<category term="t"/>',
        '<category label="L"/>',
        "<category/>",
        "<rights>R</rights>",
        *links,
        '<content src="https://x.example/c" type="html"/>',
        "<source><title>S</title></source>",
        '<media:thumbnail url="t.jpg"/>',
        "<link/>",
    ]
    return "".join(draw(st.lists(st.sampled_from(parts), max_size=9, unique=True)))


@settings(max_examples=600, deadline=None)
@given(body=st.builds(rss, rss_items()) | st.builds(atom, entries()))
def test_whatever_an_item_is_made_of_it_is_what_feedparser_makes_of_it(body: str) -> None:
    ours, theirs = both(body)
    assert (ours.items, ours.n_dropped) == (theirs.items, theirs.n_dropped)


HEADS = st.sampled_from(
    [
        "<title>Kabar</title>",
        "<title>Kabar &amp; &lt;i>Berita&lt;/i></title>",
        "<title>Caf\u00c3\u00a9</title>",
        "<link>https://kabar.example/</link>",
        "<link>/?a=1&amp;b=2</link>",
        "<link>https:///x.example</link>",
        "<language>in_ID</language>",
        "<ttl>30</ttl>",
        "<ttl> x </ttl>",
        "<description>D</description>",
        '<atom:link rel="Self" href="/feed"/>',
        '<atom:link rel="hub" href="https://hub.example/"/>',
        '<atom:link href="https://lain.example/"/>',
        "<skipHours><hour>3</hour></skipHours>",
        "<image><url>u</url><title>T</title><link>https://gambar.example/</link></image>",
        "<guid>g</guid>",
        '<sy:updatePeriod xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">hourly</sy:updatePeriod>',
        "<image><x/></image>",
        "<webMaster>w</webMaster>",
        "<id>https://id.example/</id>",
        '<link href="https://atom.example/"/>',
        '<link rel="self" href="/s"/>',
        '<link type="text/plain" href="/t"/>',
        "<updated>2026-03-14T00:00:00Z</updated>",
        "<subtitle>S</subtitle>",
        '<title type="html">&lt;b>K&lt;/b></title>',
        "<author><name>N</name></author>",
        "<category>k</category>",
        "<cloud/>",
    ]
)


@settings(max_examples=400, deadline=None)
@given(
    parts=st.lists(HEADS, max_size=7, unique=True),
    root=st.sampled_from(["", ' xml:lang="jv"', ' xml:lang=""', ' lang="jv"', ' xmlns:old="http://purl.org/rss/1.0/"']),
    make=st.sampled_from([rss, atom]),
)
def test_whatever_a_head_is_made_of_it_is_what_feedparser_makes_of_it(parts: list[str], root: str, make: Any) -> None:
    ours, theirs = both(make("<title>Satu</title>", "".join(parts), root))
    names = ("format", "title", "site_url", "language", "hints", "self_url", "hub_url", "items")
    assert {n: getattr(ours, n) for n in names} == {n: getattr(theirs, n) for n in names}


PLAIN = (
    "<title>Satu</title><link>/1</link><guid>g</guid><description>D</description><content:encoded>C</content:encoded>"
    '<pubDate>x</pubDate><dc:creator>A</dc:creator><category domain="d">k</category><category>l</category>'
    '<comments>c</comments><slash:comments>1</slash:comments><enclosure url="e" type="image/png"/>'
    '<media:thumbnail url="t"/><source url="u">s</source>'
)


def test_a_plain_document_needs_no_feedparser() -> None:
    document, theirs = both(rss(PLAIN))
    assert (document.way, document.items) == ("direct", theirs.items)
    document, theirs = both(
        atom('<id>i</id><link href="/1"/><title type="html">T</title><content type="html">C</content>')
    )
    assert (document.way, document.items) == ("direct", theirs.items)


@pytest.mark.parametrize(
    "item",
    [
        "<title>Satu <b>dua</b></title>",
        "<title>Satu</title><title>Dua</title>",
        "<title>Caf\u00c3\u00a9</title>",
        "<title>x \u0092</title>",
        "<link>https://x.example/?a&amp;amp;b</link>",
        "<category domain='d'/>",
        "<description type='html'>x</description>",
        "<dc:subject>x</dc:subject>",
        "<media:content url='a'><media:title>t</media:title></media:content>",
        "<author>a</author><dc:creator>b</dc:creator>",
        "<nid>1</nid>",
    ],
)
def test_what_is_not_plain_is_left_to_feedparser(item: str) -> None:
    found = fresh(rss(item).encode())
    assert found is not None
    assert plain_item(found.items[0]) is None
    document, theirs = both(rss(item + "<guid>g</guid>"))
    assert (document.way, document.items) == ("fresh", theirs.items)


def test_plain_and_other_items_of_a_document_keep_their_order() -> None:
    titles = ["Satu", "<b>Dua</b>", "Tiga", "<i>Empat</i>", "Lima"]
    items = "</item><item>".join(f"<title>{title}</title>" for title in titles)
    document, theirs = both(rss(items))
    assert document.way == "fresh"
    assert document.items == theirs.items
    assert len(document.items) == 5


def test_most_items_of_the_series_are_plain(shared: Path, capsys: Any) -> None:
    items: Counter[str] = Counter()
    ways: Counter[str] = Counter()
    for path in sorted((shared / "corpus/feeds/series").rglob("*.xml")):
        body = path.read_bytes()
        found = fresh(body)
        if found is None:
            items["not plain"] += len(parse.read(body, {}, URL, "Asia/Jakarta", NOW).items)
            ways["whole"] += 1
            continue
        plain = [plain_item(item) is not None for item in found.items]
        items["plain"] += plain.count(True)
        items["not plain"] += plain.count(False)
        is_direct = all(plain) and plain_head(found.root, found.head, found.tag) is not None
        ways["direct" if is_direct else "with feedparser"] += 1
    with capsys.disabled():
        print(f"\nseries: items {dict(items)}, documents {dict(ways)}")
    assert items["plain"] >= 0.6 * items.total()


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_part_taken_out_of_real_items_changes_nothing_about_it(shared: Path, data: Any) -> None:
    """Elements of real items are dropped, doubled and moved; the reading stays that of feedparser."""
    paths = [path for path in sorted((shared / "corpus/feeds").rglob("*.xml")) if path.stat().st_size < 40_000]
    found = fresh(data.draw(st.sampled_from(paths)).read_bytes())
    if found is None or not found.items:
        return
    for item in found.items[3:]:
        found.head.remove(item)
    for item in found.items[:3]:
        children = list(item)
        for child in data.draw(st.lists(st.sampled_from(children), max_size=3)) if children else ():
            if data.draw(st.booleans()):
                item.append(child)
            elif child.getparent() is item:
                item.remove(child)
    ours, theirs = both(found.text_without(()))
    assert (ours.items, ours.title, ours.site_url) == (theirs.items, theirs.title, theirs.site_url)
