"""The merged feeds that there are: everything, each region, each source."""

from dataclasses import dataclass
from datetime import UTC, datetime

from aggregator.model.region import Region
from aggregator.model.source import Source
from aggregator.store.reading import Scope
from web import links
from web.context import site
from web.language import gettext as _

NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # dates a feed that never held anything, so that its bytes stay the same


@dataclass(frozen=True, slots=True)
class Channel:
    """A merged feed: which items it holds and what it says of itself. `empty_at` dates it while it holds none."""

    kind: str  # latest, region, source
    key: str  # "" where there is only one of a kind
    name: str
    description: str
    home: str  # path of the page that shows the same
    scope: Scope
    zone: str  # whose days its archives have
    empty_at: datetime = NEVER

    @property
    def path(self) -> str:
        """Return what its addresses and ids have in common."""
        return f"{self.kind}/{self.key}" if self.key else self.kind

    @property
    def title(self) -> str:
        """Return its name behind that of the site."""
        return f"{site().config.site.name} – {self.name}"


def latest() -> Channel:
    """Return the feed of everything."""
    here = site().config.site
    about = _("The newest items of all sources of %(site)s, as they come in.") % {"site": here.name}
    return Channel("latest", "", _("Latest news"), about, "/latest", Scope(), here.zone)


def of_region(region: Region) -> Channel:
    """Return the feed of a region and the regions below it."""
    name = links.region_label(region)
    about = _("The newest news from %(region)s, from every source we follow there.") % {"region": name}
    return Channel("region", region.slug, name, about, f"/r/{region.slug}", Scope(region_id=region.id), region.zone)


def of_source(source: Source) -> Channel:
    """Return the feed of one source."""
    about = _("The newest news from %(source)s.") % {"source": source.name}
    scope = Scope(source_id=source.id)
    return Channel(
        "source", source.slug, source.name, about, f"/s/{source.slug}", scope, source.zone, source.created_at
    )
