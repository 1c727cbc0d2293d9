"""Lists of items, newest first: the front page, the latest, a region."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import Response, abort

from aggregator.model.region import Region
from aggregator.rules.variety import varied
from aggregator.store import reading
from aggregator.store.reading import Cursor, ListedItem, Listing, Scope
from web import links, times
from web.context import site
from web.facts import busiest, facts
from web.language import gettext as _
from web.reading.page import INDEX, NOINDEX, PER_PAGE, Head, asked_cursor, refresh_s, show

RAIL_REGIONS = 10
N_TOP = 5  # the lead and the cards below it, on the newest page only


@dataclass(frozen=True, slots=True)
class Day:
    """The items of a list that were listed on one day of the page's zone."""

    day: date
    heading: str
    items: tuple[ListedItem, ...]


def front() -> Response:
    """Show the home region's news, the whole site's without one or while its name is not in the pack."""
    home = facts().tree().by_slug.get(site().config.site.home_region)
    return _front_of(home, is_front=True)


def region(path: str) -> Response:
    """Show the news of a region and the regions below it."""
    place = facts().tree().by_slug.get(path)
    if place is None:
        abort(404)
    return _front_of(place, is_front=False)


def latest() -> Response:
    """Show everything as one river, day by day."""
    before = asked_cursor()

    def build() -> dict[str, object]:
        found = _listing(Scope(), before)
        name = site().config.site.name
        head = Head(
            title=_("Latest news"),
            description=_("The newest items of all sources of %(site)s, as they come in.") % {"site": name},
            robots=NOINDEX if before else INDEX,
            refresh_s=refresh_s(is_continued=before is not None, is_empty=not found.items),
        )
        return {"head": head, "listing": found, "days": days(found.items, None), "rail": rail(None), "place": None}

    return show("reading/latest.html", build)


def _front_of(place: Region | None, *, is_front: bool) -> Response:
    before = asked_cursor()

    def build() -> dict[str, object]:
        found = _listing(Scope(region_id=place.id if place else None), before)
        head = _head(place, is_front=is_front, is_continued=found.is_continued, is_empty=not found.items)
        tree = facts().tree()
        n_top = 0 if found.is_continued else N_TOP
        top, rest = varied(found.items, n_top, lambda listed: listed.owner.id)
        return {
            "head": head, "listing": found, "lead": top[:1], "cards": top[1:],
            "days": days(rest, place), "rail": rail(place), "place": place,
            "is_front": is_front, "trail": tree.trail(place.parent_id) if place else (),
            "children": tree.children(place.id) if place else (), "counts": facts().counts(),
        }  # fmt: skip

    return show("reading/front.html", build)


def _head(place: Region | None, *, is_front: bool, is_continued: bool, is_empty: bool) -> Head:
    name = site().config.site.name
    if place is None:
        title, feed = name, "latest"
        description = _("Regional news from many publishers on one page, each with its source.")
    else:
        label = links.region_label(place)
        title, feed = _("News from %(region)s") % {"region": label}, f"region/{place.slug}"
        description = _("The newest news from %(region)s, from every source we follow there.") % {"region": label}
    robots = NOINDEX if is_continued else INDEX
    asks_again_s = refresh_s(is_continued=is_continued, is_empty=is_empty)
    return Head(name if is_front else title, description, feed, title, robots, refresh_s=asks_again_s)


def _listing(scope: Scope, before: Cursor | None) -> Listing:
    tree = facts().tree()
    with site().database.read() as connection:
        return reading.listing(connection, tree, scope, limit=PER_PAGE, before=before)


def days(items: Sequence[ListedItem], place: Region | None) -> list[Day]:
    """Return items by the day they were listed, in the zone of the page."""
    zone = times.zone_of_region(place)
    today = times.local_day(site().clock(), zone)
    by_day: dict[date, list[ListedItem]] = {}
    for listed in items:
        by_day.setdefault(times.local_day(listed.item.listed_at, zone), []).append(listed)
    return [Day(day, times.heading(day, today), tuple(found)) for day, found in by_day.items()]


def rail(place: Region | None) -> dict[str, object]:
    """Return the side of a page: the busiest regions below a place, or beside it where none is below."""
    tree, counts = facts().tree(), facts().counts()
    below = busiest(tree.children(place.id if place else None), counts)
    parent = tree.by_id[place.parent_id] if place and place.parent_id else None
    if not below and parent is not None:
        return {"parent": parent, "regions": busiest(tree.children(parent.id), counts)[:RAIL_REGIONS]}
    return {"parent": place, "regions": below[:RAIL_REGIONS]}
