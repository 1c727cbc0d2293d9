"""Credits: who is named, in which role, and what is not taken for a name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.text.bylines import MAX_NAME_CHARS, MAX_NAMES, bylines


def credited(author: str, text: str = "") -> list[str]:
    return [f"{byline.role}: {byline.name}" for byline in bylines(author, text)]


@pytest.mark.parametrize(("author", "found"), [
    ("Budi Santoso", ["author: Budi Santoso"]),
    ("  Budi \n Santoso ", ["author: Budi Santoso"]),
    ("budi@kabar.example (Budi Santoso)", ["author: Budi Santoso"]),
    ("Budi Santoso <budi@kabar.example>", ["author: Budi Santoso"]),
    ("Budi Santoso (budi@kabar.example)", ["author: Budi Santoso"]),
    ("budi@kabar.example", []),
    ("Budi dan Andi", ["author: Budi", "author: Andi"]),
    ("Budi &amp; Andi", ["author: Budi", "author: Andi"]),
    ("Budi; Andi; budi", ["author: Budi", "author: Andi"]),
    ("Budi Santoso, Andi Wijaya", ["author: Budi Santoso", "author: Andi Wijaya"]),
    ("Budi Santoso, S.Pd", ["author: Budi Santoso, S.Pd"]),
    ("Reporter: Ani Lestari, Editor: Budi", ["reporter: Ani Lestari", "editor: Budi"]),
    ("ANTARA", ["agency: ANTARA"]), ("Antara News", ["agency: ANTARA"]),
    ("Reuters; Budi", ["agency: Reuters", "author: Budi"]),
    ("admin", []), ("Tim Redaksi", []), ("https://kabar.example/", []), ("", []), ("-", []), ("2026", []),
    ("<b>Budi</b>\u202e", ["author: Budi"]),
    ("{{ 7*7 }}x", ["author: {{ 7*7 }}x"]),
])  # fmt: skip
def test_names_of_the_author_field(author: str, found: list[str]) -> None:
    assert credited(author) == found


@pytest.mark.parametrize(("text", "found"), [
    ("<p>Isi.</p><p>Reporter : Budi S<br>Editor : Agus W</p>", ["reporter: Budi S", "editor: Agus W"]),
    ("Isi. Pewarta: Dewi Kartika Editor: Siti R Copyright © ANTARA 2026", ["reporter: Dewi Kartika", "editor: Siti R"]),
    ("<p><strong>Penulis:</strong> Ahmad bin Said | Fotografer: Rina</p>", ["author: Ahmad bin Said",
        "photographer: Rina"]),
    ("Kontributor: Made Wirawan Foto: dokumen", ["contributor: Made Wirawan"]),
    ("Jakarta (ANTARA) - Presiden tiba.", ["agency: ANTARA"]),
    ("PENULIS: BUDI SANTOSO", ["author: BUDI SANTOSO"]),
    ("Kata penulis: buku ini bagus. Editor: tidak ada.", []),
    ("Wartawan Budi Santoso menulis.", []),
    ("Editor: Foto: Sumber: Baca juga", []),
    ("", []),
])  # fmt: skip
def test_names_of_credit_lines(text: str, found: list[str]) -> None:
    assert credited("", text) == found


def test_credits_stand_at_the_ends_of_a_long_text() -> None:
    middle = "<p>Menurut Editor: Orang Lain, begitu.</p>"
    text = "<p>awal</p>" * 200 + middle + "<p>isi</p>" * 400 + "<p>Editor: Agus W</p>"
    assert credited("", text) == ["editor: Agus W"]


def test_the_field_comes_before_the_text_and_nobody_twice() -> None:
    assert credited("Dewi K", "Isi. Penulis: Dewi K Editor: Siti") == ["author: Dewi K", "editor: Siti"]


@given(st.text(max_size=400), st.text(max_size=400))
def test_bounds_hold_for_any_text(author: str, text: str) -> None:
    found = bylines(author, text)
    assert len(found) <= MAX_NAMES
    assert all(0 < len(byline.name) <= MAX_NAME_CHARS for byline in found)


def test_many_names_are_cut_off() -> None:
    assert len(bylines("; ".join(f"Nama {letter}" for letter in "ABCDEFGHIJ"), "")) == MAX_NAMES
