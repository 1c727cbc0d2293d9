"""One page: its arguments checked, its head, its place in the cache."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Response, abort, render_template, request

from aggregator.store.reading import Cursor
from web import language, links
from web.cache import Built, respond
from web.context import site
from web.facts import condition, facts
from web.links import FeedLink

PER_PAGE = 30
CACHED = {"Cache-Control": "public, max-age=60, stale-while-revalidate=300"}
CHANGING = {"Cache-Control": "no-cache"}  # while the first round runs a page is out of date at once
HTML = "text/html; charset=utf-8"
INDEX, NOINDEX = "index, follow", "noindex, follow"


@dataclass(frozen=True, slots=True)
class Head:
    """What the head of a page says. `feed` is the path of the page's own merged feed without its ending."""

    title: str
    description: str
    feed: str = "latest"
    feed_title: str = ""
    robots: str = INDEX
    kind: str = "website"  # Open Graph's
    refresh_s: int = 0  # 0: never

    @property
    def feeds(self) -> list[tuple[str, FeedLink]]:
        """Return the feeds of the page and of the whole site, its own first, six at most, each with its title."""
        name = site().config.site.name
        own = [(f"{self.feed_title or name} ({link.name})", link) for link in links.feeds_of(self.feed)]
        rest = [(f"{name} ({link.name})", link) for link in links.feeds_of("latest")]
        return own if self.feed == "latest" else own + rest


def asked_cursor() -> Cursor | None:
    """Return where the list of this request begins, None for its newest page; 400 for what is no cursor."""
    text = request.args.get("before")
    if text is None:
        return None
    try:
        return Cursor.parse(text)
    except ValueError:
        abort(400)


def show(template: str, build: Callable[[], dict[str, object]]) -> Response:
    """Return a page from its template and what `build` reads for it, which must hold a Head as `head`."""
    progress = facts().progress()
    state = condition(progress, site().clock())
    before = request.args.get("before", "")
    # Only what changes the page takes part: unknown parameters share the page without them.
    key = ("page", request.path, before, language.current(), state, progress if state == "first_round" else None)

    def built() -> Built:
        canonical = links.absolute(links.in_language(language.current())) + (f"?before={before}" if before else "")
        found = build()
        text = render_template(template, canonical=canonical, progress=progress, condition=state, **found)
        return Built(text.encode(), None, None, HTML)

    return respond(key, built, headers=CHANGING if state == "first_round" else CACHED)


def refresh_s(*, is_continued: bool, is_empty: bool) -> int:
    """Return after how many seconds a list asks again by itself: only its newest page, only in the first round."""
    if is_continued or condition(facts().progress(), site().clock()) != "first_round":
        return 0
    return 5 if is_empty else 10
