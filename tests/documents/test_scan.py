"""The first look at a document: where it starts, what it may not contain, where it is cut, what is mended."""

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from aggregator.documents.scan import MAX_ITEMS, bounded, find_root, has_odd_references, with_good_references
from aggregator.errors import HostileError


@pytest.mark.parametrize(("text", "name", "is_html"), [
    ("<rss/>", "rss", False),
    ("\ufeff\n\n <?xml version='1.0'?>\n<rss>", "rss", False),
    ("sampah > di depan <<rss>", "rss", False),
    ("<!-- <html> --><feed xmlns='x'>", "feed", False),
    ("<?xml-stylesheet href='<a>'?><rdf:RDF>", "a", False),
    ("<!DOCTYPE html><title>x", "title", True),
    ('<!doctype HTML PUBLIC "-//W3C//DTD <x> 4.01//EN"><html>', "html", True),
    ('<!DOCTYPE rss SYSTEM "http://x.example/rss.dtd"><rss>', "rss", False),
    ("<!DOCTYPE rss [<!ELEMENT rss ANY><!-- <!ENTITY x 'y'> --><?pi <!ENTITY ?>]><rss>", "rss", False),
    ("", "", False), ("polos", "", False), ("<!-- tanpa akhir <rss>", "", False), ("< rss>", "", False),
])  # fmt: skip
def test_the_root_is_found_behind_whatever_precedes_it(text: str, name: str, is_html: bool) -> None:
    root = find_root(text)
    assert (root.name, root.is_html) == (name, is_html)
    assert text[root.start :].startswith(f"<{name}" if name else "")


@pytest.mark.parametrize("text", [
    "<!DOCTYPE rss [<!ENTITY a 'b'>]><rss/>", "<!DOCTYPE rss [ <!entity % p SYSTEM 'http://x.example/'> %p; ]><rss/>",
    "<!DOCTYPE rss [<!-- --><!ENTITY a 'b'>]><rss/>", "<!DOCTYPE html><!DOCTYPE rss [<!ENTITY a 'b'>]><rss/>",
    "<!DOCTYPE rss [<!ENTITY <rss/>", "<!DOCTYPE rss [", "<!DOCTYPE rss [" + "<!ELEMENT a ANY>" * 2000 + "]><rss/>",
])  # fmt: skip
def test_declared_entities_and_endless_doctypes_are_refused(text: str) -> None:
    with pytest.raises(HostileError) as caught:
        find_root(text)
    assert caught.value.reason.kind == "declares_entities"


@pytest.mark.parametrize(("text", "kind"), [
    ("<r>" + "<a>" * 200, "too_deep"), ("<r>" + "<a><br>" * 300, "too_deep"),
    ("<r><m " + " ".join(f'a{i}="1"' for i in range(257)) + "/></r>", "too_many_attributes"),
    ("<r><m x='>' " + " ".join(f"xmlns:n{i}='u'" for i in range(300)) + "/></r>", "too_many_attributes"),
    ("<r><m " + " ".join(f"a{i}" for i in range(300)) + "></r>", "too_many_attributes"),
    ("<r><!-- " + "<m " + "a b " * 300 + "/></r>", "too_many_attributes"),
    ("<item>" + "<category>a</category>" * 4001, "too_many_elements"), ("<c>" + "<b/>" * 4001, "too_many_elements"),
    ("<c>" + "<item><a/></item>" * 500 + "<x/>" * 4001, "too_many_elements"),
])  # fmt: skip
def test_what_would_cost_too_much_is_refused(text: str, kind: str) -> None:
    with pytest.raises(HostileError) as caught:
        bounded(text)
    assert caught.value.reason.kind == kind


@pytest.mark.parametrize("text", [
    "<r>" + "<a>" * 199 + "</a>" * 199 + "</r>", "<r>" + "<a/>" * 1000 + "</r>", "<r>" + "<a></a>" * 1000 + "</r>",
    "<r><![CDATA[" + "<a>" * 300 + "]]></r>", "<r><!--" + "<a>" * 300 + "--></r>",
    "<r>" + "<d><p><img></d>" * 300 + "</r>",
    "<r>" + "<a/>" * 4000 + "</r>", "<r>" + "<d>" + "<a/>" * 3000 + "</d>" + "<d>" + "<a/>" * 3000 + "</d></r>",
    "<r><m " + " ".join(f'a{i}="1"' for i in range(256)) + "/></r>", "<r><a t='" + "x=1 y " * 400 + "'/></r>",
    "<r>" + "</x>" * 500, "a < b <",
])  # fmt: skip
def test_what_is_within_bounds_passes_unchanged(text: str) -> None:
    assert bounded(text) == (text, 0)


def test_items_beyond_the_thousandth_are_cut_off_and_counted() -> None:
    items = "".join(f"<item><t>{i}</t></item>" for i in range(MAX_ITEMS + 7))
    text, n_cut = bounded(f"<rss><channel>{items}</channel></rss>")
    root = etree.fromstring(text)
    assert n_cut == 7
    assert [e.text for e in root.iter("t")] == [str(i) for i in range(MAX_ITEMS)]


def test_depth_is_counted_on_behind_the_last_item_when_nothing_is_cut() -> None:
    with pytest.raises(HostileError):
        bounded("<rss>" + "<item></item>" * MAX_ITEMS + "<a>" * 300)


@pytest.mark.parametrize(("text", "good"), [
    ("A & B", "A &amp; B"), ("?a=1&b=2", "?a=1&amp;b=2"), ("&eacute;&nbsp;&mdash;", "é\xa0—"),
    ("&amp;&lt;&gt;&quot;&apos;", None),
    ("&#233;&#xE9;", None), ("&#xD800;&#0;&#x110000;&#xFFFE;x", "x"), ("&tidakada;", "&amp;tidakada;"),
    ("&#;&#x;", "&amp;#;&amp;#x;"),
    ("<![CDATA[a & b &eacute;]]>&c", "<![CDATA[a & b &eacute;]]>&amp;c"), ("<![CDATA[a & b", None),
])  # fmt: skip
def test_references_become_those_that_xml_knows(text: str, good: str | None) -> None:
    assert with_good_references(text) == (text if good is None else good)


@given(
    st.lists(st.sampled_from(["&", "amp;", "eacute;", "#38;", "#xD800;", "x", " ", ";", "#"]), max_size=8).map("".join)
)
def test_mended_references_are_well_formed(text: str) -> None:
    etree.fromstring(f"<r>{with_good_references(text)}</r>")
    assert not has_odd_references(with_good_references(text))


@given(st.text("<>!-[]CDATA/?'\" =aitem\n", max_size=120))
def test_no_text_breaks_the_first_look(text: str) -> None:
    with contextlib.suppress(HostileError):
        bounded(text[find_root(text).start :])


@pytest.mark.parametrize(
    "piece",
    ["<", "<!--", "<![CDATA[", "<a ", "<a '", '<a href="', "</a>", "<?", "<!DOCTYPE a>", "&", "<a/>", "]]>", "<a 'b\""],
)
def test_the_first_look_is_linear(piece: str) -> None:
    def seconds(n: int) -> float:
        text = piece * n
        started = time.process_time()
        with contextlib.suppress(HostileError):
            bounded(text[find_root(text).start :])
        with_good_references(text)
        return time.process_time() - started

    seconds(1000)
    assert seconds(160_000) < 40 * max(seconds(20_000), 0.005)
