"""Instants typed on the command line."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from warning.app.compose import system_clock

UNITS = {"h": "hours", "d": "days", "w": "weeks"}


class Instant(click.ParamType[datetime]):
    """A day, a time (UTC unless it says otherwise), or a span from now: 2026-12-01, 2026-12-01T09:00+09:00, 3d."""

    name = "instant"

    def get_metavar(self, *_: Any, **__: Any) -> str:
        return "DATE|TIME|12h|3d|2w"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        span = re.fullmatch(r"(\d{1,4})([hdw])", value)
        if span:
            return system_clock() + timedelta(**{UNITS[span[2]]: int(span[1])})
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is none of 2026-12-01, 2026-12-01T09:00+09:00, 12h, 3d, 2w", param, ctx)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
