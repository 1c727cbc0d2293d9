"""Sources: the directory of all, and the profile of one."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, abort

from aggregator.model.region import Region
from aggregator.model.source import SourceState
from aggregator.store import directory, reading
from aggregator.store.directory import DirectorySource
from aggregator.store.reading import Scope
from aggregator.store.regions import RegionTree
from web import times
from web.context import site
from web.facts import facts
from web.language import gettext as _
from web.reading import rivers
from web.reading.page import INDEX, NOINDEX, PER_PAGE, Head, asked_cursor, refresh_s, show


@dataclass(frozen=True, slots=True)
class Province:
    """The sources that report from one of the widest regions, None for those without a place, by name."""

    region: Region | None
    sources: tuple[DirectorySource, ...]


def sources() -> Response:
    """Show every source with its state, grouped by province."""

    def build() -> dict[str, object]:
        with site().database.read() as connection:
            found = directory.sources(connection, site().clock())
        head = Head(
            title=_("Sources"),
            description=_("Every source that %(site)s reads, where it reports from and how it is doing.")
            % {"site": site().config.site.name},
        )
        provinces = by_province(facts().tree(), found)
        return {"head": head, "provinces": provinces, "n_sources": len(found), "tree": facts().tree()}

    return show("reading/sources.html", build)


def source(slug: str) -> Response:
    """Show the profile of a source and its newest items; 410 once its publisher withdrew it."""
    before = asked_cursor()

    def build() -> dict[str, object]:
        tree = facts().tree()
        with site().database.read() as connection:
            profile = next(iter(directory.sources(connection, site().clock(), slug=slug)), None)
            if profile is None:
                abort(404)
            if profile.source.state == SourceState.WITHDRAWN:
                abort(410)
            scope = Scope(source_id=profile.source.id)
            found = reading.listing(connection, tree, scope, limit=PER_PAGE, before=before)
        name = profile.source.name
        place = tree.by_id[profile.source.region_id] if profile.source.region_id else None
        head = Head(
            title=name,
            description=_("The newest news from %(source)s, and how we read it.") % {"source": name},
            feed=f"source/{slug}",
            feed_title=name,
            robots=NOINDEX if before else INDEX,
            refresh_s=refresh_s(is_continued=before is not None, is_empty=not found.items),
        )
        return {
            "head": head, "profile": profile, "listing": found, "days": rivers.days(found.items, place), "place": place,
            "trail": tree.trail(profile.source.region_id), "zone": times.zone_of_region(place),
        }  # fmt: skip

    return show("reading/source.html", build)


def by_province(tree: RegionTree, found: Sequence[DirectorySource]) -> list[Province]:
    """Return the sources under their provinces, by name; those without a place come last."""
    grouped: dict[int | None, list[DirectorySource]] = {}
    for one in found:
        trail = tree.trail(one.source.region_id)
        grouped.setdefault(trail[0].id if trail else None, []).append(one)
    provinces = [Province(tree.by_id[key] if key else None, tuple(group)) for key, group in grouped.items()]
    return sorted(
        provinces, key=lambda province: (province.region is None, province.region.name if province.region else "")
    )
