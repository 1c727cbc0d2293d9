"""Dates of feeds: any spelling in, an instant in UTC and its provenance out."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from aggregator.model.item import DateFrom
from aggregator.text.calendars import MONTHS, SPANS_S, ZONES, folded

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
MAX_AHEAD = timedelta(hours=1)

_MAX_CHARS = 200
_UNKNOWN = (None, DateFrom.FIRST_SEEN)

# RFC 5322 sections 3.3 and 4.3, and RFC 3339 section 5.6: what nine feeds of ten write.
_INTERNET = re.compile(
    r"(?:[A-Za-z]{3,9},?\s+)?(\d{1,2})[\s-]([A-Za-z]{3,9})[\s-](\d{4})\s+(\d{1,2}):(\d\d)(?::(\d\d))?"
    r"\s+(?:([+-]\d\d):?(\d\d)|([A-Za-z]{1,5}))"
)
_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?(?:\s?(?:([+-]\d\d):?(\d\d)|([Zz])))?"
)

_WORD = r"[^\W\d_]"
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})(?!\d)")
_DAY_NAME_YEAR = re.compile(
    rf"(?<![\d:])(\d{{1,2}})(?:st|nd|rd|th|er|º|\.)?[\s\-/.,]*(?:de\s|of\s)?\s*({_WORD}{{2,12}})(?:\s({_WORD}{{3,8}}))?"
    r"[\s\-/.,]*(?:de\s|del\s)?\s*(\d{4}|\d{2})(?!\d|[:.h]\d)"
)
_NAME_DAY_YEAR = re.compile(rf"({_WORD}{{3,12}})[\s.]+(\d{{1,2}})(?:st|nd|rd|th)?\s*[,\s]\s*(\d{{4}})(?!\d)")
_UNIX = re.compile(rf"({_WORD}{{3}})\s+(\d{{1,2}})\s+(\d\d:\d\d(?::\d\d)?\s*[a-z]{{0,5}})\s+(\d{{4}})(?!\d)")
_DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?!\d)")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:t?(\d\d)(\d\d)(\d\d)?)?(?!\d)")
_ORDINAL = re.compile(r"(\d{4})-(\d{3})(?!\d)")
_YEAR_MONTH = re.compile(r"(\d{4})(?:-(\d\d))?")
_TIME = re.compile(r"(?<![\d:])(\d{1,2})[:.h](\d\d)(?:[:.](\d\d)(?:[.,]\d+)?)?(?!\d)(?:\s?([ap])\.?m\b\.?)?")
_ZONE = re.compile(r"\s*\(?(?:(?:gmt|utc)?\s?([+\-−])(\d{1,2}):?(\d\d)?(?!\d)|([a-z]{1,5})\b)")
_AGO = re.compile(r"(\d{1,4}|se|satu|a|an|one|une?|uma?|una|eine[rm]?)\s?([a-z]+)\s(?:yang\s)?(?:lalu|ago|atras)\b")
_AGO_BEFORE = re.compile(r"(?:il y a|hace|ha|vor)\s(\d{1,4}|une?|uma?|una|eine[rm]?)\s([a-z]+)")
_JUST_NOW = re.compile(r"baru saja|just now|barusan")


def read_date(text: str, zone: str, now: datetime) -> tuple[datetime | None, DateFrom]:
    """Return the instant that a feed's date means, in UTC, and where it comes from.

    A date without a zone is read in `zone`, an IANA name. None, first seen: unreadable, before 1990, or later than an
    hour after `now`.
    """
    text = text[:_MAX_CHARS].strip()
    try:
        at, date_from = _common(text, zone) or _any(folded(" ".join(text.split())), zone, now)
    except (ValueError, OverflowError):  # the 31st of February, hour 25, year 0
        return _UNKNOWN
    if at is None or at < EARLIEST or at > now + MAX_AHEAD:
        return _UNKNOWN
    return at, date_from


def _common(text: str, zone: str) -> tuple[datetime | None, DateFrom] | None:
    """Return the date of the two usual forms, None when the text has neither."""
    if found := _INTERNET.fullmatch(text):
        day, name, year, hour, minute, second, zone_h, zone_m, zone_name = found.groups()
        month = MONTHS.get(name.lower())
        east = _east(zone_h, zone_m) if zone_h else ZONES.get(zone_name.lower())
        if month is None or (east is None and zone_name):
            return None
        return _at((int(year), month, int(day)), (int(hour), int(minute), int(second or 0)), east, zone)
    if found := _ISO.fullmatch(text):
        year, month_, day, hour, minute, second, zone_h, zone_m, utc = found.groups()
        east = _east(zone_h, zone_m) if zone_h else 0 if utc else None
        return _at((int(year), int(month_), int(day)), (int(hour), int(minute), int(second or 0)), east, zone)
    return None


def _any(text: str, zone: str, now: datetime) -> tuple[datetime | None, DateFrom]:
    """Return the date of a folded text in any other form."""
    if text.isdecimal() and len(text) in (10, 13):  # seconds or milliseconds since 1970
        return datetime.fromtimestamp(int(text[:10]), UTC), DateFrom.FEED
    if (seconds := _ago_s(text)) is not None:
        return now - timedelta(seconds=seconds), DateFrom.FEED
    found = _date(text)
    if found is None:
        return _UNKNOWN
    date, rest = found
    time, east = _time(rest)
    return _at(date, time, east, zone)


def _date(text: str) -> tuple[tuple[int, int, int], str] | None:
    """Return the date as year, month, day, and the text without it."""
    if found := _YEAR_FIRST.search(text):
        return (int(found[1]), int(found[2]), int(found[3])), _without(text, found)
    start = 0
    while found := _DAY_NAME_YEAR.search(text, start):
        day, name, second, year = found.groups()
        if month := MONTHS.get(f"{name} {second}" if second else name):
            return (_year(year), month, int(day)), _without(text, found)
        start = found.end(1)
    for found in _NAME_DAY_YEAR.finditer(text):
        if month := MONTHS.get(found[1]):
            return (int(found[3]), month, int(found[2])), _without(text, found)
    if (found := _UNIX.search(text)) and (month := MONTHS.get(found[1])):
        return (int(found[4]), month, int(found[2])), found[3]
    return _numeric_date(text)


def _numeric_date(text: str) -> tuple[tuple[int, int, int], str] | None:
    if found := _DAY_FIRST.search(text):
        day, month, year = int(found[1]), int(found[3]), _year(found[4])
        if month > 12 >= day:  # the American order, where it can be nothing else
            day, month = month, day
        return (year, month, day), _without(text, found)
    if found := _COMPACT.match(text):
        hour, minute, second = (part or "00" for part in found.group(4, 5, 6))
        time = f" {hour}:{minute}:{second}" if found[4] else " "
        return (int(found[1]), int(found[2]), int(found[3])), time + text[found.end() :]
    if found := _ORDINAL.match(text):
        day_of_year = datetime(int(found[1]), 1, 1, tzinfo=UTC) + timedelta(days=int(found[2]) - 1)
        return (day_of_year.year, day_of_year.month, day_of_year.day), text[found.end() :]
    if found := _YEAR_MONTH.fullmatch(text):
        return (int(found[1]), int(found[2] or 1), 1), ""
    return None


def _time(text: str) -> tuple[tuple[int, int, int], int | None]:
    """Return the time of day, midnight without one, and the minutes east of Greenwich, None when nothing is said."""
    found = _TIME.search(text)
    if not found:
        return (0, 0, 0), None
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    if found[4]:
        hour = hour % 12 + (12 if found[4] == "p" else 0)
    zone = _ZONE.match(text, found.end())
    if not zone:
        return (hour, minute, second), None
    sign, zone_h, zone_m, name = zone.groups()
    if name:
        return (hour, minute, second), 0 if len(name) == 1 else ZONES.get(name)
    return (hour, minute, second), _east(("+" if sign == "+" else "-") + zone_h, zone_m or "0")


def _at(
    date: tuple[int, int, int], time: tuple[int, int, int], east: int | None, zone: str
) -> tuple[datetime, DateFrom]:
    hour, minute, second = time
    days = 0
    if hour == 24 and minute == second == 0:
        hour, days = 0, 1
    second = min(second, 59) if second == 60 else second  # a leap second
    if east is None:
        local = datetime(*date, hour, minute, second, tzinfo=ZoneInfo(zone))
        return (local + timedelta(days=days)).astimezone(UTC), DateFrom.GUESSED_ZONE
    return datetime(*date, hour, minute, second, tzinfo=UTC) + timedelta(days=days, minutes=-east), DateFrom.FEED


def _east(hours: str, minutes: str) -> int | None:
    """Return minutes east of Greenwich, None for what is no zone on this planet."""
    east = abs(int(hours)) * 60 + int(minutes)
    if east > 14 * 60:
        return None
    return -east if hours.startswith("-") else east


def _year(digits: str) -> int:
    """Return a year; two digits are read as in RFC 5322 section 4.3."""
    year = int(digits)
    return year if len(digits) == 4 else year + (2000 if year < 50 else 1900)


def _ago_s(text: str) -> int | None:
    """Return how many seconds ago a text like "2 jam lalu" says, None when it says no such thing."""
    if _JUST_NOW.search(text):
        return 0
    for found in (_AGO.search(text), _AGO_BEFORE.search(text)):
        if found and (span_s := SPANS_S.get(found[2])):
            return span_s * (int(found[1]) if found[1].isdecimal() else 1)
    return None


def _without(text: str, found: re.Match[str]) -> str:
    return f"{text[found.end() :]} {text[: found.start()]}"
