"""Periods in their many spellings -> ISO: 2023-08-01 (D), 2023-W31 (W), 2023-08 (M), 2023-Q3 (Q), 2023 (A)."""

import re
from datetime import date, datetime
from functools import lru_cache

from warning.collect.table_cells import Cell, as_text
from warning.collect.times import month_number, read_time
from warning.core.vocabulary import Frequency

FIRST_YEAR, LAST_YEAR = 1900, 2100

_Y = r"(?P<year>(?:19|20)\d{2})"
_NAME = r"(?P<name>[A-Za-zé]{3,9})\.?"
_MONTHS = tuple(
    re.compile(shape)
    for shape in (
        rf"^{_Y}\s*[-./]?\s*M?(?P<month>0[1-9]|1[0-2])(?:[-./]?(?:[0-2]\d|3[01])(?!\d).*)?$",
        rf"^{_Y}\s*[-./M]\s*(?P<month>[1-9])(?:[-./](?:\d|[0-2]\d|3[01])(?!\d).*)?$",
        rf"^{_Y}\s*[年년]\s*(?P<month>0?[1-9]|1[0-2])\s*[月월].*$",
        rf"^(?P<month>0?[1-9]|1[0-2])\s*[-./]\s*{_Y}$",
        rf"^{_NAME}[\s,.-]*{_Y}$",
        rf"^{_Y}[\s,.-]*{_NAME}$",
        rf"^{_NAME}[\s'’.-]+(?P<short>\d{{2}})$",
        rf"^(?P<month>0?[1-9]|1[0-2])/\d{{1,2}}/{_Y}(?:\D.*)?$",
    )
)
_QUARTERS = tuple(
    re.compile(shape, re.IGNORECASE)
    for shape in (
        rf"^{_Y}\s*[-./]?\s*Q\s*(?P<quarter>[1-4])$",
        rf"^Q\s*(?P<quarter>[1-4])[\s,./'-]*{_Y}$",
        rf"^(?P<quarter>[1-4])\s*(?:Q|st|nd|rd|th)?(?:\s*quarter)?[\s,./'-]*{_Y}$",
        rf"^{_Y}\s*[年년]?\s*第?\s*(?P<quarter>[1-4])\s*(?:四半期|季度|분기|/4)$",
    )
)
_YEARS = re.compile(
    rf"^(?:FY|CY)?\s*{_Y}\s*(?:年度?|년)?(?:[-/.]?0?1[-/.]?0?1(?:\D.*)?)?\s*[a-z]?\)?$", re.IGNORECASE
)
_WEEK = re.compile(rf"^{_Y}\s*[-./]?\s*W\s*(?P<week>\d{{1,2}})$", re.IGNORECASE)
_IN_NAME = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")


def read_period(cell: Cell | None, frequency: Frequency) -> str | None:
    """Return the ISO period a cell names, or None when it names none of that frequency."""
    if isinstance(cell, datetime):
        return _of_day(cell.date(), frequency)
    if isinstance(cell, date):
        return _of_day(cell, frequency)
    return _read(as_text(cell), frequency)


def year_in(name: str) -> str:
    """The year in a column's name (PROD_EST_ 2024), or '' when there is none or more than one."""
    years = set(_IN_NAME.findall(name))
    return years.pop() if len(years) == 1 else ""


@lru_cache(maxsize=20_000)
def _read(text: str, frequency: Frequency) -> str | None:
    text = text.strip().strip("'\"")
    if not text or len(text) > 60:
        return None
    try:
        match frequency:
            case "M":
                return _month(text)
            case "Q":
                return _quarter(text)
            case "A":
                found = _YEARS.match(text)
                return found["year"] if found else None
            case "W" if found := _WEEK.match(text):
                return _week(int(found["year"]), int(found["week"]))
            case _:
                return _by_day(text, frequency)
    except ValueError:
        return None


def _month(text: str) -> str | None:
    for shape in _MONTHS:
        if found := shape.match(text):
            parts = found.groupdict()
            month = month_number(parts["name"]) if parts.get("name") else int(parts["month"])
            year = int(parts["year"]) if parts.get("year") else _century(int(parts["short"]))
            return f"{year:04d}-{month:02d}" if month else None
    return None


def _century(short: int) -> int:
    return 2000 + short if short < 70 else 1900 + short


def _quarter(text: str) -> str | None:
    for shape in _QUARTERS:
        if found := shape.match(text):
            return f"{found['year']}-Q{found['quarter']}"
    moment = read_time(text)
    return _of_day(moment.date(), "Q") if moment else None


def _by_day(text: str, frequency: Frequency) -> str | None:
    moment = read_time(text) if re.search(r"\d[\D]+\d|\d{8}", text) else None
    return _of_day(moment.date(), frequency) if moment else None


def _week(year: int, week: int) -> str:
    date.fromisocalendar(year, week, 1)  # raises ValueError for week 53 of a year without one
    return f"{year:04d}-W{week:02d}"


def _of_day(day: date, frequency: Frequency) -> str | None:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        return None
    match frequency:
        case "D":
            return day.isoformat()
        case "W":
            year, week, _ = day.isocalendar()
            return f"{year:04d}-W{week:02d}"
        case "M":
            return f"{day.year:04d}-{day.month:02d}"
        case "Q":
            return f"{day.year:04d}-Q{(day.month + 2) // 3}"
        case "A":
            return f"{day.year:04d}"
