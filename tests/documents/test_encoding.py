"""Bytes to characters: what declares wins only where the bytes do not speak for themselves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.documents.encoding import is_binary, to_text

XML = '<?xml version="1.0" encoding="{}"?>\n<rss><title>{}</title></rss>'


@pytest.mark.parametrize(("text", "written", "declared", "header"), [
    ("Zürich", "utf-8", "utf-8", ""),
    ("Zürich", "utf-8", "iso-8859-1", ""),
    ("Zürich", "utf-8", "utf-8", "text/xml; charset=iso-8859-1"),
    ("Zürich “x”", "cp1252", "utf-8", ""),
    ("Zürich “x”", "cp1252", "iso-8859-1", ""),
    ("Zürich “x”", "cp1252", "iso-8859-1", "text/xml; charset=us-ascii"),
    ("Новости", "cp1251", "windows-1251", ""),
    ("Новости", "cp1251", "iso-8859-1", "text/xml; charset=windows-1251"),
    ("Новости", "koi8-r", "KOI8-R", ""),
    ("Новости", "utf-8", "windows-1251", ""),
    ("Łódź", "iso8859-2", "ISO-8859-2", ""),
    ("新闻", "gb18030", "gb2312", ""),
    ("新聞", "big5", "big5", ""),
    ("ニュース", "shift_jis", "Shift_JIS", ""),
    ("ニュース", "iso2022_jp", "iso-2022-jp", ""),
    ("뉴스", "euc-kr", "euc-kr", ""),
    ("Zürich", "utf-8-sig", "iso-8859-1", ""),
    ("Zürich 新", "utf-16", "utf-16", ""),
    ("Zürich 新", "utf-16-le", "utf-8", ""),
    ("Zürich 新", "utf-16-be", "utf-16", ""),
    ("Zürich 新", "utf-32", "utf-32", ""),
    ("Zürich 新", "utf-32-be", "utf-32", ""),
    ("Zürich", "utf-8", "x-klingon", "text/xml; charset=zlib"),
    ("abc", "ascii", "rot13", "text/xml; charset=idna"),
    ("a+ADw-b+AD4-", "ascii", "utf-7", "text/xml; charset=utf-7"),
])  # fmt: skip
def test_a_document_is_read_in_its_real_encoding(text: str, written: str, declared: str, header: str) -> None:
    document = XML.format(declared, text)
    assert to_text(document.encode(written), header) == document


def test_a_few_bad_bytes_spoil_only_themselves() -> None:
    body = XML.format("utf-8", "Zürich ümlauts überall é").encode().replace(b"<title>", b"<title>\xff")
    assert "<title>\ufffdZürich" in to_text(body)


def test_a_page_may_say_its_encoding_in_html() -> None:
    assert "Новости" in to_text('<html><meta charset="windows-1251"><p>Новости'.encode("cp1251"))


def test_what_xml_forbids_is_left_out() -> None:
    assert to_text(b"a\0b\x08c\x1bd\te\nf\xef\xbf\xbe") == "abcd\te\nf"


@given(st.binary(max_size=200), st.sampled_from(["", "charset=utf-16", "charset=zlib", 'charset="', "charset=\u2028"]))
def test_no_bytes_break_the_reader(body: bytes, header: str) -> None:
    to_text(body, header).encode()
    is_binary(body)


@pytest.mark.parametrize(("body", "binary"), [
    (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, True), (b"GIF89a...", True), (b"PK\x03\x04", True),
    (b"%PDF-1.7", True),
    (b"\x1f\x8b\x08" + bytes(100), True), (bytes(range(32)) * 50, True),
    (b"<rss/>", False), (b"{}", False),
    (("<rss/>" * 9).encode("utf-16-le"), False), (("<rss/>" * 9).encode("utf-32"), False),
    (b"<rss>n\0u\0l" + b"a" * 100, False),
    ("Новости".encode("cp1251"), False),
])  # fmt: skip
def test_pictures_and_archives_are_told_from_text(body: bytes, binary: bool) -> None:
    assert is_binary(body) is binary
