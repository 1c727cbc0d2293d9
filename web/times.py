"""Times as readers see them: in the region's zone, relative and absolute."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, format_timedelta, get_timezone_gmt

from aggregator.model.region import Region
from aggregator.store.reading import ListedItem
from web import language
from web.context import site
from web.language import gettext as _

# What Indonesia calls its zones; Babel gives the long names only.
ZONE_NAMES = {
    "Asia/Jakarta": "WIB",
    "Asia/Pontianak": "WIB",
    "Asia/Makassar": "WITA",
    "Asia/Jayapura": "WIT",
}
RELATIVE_FOR = timedelta(days=7)


def zone_name(zone: str, at: datetime) -> str:
    """Return the short name of an IANA zone, its distance from GMT where it has none in our table."""
    return ZONE_NAMES.get(zone) or get_timezone_gmt(at.astimezone(ZoneInfo(zone)), locale=language.locale())


def zone_of(listed: ListedItem) -> str:
    """Return the zone an item's times are shown in: its region's, else its source's, else the site's."""
    return (listed.region.zone if listed.region else "") or listed.source.zone or site().config.site.zone


def zone_of_region(region: Region | None) -> str:
    """Return the zone of a region's pages, the site's for None."""
    return region.zone if region else site().config.site.zone


def iso(at: datetime) -> str:
    """Return an instant for machines (RFC 3339, UTC, whole seconds)."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def local_day(at: datetime, zone: str) -> date:
    """Return the day of an instant in a zone."""
    return at.astimezone(ZoneInfo(zone)).date()


def clock(at: datetime, zone: str) -> str:
    """Return hour and minute with the zone: "12.05 WIB"."""
    shown = format_time(at, format="short", tzinfo=ZoneInfo(zone), locale=language.locale())
    return f"{shown} {zone_name(zone, at)}"


def absolute(at: datetime, zone: str) -> str:
    """Return day and time: "14 Mar 2026 12.05 WIB"."""
    day = format_date(local_day(at, zone), format="medium", locale=language.locale())
    return f"{day} {clock(at, zone)}"


def absolute_long(at: datetime, zone: str) -> str:
    """Return day and time in full: "Sabtu, 14 Maret 2026 12.05 WIB"."""
    return f"{day_name(local_day(at, zone))} {clock(at, zone)}"


def day_name(day: date) -> str:
    """Return a day in full: "Sabtu, 14 Maret 2026"."""
    return format_date(day, format="full", locale=language.locale())


def relative(at: datetime, now: datetime) -> str:
    """Return how long ago, "" beyond a week; what lies ahead of the clock is just now."""
    passed = now - at
    if passed < timedelta(minutes=1):
        return _("just now")
    if passed > RELATIVE_FOR:
        return ""
    return _("%(time)s ago") % {"time": format_timedelta(passed, threshold=1, locale=language.locale())}


def heading(day: date, today: date) -> str:
    """Return a day as the heading of a list: today, yesterday, or its name."""
    if day == today:
        return _("Today, %(day)s") % {"day": day_name(day)}
    if day == today - timedelta(days=1):
        return _("Yesterday, %(day)s") % {"day": day_name(day)}
    return day_name(day)
