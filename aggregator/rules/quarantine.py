"""When a source is no longer itself: a flood, another language, other links, gambling, as on expired domains.

A source's profile is small and learns with every poll. The last ten items are held against what came before them, so
that strangers are seen before the profile gets used to them. Thresholds are meant for one in many years: a busy day of
three times the usual, a first fetch, a bilingual desk or a week of reports on gambling stay below them.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from aggregator.model.document import FoundItem
from aggregator.model.reason import Reason
from aggregator.text.gambling import promotes
from aggregator.text.languages import guess
from aggregator.text.urls import host_of, registrable_domain

WINDOW = 10  # the newest items, which are held against the history
MAX_TRAITS = 20  # newest items of one poll that are looked at
MIN_HISTORY = 15  # items before anything can be strange
MEMORY = 0.998  # what an item leaves of the weight of older ones: some five hundred count
MAX_NAMES = 12  # languages and domains that are remembered

STRANGE = 6  # of the window, in languages or on domains that make up less than RARE of the history
RARE = 0.05
SETTLED = 0.9  # the three usual domains bear so much of the links, else links say nothing
GAMBLING = 3  # of the window, where gambling was less than RARE of the history
GAMBLING_ALWAYS = 5  # of the window or of a first fetch, whatever came before

FLOOD_FACTOR = 8  # times the usual items a day …
FLOOD_A_DAY = 100  # … and at least so many …
FLOOD_AFTER = timedelta(days=7)  # … once a week shows what is usual
ALIKE_A_DAY = 300  # so many items a day whose titles are ALIKE are a flood from the first hour on
ALIKE = 0.6
ALIKE_MIN_ITEMS = 30
ALIKE_AFTER = timedelta(hours=1)

_DAY_HALF_LIFE, _USUAL_HALF_LIFE = 1.0, 14.0  # days
_TEXT_CHARS = 200


@dataclass(frozen=True, slots=True)
class Trait:
    """What of an item tells whose it is; "" where nothing can be told."""

    language: str
    domain: str
    is_gambling: bool


@dataclass(frozen=True, slots=True)
class Profile:
    """What a source usually brings. Counts of items halve in a day (`day_n`) and in two weeks (`usual_n`).

    `languages` and `domains` weigh the history, `gambling_n` of `total_n` were gambling; `window` are the newest
    items, oldest first, which are not history yet. `accepted` are kinds that a person let pass for good.
    """

    since: datetime
    at: datetime
    day_n: float = 0.0
    usual_n: float = 0.0
    languages: Mapping[str, float] = field(default_factory=dict)
    domains: Mapping[str, float] = field(default_factory=dict)
    gambling_n: float = 0.0
    total_n: float = 0.0
    window: tuple[Trait, ...] = ()
    accepted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Look:
    """The new items of one poll as far as they matter here: traits of the newest, oldest first, and how many came.

    `titles` are those of the whole document, `home` the domains that are the source's own. `is_first`: the feed was
    never read before; `is_spread`: the items are older than this poll and say nothing of today's volume.
    """

    at: datetime
    traits: Sequence[Trait]
    n_new: int
    titles: Sequence[str]
    home: frozenset[str]
    is_first: bool
    is_spread: bool


def trait_of(item: FoundItem) -> Trait:
    """Return what of an item tells whose it is."""
    text = f"{item.title} {item.excerpt[:_TEXT_CHARS]}".lower()
    host = item.canonical_url.partition("/")[0].partition("?")[0].partition(":")[0] or host_of(item.url)
    return Trait(guess(text), registrable_domain(host), promotes(text))


def observe(profile: Profile, look: Look) -> tuple[Profile, tuple[Reason, ...]]:
    """Return what a source's profile becomes by a poll, and why it should be held back: no reasons, no worry."""
    if look.is_first:
        after = _learnt(_counted(profile, look), look.traits)
        found = [_gambling_always(look.traits, profile.accepted)]
    else:
        seen = (*profile.window, *look.traits)
        after = replace(_learnt(_counted(profile, look), seen[:-WINDOW]), window=seen[-WINDOW:])
        found = [
            _flood(after, look),
            _language_shift(profile, after.window),
            _domain_shift(profile, after.window, look.home),
            _gambling(profile, after.window),
        ]
    return after, tuple(reason for reason in found if reason)


def released(profile: Profile, kinds: Iterable[str], now: datetime) -> Profile:
    """Return the profile that a source begins anew with when a person let it pass: what was found is no surprise."""
    return Profile(now, now, accepted=profile.accepted | frozenset(kinds))


def _counted(profile: Profile, look: Look) -> Profile:
    days = max(0.0, (look.at - profile.at) / timedelta(days=1))
    n = 0 if look.is_first or look.is_spread else look.n_new
    return replace(
        profile,
        at=max(look.at, profile.at),
        day_n=profile.day_n * 0.5 ** (days / _DAY_HALF_LIFE) + n,
        usual_n=profile.usual_n * 0.5 ** (days / _USUAL_HALF_LIFE) + n,
    )


def _learnt(profile: Profile, traits: Sequence[Trait]) -> Profile:
    if not traits:
        return profile
    languages, domains = dict(profile.languages), dict(profile.domains)
    gambling_n, total_n = profile.gambling_n, profile.total_n
    for trait in traits:
        for names, name in ((languages, trait.language), (domains, trait.domain)):
            if name:
                for other in names:
                    names[other] *= MEMORY
                names[name] = names.get(name, 0.0) + 1
        gambling_n, total_n = gambling_n * MEMORY + trait.is_gambling, total_n * MEMORY + 1
    return replace(
        profile, languages=_heaviest(languages), domains=_heaviest(domains), gambling_n=gambling_n, total_n=total_n
    )


def _heaviest(names: Mapping[str, float]) -> Mapping[str, float]:
    return dict(sorted(names.items(), key=lambda one: (-one[1], one[0]))[:MAX_NAMES])


def _a_day(n: float, half_life: float, age: timedelta) -> float:
    """Return the items a day that a decaying count stands for, of a profile of this age."""
    days = max(age / timedelta(days=1), 1 / 24)
    return n * math.log(2) / half_life / (1 - math.exp2(-days / half_life))


def _flood(after: Profile, look: Look) -> Reason | None:
    age = after.at - after.since
    per_day = _a_day(after.day_n, _DAY_HALF_LIFE, age)
    # Without the last day, else a flood would raise what it is measured by.
    usual = _a_day(max(0.0, after.usual_n - after.day_n), _USUAL_HALF_LIFE, age)
    limit = max(FLOOD_FACTOR * usual, FLOOD_A_DAY)
    if age >= FLOOD_AFTER and per_day >= limit:
        return Reason("flood", {"per_day": round(per_day), "limit": round(limit), "usual": round(usual, 1)})
    is_proven = age >= ALIKE_AFTER and after.day_n >= ALIKE_MIN_ITEMS and "flood" not in after.accepted
    if is_proven and per_day >= ALIKE_A_DAY and (share := alike(look.titles)) >= ALIKE:
        return Reason("flood", {"per_day": round(per_day), "limit": ALIKE_A_DAY, "alike": round(share, 2)})
    return None


def alike(titles: Sequence[str]) -> float:
    """Return how much titles repeat one another: the mean share of their words that stand in three of ten titles."""
    found = [set(title.lower().split()) for title in titles if title]
    if len(found) < 5:
        return 0.0
    n_titles: dict[str, int] = {}
    for words in found:
        for word in words:
            n_titles[word] = n_titles.get(word, 0) + 1
    common = {word for word, n in n_titles.items() if n >= 0.3 * len(found)}
    return sum(len(words & common) / len(words) for words in found) / len(found)


def _language_shift(before: Profile, window: Sequence[Trait]) -> Reason | None:
    strange = _strangers([trait.language for trait in window], before.languages, frozenset())
    if strange is None:
        return None
    return Reason("language_shift", {"language": strange[0], "n": strange[1], "of": len(window)})


def _domain_shift(before: Profile, window: Sequence[Trait], home: frozenset[str]) -> Reason | None:
    usual = sorted(before.domains.values(), reverse=True)
    if sum(usual[:3]) < SETTLED * sum(usual):
        return None
    strange = _strangers([trait.domain for trait in window], before.domains, home)
    if strange is None:
        return None
    return Reason("domain_shift", {"domain": strange[0], "n": strange[1], "of": len(window)})


def _strangers(names: Sequence[str], history: Mapping[str, float], known: frozenset[str]) -> tuple[str, int] | None:
    """Return the commonest of the names that the history hardly has and how many such there are, None for too few."""
    total = sum(history.values())
    if total < MIN_HISTORY:
        return None
    strange = [name for name in names if name and name not in known and history.get(name, 0.0) < RARE * total]
    if len(strange) < STRANGE:
        return None
    return max(sorted(set(strange)), key=strange.count), len(strange)


def _gambling(before: Profile, window: Sequence[Trait]) -> Reason | None:
    n = sum(trait.is_gambling for trait in window)
    is_new = before.total_n >= MIN_HISTORY and before.gambling_n < RARE * before.total_n
    if is_new and n >= GAMBLING:
        return Reason("gambling", {"n": n, "of": len(window)})
    return _gambling_always(window, before.accepted)


def _gambling_always(traits: Sequence[Trait], accepted: frozenset[str]) -> Reason | None:
    n = sum(trait.is_gambling for trait in traits)
    if "gambling" not in accepted and n >= GAMBLING_ALWAYS and 2 * n >= len(traits):
        return Reason("gambling", {"n": n, "of": len(traits)})
    return None
