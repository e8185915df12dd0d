"""The digest's sentences in English, Japanese and Korean, and dates and numbers as each language writes them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from warning.core.phrases import filled

LANGUAGES = ("en", "ja", "ko")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestWords:
    """One language's sentences by dotted key, such as `summary.quiet`."""

    language: str
    templates: Mapping[str, str]

    def say(self, key: str, **values: object) -> str:
        """Return the sentence with its placeholders filled; values are inserted as they are."""
        return filled(self.templates[key], values, self.language)

    def day(self, value: date) -> str:
        """Return Nov 22, 2026 / 2026年11月22日 / 2026년 11월 22일."""
        if self.language == "ja":
            return f"{value.year}年{value.month}月{value.day}日"
        if self.language == "ko":
            return f"{value.year}년 {value.month}월 {value.day}일"
        return f"{_MONTHS[value.month - 1]} {value.day}, {value.year}"

    def moment(self, value: datetime, timezone: str) -> str:
        """Return the local day and 24-hour time with its zone."""
        local = value.astimezone(ZoneInfo(timezone))
        zone = local.tzname() or timezone
        return f"{self.day(local)} {local:%H:%M} {zone if zone.isalpha() else timezone}"

    def period(self, period: str) -> str:
        """Return an ISO period as a reader says it: a day, a week, a month, else as it is."""
        if len(period) == 10:
            return self.day(date.fromisoformat(period))
        if len(period) == 7 and "W" not in period and "Q" not in period:
            year, month = int(period[:4]), int(period[5:])
            forms = {"ja": f"{year}年{month}月", "ko": f"{year}년 {month}월"}
            return forms.get(self.language, f"{_MONTHS[month - 1]} {year}")
        if "W" in period:
            iso_year, week = period.split("-W")
            return self.say("figure.week", date=self.day(date.fromisocalendar(int(iso_year), int(week), 7)))
        if "Q" in period:
            return self.say("figure.quarter", year=period[:4], quarter=period[-1])
        return period

    def week(self, week: str) -> str:
        """Return an ISO week as a reader says it: 2025年第14週; English keeps 2025-W14."""
        year, number = week.split("-W")
        return week if self.language == "en" else self.say("heading.week", year=year, week=int(number))

    def ratio(self, value: float) -> str:
        """Return +15%, -97% or 0%; from four times the earlier figure on, the multiple: ×15, 15倍, 15배."""
        if value >= 3:
            return self.say("figure.times", times=f"{value + 1:.0f}")
        rounded = round(value * 100)
        return f"{rounded:+d}%" if rounded else "0%"


@cache
def digest_words(language: str) -> DigestWords:
    """Return a language's catalogue, the English one where there is none (Chinese)."""
    known = language if language in LANGUAGES else "en"
    text = files("warning.report").joinpath("messages", f"{known}.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    flat = {f"{table}.{key}": sentence for table, lines in tables.items() for key, sentence in lines.items()}
    return DigestWords(language=known, templates=flat)


def amount(value: float) -> str:
    """Return a figure with the precision a reader needs: 12,345 / 1,905 / 39.8 / 0.42 / 0."""
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:,.1f}" if abs(value) >= 10 else f"{value:,.2f}"
