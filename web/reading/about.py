"""What this site is, and what a publisher should know about our polling."""

from flask import Response

from web.context import site
from web.excerpts import MAX_CHARS
from web.language import gettext as _
from web.reading.page import Head, show


def about() -> Response:
    """Show what the site does and who runs it."""

    def build() -> dict[str, object]:
        name = site().config.site.name
        return {
            "head": Head(_("About %(site)s") % {"site": name}, _("What %(site)s is and how it works.") % {"site": name})
        }

    return show("reading/about.html", build)


def publishers() -> Response:
    """Show what our bot asks for, how often, and how a publisher stops or limits it."""

    def build() -> dict[str, object]:
        config = site().config
        head = Head(_("For publishers"), _("What our bot reads, how often, and how to limit or stop it."))
        return {
            "head": head, "user_agent": config.user_agent, "floor_minutes": config.poll.fast_floor_s // 60,
            "interval_minutes": config.poll.interval_s // 60, "max_chars": MAX_CHARS,
        }  # fmt: skip

    return show("reading/publishers.html", build)
