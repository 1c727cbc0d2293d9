"""The plan of a day: which outlet posts what, and when. It follows from the seed and the day alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from random import Random

from aggregator.demo.events import Event, happened_before
from aggregator.demo.kinds import Kind, brief_kinds, event_kinds
from aggregator.demo.outlets import Outlet, outlets
from aggregator.demo.places import Place, places
from aggregator.demo.reporting import Telling, tellings

_DAYS_APART = 3  # no kind of event comes again sooner: readers would take two for one
_SIZES = {2: 2, 3: 3, 4: 3, 5: 4, 6: 5, 7: 4, 8: 4, 9: 3, 10: 2}  # outlets to an event, and how often of 30
_RECURRING_HOURS = {"salat": 20, "emas": 2, "cuaca": 22}  # UTC
_FLOOD_GAP_S = 110
_RING_POSTS_A_DAY = 24
_EDITED, _LATE = 0.05, 0.03
_PLACE_WEIGHTS = {
    "jatim/probolinggo": 7,
    "jatim/kota-probolinggo": 5,
    "jatim/lumajang": 3,
    "jatim/jember": 2,
    "jatim/pasuruan": 2,
}
_NEWSROOMS = ("local", "wire", "broken", "english")
_FIRST_DAY = date(2020, 1, 1).toordinal()


class PostKind(StrEnum):
    """What a post is to its event."""

    ORIGINAL = "original"  # the first to tell it
    OWN_WORDS = "own_words"
    SYNDICATED = "syndicated"  # another outlet's text
    ONE_OFF = "one_off"  # nobody else has it
    RECURRING = "recurring"
    FLOOD = "flood"
    RING = "ring"


@dataclass(frozen=True, slots=True)
class Post:
    """One item of one outlet. `number` is unique within the outlet and never changes.

    `listed_at` is when its feed shows it: hours after `published_at` for a late post. `edited_at` is when a number is
    corrected, None for never. `copied` is the post whose text this is. `form` says which recurring item it is.
    """

    outlet: Outlet
    kind: PostKind
    published_at: datetime
    listed_at: datetime
    event: Event | None = None
    event_id: str | None = None
    turn: int = 0
    form: str = ""
    edited_at: datetime | None = None
    copied: "Post | None" = None
    number: int = 0


def day_of(number: int) -> date:
    """Return the day in whose plan a post number was given."""
    return date.fromordinal(_FIRST_DAY + number // 1000)


def plan_day(seed: int, day: date) -> dict[str, tuple[Post, ...]]:
    """Return every outlet's posts of a day (UTC), by slug and oldest first; an event is told past midnight."""
    midnight = datetime.combine(day, datetime.min.time(), UTC)
    posts = [
        *_reports(seed, midnight),
        *_briefs(seed, midnight, "id"),
        *_briefs(seed, midnight, "en"),
        *(post for outlet in outlets() for post in _recurring(seed, outlet, midnight)),
        *_flood(seed, midnight),
        *_ring(seed, midnight),
    ]
    return numbered(posts, (day.toordinal() - _FIRST_DAY) * 1000)


def numbered(posts: Sequence[Post], first: int) -> dict[str, tuple[Post, ...]]:
    """Return posts by outlet, oldest first, numbered from `first`; a copy points at the numbered original."""
    counts: dict[str, int] = {}
    done: dict[Post, Post] = {}
    held: dict[str, list[Post]] = {}
    for post in sorted(posts, key=lambda one: (one.published_at, one.outlet.slug)):
        slug = post.outlet.slug
        counts[slug] = counts.get(slug, -1) + 1
        done[post] = replace(post, number=first + counts[slug], copied=done[post.copied] if post.copied else None)
        held.setdefault(slug, []).append(done[post])
    return {slug: tuple(theirs) for slug, theirs in held.items()}


def _rota(kinds: Sequence[Kind], seed: int, midnight: datetime, rng: Random) -> Iterator[tuple[Kind, datetime]]:
    """Yield the kinds whose turn it is today, and when: the same time of day whenever their turn comes."""
    order = [kind for kind in kinds if not kind.opening]
    Random(f"{seed}:{len(order)}:rota").shuffle(order)
    today = order[midnight.toordinal() % _DAYS_APART :: _DAYS_APART]
    for number, kind in enumerate(today):
        yield kind, midnight + timedelta(seconds=86_400 * (number + 0.6 * rng.random()) / len(today))


def _reports(seed: int, midnight: datetime) -> Iterator[Post]:
    rng = Random(f"{seed}:{midnight.date()}:events")
    for kind, news_at in _rota(event_kinds(), seed, midnight, rng):
        fitting = [place for place in places().values() if kind.fits(place)]
        place = rng.choices(fitting, [_PLACE_WEIGHTS.get(place.slug, 1) for place in fitting])[0]
        event = new_event(f"{seed}-{midnight:%Y%m%d}-{kind.name}", kind, place, news_at)
        yield from reports(event, news_at, rng.choices(list(_SIZES), list(_SIZES.values()))[0])


def _briefs(seed: int, midnight: datetime, language: str) -> Iterator[Post]:
    """Yield the small news of the day, each told by one outlet; the more alone an outlet is, the more it has."""
    rng = Random(f"{seed}:{midnight.date()}:briefs:{language}")
    newsrooms = [outlet for outlet in outlets() if outlet.language == language and outlet.role in _NEWSROOMS]
    for kind, at in _rota(brief_kinds(language), seed, midnight, rng):
        fitting = [outlet for outlet in newsrooms if kind.fits(outlet.place)]
        weights = [outlet.pace * (1 if outlet.place.province == "jatim" else 3) for outlet in fitting]
        outlet = rng.choices(fitting, weights)[0]
        event = new_event(f"{seed}-{midnight:%Y%m%d}-{kind.name}", kind, outlet.place, at)
        yield _with_mishaps(Post(outlet, PostKind.ONE_OFF, at, at, event), rng)


def new_event(id: str, kind: Kind, place: Place, news_at: datetime) -> Event:
    """Return an event of which the first news comes at `news_at`."""
    return Event(id, kind, place, happened_before(news_at, kind, place, Random(f"{id}:when")))


def reports(event: Event, news_at: datetime, size: int, *, hurry: float = 1.0) -> Iterator[Post]:
    """Yield the posts about an event by up to `size` outlets, the first at `news_at`; hurry 2 halves the delays."""
    rng = Random(f"{event.id}:posts")
    told: dict[str, Post] = {}
    for telling in tellings(event, size, rng):
        post = _to_post(event, telling, news_at, told, rng, hurry)
        told[telling.outlet.slug] = post
        yield post


def _to_post(
    event: Event, telling: Telling, news_at: datetime, told: dict[str, Post], rng: Random, hurry: float
) -> Post:
    origin = told[telling.copies.slug] if telling.copies else None
    after = origin.listed_at if origin else news_at
    published_at = after + timedelta(seconds=round(telling.delay_s / hurry))
    kind = PostKind.SYNDICATED if origin else PostKind.OWN_WORDS if told else PostKind.ORIGINAL
    post = Post(telling.outlet, kind, published_at, published_at, event, event.id, telling.turn, copied=origin)
    return post if origin or not told else _with_mishaps(post, rng)


def _with_mishaps(post: Post, rng: Random) -> Post:
    """Return the post as it is, edited after some minutes, or listed hours late."""
    luck = rng.random()
    if luck < _EDITED:
        return replace(post, edited_at=post.listed_at + timedelta(minutes=rng.randint(8, 50)))
    if luck < _EDITED + _LATE:
        return replace(post, listed_at=post.published_at + timedelta(minutes=rng.randint(120, 540)))
    return post


def _flood(seed: int, midnight: datetime) -> Iterator[Post]:
    outlet = next(outlet for outlet in outlets() if outlet.role == "flood")
    rng = Random(f"{seed}:{midnight.date()}:flood")
    for second in range(0, 86_400 - _FLOOD_GAP_S, _FLOOD_GAP_S):
        at = midnight + timedelta(seconds=second + rng.randrange(_FLOOD_GAP_S))
        yield Post(outlet, PostKind.FLOOD, at, at, event_id=f"{seed}-flood-{at:%Y%m%d}-{at.hour // 6}")


def _recurring(seed: int, outlet: Outlet, midnight: datetime) -> Iterator[Post]:
    if outlet.role != "local" or outlet.language == "en":
        return
    habits = Random(f"{outlet.slug}:habits").sample(list(_RECURRING_HOURS), 2 if outlet.pace > 1 else 1)
    rng = Random(f"{seed}:{midnight.date()}:{outlet.slug}")
    for form in habits:
        at = midnight + timedelta(hours=_RECURRING_HOURS[form], minutes=rng.randrange(55))
        yield Post(outlet, PostKind.RECURRING, at, at, form=form)


def _ring(seed: int, midnight: datetime) -> Iterator[Post]:
    rng = Random(f"{seed}:{midnight.date()}:ring")
    ring = [outlet for outlet in outlets() if outlet.role == "ring"]
    for number in range(_RING_POSTS_A_DAY):
        at = midnight + timedelta(seconds=rng.randrange(86_400))
        rng.shuffle(ring)
        first: Post | None = None
        for outlet in ring:
            post = Post(
                outlet, PostKind.RING, at, at, event_id=f"{seed}-ring-{midnight:%Y%m%d}-{number:02}", copied=first
            )
            first = first or post
            at += timedelta(seconds=rng.randrange(60, 600))
            yield post
