"""What is left out of the text that is shown, and what must stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.text.boilerplate import display_html
from aggregator.text.markup import clean, plain

LINK = '<a href="https://kabar.example/" rel="noopener nofollow">'


@pytest.mark.parametrize(("before", "shown"), [
    ("<p>JAKARTA, KABAR.com - Polisi datang.</p>", "<p>Polisi datang.</p>"),
    ("Kabar6.com, Jakarta -Gelang emas", "Gelang emas"),
    ("<p>DENPASAR, Canang Kini – Bus berhenti.</p>", "<p>Bus berhenti.</p>"),
    ("Warta Gending, Probolinggo — Konseling dibuka", "Konseling dibuka"),
    ("Probolinggo (Nusawicara) - Program baru", "Program baru"),
    ("KABAR.CO, Jakarta- Polisi", "Polisi"),
    ("<p>KABAR.CO.ID,&nbsp;JAKARTA -- Calon</p>", "<p>Calon</p>"),
    ("KABAR.com– Pemerintah", "Pemerintah"),
    ("Jakarta (ANTARA) - Presiden", "Presiden"),
    ("MALANG (suarajatim) - Warga", "Warga"),
    ("ARAGON- Pembalap", "Pembalap"),
    ("BANDA ACEH – Warga", "Warga"),
    ("Jakarta - Hujan", "Hujan"),
    ("<p><strong>Tuban</strong> - Warga</p>", "<p>Warga</p>"),
    ("kabarprobolinggo, Probolinggo — Warga", "Warga"),
])  # fmt: skip
def test_a_dateline_is_not_shown(before: str, shown: str) -> None:
    assert display_html(before) == shown


@pytest.mark.parametrize("text", [
    "Persib - Persija imbang", "KPK - lembaga itu", "BMKG - Gempa", "Al-Azhar dibuka", "Rp 5 juta - 6 juta",
    "1/2/2026 - x", "Budi Santoso, Bupati Lumajang – mengatakan siap",
    "Menteri Perdagangan (Mendag) - kata dia", "Polisi menangkap (dua) orang", "Jakarta hujan", "Ayah, Ibu - kisah",
])  # fmt: skip
def test_what_only_looks_like_a_dateline_stays(text: str) -> None:
    assert display_html(text) == text


@pytest.mark.parametrize(("before", "shown"), [
    (f"<p>Isi.</p><p>Baca juga: {LINK}Lain</a></p><p>Isi lagi.</p>", "<p>Isi.</p><p>Isi lagi.</p>"),
    (f"<p>Isi.<br>Baca juga: {LINK}Lain</a></p>", "<p>Isi.</p>"),
    ("Isi. Baca juga: Berita lain", "Isi."),
    ("<p>Isi. [Gambas:Video 20detik]</p><p>(abc/def)</p>", "<p>Isi.</p>"),
    ("Isi. Artikel ini telah tayang di kabar.example dengan judul Lain", "Isi."),
    (f"<p>Isi.</p><p>The post {LINK}Judul</a> appeared first on {LINK}Kabar</a>.</p>", "<p>Isi.</p>"),
    (f"<p>Isi.</p><p>Tulisan {LINK}Judul</a> pertama kali tampil pada {LINK}Kabar</a>.</p>", "<p>Isi.</p>"),
    ("<p>Isi. Ikuti kami di WhatsApp Channel Kabar.</p>", "<p>Isi.</p>"),
    ("<p>Isi.</p><p>Gabung di saluran WhatsApp Kabar sekarang</p>", "<p>Isi.</p>"),
    ("Isi. Reporter : Budi S Editor : Agus W", "Isi."),
    ("<p>Isi.</p><p>Pewarta: Dewi K<br>Editor: Siti R<br>Copyright © ANTARA 2026</p>", "<p>Isi.</p>"),
    ("Isi. (ANTARA)", "Isi."),
    (f"<p>Isi.</p><p>{LINK}Judul Read More »</a></p>", "<p>Isi.</p>"),
    ("Isi […]", "Isi…"),
    ("<blockquote>Isi. <em>Baca juga: Lain</em></blockquote>", "<blockquote>Isi.</blockquote>"),
])  # fmt: skip
def test_what_outlets_add_is_not_shown(before: str, shown: str) -> None:
    assert display_html(before) == shown


@pytest.mark.parametrize("text", [
    "Baca juga: hanya ini", "<p><em>Artikel ini telah tayang di Kabar dengan judul Lain</em></p>", "(ANTARA)", "",
    "<p>Editor: rapat berjalan lama dan panjang sekali sampai malam hari tiba di kota</p>",
    "Warga gemar membaca juga menulis.",
    "Perusahaan WhatsApp mengubah aturan. Warga menunggu.", "Artikel ini membahas tambang.",
    "Ikuti aturan, kata polisi.",
])  # fmt: skip
def test_a_text_that_has_nothing_else_or_only_sounds_alike_stays(text: str) -> None:
    assert display_html(text) == text


@given(st.lists(st.sampled_from([
    "<p>", "</p>", "<br>", "<em>", "</em>", LINK, "</a>", "Isi berita. ", "Baca juga: lain ", "JAKARTA, KABAR.com - ",
    "(ANTARA)", "[Gambas:Video 1]",
    "Editor: Agus W ", "Artikel ini telah tayang di kabar.example ", "The post x appeared first on y ", "<ul>", "<li>",
    "</ul>", "[…]", "&amp;",
]), max_size=14).map("".join))  # fmt: skip
def test_what_is_shown_is_clean_and_never_nothing(raw: str) -> None:
    before = clean(raw, "")
    shown = display_html(before)
    assert clean(shown, "") == shown
    assert bool(plain(shown)) == bool(plain(before))
    assert len(shown) <= len(before)
