"""The reader's pages: which address shows what, once for each language."""

from collections.abc import Callable

from flask import Blueprint
from flask.typing import ResponseReturnValue

from web.reading import about, articles, catalogue, outlets, places, rivers

MAX_ID = 2**63 - 1  # what a database holds; a larger number names no item

View = Callable[..., ResponseReturnValue]

PAGES: tuple[tuple[str, str, View], ...] = (
    ("/", "front", rivers.front),
    ("/latest", "latest", rivers.latest),
    ("/r/<path:path>", "region", rivers.region),
    ("/s/<slug>", "source", outlets.source),
    ("/sources", "sources", outlets.sources),
    ("/regions", "regions", places.regions),
    (f"/a/<int(max={MAX_ID}):item_id>", "bare_item", articles.item),
    (f"/a/<int(max={MAX_ID}):item_id>-<slug>", "item", articles.item),
    ("/feeds", "feeds", catalogue.feeds),
    ("/about", "about", about.about),
    ("/about/publishers", "publishers", about.publishers),
)


def blueprint(language: str, prefix: str) -> Blueprint:
    """Return the pages of a language under a prefix, "" for the site's own language."""
    pages = Blueprint(f"pages_{language}", __name__, url_prefix=prefix or None)
    for rule, endpoint, view in PAGES:
        # Without strict slashes "/en" is the page "/en/" itself, so no redirect is built from the Host header.
        pages.add_url_rule(rule, endpoint, view, methods=["GET"], strict_slashes=rule != "/")
    return pages
