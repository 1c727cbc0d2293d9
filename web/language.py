"""The language of a page: the site's own without a prefix, the others under `/<language>/`."""

from babel import Locale
from flask import has_request_context, request

from aggregator import wording
from web.context import site

NAMES = {"id": "Bahasa Indonesia", "en": "English"}
# British English writes the day first and counts 24 hours, as the Indonesian pages do.
_LOCALES = {"id": Locale("id"), "en": Locale("en", "GB")}


def prefix(language: str) -> str:
    """Return what the addresses of a language begin with, "" for the site's own."""
    return "" if language == site().config.site.language else f"/{language}"


def of_path(path: str) -> str:
    """Return the language that an address asks for."""
    first = path.split("/", 2)[1] if path.startswith("/") else ""
    return first if first in wording.LANGUAGES and prefix(first) else site().config.site.language


def current() -> str:
    """Return the language of this request."""
    return of_path(request.path) if has_request_context() else site().config.site.language


def bare(path: str) -> str:
    """Return a path without its language prefix."""
    return path.removeprefix(prefix(of_path(path))) or "/"


def locale() -> Locale:
    """Return the locale that dates and numbers of this request are written in."""
    return _LOCALES[current()]


def gettext(message: str) -> str:
    """Return a message in the language of this request."""
    return wording.translations(current()).gettext(message)


def ngettext(singular: str, plural: str, n: int) -> str:
    """Return a message for n things in the language of this request."""
    return wording.translations(current()).ngettext(singular, plural, n)
