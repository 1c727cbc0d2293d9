"""OPML: what readers and people export is read, within narrow limits; what we write is read back the same."""

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.documents.opml import Outline, read, write
from aggregator.errors import UsageError
from tests.documents.published import strictly


def listed(body: str, prolog: str = "") -> bytes:
    return f'{prolog}<opml version="2.0"><head><title>x</title></head><body>{body}</body></opml>'.encode()


def feed(number: int | str, more: str = "") -> str:
    return f'<outline type="rss" text="Feed {number}" xmlUrl="https://{number}.example/feed" {more}/>'


def refused(data: bytes) -> str:
    with pytest.raises(UsageError) as caught:
        read(data, "daftar.opml")
    assert caught.value.reason.parts["path"] == "daftar.opml"
    return caught.value.reason.kind


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (feed(1), [Outline("Feed 1", "https://1.example/feed")]),
        (feed(1, 'htmlUrl="https://1.example" language="jv"'), [
            Outline("Feed 1", "https://1.example/feed", "https://1.example", (), "jv")]),
        ('<outline text="Jatim"><outline title="Jember">' + feed(1) + "</outline>" + feed(2) + "</outline>", [
            Outline("Feed 1", "https://1.example/feed", "", ("Jatim", "Jember")),
            Outline("Feed 2", "https://2.example/feed", "", ("Jatim",))]),
        ('<outline text=" " title=" Radar \n Bromo " xmlUrl=" https://a.example/f "/>', [
            Outline("Radar Bromo", "https://a.example/f")]),  # text is empty, so the title counts
        ('<outline XMLURL="https://a.example/f" Title="A"/>', [Outline("A", "https://a.example/f")]),
        (feed(1) + feed(1) + feed(2), [Outline("Feed 1", "https://1.example/feed"), Outline("Feed 2", "https://2.example/feed")]),
        ('<outline type="link" text="A" xmlUrl="https://a.example/f"/>', [Outline("A", "https://a.example/f")]),
        ('<outline type="Include" text="A" url="https://a.example/l" xmlUrl="https://a.example/l"/>', []),
        ('<outline type="link" text="A" url="https://a.example/list.opml"/>', []),
        ('<outline text="hanya catatan"/>', []),
        ('<outline text="A &amp; B &lt;i&gt;" xmlUrl="https://a.example/?a=1&amp;b=2"/>', [
            Outline("A & B <i>", "https://a.example/?a=1&b=2")]),
        ('<outline text="A & B" xmlUrl="https://a.example/?a=1&b=2"/>', [Outline("A & B", "https://a.example/?a=1&b=2")]),
        ('<outline text="caf&eacute; &nosuch; &#233;&#xE9;" xmlUrl="https://a.example/f"/>', [
            Outline("café &nosuch; éé", "https://a.example/f")]),
        ('<outline text="a&#0;b&#xD800;c&#x1F;d" xmlUrl="https://a.example/f"/>', [
            Outline("a\ufffdb\ufffdcd", "https://a.example/f")]),
    ],
)  # fmt: skip
def test_what_an_outline_says(body: str, expected: list[Outline]) -> None:
    assert list(read(listed(body))) == expected


@pytest.mark.parametrize(
    "data",
    [
        listed(feed("é"), '<?xml version="1.0"?>'),
        b"\xef\xbb\xbf" + listed(feed("é"), '<?xml version="1.0" encoding="utf-8"?>'),
        listed(feed("é"), '<?xml version="1.0" encoding="utf-16"?>'),  # says so, but is UTF-8
        listed(feed("é"), '<?xml version="1.0" encoding="nosuch-1"?>'),
        listed(feed("é"), '<?xml version="1.0" encoding="iso-8859-1"?>').decode().encode("iso-8859-1"),
        listed(feed("é")).decode().encode("cp1252"),  # says nothing
        listed(feed("é")).decode().encode("utf-16"),
        listed(feed("é")).decode().encode("utf-16-le"),
        listed(feed("é")).decode().encode("utf-16-be"),
        listed(feed("é"), '<!DOCTYPE opml SYSTEM "https://opml.example/opml.dtd">'),
        b"\n\n " + listed(feed("é"), "<?xml version='1.0' encoding='utf-8' standalone='yes'?><?x y?><!-- c -->"),
    ],
)
def test_encodings_and_prologs(data: bytes) -> None:
    assert [(one.title, one.xml_url) for one in read(data)] == [("Feed é", "https://é.example/feed")]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not xml at all",
        b"\x00\x01\x02\xff\xfe",
        b"<html><body><p>a page</p></body></html>",
        b'<?xml version="1.0"?><rss version="2.0"><channel><title>a feed</title></channel></rss>',
        listed(feed(1), '<!DOCTYPE opml [<!ENTITY a "b">]>'),
        listed(feed(1), '<!DOCTYPE opml [<!ENTITY % p SYSTEM "file:///etc/hostname"> %p;]>'),
        listed(
            '<outline text="&x;" xmlUrl="https://a.example/"/>',
            '<!DOCTYPE o [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        ),
        listed(feed(1), '<!DOCTYPE opml [<!ATTLIST outline xmlUrl CDATA "https://x.example/">]>'),
        listed(feed(1), '<!DOCTYPE o [<!ENTITY a "b">]>').decode().encode("utf-16"),
        listed("<outline text='x'>" * 65 + feed(1) + "</outline>" * 65),
    ],
)
def test_what_is_refused_as_unreadable(data: bytes) -> None:
    assert refused(data) == "opml_unreadable"


def kind_of(data: bytes) -> str:
    """Return why a list is refused, "" if it is read."""
    try:
        found = read(data)
    except UsageError as error:
        return error.reason.kind
    return "" if all(one.xml_url for one in found) else "no address"


def test_limits() -> None:
    assert len(read(listed("".join(map(feed, range(2_000)))))) == 2_000
    assert refused(listed("".join(map(feed, range(2_001))))) == "opml_too_many"
    assert refused(listed("".join(map(feed, range(10_000))))) == "opml_too_many"
    assert refused(listed("<!--" + "x" * 1_000_000 + "-->")) == "opml_too_large"
    assert len(read(listed("<outline text='x'>" * 50 + feed(1) + "</outline>" * 50))[0].folder) == 50


def test_an_error_names_no_file_where_none_was_given() -> None:
    with pytest.raises(UsageError) as caught:
        read(b"")
    assert dict(caught.value.reason.parts) == {"detail": "there is no opml element"}


@pytest.mark.parametrize(
    "hostile",
    [
        "<!DOCTYPE " * 99_000,
        "<?xml " * 160_000,
        "&" * 900_000,
        "&#" * 450_000,
        "<outline " + " ".join(f'a{n}="1"' for n in range(80_000)) + "/>",
        "<outline " + 'a="1" ' * 150_000 + "/>",
        "<outline>" * 100_000,
        "<a " * 300_000,
        "<outline text='" + "x" * 900_000,
    ],
)
def test_a_hostile_list_costs_at_most_two_seconds(hostile: str) -> None:
    for data in (listed(hostile), hostile.encode()):
        started_s = time.process_time()
        assert kind_of(data) in ("", "opml_unreadable")
        assert time.process_time() - started_s < 2


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400) | st.text().map(lambda text: listed(text, "<!-- -->")))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    assert kind_of(data) in ("", "opml_unreadable")


# Words as a list holds them: no runs of white space, nothing that XML forbids.
WORDS = st.lists(
    st.text(st.characters(exclude_categories=("Cc", "Cs", "Z"), exclude_characters="\ufffe\uffff"), min_size=1),
    min_size=1, max_size=3,
).map(" ".join)  # fmt: skip
OUTLINES = st.lists(
    st.builds(Outline, WORDS, st.uuids().map("https://{}.example/?a=1&b=<2>".format), st.just("") | WORDS,
              st.lists(WORDS, max_size=3).map(tuple), st.sampled_from(["", "id", "jv"])),
    max_size=8,
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(OUTLINES)
def test_what_is_written_is_read_back(outlines: list[Outline]) -> None:
    document = write("Sumber Kabar", outlines, owner="Redaksi")
    strictly(document)
    assert sorted(read(document), key=lambda one: one.xml_url) == sorted(outlines, key=lambda one: one.xml_url)
    assert document == write("Sumber Kabar", outlines, owner="Redaksi")


def test_a_written_list_as_a_whole() -> None:
    outlines = [
        Outline("Radar A", "https://a.example/f", "", ("Jawa Timur", "Jember"), "id"),
        Outline("Radar B", "https://b.example/f", "https://b.example/"),
        Outline("Radar C", "https://c.example/f", folder=("Jawa Timur",)),
    ]
    assert (
        write("Sumber", outlines, owner="Redaksi").decode()
        == """<?xml version='1.0' encoding='utf-8'?>
<opml version="2.0">
  <head>
    <title>Sumber</title>
    <ownerName>Redaksi</ownerName>
  </head>
  <body>
    <outline text="Jawa Timur" title="Jawa Timur">
      <outline text="Jember" title="Jember">
        <outline type="rss" text="Radar A" title="Radar A" xmlUrl="https://a.example/f" language="id"/>
      </outline>
      <outline type="rss" text="Radar C" title="Radar C" xmlUrl="https://c.example/f"/>
    </outline>
    <outline type="rss" text="Radar B" title="Radar B" xmlUrl="https://b.example/f" htmlUrl="https://b.example/"/>
  </body>
</opml>
"""
    )


# The shared suites say in a comment what must come out; of that, this is what a list of feeds has.
_EVAL = re.compile(r"Eval: (.*)")
_N_FEEDS = re.compile(r"len\(result\['feeds'\]\) == (\d+)")
_FIELD = re.compile(r"result\[.feeds.\]\[(\d)\]\[.(title|url).\] == ['\"](.*)['\"]")
_SAME_TITLE = re.compile(r"result\['feeds'\]\[0\]\['title'\] == result\['feeds'\]\[1\]\['title'\]")
_NESTED = re.compile(r"^(\[.*\]) in result\['feeds'\]\[0\]\['categories'\]")


def test_listparsers_suite(shared: Path) -> None:
    n_checked = 0
    for path in sorted((shared / "corpus" / "suites" / "listparser").glob("[mo]*/**/*.xml")):
        found = read(path.read_bytes())
        for claim in _EVAL.findall(path.read_text("utf-8")):
            n_checked += 1
            if said := _N_FEEDS.match(claim):
                assert len(found) == int(said[1]), path
            elif said := _FIELD.match(claim):
                outline = found[int(said[1])]
                assert (outline.title if said[2] == "title" else outline.xml_url) == said[3], path
            elif _SAME_TITLE.match(claim):
                assert found[0].title == found[1].title, path
            elif (said := _NESTED.match(claim)) and "category=" not in path.read_text("utf-8"):
                assert str(list(found[0].folder)) == said[1] or "duplication" in path.name, path
            else:
                n_checked -= 1
    assert n_checked >= 15


def test_lists_of_people_are_no_opml(shared: Path) -> None:
    paths = sorted((shared / "corpus" / "suites" / "listparser" / "rdf").rglob("*.xml"))
    assert [refused(path.read_bytes()) for path in paths] == ["opml_unreadable"] * 13


def test_the_examples_of_the_specification(shared: Path) -> None:
    folder = shared / "corpus" / "suites" / "opml-pluto"
    found = {path.name.partition(".")[0]: len(read(path.read_bytes())) for path in sorted(folder.glob("*.xml"))}
    assert found == {
        "category": 0, "directory": 0, "feedbase_about": 0, "feedbase_hotlist": 140, "places_lived": 0, "playlist": 0,
        "presentation": 0, "simple_script": 0, "specification": 0, "states": 0, "subscription_list": 13,
    }  # fmt: skip


def test_a_list_by_province(shared: Path) -> None:
    found = read((shared / "corpus" / "sources" / "id-regional-feeds.opml").read_bytes())
    assert len(found) > 300
    assert all(len(one.folder) == 1 and one.language for one in found)
    assert read(write("x", found)) == found
