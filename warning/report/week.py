"""ISO weeks in a desk's own zone."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from warning.errors import ConfigError

_WEEK = re.compile(r"(\d{4})-W(\d{2})")


def week_of(instant: datetime, timezone: str) -> str:
    """Return the ISO week in which an instant falls in this zone, such as 2026-W47."""
    year, week, _ = instant.astimezone(ZoneInfo(timezone)).date().isocalendar()
    return f"{year}-W{week:02d}"


def last_full_week(now: datetime, timezone: str) -> str:
    """Return the newest week that is over in this zone."""
    return week_of(now - timedelta(days=7), timezone)


def week_bounds(week: str, timezone: str) -> tuple[datetime, datetime]:
    """Return Monday 00:00 of the week and of the next one, in UTC; a week with a clock change is not 168 hours.

    Raises ConfigError when `week` is not written as 2026-W47 or that year has no such week.
    """
    found = _WEEK.fullmatch(week)
    if found is None:
        raise ConfigError(f"{week!r} is not an ISO week such as 2026-W47")
    try:
        monday = date.fromisocalendar(int(found[1]), int(found[2]), 1)
    except ValueError as wrong:
        raise ConfigError(f"{week!r}: {wrong}") from wrong
    zone = ZoneInfo(timezone)
    start, end = (
        datetime.combine(day, time(0), zone).astimezone(UTC) for day in (monday, monday + timedelta(days=7))
    )
    return start, end
