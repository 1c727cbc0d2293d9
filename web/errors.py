"""What readers see when something went wrong: a styled page that needs no database, and never a trace."""

from flask import Flask, Response, make_response, render_template
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from aggregator.errors import DatabaseError
from aggregator.log import log
from web.language import gettext as _

RETRY_AFTER_S = 30


def register(app: Flask) -> None:
    """Answer every error of the application with a page."""
    app.register_error_handler(HTTPException, on_http_error)
    app.register_error_handler(DatabaseError, on_database_error)
    app.register_error_handler(Exception, on_bug)


def on_http_error(error: HTTPException) -> ResponseReturnValue:
    """Return the page of an HTTP error; a redirect raised as one passes through."""
    if error.response is not None:
        return error.get_response()
    code = error.code or 500
    response = page(code)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def on_database_error(error: DatabaseError) -> ResponseReturnValue:
    """Return 503: the database does not answer now, and a client may ask again."""
    log.warning("page_without_database", kind=error.reason.kind)
    response = page(503)
    response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def on_bug(error: Exception) -> ResponseReturnValue:
    """Return 500 for a fault of our own; the trace goes to the log only."""
    log.error("page_broke", exc_info=error)
    return page(500)


def page(code: int) -> Response:
    """Return the error page of a status, which nobody keeps or indexes."""
    texts = {
        400: (_("That address can't be read"), _("Part of it is not what we expect here, so we show nothing.")),
        404: (_("There is nothing at this address"), _("It may have been mistyped, or the page has moved.")),
        405: (_("That can't be done here"), _("This page can only be read.")),
        410: (_("This item was withdrawn"), _("The publisher asked for it, or an editor took it out.")),
        503: (_("The news can't be read right now"), _("The database does not answer. Try again in half a minute.")),
    }  # fmt: skip
    fallback = (_("Something broke on our side"), _("The fault has been noted. Please try again later."))
    title, text = texts.get(code, fallback)
    response = make_response(render_template("error.html", code=code, title=title, text=text), code)
    response.headers["Cache-Control"] = "no-store"
    return response
