"""Dates and times as each language writes them. Times are 24 hours, in UTC with the desk's zone beside them."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


_WEEKDAYS = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "ja": "月火水木金土日",
    "ko": "월화수목금토일",
}
_PERIOD = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?|-W(\d{2})|-?Q(\d))?")


def day(value: date, language: str) -> str:
    """Return Nov 22, 2026 / 2026年11月22日 / 2026년 11월 22일."""
    if language == "ja":
        return f"{value.year}年{value.month}月{value.day}日"
    if language == "ko":
        return f"{value.year}년 {value.month}월 {value.day}일"
    return f"{_MONTHS[value.month - 1]} {value.day}, {value.year}"


def weekday(value: date, language: str) -> str:
    """Return the day with its day of the week: Sun, Nov 22, 2026 / 2026年11月22日（日） / 2026년 11월 22일(일)."""
    name = _WEEKDAYS.get(language, _WEEKDAYS["en"])[value.weekday()]
    said = day(value, language)
    return {"ja": f"{said}（{name}）", "ko": f"{said}({name})"}.get(language, f"{name}, {said}")


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
    said = f"{other_day}{local:%H:%M} {zone}"
    return f"{text}（{said}）" if language == "ja" else f"{text} ({said})"


def period(text: str, say: Callable[..., str], language: str) -> str:
    """Return an ISO period as a reader says it: a day, a week, a month, a quarter, a year; another text as it is."""
    found = _PERIOD.fullmatch(text)
    if found is None:
        return text
    year, month, of_month, week, quarter = found.groups()
    if of_month:
        return day(date.fromisoformat(text), language)
    if week:
        return say("period.week", year=year, week=int(week))
    if quarter:
        return say("period.quarter", year=year, quarter=quarter)
    if not month:
        return say("period.year", year=year)
    name = _MONTHS[int(month) - 1] if language == "en" else int(month)
    return say("period.month", year=year, month=name)


def _short_day(value: date, language: str) -> str:
    if language == "ja":
        return f"{value.month}月{value.day}日"
    if language == "ko":
        return f"{value.month}월 {value.day}일"
    return f"{_MONTHS[value.month - 1]} {value.day}"
