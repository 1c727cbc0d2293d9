"""When a source is no longer itself, and when it only has a busy day."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.demo.feeds import summary
from aggregator.demo.press import HISTORY, Press
from aggregator.model.document import FoundItem
from aggregator.model.item import DateFrom
from aggregator.rules import quarantine
from aggregator.rules.quarantine import Look, Profile, Trait, alike, observe, released, trait_of

AT = datetime(2026, 3, 14, 5, 0, tzinfo=UTC)
LOCAL = Trait("id", "radarsemeru.example", False)
SPAM = Trait("id", "radarsemeru.example", True)
TITLES = tuple(f"{word * 3} di kecamatan {n} {word * 2} {n * 7}" for n, word in enumerate("abcdefghijkl"))


def look(at: datetime, traits: Sequence[Trait], *, n_new: int | None = None, **changes: object) -> Look:
    plain = Look(
        at, traits, len(traits) if n_new is None else n_new, TITLES, frozenset({"radarsemeru.example"}), False, False
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def settled(a_day: int = 8, days: int = 20, trait: Trait = LOCAL) -> Profile:
    """Return the profile of an outlet that was read hourly for some days, its items spread over the day."""
    profile, _ = observe(Profile(AT, AT), look(AT, [trait] * 20, is_first=True, is_spread=True))
    for hour in range(24 * days):
        at = AT + timedelta(hours=hour + 1)
        n = (hour + 1) * a_day // 24 - hour * a_day // 24
        if n:
            profile, reasons = observe(profile, look(at, [trait] * min(n, 20), n_new=n))
            assert reasons == ()
    return profile


def kinds(profile: Profile, after: timedelta, traits: Sequence[Trait], **changes: object) -> list[str]:
    _, reasons = observe(profile, look(profile.at + after, traits, **changes))  # type: ignore[arg-type]
    return [reason.kind for reason in reasons]


HOUR = timedelta(hours=1)
FOREIGN = Trait("en", "radarsemeru.example", False)
ELSEWHERE = Trait("id", "agen-bola.example", False)


@pytest.mark.parametrize(
    ("traits", "found"),
    [
        ([LOCAL] * 10, []),
        ([FOREIGN] * 6, ["language_shift"]),
        ([FOREIGN] * 5, []),
        ([LOCAL] * 5 + [FOREIGN] * 5, []),
        ([Trait("", "radarsemeru.example", False)] * 10, []),  # a language that can't be told is none
        ([ELSEWHERE] * 6, ["domain_shift"]),
        ([ELSEWHERE] * 5, []),
        ([Trait("id", "", False)] * 10, []),  # items without links
        ([SPAM] * 3, ["gambling"]),
        ([SPAM] * 2, []),
        ([Trait("th", "slot.example", True)] * 20, ["language_shift", "domain_shift", "gambling"]),
    ],
)
def test_the_last_ten_items_are_held_against_those_before(traits: Sequence[Trait], found: list[str]) -> None:
    assert kinds(settled(), HOUR, traits) == found


def test_strangers_that_come_one_by_one_are_seen_too() -> None:
    profile, seen = settled(), []
    for n in range(8):
        profile, reasons = observe(profile, look(profile.at + n * HOUR, [ELSEWHERE]))
        seen.append([reason.kind for reason in reasons])
    assert seen[:5] == [[]] * 5
    assert seen[5] == ["domain_shift"]


def test_a_reason_says_what_was_seen() -> None:
    _, [reason] = observe(settled(), look(AT + timedelta(days=30), [ELSEWHERE] * 7))
    assert (reason.kind, reason.parts) == ("domain_shift", {"domain": "agen-bola.example", "n": 7, "of": 10})


@pytest.mark.parametrize(("times", "found"), [(1, []), (3, []), (5, []), (20, ["flood"])])
@pytest.mark.parametrize("a_day", [4, 12, 60, 400])
def test_a_busy_day_is_no_flood_and_twenty_times_the_usual_is_one(a_day: int, times: int, found: list[str]) -> None:
    profile, seen = settled(a_day), []
    for hour in range(24):
        n = (hour + 1) * a_day * times // 24 - hour * a_day * times // 24
        profile, reasons = observe(profile, look(profile.at + HOUR, [LOCAL] * min(n, 20), n_new=n))
        seen += [reason.kind for reason in reasons]
    assert sorted(set(seen)) == (found if a_day * times >= 150 else [])


def test_a_first_fetch_is_learnt_and_not_judged_but_for_gambling() -> None:
    new_feed = look(AT, [FOREIGN] * 20, n_new=500, is_first=True, is_spread=True)
    assert observe(settled(), new_feed)[1] == ()
    assert observe(Profile(AT, AT), new_feed)[1] == ()
    spam = replace(new_feed, traits=[SPAM] * 10 + [LOCAL] * 10)
    assert [reason.kind for reason in observe(Profile(AT, AT), spam)[1]] == ["gambling"]
    assert observe(Profile(AT, AT), replace(spam, traits=[SPAM] * 4 + [LOCAL] * 16))[1] == ()


def test_a_source_that_comes_back_from_the_dead_as_another_is_seen() -> None:
    """An expired domain is silent for months, and then most of its items are new and listed by their dates."""
    assert kinds(settled(), timedelta(days=200), [ELSEWHERE] * 10, is_spread=True) == ["domain_shift"]
    assert kinds(settled(), timedelta(days=200), [LOCAL] * 20, n_new=300, is_spread=True) == []


def test_titles_that_repeat_one_another_are_a_flood_from_the_first_hour_on() -> None:
    titles = [f"Cek bansos Maret 2026 cair di {place}, begini caranya lewat HP" for place in "abcdefghij"]
    profile, _ = observe(Profile(AT, AT), look(AT, [LOCAL] * 20, is_first=True, is_spread=True))
    seen = []
    for minutes in range(2, 122, 2):
        profile, reasons = observe(profile, look(AT + timedelta(minutes=minutes), [LOCAL], titles=titles))
        seen += [(minutes, reason.kind) for reason in reasons]
    assert seen[0] == (62, "flood")
    assert alike(titles) > 0.8
    assert alike(TITLES) < 0.5
    assert alike(titles[:4]) == 0.0  # too few to tell


def test_sources_of_many_sites_and_languages_are_not_surprised_by_one_more() -> None:
    many = Profile(AT, AT)
    for n in range(120):
        trait = Trait(("id", "en", "jv")[n % 3], f"situs{n % 9}.example", False)
        many, reasons = observe(many, look(AT + n * HOUR, [trait], home=frozenset()))
        assert reasons == ()
    assert kinds(many, HOUR, [Trait("en", "situs99.example", False)] * 10, home=frozenset()) == []


def test_links_to_the_address_that_is_polled_are_no_strangers() -> None:
    moved = frozenset({"radarsemeru.example", "radarsemeru.id"})
    assert kinds(settled(), HOUR, [Trait("id", "radarsemeru.id", False)] * 10, home=moved) == []


def test_what_a_person_let_pass_is_no_reason_again() -> None:
    profile, reasons = observe(settled(), look(AT + timedelta(days=30), [SPAM] * 10))
    assert [reason.kind for reason in reasons] == ["gambling"]
    profile = released(profile, ["gambling"], AT + timedelta(days=31))
    for n in range(40):
        profile, reasons = observe(profile, look(AT + timedelta(days=31, hours=n), [SPAM]))
        assert reasons == ()
    assert kinds(profile, HOUR, [Trait("ru", "radarsemeru.example", True)] * 10) == ["language_shift"]


def found(title: str, excerpt: str = "", url: str = "https://www.radar.co.id/a") -> FoundItem:
    return FoundItem(
        guid="", url=url, canonical_url=url.removeprefix("https://"), title=title, summary_html="", content_html="",
        excerpt=excerpt, byline=(), categories=(), image_url="", language="", published_at=None,
        date_from=DateFrom.FIRST_SEEN, date_text="",
    )  # fmt: skip


def test_a_trait_is_taken_from_title_excerpt_and_link() -> None:
    item = found("Petani bawang di lereng Bromo panen", "Kelompok tani itu memanen dengan alat baru dari pemerintah.")
    assert trait_of(item) == Trait("id", "radar.co.id", False)
    assert trait_of(found("RTP live slot gacor hari ini", url="")).is_gambling
    assert trait_of(found("", url="")) == Trait("", "", False)


def test_the_demo_press_is_left_alone_but_for_its_flooding_outlet() -> None:
    """Two days of the fictional press, read every half hour; its outlets have a breaking story, spam and copies."""
    opens_at = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
    press = Press(7, opens_at - HISTORY, opens_at)
    profiles: dict[str, Profile] = {}
    read: dict[str, set[str]] = {outlet.slug: set() for outlet in press.outlets}
    caught: dict[str, str] = {}
    for step in range(96):
        at = opens_at + timedelta(minutes=30 * step)
        for outlet in press.outlets:
            held = press.items(outlet, at)
            new = [item for item in reversed(held) if item.guid not in read[outlet.slug]]
            is_first = not read[outlet.slug]
            read[outlet.slug] |= {item.guid for item in new}
            link = f"https://{outlet.host}/x"
            traits = [trait_of(found(item.text.title, summary(item), link)) for item in new[-quarantine.MAX_TRAITS :]]
            titles = [item.text.title for item in held]
            seen = Look(at, traits, len(new), titles, frozenset({outlet.host}), is_first, is_first)
            profiles[outlet.slug], reasons = observe(profiles.get(outlet.slug, Profile(at, at)), seen)
            if reasons:
                caught[outlet.slug] = reasons[0].kind
    assert caught == {"sekejap-viral": "flood"}
