"""Dates and times as each language writes them. Times are 24 hours, in UTC with the desk's zone beside them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(value: date, language: str) -> str:
    """Return Nov 22, 2026 / 2026年11月22日 / 2026. 11. 22."""
    if language == "ja":
        return f"{value.year}年{value.month}月{value.day}日"
    if language == "ko":
        return f"{value.year}. {value.month}. {value.day}."
    return f"{_MONTHS[value.month - 1]} {value.day}, {value.year}"


def moment(value: datetime, language: str, timezone: str) -> str:
    """Return "Nov 22, 2026 06:30 UTC (15:30 JST)"; the local date too when it is another day."""
    at_utc = value.astimezone(UTC)
    local = value.astimezone(ZoneInfo(timezone))
    text = f"{day(at_utc, language)} {at_utc:%H:%M} UTC"
    if local.utcoffset() == at_utc.utcoffset():
        return text
    zone = local.tzname() or timezone
    zone = zone if zone.isalpha() else timezone.rpartition("/")[2].replace("_", " ")
    other_day = f"{_short_day(local, language)} " if local.date() != at_utc.date() else ""
    return f"{text} ({other_day}{local:%H:%M} {zone})"


def _short_day(value: date, language: str) -> str:
    if language == "ja":
        return f"{value.month}月{value.day}日"
    if language == "ko":
        return f"{value.month}. {value.day}."
    return f"{_MONTHS[value.month - 1]} {value.day}"
