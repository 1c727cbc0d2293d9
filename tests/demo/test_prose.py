"""The sentences hold: every kind, at every place where it fits, in every outlet's words."""

import re
from datetime import datetime, timedelta
from random import Random

import pytest

from aggregator.demo.events import Event, facts
from aggregator.demo.kinds import Kind, brief_kinds, event_kinds
from aggregator.demo.outlets import outlets
from aggregator.demo.places import places
from aggregator.demo.plan import new_event
from aggregator.demo.prose import dateline, say, spell, tell

ALL_KINDS = (*event_kinds(), *brief_kinds("id"), *brief_kinds("en"))
BROKEN = re.compile(r"  |[{}\[\]|@]| [,.;]|\.\.|,,|\b(di di|ke ke|yang yang|dan dan|kawasan kawasan)\b")
LATIN = re.compile(r"\b(lorem|ipsum|dolor|amet)\b", re.IGNORECASE)


def event_of(kind: Kind, number: int, at: datetime) -> Event:
    fitting = [place for place in places().values() if kind.fits(place)]
    return new_event(f"{kind.name}:{number}", kind, fitting[number % len(fitting)], at - timedelta(hours=5 * number))


def test_there_are_many_kinds_with_several_ways_to_tell_each() -> None:
    assert len(event_kinds()) >= 70
    assert len(brief_kinds("id")) >= 130
    assert len({kind.name for kind in ALL_KINDS}) == len(ALL_KINDS)
    assert all(len(kind.titles) >= 3 and len(kind.leads) >= 3 for kind in event_kinds())
    assert len({kind.topic for kind in event_kinds()}) >= 12


@pytest.mark.parametrize("kind", ALL_KINDS, ids=lambda kind: kind.name)
def test_articles_are_whole_sentences(kind: Kind, now: datetime) -> None:
    for number in range(4):
        event, outlet = event_of(kind, number, now), outlets()[number]
        for turn in range(5):
            text = tell(event, outlet, turn)
            assert 3 <= len(text.paragraphs) <= 6
            assert 20 <= len(text.title) <= 118
            assert text.title[0].isupper() or text.title[0].isdigit()
            for sentence in (text.lead, *text.paragraphs):
                assert sentence[0].isupper() or sentence[0] == "“", sentence
                assert sentence.endswith((".", "”")), sentence
                assert not re.search(r"[.!?] \d", sentence), sentence
            whole = "\n".join((text.title, text.lead, *text.paragraphs))
            assert not BROKEN.search(whole), whole
            assert not LATIN.search(whole)


@pytest.mark.parametrize("kind", ALL_KINDS, ids=lambda kind: kind.name)
def test_the_number_that_an_edit_corrects_stands_in_every_lead(kind: Kind) -> None:
    assert all(f"{{{kind.corrects}}}" in lead for lead in kind.leads)


@pytest.mark.parametrize("kind", event_kinds(), ids=lambda kind: kind.name)
def test_what_several_tell_differs_in_title_and_lead(kind: Kind, now: datetime) -> None:
    event = event_of(kind, 1, now)
    first, second, third = (tell(event, outlets()[turn], turn) for turn in range(3))
    assert len({first.title, second.title, third.title}) == 3
    assert len({first.lead, second.lead, third.lead}) == 3


def test_all_tellers_agree_on_the_facts(now: datetime) -> None:
    event = event_of(event_kinds()[0], 0, now)
    km = facts(event)["km"]
    for turn in range(4):
        assert km in tell(event, outlets()[turn], turn).lead
    assert facts(event, corrected=False)["km"] != km


def test_things_happen_before_they_are_news_and_at_hours_that_suit_them(now: datetime) -> None:
    for kind in event_kinds():
        for number in range(6):
            news_at = now - timedelta(hours=7 * number)
            place = next(place for place in places().values() if kind.fits(place))
            event = new_event(f"{kind.name}{number}", kind, place, news_at)
            local = event.happened_at.astimezone(place.tz)
            assert timedelta(minutes=45) <= news_at - event.happened_at < timedelta(days=4)
            assert kind.hours != "work" or (local.weekday() < 5 and 8 <= local.hour <= 15)
            assert kind.hours != "match" or 16 <= local.hour <= 20


def test_who_was_introduced_goes_by_the_short_name_afterwards(now: datetime) -> None:
    kind = next(kind for kind in event_kinds() if kind.name == "mutasi_pejabat")
    event = new_event("pelantikan", kind, places()["jatim/probolinggo"], now)
    known = facts(event)
    for outlet in outlets()[:10]:
        text = tell(event, outlet, 0)
        assert "\n".join((text.lead, *text.paragraphs)).count(known["bupati"]) <= 1


@pytest.mark.parametrize(
    ("sentence", "spelled"),
    [
        ("Sebanyak 4 ruang kelas rusak.", "Sebanyak empat ruang kelas rusak."),
        ("Panjangnya 4 kilometer.", "Panjangnya 4 kilometer."),
        ("Menang 3-0 dengan 2,5 ton dan 12 gol.", "Menang 3-0 dengan 2,5 ton dan 12 gol."),
        ("Biayanya Rp9 miliar pada menit ke-7 nanti.", "Biayanya Rp9 miliar pada menit ke-7 nanti."),
    ],
)
def test_small_numbers_are_written_in_words(sentence: str, spelled: str) -> None:
    assert spell(sentence, "id") == spelled


def test_choices_are_made_and_facts_filled_in() -> None:
    assert say("[Warga|Warga] {desa} [@akibat] hujan", {"desa": "Krucil"}, Random(1)).startswith("Warga Krucil ")


def test_datelines_follow_the_house() -> None:
    styles = {outlet.dateline: dateline(outlet, "Probolinggo") for outlet in reversed(outlets())}
    assert styles["upper"] == "PROBOLINGGO, Bromo Pagi – "
    assert styles["brackets"] == "Probolinggo (Lensa Mayangan) - "
    assert styles["outlet"] == "Warta Gending, Probolinggo — "
    assert styles["plain"] == "Probolinggo - "
    assert styles["none"] == ""
