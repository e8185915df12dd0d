"""Small field types of a catalogue entry: durations as operators write them, and addresses with dates in them."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Annotated

from pydantic import BeforeValidator

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_DURATION = re.compile(r"(?:\d+(?:\.\d+)?[smhdw])+")
_PART = re.compile(r"(\d+(?:\.\d+)?)([smhdw])")
_PLACE = re.compile(r"\{(?:(key|year|month|iso_month|day)(?:-(\d{1,4}))?|months:(\d{1,3}))\}")


def parse_duration(written: object) -> object:
    """Turn `15m`, `6.5s` or `1d12h` into a timedelta; a timedelta passes. Raises ValueError for other text."""
    if not isinstance(written, str):
        return written
    compact = written.replace(" ", "").lower()
    if not _DURATION.fullmatch(compact):
        raise ValueError(f"{written!r} is not a duration such as 90s, 15m, 6h, 1d or 4w")
    return timedelta(seconds=sum(float(n) * _UNITS[unit] for n, unit in _PART.findall(compact)))


Duration = Annotated[timedelta, BeforeValidator(parse_duration)]


def show_duration(span: timedelta) -> str:
    """Write a duration the way operators do: 15m, 1h30m, 6.5s."""
    left, out = span.total_seconds(), ""
    for unit in ("w", "d", "h", "m"):
        count, left = divmod(left, _UNITS[unit])
        out += f"{count:.0f}{unit}" if count else ""
    return out + (f"{left:g}s" if left or not out else "")


def places_in(text: str) -> frozenset[str]:
    """Return the names of the places (`key`, `month`, ...) that `fill_places` would fill in `text`."""
    return frozenset(found.group(1) or "months" for found in _PLACE.finditer(text))


def fill_places(text: str, *, now: datetime, key: str, publication_lag_days: int) -> str:
    """Fill `{key}`, `{year}`, `{day}`, `{month}`, `{iso_month}` and `{months:12}`; other braces stay.

    A month is the latest whose figures are out, given the lag: `{month}` 202509, `{iso_month}` 2025-09,
    `{months:3}` 202507,202508,202509. `{day-7}`, `{month-12}`, `{year-1}` go that many units back.
    """
    if "{" not in text:
        return text
    today = now.date()
    latest = months_back(today - timedelta(days=publication_lag_days), 1)
    writers: dict[str, Callable[[int], str]] = {
        "key": lambda _: key,
        "year": lambda back: str(today.year - back),
        "day": lambda back: (today - timedelta(days=back)).isoformat(),
        "month": lambda back: f"{months_back(latest, back):%Y%m}",
        "iso_month": lambda back: f"{months_back(latest, back):%Y-%m}",
    }

    def fill(found: re.Match[str]) -> str:
        if found.group(3):
            months = range(int(found.group(3)) - 1, -1, -1)
            return ",".join(writers["month"](back) for back in months)
        return writers[found.group(1)](int(found.group(2) or 0))

    return _PLACE.sub(fill, text)


def months_back(day: date, count: int) -> date:
    """Return the first day of the month `count` months before that of `day`."""
    months = day.year * 12 + day.month - 1 - count
    return date(months // 12, months % 12 + 1, 1)
