"""Addresses for machines: health, readiness, robots, and the files of the interface."""

from datetime import datetime, timedelta
from functools import lru_cache
from importlib import resources

from flask import Blueprint, Response, abort, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from aggregator.clock import now
from aggregator.errors import DatabaseError
from aggregator.store import meta
from web.cache import Built, Kept, answer, keep
from web.context import site

bp = Blueprint("operations", __name__)
TYPES = {"css": "text/css; charset=utf-8", "svg": "image/svg+xml; charset=utf-8"}
IMMUTABLE = {"Cache-Control": "public, max-age=31536000, immutable"}
TICK_WITHIN = timedelta(minutes=5)  # RELIABILITY.md promise 18
N_DIGEST = 8  # characters
ROBOTS = "User-agent: *\nDisallow: /admin\nDisallow: /search\n"


@bp.get("/healthz")
def healthz() -> Response:
    """Say that the process answers; the database is not asked."""
    return _never_kept(jsonify(status="ok"))


@bp.get("/readyz")
def readyz() -> ResponseReturnValue:
    """Say whether news come in and can be read: 503 while the database is unreachable or no scheduler gives a sign."""
    try:
        with site().database.read() as connection:
            ticked_at = meta.get(connection, meta.LAST_TICK)
    except DatabaseError as error:
        return _unready(error.reason.kind)
    if ticked_at is None or site().clock() - datetime.fromisoformat(ticked_at) > TICK_WITHIN:
        return _unready("no_tick")
    return _never_kept(jsonify(status="ok"))


def _unready(reason: str) -> Response:
    response = jsonify(status="unavailable", reason=reason)
    response.status_code = 503
    response.headers["Retry-After"] = "30"
    return _never_kept(response)


@bp.get("/robots.txt")
def robots() -> Response:
    """Say what crawlers leave alone."""
    response = Response(ROBOTS, mimetype="text/plain")
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


@bp.get("/favicon.ico")
def favicon() -> ResponseReturnValue:
    """Send browsers that guess this address to the icon."""
    return redirect(url_for("operations.static_file", name="favicon.svg"), 301)


@bp.get("/static/<name>")
def static_file(name: str) -> Response:
    """Give a file of the interface: kept for a year under the address that carries its digest, else an hour."""
    found = _files().get(name)
    if found is None:
        abort(404)
    is_exact = request.args.get("v") == found.etag[:N_DIGEST]
    return answer(found, IMMUTABLE if is_exact else {"Cache-Control": "public, max-age=3600"})


def asset(name: str) -> str:
    """Return the path of a file of the interface, which changes with its content."""
    return url_for("operations.static_file", name=name, v=_files()[name].etag[:N_DIGEST])


@lru_cache(maxsize=1)
def _files() -> dict[str, Kept]:
    """Return the files of static/ by name; only these names are ever served."""
    folder = resources.files("web") / "static"
    return {
        path.name: keep(Built(path.read_bytes(), None, None, TYPES[path.name.rpartition(".")[2]]), 0, now())
        for path in folder.iterdir()
    }


def _never_kept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
