"""Sentences: how one outlet tells an event in its own words."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random

from aggregator.demo.events import PEOPLE, Event, facts
from aggregator.demo.outlets import Outlet
from aggregator.demo.places import person
from aggregator.demo.tables import table

_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_SMALL_NUMBER = re.compile(r"(?<![\w.,-])([2-9])(?= ([a-z]+))")
_WORDS = {
    "id": ("dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"),
    "en": ("two", "three", "four", "five", "six", "seven", "eight", "nine"),
}
_UNITS = frozenset(
    [
        "hektare",
        "kilometer",
        "knot",
        "kuintal",
        "meter",
        "mil",
        "persen",
        "sentimeter",
        "ton",
        "metres",
        "tonnes",
        "per",
    ]
)


@dataclass(frozen=True, slots=True)
class Text:
    """An article: title, lead (one paragraph, without dateline), further paragraphs, and who signs."""

    title: str
    lead: str
    paragraphs: tuple[str, ...]
    topic: str
    city: str  # for the dateline
    reporter: str
    editor: str


def tell(event: Event, outlet: Outlet, turn: int, *, corrected: bool = True) -> Text:
    """Return the event in an outlet's words; of one event, a different `turn` means other sentences.

    Uncorrected, one number is the wrong one that a later edit puts right.
    """
    rng = Random(f"{event.id}:{outlet.slug}")
    known, kind = facts(event, corrected=corrected), event.kind
    offset = Random(event.id).randrange(60)
    titles, leads = len(kind.titles), len(kind.leads)
    title = kind.titles[(offset + turn) % titles]
    lead = kind.leads[(offset // 7 + turn + turn // titles) % leads]
    details = rng.sample(kind.details, min(3, len(kind.details)))
    quotes = rng.sample(kind.quotes, 2)
    plan = [" ".join(details[:2]), quotes[0], *details[2:], quotes[1], rng.choice(kind.closings)]
    if rng.random() < 0.3:  # a newsroom in a hurry
        plan = plan[:3]
    reporter, editor = signatures(outlet, rng)
    first, *more = _in_turn([lead, *plan], known, rng, kind.language)
    return Text(
        title=say(title, known, rng),
        lead=first,
        paragraphs=tuple(more),
        topic=kind.topic,
        city=event.place.short_name,
        reporter=reporter,
        editor=editor,
    )


def _in_turn(patterns: list[str], known: Mapping[str, str], rng: Random, language: str) -> Iterator[str]:
    """Yield the paragraphs; who was introduced with office and full name goes by the short name from then on."""
    held = dict(known)
    for pattern in patterns:
        sentence = spell(say(pattern, held, rng), language)
        yield sentence[:1].upper() + sentence[1:]
        held |= {part: held[f"{part}_n"] for part in PEOPLE if f"{{{part}}}" in pattern}


def say(pattern: str, known: Mapping[str, str], rng: Random) -> str:
    """Return a pattern with its choices made and its facts filled in."""

    def choose(found: re.Match[str]) -> str:
        inner = found.group(1)
        words: list[str] = table("synonyms")[inner[1:]] if inner.startswith("@") else inner.split("|")
        return rng.choice(words)

    return _CHOICE.sub(choose, pattern).format_map(known)


def spell(sentence: str, language: str) -> str:
    """Return a sentence with the numbers from 2 to 9 in words, unless a measure follows."""

    def write(found: re.Match[str]) -> str:
        return found[1] if found[2] in _UNITS else _WORDS[language][int(found[1]) - 2]

    return _SMALL_NUMBER.sub(write, sentence)


def signatures(outlet: Outlet, rng: Random) -> tuple[str, str]:
    """Return who wrote and who edited: one of four reporters and of two editors of the house."""
    reporter = person(outlet.place, f"{outlet.slug}:{rng.randrange(4)}")
    return reporter, person(outlet.place, f"{outlet.slug}:editor:{rng.randrange(2)}")


def dateline(outlet: Outlet, city: str) -> str:
    """Return what stands before the lead, with its dash; "" where the house has none."""
    if outlet.dateline == "upper":
        return f"{city.upper()}, {outlet.name} – "
    if outlet.dateline == "brackets":
        return f"{city} ({outlet.name}) - "
    if outlet.dateline == "outlet":
        return f"{outlet.name}, {city} — "
    return f"{city} - " if outlet.dateline == "plain" else ""
