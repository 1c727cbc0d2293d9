"""HTML of feeds: what is left of it, that cleaning is final, and the text that it holds."""

import re
import runpy
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aggregator.text.markup import MAX_HTML_BYTES, clean, mended, plain, shorten, title_text

BASE = "https://kabar.example/berita/"

PIECES = [
    "<p>", "</p>", "<div>", "</div>", "<br>", "<br/>", " ", "\n", "\r", "\xa0", "kata", "&amp;", "&nbsp;", "&lt;", "<",
    "&", "\u202e",
    "<a href='/x'>", '<a href="https://a.example/?a=1&b=2">', "<a>", "</a>", "<b>", "</b>", "<i>", "</i>", "<em>",
    "</em>",
    "<strong>", "</strong>", "<ul>", "<ol>", "<li>", "</li>", "</ul>", "</ol>", "<blockquote>", "</blockquote>",
    "<h1>", "</h1>",
    "<table>", "<tr>", "<td>", "</table>", "<script>", "</script>", "<style>", "</style>", "<!--", "-->", "<svg>",
    "</svg>",
    "<math>", "<title>", "<select>", "<option>", "<form>", "<button>", "<template>", "<noscript>", "<frameset>",
    "<pre>\n",
    "<img src=x onerror=1>", "<p title='<b>'>", '<a href="javascript:x" rel="noopener nofollow">', "&#60;b&#62;",
    "{{ 7*7 }}",
]  # fmt: skip


@pytest.fixture(scope="session")
def violations(shared: Path) -> Callable[[str], list[str]]:
    """Return the judge of HTML that is about to reach a browser."""
    judge: Callable[[str], list[str]] = runpy.run_path(str(shared / "hostile/oracle.py"))["violations"]
    return judge


@pytest.mark.parametrize(("raw", "cleaned"), [
    ("Polos saja", "Polos saja"),
    ("<p>Satu</p><p>Dua</p>", "<p>Satu</p><p>Dua</p>"),
    ("<b>tebal</b> <i class=x>miring</i>", "<strong>tebal</strong> <em>miring</em>"),
    ("<div><div>a</div><div>b</div></div>", "<p>a</p><p>b</p>"),
    ("<div>a<div>b</div></div>", "<p>a</p><p>b</p>"),
    ("<h2>Judul</h2>isi", "<p>Judul</p>isi"),
    ("<table><tr><td>1</td><td>2</td></tr></table>", "<p>1</p><p>2</p>"),
    ("<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"),
    ("<p>a<br><br><br><br>b<br></p><p><br></p><br>", "<p>a<br><br>b</p>"),
    ("<p style='x' id=y class=z onclick=q()>a</p>", "<p>a</p>"),
    ("<a href='/x?a=1&b=2'>y</a>", '<a href="https://kabar.example/x?a=1&amp;b=2" rel="noopener nofollow">y</a>'),
    ("<a href='https://x.example/' target=_blank rel=opener>y</a>",
        '<a href="https://x.example/" rel="noopener nofollow">y</a>'),
    ("<a href='mailto:a@x.example'>y</a>", '<a href="mailto:a@x.example" rel="noopener nofollow">y</a>'),
    ("<a href='https:berita'>y</a>", "<a>y</a>"),
    ("<a href='https://u:p@x.example/'>y</a>", '<a href="https://x.example/" rel="noopener nofollow">y</a>'),
    ("<a href='javascript:x'>y</a>", "<a>y</a>"),
    ("<a href='tel:112'>y</a>", "<a>y</a>"),
    ("<a href='/x'><img src=y></a>teks", "teks"),
    ("a<script>x</script><style>y</style><iframe>z</iframe>b", "ab"),
    ("a<!-- komentar -->b<![CDATA[c]]>", "ab"),
    ("{{ 7*7 }} ${x} <%= y %>", "{{ 7*7 }} ${x} &lt;%= y %&gt;"),
    ("5 < 6 & 7 > 2", "5 &lt; 6 &amp; 7 &gt; 2"),
    ("a\u202eb\u2066c\U000e0041d\x07e\ufeff", "abcde"),
    ("<p>a&#x202e;b&#xD800;</p>", "<p>ab\ufffd</p>"),
    ("a\ud800b", "ab"),
    ("<p>\xa0\n<br>a</p>", "<p>a</p>"),
    ("", ""), ("  ", ""), ("<p></p><div> </div>", ""), ("<p><em><br></em></p>", ""),
])  # fmt: skip
def test_what_is_left_of_html(raw: str, cleaned: str) -> None:
    assert clean(raw, BASE) == cleaned


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
@example("<blockquote>&#60;b&#62;<br><em><option></table></blockquote>")
@example("<svg><pre>\n</h1>\u202e<ol>\r<br><option>&#60;b&#62;<br><em>\xa0")
def test_cleaning_twice_changes_nothing(raw: str) -> None:
    once = clean(raw, BASE)
    assert clean(once, BASE) == once
    assert clean(once, "https://elsewhere.example/") == once


@given(raw=st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_whatever_comes_in_nothing_active_comes_out(raw: str, violations: Callable[[str], list[str]]) -> None:
    assert violations(clean(raw, BASE)) == []


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join), st.data())
def test_cleaned_html_with_a_piece_cut_out_is_mended(raw: str, data: st.DataObject) -> None:
    pieces = re.findall(r"<[^>]*>|&\w+;|[^<&]", clean(raw, BASE))
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(pieces))] * 2)))
    cut = "".join(pieces[:start] + pieces[end:])
    assert clean(mended(cut), BASE) == mended(cut)


@pytest.mark.parametrize("raw", [
    "<div>" * 50_000, "<blockquote>" * 50_000, "<ul><li>" * 50_000, "<p>" * 100_000, "<em>" * 100_000,
    "<font 1>" * 99 + "<p>" * 2000,
    "".join(f"<b id={i}><p>" for i in range(20_000)), "<p>w</p>" * 200_000, "<p>" + "a" * 2_000_000, "é" * 900_000,
    "<br>" * 100_000 + "x",
    "<p>" + " " * 500_000 + "x", "<" * 50_000 + "<!--" * 10_000 + "&" * 50_000 + '<a href="' * 5_000,
    "&amp;" * 150_000, "<p>x" + "<br> " * 90_000,
    "<a href='https://x.example/é'>x</a>" * 20_000, "<![CDATA[" * 50_000, "<script>" * 50_000, "</p>" * 100_000,
])  # fmt: skip
def test_absurd_sizes_are_bounded_and_final(raw: str) -> None:
    cleaned = clean(raw, BASE)
    assert len(cleaned.encode()) <= MAX_HTML_BYTES
    assert clean(cleaned, BASE) == cleaned


@pytest.mark.parametrize(("markup", "text"), [
    ("<p>Satu</p><p>Dua</p>", "Satu Dua"),
    ("Satu<br>dua <b>ti</b>ga", "Satu dua tiga"),
    ("<ul><li>a</li><li>b</li></ul>c", "a b c"),
    ("a &amp; b &lt;c&gt; &#8220;d&#8221;&nbsp;e", "a & b <c> “d” e"),
    ("a &amp;amp; b &amp;quot;c&amp;quot; &amp;#8217;", 'a & b "c" ’'),
    ("5 < 6", "5 < 6"), ("Q&A tentang R&D", "Q&A tentang R&D"),
    ("<style>p{}</style>a<script>b</script><!-- c -->", "a"),
    ("  a\n\t b\xa0 c\u2028d ", "a b c d"), ("", ""),
])  # fmt: skip
def test_the_text_of_html(markup: str, text: str) -> None:
    assert plain(markup) == text


@pytest.mark.parametrize(("value", "title"), [
    ("Harga <b>emas</b> naik", "Harga emas naik"),
    ("Harga &lt;b&gt;emas&lt;/b&gt; naik", "Harga emas naik"),
    ("Dana &amp;amp; Desa", "Dana & Desa"),
    ("&ldquo;Siap&rdquo;\xa0katanya &#8211; &amp;#8230;", "“Siap” katanya – …"),
    ("5 < 6 dan <3", "5 < 6 dan <3"),
    ("HB-{{7*7}} %(title)s <%= 7 %>", "HB-{{7*7}} %(title)s <%= 7 %>"),
    ("<img src=x onerror=alert(1)>a", "a"), ("&amp;lt;img src=x onerror=alert(1)&amp;gt;a", "a"),
    ("\u202egpj.exe\u202c txt", "gpj.exe txt"), ("a\u2028b\r\nc\x9b31m", "a b c31m"), ("\u200b\u200d\u2060\ufeff", ""),
    ("Zu\u0308rich", "Zürich"), ("Z" + "\u0301\u0489" * 1000 + "algo", "Ź\u0489\u0301\u0489\u0301algo"),
    ("می\u200cشود", "می\u200cشود"),
    ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"), ("a\ud800b\ufffe\uffff", "ab"),
    ("kata " * 200, ("kata " * 100)[:-1] + "…"),
    ("T" * 10_000_000, "T" * 499 + "…"), ("", ""),
])  # fmt: skip
def test_a_title_is_text(value: str, title: str) -> None:
    assert title_text(value) == title


@pytest.mark.parametrize(("text", "chars", "cut"), [
    ("pendek", 6, "pendek"), ("satu dua tiga", 9, "satu dua…"), ("satu dua, tiga", 10, "satu dua…"),
    ("abcdefghij", 5, "abcd…"),
    ("a bcdefghijklmnop", 10, "a bcdefgh…"), ("abc", 1, "…"), ("abc", 0, ""), ("", 0, ""),
])  # fmt: skip
def test_a_text_is_shortened_after_a_word(text: str, chars: int, cut: str) -> None:
    assert shorten(text, chars) == cut


@given(st.text(max_size=300), st.integers(0, 100))
def test_a_shortened_text_is_never_longer_than_asked(text: str, chars: int) -> None:
    assert len(shorten(text, chars)) <= chars


@given(st.text(max_size=300))
def test_no_text_breaks_the_readers_of_text(text: str) -> None:
    for made in (plain(text), title_text(text)):
        assert made == " ".join(made.split())
        made.encode()
