"""The directory of regions, as a tree with counts."""

from flask import Response

from web.context import site
from web.facts import facts
from web.language import gettext as _
from web.reading.page import Head, show


def regions() -> Response:
    """Show every region of the pack: those with sources or items stand out."""

    def build() -> dict[str, object]:
        head = Head(
            title=_("Regions"),
            description=_("Every region of %(site)s, with its sources and its items of the last day.")
            % {"site": site().config.site.name},
        )
        return {"head": head, "tree": facts().tree(), "counts": facts().counts()}

    return show("reading/regions.html", build)
