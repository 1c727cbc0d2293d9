"""The feeds that we publish: /feeds/<kind>[/<key>].<rss|atom|json>, their archives by day, and the lists of feeds."""

import re
from collections.abc import Callable
from datetime import date, datetime
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, request
from werkzeug.exceptions import HTTPException

from aggregator.documents import write_atom, write_json, write_rss
from aggregator.errors import DatabaseError
from aggregator.log import log
from aggregator.model.publication import Links, Publication
from aggregator.model.source import SourceState
from aggregator.store import last_change, meta, reading, sources
from aggregator.store.database import Connection
from aggregator.store.reading import Cursor
from web import archives, channels, feed_lists, links
from web.archives import Place
from web.cache import Built, respond
from web.channels import Channel
from web.context import site
from web.errors import RETRY_AFTER_S
from web.facts import facts
from web.language import gettext as _
from web.publications import publication
from web.times import local_day

bp = Blueprint("merged_feeds", __name__)

FORMATS: dict[str, tuple[str, Callable[[Publication], bytes]]] = {
    "rss": (write_rss.MIME_TYPE, write_rss.write_rss),
    "atom": (write_atom.MIME_TYPE, write_atom.write_atom),
    "json": (write_json.MIME_TYPE, write_json.write_json),
}
HEADERS = {
    "Cache-Control": "public, max-age=300, stale-while-revalidate=600, stale-if-error=86400",
    "Vary": "Accept-Encoding, Sec-Fetch-Dest",
    "Access-Control-Allow-Origin": "*",
}
MAX_N = 100
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_N = re.compile(r"\d{1,3}", re.ASCII)
_FORMAT = "<any(rss,atom,json):ending>"


@bp.get(f"/feeds/latest.{_FORMAT}", defaults={"kind": "latest", "key": ""})
@bp.get(f"/feeds/<any(region):kind>/<path:key>.{_FORMAT}")
@bp.get(f"/feeds/<any(source):kind>/<key>.{_FORMAT}")
def subscription(kind: str, key: str, ending: str) -> Response:
    """Give the newest items of a feed, `n` of them, in JSON those below `before`."""
    n = _asked_n()
    # Only JSON Feed has pages; the others go back by their archives.
    before = _asked_cursor() if ending == "json" else None

    def build() -> Built:
        tree = facts().tree()
        with site().database.read() as connection:
            channel = _channel(connection, kind, key)
            found = reading.listing(connection, tree, channel.scope, limit=n, before=before)
            newest = found.items[0].item.listed_at if found.items else None
            document = publication(channel, meta.installation_id(connection), found.items, Links(
                home=links.absolute(channel.home),
                document=_address(channel, ending, n=n, before=before),
                current=_address(channel, ending),
                prev_archive=_archive(channel, ending, Place(local_day(newest, channel.zone)) if newest else None),
                next_page=_address(channel, ending, n=n, before=found.older) if found.older else "",
            ))  # fmt: skip
            return _built(document, ending, last_change.by_hand(connection))

    return _answer(("feed", kind, key, ending, n, before), build, ending)


@bp.get(f"/feeds/latest/archive/<day>.{_FORMAT}", defaults={"kind": "latest", "key": ""})
@bp.get(f"/feeds/<any(region):kind>/<path:key>/archive/<day>.{_FORMAT}")
@bp.get(f"/feeds/<any(source):kind>/<key>/archive/<day>.{_FORMAT}")
def archive(kind: str, key: str, day: str, ending: str) -> Response:
    """Give the items of one day of a feed; 404 for a day that is none, before 1990 or yet to come."""
    wanted, before, now = _asked_day(day), _asked_cursor(), site().clock()

    def build() -> Built:
        tree = facts().tree()
        with site().database.read() as connection:
            channel = _channel(connection, kind, key)
            today = local_day(now, channel.zone)
            if wanted > today:
                abort(404)
            place = archives.place(wanted, before, channel.zone)
            part = archives.part(connection, tree, (channel.scope, channel.zone), place)
            older = _archive(channel, ending, part.older)
            document = publication(channel, meta.installation_id(connection), part.items, Links(
                home=links.absolute(channel.home),
                document=_archive(channel, ending, place),
                current=_address(channel, ending),
                prev_archive=older,
                next_archive=_archive(channel, ending, part.newer),
                next_page=older,
            ), is_closed=wanted < today)  # fmt: skip
            return _built(document, ending, last_change.by_hand(connection))

    return _answer(("archive", kind, key, ending, wanted, before), build, ending)


@bp.get("/feeds/catalogue.json")
def catalogue_json() -> Response:
    """Give the list of our feeds."""
    return respond(("feeds", "json"), feed_lists.catalogue_json, headers=HEADERS)


@bp.get("/feeds/catalogue.opml")
def catalogue_opml() -> Response:
    """Give the list of our feeds for import into a feed reader."""
    return respond(("feeds", "opml"), feed_lists.catalogue_opml, headers=HEADERS | _as_file("kabar-feeds.opml"))


@bp.get("/feeds/sources.opml")
def sources_opml() -> Response:
    """Give the list of the publishers' own feeds, in the folders of their regions."""
    return respond(("feeds", "sources"), feed_lists.sources_opml, headers=HEADERS | _as_file("kabar-sources.opml"))


@bp.get("/feeds/<path:_unknown>")
def nothing(_unknown: str) -> Response:
    """Answer 404 in one line where there is no feed."""
    abort(404)


@bp.errorhandler(HTTPException)
def on_http_error(error: HTTPException) -> Response:
    """Return an error in one line of text: those who read feeds are programs."""
    code = error.code or 500
    lines = {
        400: _("One of the parameters can't be read: n is 1 to 100, before comes from a document of this feed."),
        404: _("There is no such feed."),
        410: _("This feed was removed. It does not come back."),
    }
    return _line(lines.get(code, error.name), code)


@bp.errorhandler(DatabaseError)
def on_database_error(error: DatabaseError) -> Response:
    """Return 503: the database does not answer now."""
    log.warning("feed_without_database", kind=error.reason.kind)
    response = _line(_("The news can't be read right now. Please ask again in half a minute."), 503)
    response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def _line(text: str, code: int) -> Response:
    response = Response(f"{text}\n", code, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _channel(connection: Connection, kind: str, key: str) -> Channel:
    """Return a feed; 404 for what is unknown, 410 for a source that was removed or withdrawn."""
    if kind == "latest":
        return channels.latest()
    if kind == "region":
        region = facts().tree().by_slug.get(key)
        return channels.of_region(region) if region else abort(404)
    source = sources.by_slug(connection, key)
    if source is None:
        abort(404)
    if source.state in (SourceState.REMOVED, SourceState.WITHDRAWN):
        abort(410)
    return channels.of_source(source)


def _built(document: Publication, ending: str, by_hand: datetime | None) -> Built:
    mime_type, write = FORMATS[ending]
    # A withdrawal leaves no entry to date it by, so whatever a person changed last counts too.
    modified = max(document.updated_at, by_hand or document.updated_at)
    return Built(write(document), None, modified, f"{mime_type}; charset=utf-8")


def _answer(key: tuple[object, ...], build: Callable[[], Built], ending: str) -> Response:
    """Return a document; a browser that shows it to a person gets the same bytes as XML, so that it is styled."""
    response = respond(key, build, headers=HEADERS)
    is_shown = request.headers.get("Sec-Fetch-Dest") == "document"
    if is_shown and ending != "json" and response.status_code == 200:
        response.headers["Content-Type"] = "application/xml; charset=utf-8"
    return response


def _as_file(name: str) -> dict[str, str]:
    """Return the header that makes a browser save a list, which is meant for another program."""
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def _address(channel: Channel, ending: str, *, n: int | None = None, before: Cursor | None = None) -> str:
    """Return the absolute address of a feed: parameters sorted, those that change nothing left out."""
    said = {"before": before, "n": n if n != site().config.feed.entries else None}
    query = urlencode({name: value for name, value in said.items() if value is not None})
    return links.absolute(f"/feeds/{channel.path}.{ending}") + (f"?{query}" if query else "")


def _archive(channel: Channel, ending: str, at: Place | None) -> str:
    """Return the absolute address of an archive document, "" for None."""
    if at is None:
        return ""
    query = f"?before={at.before}" if at.before else ""
    return links.absolute(f"/feeds/{channel.path}/archive/{at.day.isoformat()}.{ending}") + query


def _asked_n() -> int:
    text = request.args.get("n")
    if text is None:
        return site().config.feed.entries
    if not _N.fullmatch(text) or not 1 <= int(text) <= MAX_N:
        abort(400)
    return int(text)


def _asked_cursor() -> Cursor | None:
    text = request.args.get("before")
    try:
        return None if text is None else Cursor.parse(text)
    except ValueError:
        abort(400)


def _asked_day(text: str) -> date:
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None or day < archives.FIRST_DAY:
        abort(404)
    return day
