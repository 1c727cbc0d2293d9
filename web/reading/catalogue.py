"""The catalogue of merged feeds, for people: what each holds and its addresses to copy."""

from dataclasses import dataclass

from flask import Response

from aggregator.model.region import Region
from aggregator.store import directory
from web import links
from web.context import site
from web.facts import Counts, facts
from web.language import gettext as _
from web.links import FeedLink
from web.reading.page import Head, show


@dataclass(frozen=True, slots=True)
class OfferedFeed:
    """A merged feed as it is offered. `n_day` counts the items it got in the last day, None where nobody counted."""

    name: str
    n_day: int | None
    addresses: list[FeedLink]
    is_inner: bool = False  # of a region inside the one above it


def feeds() -> Response:
    """Show the merged feeds that readers can subscribe to."""

    def build() -> dict[str, object]:
        with site().database.read() as connection:
            sources = directory.sources(connection, site().clock())
        head = Head(
            title=_("Feeds"),
            description=_("Subscribe to %(site)s in your feed reader: everything, a region or a source.")
            % {"site": site().config.site.name},
        )
        of_sources = [
            OfferedFeed(one.source.name, None, links.feeds_of(f"source/{one.source.slug}")) for one in sources
        ]
        return {"head": head, "latest": links.feeds_of("latest"), "of_regions": _of_regions(), "of_sources": of_sources}

    return show("reading/feeds.html", build)


def _of_regions() -> list[OfferedFeed]:
    """Return the feeds of the regions that have sources or items, in the order of their addresses."""
    tree, counts = facts().tree(), facts().counts()
    found = [(region, count) for region in tree.by_slug.values() if (count := counts.get(region.id))]
    found.sort(key=_by_slug)
    return [
        OfferedFeed(
            links.region_label(region), count.n_items, links.feeds_of(f"region/{region.slug}"), "/" in region.slug
        )
        for region, count in found
    ]


def _by_slug(pair: tuple[Region, Counts]) -> str:
    return pair[0].slug
