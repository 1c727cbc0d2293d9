"""An item: headline, credits, the excerpt that its publisher allows, and the way to the publisher."""

from functools import partial

from flask import Response, abort, redirect

from aggregator.model.source import SourceState
from aggregator.store import reading, tombstones
from aggregator.store.tombstones import Tombstone
from web import links, times
from web.context import site
from web.excerpts import excerpt
from web.facts import facts
from web.language import gettext as _
from web.reading.page import NOINDEX, Head, show


def item(item_id: int, slug: str = "") -> Response:
    """Show an item; 301 from another slug than its own, 410 once it was withdrawn, only its link once purged."""

    def build() -> dict[str, object]:
        tree = facts().tree()
        with site().database.read() as connection:
            found = reading.item_page(connection, tree, item_id)
            left = tombstones.by_id(connection, item_id) if found is None else None
        if left is not None:
            abort(show("reading/purged.html", partial(_purged, left)))
        if found is None:
            abort(404)
        listed = found.listed
        if listed.item.withdrawn_at is not None or listed.source.state == SourceState.WITHDRAWN:
            abort(410)
        if slug != links.slug(listed.item.title):
            abort(redirect(links.item(listed.item), 301))
        place, name = listed.region, listed.source.name
        head = Head(
            title=listed.item.title or name,
            description=excerpt(listed, 160) or _("News from %(source)s") % {"source": name},
            feed=f"region/{place.slug}" if place else f"source/{listed.source.slug}",
            feed_title=_("News from %(region)s") % {"region": links.region_label(place)} if place else name,
            robots=NOINDEX,
            kind="article",
        )
        return {"head": head, "found": found, "listed": listed, "zone": times.zone_of(listed), "place": place}

    return show("reading/item.html", build)


def _purged(left: Tombstone) -> dict[str, object]:
    """Return what the page of an item says once its text is no longer kept: where the publisher has it."""
    if left.source.state == SourceState.WITHDRAWN:
        abort(410)
    if left.source.quarantined_at is not None:
        abort(404)
    head = Head(
        title=_("This item is no longer kept"),
        description=_("News from %(source)s") % {"source": left.source.name},
        feed=f"source/{left.source.slug}",
        feed_title=left.source.name,
        robots=NOINDEX,
    )
    return {"head": head, "left": left}
