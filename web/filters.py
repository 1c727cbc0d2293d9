"""What templates may call: they only format, and read nothing."""

from datetime import datetime

from babel.numbers import format_decimal
from flask import Flask
from markupsafe import Markup, escape

from aggregator import wording
from aggregator.model.item import Byline
from aggregator.model.reason import Reason
from aggregator.store.directory import DirectorySource
from aggregator.store.reading import ListedItem
from web import excerpts, language, links, operations, times
from web.context import site
from web.language import gettext as _
from web.language import ngettext

LIST_EXCERPT_CHARS = 160


def register(app: Flask) -> None:
    """Give the templates their filters, globals and the translation tags."""
    env = app.jinja_env
    env.trim_blocks = env.lstrip_blocks = True
    env.add_extension("jinja2.ext.i18n")
    env.install_gettext_callables(language.gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    env.filters.update(
        region_label=links.region_label, excerpt=excerpts.excerpt, brief=brief, byline=excerpts.byline, stamp=stamp,
        moment=moment, item_path=links.item, number=number, per_day=per_day, sentence=sentence,
        condition_word=condition_word, foreign=foreign, planned=planned, last_success=last_success, ago=ago, code=code,
    )  # fmt: skip
    env.globals.update(
        page=links.page, asset=operations.asset, translations=links.translations, in_language=links.in_language,
        language=language, languages=wording.LANGUAGES, site=site, contact=links.contact, credits=credits_of,
    )  # fmt: skip


def brief(listed: ListedItem) -> str:
    """Return the excerpt as lists show it."""
    return excerpts.excerpt(listed, LIST_EXCERPT_CHARS)


def stamp(listed: ListedItem) -> Markup:
    """Return an item's time for a list: the clock in its zone, with the day unless it is today's, and how long ago."""
    at, zone, now = listed.item.published_at, times.zone_of(listed), site().clock()
    is_today = times.local_day(at, zone) == times.local_day(now, zone)
    shown = times.clock(at, zone) if is_today else times.absolute(at, zone)
    relative = times.relative(at, now)
    return _time(at, f"{relative} · {shown}" if relative else shown)


def moment(at: datetime, zone: str) -> Markup:
    """Return an instant in full: day, time, zone, and how long ago."""
    relative, shown = times.relative(at, site().clock()), times.absolute_long(at, zone)
    return _time(at, f"{shown} ({relative})" if relative else shown)


def planned(at: datetime, zone: str) -> Markup:
    """Return an instant that may lie ahead: day, time and zone."""
    return _time(at, times.absolute(at, zone))


def ago(at: datetime) -> Markup:
    """Return how long ago an instant was; beyond a week, its day and time in the site's zone."""
    return _time(at, times.relative(at, site().clock()) or times.absolute(at, site().config.site.zone))


def last_success(one: DirectorySource) -> datetime | None:
    """Return when a source last answered well, by any of its feeds."""
    return max((feed.last_success_at for feed in one.feeds if feed.last_success_at), default=None)


def code(text: str) -> Markup:
    """Return text marked as what one types or a file is called."""
    return Markup("<code>{}</code>").format(text)


def _time(at: datetime, text: str) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(times.iso(at), escape(text))


def number(value: float) -> str:
    """Return a number as the language of the page writes it."""
    return format_decimal(value, locale=language.locale())


def per_day(n_week: int) -> str:
    """Return how many items a day a source brings, from its count of seven days."""
    mean = n_week / 7
    shown = number(round(mean, 1) if mean < 3 else round(mean))
    return _("%(n)s items a day") % {"n": shown}


def sentence(reason: Reason) -> str:
    """Return a reason in the language of the page."""
    return wording.sentence(reason, language.current())


def condition_word(condition: str) -> str:
    """Return the word for how a source is doing."""
    words = {
        "healthy": _("healthy"),
        "slow": _("slow"),
        "failing": _("failing"),
        "paused": _("paused"),
        "quarantined": _("in quarantine"),
        "new": _("not read yet"),
    }
    return words.get(condition, condition)


def credits_of(people: tuple[Byline, ...]) -> list[tuple[str, str]]:
    """Return the credits of an item: each role in words with the names under it, in the order they were given."""
    words = {
        "author": _("Writer"),
        "reporter": _("Reporter"),
        "editor": _("Editor"),
        "contributor": _("Contributor"),
        "photographer": _("Photographer"),
        "agency": _("News agency"),
    }
    by_role: dict[str, list[str]] = {}
    for person in people:
        by_role.setdefault(words.get(person.role, person.role), []).append(person.name)
    return [(role, ", ".join(names)) for role, names in by_role.items()]


def foreign(listed: ListedItem) -> str:
    """Return the language tag of an item's text if it is not the page's language, else ""."""
    tag = listed.item.language or listed.source.language
    return "" if tag.partition("-")[0] == language.current() else tag
