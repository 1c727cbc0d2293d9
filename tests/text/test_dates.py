"""Dates: a table of strings seen in feeds, with the instants that they mean in Jakarta."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model.item import DateFrom
from aggregator.text.dates import read_date

NOW = datetime(2026, 3, 14, 5, 0, tzinfo=UTC)

# What the feed says with its zone, or relative to now.
SAID = """
Mon, 06 Jan 2025 10:00:00 GMT | 2025-01-06T10:00:00
Mon, 06 Jan 2025 10:00:00 +0700 | 2025-01-06T03:00:00
Mon, 06 Jan 2025 10:00:00 +07:00 | 2025-01-06T03:00:00
Mon, 06 Jan 2025 10:00 +0000 | 2025-01-06T10:00:00
Mon, 6 Jan 2025 10:00:00 -0500 | 2025-01-06T15:00:00
6 Jan 2025 10:00:00 Z | 2025-01-06T10:00:00
Monday, 06-Jan-2025 10:00:00 GMT | 2025-01-06T10:00:00
Mon, 06 Jan 2025 10:00:00 -0000 | 2025-01-06T10:00:00
Mon, 06 Jan 2025 10:00:00 UT | 2025-01-06T10:00:00
Mon, 06 Jan 2025 10:00:00 UTC | 2025-01-06T10:00:00
Mon, 06 Jan 2025 10:00:00 EST | 2025-01-06T15:00:00
Mon, 06 Jan 2025 10:00:00 EDT | 2025-01-06T14:00:00
Mon, 06 Jan 2025 10:00:00 CST | 2025-01-06T16:00:00
Mon, 06 Jan 2025 10:00:00 MST | 2025-01-06T17:00:00
Mon, 06 Jan 2025 10:00:00 PST | 2025-01-06T18:00:00
Mon, 06 Jan 2025 10:00:00 PDT | 2025-01-06T17:00:00
Mon, 06 Jan 2025 10:00:00 A | 2025-01-06T10:00:00
Mon, 06 Jan 2025 10:00:00 CET | 2025-01-06T09:00:00
Mon, 06 Jan 2025 10:00:00 BST | 2025-01-06T09:00:00
Mon, 06 Jan 2025 10:00:00 MSK | 2025-01-06T07:00:00
Mon, 06 Jan 2025 10:00:00 JST | 2025-01-06T01:00:00
Mon, 06 Jan 2025 10:00:00 AEDT | 2025-01-05T23:00:00
Mon, 06 Jan 2025 10:00:00 GMT+7 | 2025-01-06T03:00:00
Mon, 06 Jan 2025 10:00:00 GMT+0700 | 2025-01-06T03:00:00
Mon, 06 Jan 2025 10:00:00 UTC+07:00 | 2025-01-06T03:00:00
Mon, 06 Jan 2025 10:00:00 (WIB) | 2025-01-06T03:00:00
Mon, 06 Jan 25 10:00:00 GMT | 2025-01-06T10:00:00
Mon, 06 Jan 98 10:00:00 GMT | 1998-01-06T10:00:00
Mon,06 Jan 2025 10:00:00 GMT | 2025-01-06T10:00:00
Mon, 06 Jan 2025 23:59:60 GMT | 2025-01-06T23:59:59
Mon, 06 Jan 2025 24:00:00 GMT | 2025-01-07T00:00:00
Fri, 06 Jan 2025 10:00:00 GMT | 2025-01-06T10:00:00
  Mon, 06 Jan 2025   10:00:00   GMT  | 2025-01-06T10:00:00
mon, 06 jan 2025 10:00:00 gmt | 2025-01-06T10:00:00
2025-01-06T10:00:00Z | 2025-01-06T10:00:00
2025-01-06t10:00:00z | 2025-01-06T10:00:00
2025-01-06T10:00Z | 2025-01-06T10:00:00
2025-01-06T10:00:00.123456Z | 2025-01-06T10:00:00
2025-01-06T10:00:00,5+07:00 | 2025-01-06T03:00:00
2025-01-06T10:00:00+0700 | 2025-01-06T03:00:00
2025-01-06T10:00:00 +07:00 | 2025-01-06T03:00:00
2025-01-06 10:00:00 +0700 | 2025-01-06T03:00:00
2025-01-06 10:00:00 WIB | 2025-01-06T03:00:00
2025-01-06 10:00:00 UTC | 2025-01-06T10:00:00
2025-01-06T10:00:00+07 | 2025-01-06T03:00:00
2004-07-13T9:15-05:00 | 2004-07-13T14:15:00
2025-01-06T24:00:00Z | 2025-01-07T00:00:00
20250106T100000Z | 2025-01-06T10:00:00
20250106T1000+0700 | 2025-01-06T03:00:00
Sun Jan  4 16:29:06 PST 2004 | 2004-01-05T00:29:06
Mon Jan 6 10:00:00 UTC 2025 | 2025-01-06T10:00:00
1736157600 | 2025-01-06T10:00:00
1736157600000 | 2025-01-06T10:00:00
Sel, 13 Agu 2019 18:25 WIB | 2019-08-13T11:25:00
Sel, 13 Agt 2019 18:25:00 WIB | 2019-08-13T11:25:00
Selasa, 13 Ags 2019 18:25 WIB | 2019-08-13T11:25:00
Selasa, 13 Agus 2019 18.25 WIB | 2019-08-13T11:25:00
Selasa, 13 Agustus 2019 18:25 WIB | 2019-08-13T11:25:00
Selasa, 13 Agustus 2019 \\ 18:25 WIB | 2019-08-13T11:25:00
Selasa, 13 Agustus 2019 - 18:25 WITA | 2019-08-13T10:25:00
Selasa, 13 Agustus 2019 pukul 18.25 WIT | 2019-08-13T09:25:00
Selasa 13 Agustus 2019, 18:25:33 WIB | 2019-08-13T11:25:33
Selasa (13/08/2019) 18.25 WIB | 2019-08-13T11:25:00
13/8/2019 18:25 WIB | 2019-08-13T11:25:00
18:25 WIB, 13 Agustus 2019 | 2019-08-13T11:25:00
Diperbarui 13 Agustus 2019 18:25 WIB | 2019-08-13T11:25:00
Jum'at, 16 Agustus 2019 08:00 WIB | 2019-08-16T01:00:00
Jumat, 16 Agu 2019 08:00 +0700 | 2019-08-16T01:00:00
Minggu, 05 Mei 2024 07:30:00 +0700 | 2024-05-05T00:30:00
Ahad, 5 Mei 2024 07:30 WIB | 2024-05-05T00:30:00
Rab, 05 Peb 2020 10:00:00 WIB | 2020-02-05T03:00:00
Rabu, 5 Pebruari 2020 10:00 WIB | 2020-02-05T03:00:00
Kam, 05 Mar 2020 10:00:00 WIB | 2020-03-05T03:00:00
Kamis, 5 Maret 2020 10:00 WIB | 2020-03-05T03:00:00
Sen, 07 Okt 2024 10:00:00 WIB | 2024-10-07T03:00:00
Senin, 7 Oktober 2024 10:00 WIB | 2024-10-07T03:00:00
Sel, 03 Nop 2020 10:00:00 WIB | 2020-11-03T03:00:00
Selasa, 3 Nopember 2020 10:00 WIB | 2020-11-03T03:00:00
Sab, 07 Des 2024 10:00:00 WIB | 2024-12-07T03:00:00
Sabtu, 7 Desember 2024 10:00 WIB | 2024-12-07T03:00:00
Sen, 01 Juli 2024 10:00 WIB | 2024-07-01T03:00:00
Sab, 01 Juni 2024 10:00 WIB | 2024-06-01T03:00:00
Kam, 1 Ogos 2024 10:00 +0800 | 2024-08-01T02:00:00
2 jam lalu | 2026-03-14T03:00:00
2 jam yang lalu | 2026-03-14T03:00:00
sejam lalu | 2026-03-14T04:00:00
15 menit lalu | 2026-03-14T04:45:00
satu hari yang lalu | 2026-03-13T05:00:00
3 minggu lalu | 2026-02-21T05:00:00
Baru saja | 2026-03-14T05:00:00
3 hours ago | 2026-03-14T02:00:00
an hour ago | 2026-03-14T04:00:00
il y a 2 heures | 2026-03-14T03:00:00
hace 3 horas | 2026-03-14T02:00:00
há 2 dias | 2026-03-12T05:00:00
vor 2 Stunden | 2026-03-14T03:00:00
Seg, 24 Set 2018 09:15:00 -0300 | 2018-09-24T12:15:00
Ter, 06 Fev 2018 09:15:00 -0300 | 2018-02-06T12:15:00
Qua, 11 Abr 2018 09:15:00 -0300 | 2018-04-11T12:15:00
Qui, 16 Ago 2018 09:15:00 -0300 | 2018-08-16T12:15:00
Sex, 21 Dez 2018 09:15:00 -0300 | 2018-12-21T12:15:00
Sáb, 20 Out 2018 09:15:00 -0300 | 2018-10-20T12:15:00
24 de setembro de 2018 às 09h15 GMT | 2018-09-24T09:15:00
lun, 06 ene 2020 10:00:00 +0100 | 2020-01-06T09:00:00
6 de enero de 2020 10:00 UTC | 2020-01-06T10:00:00
mar, 04 dic 2018 10:00:00 +0100 | 2018-12-04T09:00:00
mar., 14 mars 2023 08:00:00 +0100 | 2023-03-14T07:00:00
mer., 01 févr. 2023 08:00:00 +0100 | 2023-02-01T07:00:00
mar., 15 août 2023 08:00:00 +0200 | 2023-08-15T06:00:00
1er décembre 2023 à 08h30 UTC | 2023-12-01T08:30:00
Di, 05 März 2024 10:00:00 +0100 | 2024-03-05T09:00:00
Di, 05 Mrz 2024 10:00:00 +0100 | 2024-03-05T09:00:00
Mi., 01. Mai 2024 10:00:00 +0200 | 2024-05-01T08:00:00
Mi, 25 Dez 2024 10:00:00 MEZ | 2024-12-25T09:00:00
الثلاثاء 5 مارس 2024 10:30 GMT | 2024-03-05T10:30:00
5 كانون الثاني 2024 10:00 GMT | 2024-01-05T10:00:00
٥ أغسطس ٢٠٢٤ 10:00 GMT | 2024-08-05T10:00:00
March 5, 2024 10:00 PM EST | 2024-03-06T03:00:00
March 5th, 2024 12:05 a.m. UTC | 2024-03-05T00:05:00
5th of March 2024 12:05 pm UTC | 2024-03-05T12:05:00
"""

# No zone is said, or none that we know: read in Jakarta, seven hours east.
GUESSED = """
2020/1/10 14:33:00 | 2020-01-10T07:33:00
2020.01.10 14:33 | 2020-01-10T07:33:00
2025-01-06 10:00:00 | 2025-01-06T03:00:00
2025-01-06T10:00:00 | 2025-01-06T03:00:00
2025-01-06T10:00 | 2025-01-06T03:00:00
2025-01-06 | 2025-01-05T17:00:00
20250106 | 2025-01-05T17:00:00
2025-006 | 2025-01-05T17:00:00
2025-01 | 2024-12-31T17:00:00
2025 | 2024-12-31T17:00:00
Mon, 06 Jan 2025 10:00:00 | 2025-01-06T03:00:00
Mon, 06 Jan 2025 10:00:00 XYZ | 2025-01-06T03:00:00
Mon, 06 Jan 2025 10:00:00 +9900 | 2025-01-06T03:00:00
Senin, 6 Januari 2025 | 2025-01-05T17:00:00
06-01-2025 10:00 | 2025-01-06T03:00:00
06.01.2025 10:00 | 2025-01-06T03:00:00
06/01/25 10:00 | 2025-01-06T03:00:00
01/16/2025 10:00 | 2025-01-16T03:00:00
Jan 6 2025, 10:00 | 2025-01-06T03:00:00
January 6, 2025 | 2025-01-05T17:00:00
6 Januari 2025 10h30 | 2025-01-06T03:30:00
"""

UNREADABLE = [
    "", " ", "0000-00-00 00:00:00", "Tue, 31 Feb 2023 25:61:61 +9999", "31 April 2023", "last Tuesday, around noon",
    "9" * 400,
    "Mon, 01 Jan 0001 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 -1200", "Thu, 01 Jan 1970 00:00:00 GMT",
    "Wed, 31 Dec 1969 23:59:59 GMT", "Sun, 31 Dec 1989 23:59:59 GMT", "13 Smarch 2019", "2019-13-01", "12:30",
    "lama sekali",
    "0", "-1", "1e9", "99/99/9999", "Sat, 14 Mar 2026 06:00:01 GMT", "2027", "\x00\ud800", "2025-01-06T25:00:00Z",
]  # fmt: skip


def rows(table: str) -> list[tuple[str, datetime]]:
    found = (line.rsplit("|", 1) for line in table.strip("\n").splitlines())
    return [(text.replace("\\", "|"), datetime.fromisoformat(at.strip()).replace(tzinfo=UTC)) for text, at in found]


@pytest.mark.parametrize(("text", "at"), rows(SAID))
def test_a_date_with_a_zone_is_the_feeds_own(text: str, at: datetime) -> None:
    assert read_date(text, "Asia/Jakarta", NOW) == (at, DateFrom.FEED)


@pytest.mark.parametrize(("text", "at"), rows(GUESSED))
def test_a_date_without_a_zone_is_read_in_the_sources(text: str, at: datetime) -> None:
    assert read_date(text, "Asia/Jakarta", NOW) == (at, DateFrom.GUESSED_ZONE)


@pytest.mark.parametrize("text", UNREADABLE)
def test_what_is_unreadable_or_impossible_counts_as_first_seen(text: str) -> None:
    assert read_date(text, "Asia/Jakarta", NOW) == (None, DateFrom.FIRST_SEEN)


def test_the_table_is_long_enough_to_mean_something() -> None:
    assert len(rows(SAID)) + len(rows(GUESSED)) >= 120


def test_an_hour_ahead_of_now_is_still_believed() -> None:
    assert read_date("Sat, 14 Mar 2026 06:00:00 GMT", "UTC", NOW)[0] == NOW + timedelta(hours=1)


def test_summer_time_is_that_of_the_zone() -> None:
    assert read_date("2024-07-01 12:00:00", "Europe/Berlin", NOW)[0] == datetime(2024, 7, 1, 10, 0, tzinfo=UTC)


@given(st.text(max_size=80))
def test_no_text_breaks_the_reader(text: str) -> None:
    at, date_from = read_date(text, "Asia/Makassar", NOW)
    assert (at is None) == (date_from is DateFrom.FIRST_SEEN)


@given(st.from_regex(r"[0-9]{1,4}[-/. T:]?[a-z]{0,4}[0-9 :.,+-]{0,20}", fullmatch=True))
def test_no_almost_date_breaks_the_reader(text: str) -> None:
    at, _ = read_date(text, "Asia/Makassar", NOW)
    assert at is None or at.utcoffset() == timedelta(0)


@given(st.integers(631_238_400, 1_772_323_200).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)))
def test_what_is_written_the_standard_ways_is_read_back(at: datetime) -> None:
    for text in (at.isoformat(), at.strftime("%a, %d %b %Y %H:%M:%S +0000"), at.strftime("%Y-%m-%d %H:%M:%SZ")):
        assert read_date(text, "Asia/Jakarta", NOW) == (at, DateFrom.FEED)
