"""What a feed says of its own rhythm (RSS 2.0 ttl, skipHours, skipDays; RSS 1.0 syndication module)."""

import re
from collections.abc import Mapping
from typing import Any

from aggregator.model.document import Hints

_PERIODS_S = {"hourly": 3600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HOURS = re.compile(r"<hour>\s*(\d{1,2})\s*</hour>", re.IGNORECASE)
_DAY = re.compile(r"<day>\s*([a-z]{6,9})\s*</day>", re.IGNORECASE)
_MAX_SECTION_CHARS = 2000
_MAX_S = 10**9


def read_hints(feed: Mapping[str, Any], text: str) -> Hints:
    """Return the hints of a parsed feed and its text; garbage counts as nothing said. All are only hints: unclamped."""
    return Hints(
        ttl_s=_number(feed.get("ttl"), 60),
        sy_interval_s=_syndication_s(feed),
        skip_hours=frozenset(int(hour) % 24 for hour in _HOURS.findall(_section(text, "skipHours")) if int(hour) <= 24),
        skip_days=frozenset(
            _DAYS.index(day.lower()) for day in _DAY.findall(_section(text, "skipDays")) if day.lower() in _DAYS
        ),
    )


def _number(value: Any, unit_s: int) -> int | None:
    digits = str(value or "").strip()
    if not digits.isdecimal() or not digits.isascii() or len(digits) > 12 or int(digits) == 0:
        return None
    return min(int(digits) * unit_s, _MAX_S)


def _syndication_s(feed: Mapping[str, Any]) -> int | None:
    """Return the seconds between updates; without a period it is a day, without a frequency once a period."""
    period, frequency = feed.get("sy_updateperiod"), feed.get("sy_updatefrequency")
    if not period and not frequency:
        return None
    period_s = _PERIODS_S.get(str(period or "daily").strip().lower())
    times = _number(frequency or "1", 1)
    return max(period_s // times, 1) if period_s and times else None


def _section(text: str, name: str) -> str:
    start = text.find(f"<{name}")
    return text[start : start + _MAX_SECTION_CHARS].partition(f"</{name}")[0] if start >= 0 else ""
