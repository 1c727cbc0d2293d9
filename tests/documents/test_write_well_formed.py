"""Whatever a feed says, our documents are well-formed and give the same text back, in every format."""

import dataclasses
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from aggregator.documents.write_xml import legal
from tests.documents.published import ENTRY, FORMATS, PUBLICATION, SOURCE, Read

# Every code point, lone surrogates and non-characters included, the awkward ones often.
ANY_TEXT = st.text(
    st.one_of(
        st.characters(codec=None, exclude_categories=()),
        st.sampled_from("\0\x0b\x1b\x7f\x85\r\n\t<>&\"']\ud800\ufffe\uffff\U0010ffff"),
    )
)


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=150, deadline=None)
@given(title=ANY_TEXT, body=ANY_TEXT, author=ANY_TEXT, url=ANY_TEXT)
def test_any_text_comes_back_from_a_strict_parser(name: str, title: str, body: str, author: str, url: str) -> None:
    write, read = FORMATS[name]
    source = dataclasses.replace(SOURCE, name=author, feed_url=url, site_url=url)
    entry = dataclasses.replace(ENTRY, title=title, body_html=body, authors=(author,), url=url, source=source)
    found = read(write(dataclasses.replace(PUBLICATION, title=title, entries=(entry,))))
    assert found == Read(legal(title), legal(title), legal(body), [legal(author)], legal(author))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Harga naik", "Harga naik"),
        ("a\tb\nc\rd", "a\tb\nc\rd"),
        ("nol\0 lonceng\x07 hapus\x7f c1\x9b", "nol lonceng hapus c1"),
        ("setengah \ud83d pasangan", "setengah  pasangan"),
        ("bukan huruf \ufffe\uffff", "bukan huruf "),
        ("gunung 🌋 \U0010ffff", "gunung 🌋 \U0010ffff"),
        ("عاجل: مطر", "عاجل: مطر"),
    ],
)
def test_legal(text: str, kept: str) -> None:
    assert legal(text) == kept


@settings(max_examples=300)
@given(ANY_TEXT)
def test_legal_keeps_all_that_xml_allows_but_control_characters(text: str) -> None:
    root = etree.Element("a")
    root.text = legal(text)  # ValueError for a character that XML forbids
    removed = re.sub("|".join(map(re.escape, set(legal(text)))) or "(?!)", "", text)
    assert all(
        ord(one) < 0x20 or 0x7F <= ord(one) <= 0x9F or 0xD800 <= ord(one) <= 0xDFFF or one in "\ufffe\uffff"
        for one in removed
    )


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_publication_is_the_same_bytes(name: str) -> None:
    write, _ = FORMATS[name]
    assert write(PUBLICATION) == write(dataclasses.replace(PUBLICATION))


@pytest.mark.parametrize("name", ["rss", "atom"])
def test_xml_names_its_style_sheet_for_people(name: str) -> None:
    write, _ = FORMATS[name]
    assert b'<?xml-stylesheet type="text/css" href="/static/feed.css"?>' in write(PUBLICATION)
