"""The press: what every outlet's feed holds at an instant, and the truth about it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from aggregator.demo import serials
from aggregator.demo.kinds import event_kinds
from aggregator.demo.outlets import Outlet, outlets
from aggregator.demo.places import places
from aggregator.demo.plan import Post, PostKind, day_of, new_event, numbered, plan_day, reports
from aggregator.demo.prose import Text, tell

HISTORY = timedelta(days=6)  # before now: a press that starts then has full feeds
_LOOK_BACK_DAYS = {"flood": 1, "ring": 2}  # how far a feed reaches at most; as long as HISTORY for the others
_OPENING_FIRST = 900_000_000  # numbers above are those of the opening
_OPENING = (  # minutes after the opening, where, what, and how many outlets report it
    (2, "jatim/probolinggo", "jembatan_ambruk", 9),
    (7, "jatim/kota-probolinggo", "keracunan_hajatan", 7),
    (14, "jatim/lumajang", "longsor_jalan", 6),
    (23, "sulsel/makassar", "truk_terguling", 4),
)


class Failure(StrEnum):
    """How the broken outlet answers: another way every hour."""

    SERVER_ERROR = "server_error"
    PAGE = "page"  # a page where the feed should be, status 200
    CUT = "cut"  # XML that ends in the middle
    EMPTY = "empty"  # status 200, no body
    UNAVAILABLE = "unavailable"  # 503 with Retry-After


@dataclass(frozen=True, slots=True)
class Item:
    """An item as the feed shows it; `path` begins with the outlet's slug. `updated_at` differs after an edit.

    `credit` names the outlet whose text it reprints, "" for its own.
    """

    outlet: Outlet
    number: int
    guid: str
    path: str
    text: Text
    kind: PostKind
    credit: str
    published_at: datetime
    updated_at: datetime
    listed_at: datetime


@dataclass(frozen=True, slots=True)
class Truth:
    """What a post is: the event it belongs to (None: nobody else has it), and its kind.

    `copy_of` is outlet slug and guid of the text that it repeats; `edited` and `late` say that it is or will be so.
    """

    event_id: str | None
    kind: PostKind
    copy_of: tuple[str, str] | None
    edited: bool
    late: bool


class Press:
    """A press from `start` on, whose text follows from the seed and the instant asked for, and from nothing else.

    Shortly after `now` four events break, so that whoever starts to watch then sees stories grow.
    """

    def __init__(self, seed: int, start: datetime, now: datetime) -> None:
        self.seed, self.start, self.now = seed, start.astimezone(UTC), now.astimezone(UTC)
        self.outlets: tuple[Outlet, ...] = outlets()
        self._by_slug = {outlet.slug: outlet for outlet in self.outlets}
        self._opening = numbered(
            tuple(self._breaking()), _OPENING_FIRST + int(self.now.timestamp()) // 60 % 900_000 * 100
        )
        self._plan = lru_cache(maxsize=16)(lambda day: plan_day(seed, day))

    def outlet(self, slug: str) -> Outlet | None:
        """Return the outlet of that slug, None without one."""
        return self._by_slug.get(slug)

    def posts(self, outlet: Outlet, at: datetime) -> tuple[Post, ...]:
        """Return the posts in an outlet's feed at an instant, newest publication first."""
        held = [post for post in self._recent(outlet, at) if self.start <= post.published_at and post.listed_at <= at]
        held.sort(key=lambda post: (post.published_at, post.number), reverse=True)
        return tuple(held[: outlet.feed_size])

    def items(self, outlet: Outlet, at: datetime) -> tuple[Item, ...]:
        """Return what an outlet's feed holds at an instant, newest publication first."""
        return tuple(self.item(post, at) for post in self.posts(outlet, at))

    def item(self, post: Post, at: datetime) -> Item:
        """Return a post as its feed shows it at an instant."""
        edited = post.edited_at is not None and post.edited_at <= at
        return Item(
            outlet=post.outlet,
            number=post.number,
            guid=guid(post),
            path=path(post),
            text=_text(post, corrected=edited or post.edited_at is None),
            kind=post.kind,
            credit=post.copied.outlet.name if post.copied and post.event else "",
            published_at=post.published_at,
            updated_at=post.edited_at if edited and post.edited_at else post.published_at,
            listed_at=post.listed_at,
        )

    def find(self, outlet: Outlet, number: int, at: datetime) -> Item | None:
        """Return the item of that number, None before it is listed."""
        posts = self._opening if number >= _OPENING_FIRST else self._plan(day_of(number))
        found = [post for post in posts.get(outlet.slug, ()) if post.number == number and post.listed_at <= at]
        return self.item(found[0], at) if found else None

    def truth(self, at: datetime) -> Mapping[tuple[str, str], Truth]:
        """Return what every post since the start is, by outlet slug and guid."""
        held: dict[tuple[str, str], Truth] = {}
        for posts in [*(self._plan(day) for day in self._days(self.start, at)), self._opening]:
            for post in (post for theirs in posts.values() for post in theirs):
                if self.start <= post.published_at and post.listed_at <= at:
                    held[post.outlet.slug, guid(post)] = _truth(post)
        return held

    def failure(self, outlet: Outlet, at: datetime) -> Failure | None:
        """Return how an outlet fails at an instant, None when it works."""
        if outlet.role != "broken":
            return None
        return tuple(Failure)[int(at.timestamp()) // 3600 % len(Failure)]

    def _recent(self, outlet: Outlet, at: datetime) -> Iterator[Post]:
        since = at - timedelta(days=_LOOK_BACK_DAYS.get(outlet.role, HISTORY.days))
        for day in self._days(max(since, self.start), at):
            yield from self._plan(day).get(outlet.slug, ())
        yield from self._opening.get(outlet.slug, ())

    def _days(self, since: datetime, until: datetime) -> Iterator[date]:
        """Yield the days whose plans reach into a span: the day before has tellings after midnight."""
        day = since.astimezone(UTC).date() - timedelta(days=1)
        while day <= until.astimezone(UTC).date():
            yield day
            day += timedelta(days=1)

    def _breaking(self) -> Iterator[Post]:
        kinds = {kind.name: kind for kind in event_kinds() if kind.opening}
        for minutes, slug, name, size in _OPENING:
            news_at = self.now + timedelta(minutes=minutes)
            event = new_event(f"{self.seed}-{self.now:%Y%m%d%H%M}-{name}", kinds[name], places()[slug], news_at)
            yield from reports(event, news_at, size, hurry=4.0)


def guid(post: Post) -> str:
    """Return the identifier in the feed, as that outlet's software makes it; it never changes."""
    host = post.outlet.host
    if post.outlet.format == "atom":
        return f"tag:{host},2024:item-{post.number}"
    if post.outlet.format == "json":
        return str(post.number)
    return (
        f"https://{host}/baca/{post.number}" if post.outlet.guid == "permalink" else f"https://{host}/?p={post.number}"
    )


def path(post: Post) -> str:
    """Return the address of the article on the server: made of its first title, so that an edit keeps it."""
    local = post.published_at.astimezone(post.outlet.place.tz)
    words = "".join(char if char.isalnum() else " " for char in _text(post, corrected=not post.edited_at).title.lower())
    return f"{post.outlet.slug}/{local:%Y/%m/%d}/{'-'.join(words.split()[:10])}-{post.number}"


@lru_cache(maxsize=8192)
def _text(post: Post, *, corrected: bool) -> Text:
    if post.kind is PostKind.RECURRING:
        return serials.recurring(post.form, post.outlet, post.published_at)
    if post.kind is PostKind.FLOOD:
        return serials.flood(post.outlet, post.number, post.published_at)
    if post.kind is PostKind.RING:
        return serials.advertisement(post.outlet, post.event_id or "")
    assert post.event is not None
    if post.copied:
        return tell(post.event, post.copied.outlet, post.copied.turn, corrected=post.copied.edited_at is None)
    return tell(post.event, post.outlet, post.turn, corrected=corrected)


def _truth(post: Post) -> Truth:
    return Truth(
        event_id=post.event_id,
        kind=post.kind,
        copy_of=(post.copied.outlet.slug, guid(post.copied)) if post.copied else None,
        edited=post.edited_at is not None,
        late=post.listed_at > post.published_at,
    )
