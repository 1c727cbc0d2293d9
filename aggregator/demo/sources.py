"""The outlets as sources to subscribe to."""

from dataclasses import dataclass

from aggregator.demo.press import Press


@dataclass(frozen=True, slots=True)
class DemoSource:
    """What a source of the demonstration is made of; `region` is a slug of the region pack, `trust` as in Source."""

    slug: str
    name: str
    feed_url: str
    site_url: str
    owner: str  # slug; the outlet's own for one that belongs to nobody else
    owner_name: str
    region: str
    zone: str
    language: str
    trust: str


def sources_of(press: Press, address: str) -> tuple[DemoSource, ...]:
    """Return every outlet of the press as served at an address, in the press's order: the home region first."""
    return tuple(
        DemoSource(
            slug=outlet.slug,
            name=outlet.name,
            feed_url=f"{address}/{outlet.slug}/feed",
            site_url=f"{address}/{outlet.slug}/",
            owner=outlet.owner,
            owner_name=outlet.owner_name,
            region=outlet.place.slug,
            zone=outlet.place.zone,
            language=outlet.language,
            trust=outlet.trust,
        )
        for outlet in press.outlets
    )
