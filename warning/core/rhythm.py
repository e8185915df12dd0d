"""How often a source has something new, learned from the days on which it had: what is silence for it, and what is not.

A ministry that publishes on working days is not frozen after a golden week, and a wire that never rests is after two
days. So a pause is counted in days on which something was to be expected: each weekday, and holidays as one kind of
day more, weighs what share of such days brought something.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from warning.core.workdays import is_public_holiday

REMEMBERED_DAYS = 400
LEAST_DAYS = 8
LEAST_SPAN_DAYS = 14
LEAST_PAUSE_DAYS = 2
HOLIDAY = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """How long a source has had nothing new: `days` in all, `missed` in days on which it usually has something.

    `longest` is the longest pause it ever made, counted as `missed` is; `days_known` how many days it was learned from.
    """

    days: int
    missed: float
    longest: float
    limit: float
    days_known: int

    @property
    def is_unusual(self) -> bool:
        return self.days > LEAST_PAUSE_DAYS and self.missed > self.limit


def remember(encoded: str, days: Iterable[date]) -> str:
    """Return the days known before and these, as text: the last day and a bit for each of the 400 before it."""
    known = {*recall(encoded), *days}
    if not known:
        return ""
    last = max(known)
    bits = 0
    for day in known:
        if 0 <= (back := (last - day).days) < REMEMBERED_DAYS:
            bits |= 1 << back
    return f"{last.isoformat()}:{bits:x}"


def recall(encoded: str) -> tuple[date, ...]:
    """Return the remembered days, the oldest first."""
    if not encoded:
        return ()
    day, _, written = encoded.partition(":")
    last, bits = date.fromisoformat(day), int(written or "0", 16)
    found = [last - timedelta(days=back) for back in range(REMEMBERED_DAYS) if bits >> back & 1]
    return tuple(reversed(found))


def silence(days: Sequence[date], country: str, today: date) -> Silence | None:
    """Return how unusual it is that nothing has come since the last of `days` (sorted); None when too few are known.

    The limit is the longest pause seen, and a margin that shrinks as more pauses are known.
    """
    past = [day for day in days if day <= today]
    if len(past) < LEAST_DAYS or (past[-1] - past[0]).days < LEAST_SPAN_DAYS:
        return None
    shares = _shares(past, country)
    pauses = [_missed(one, other, shares, country) for one, other in pairwise(past)]
    longest = max(pauses)
    return Silence(
        days=(today - past[-1]).days,
        missed=_missed(past[-1], today, shares, country),
        longest=longest,
        limit=max(longest, 0.5) * (1.25 + 2 / len(pauses)) + 0.5,
        days_known=len(past),
    )


def _shares(days: Sequence[date], country: str) -> tuple[float, ...]:
    """The share of days with news, by kind of day (Monday to Sunday, holidays last), over the time they span."""
    held, had = [1.0] * 8, [0.5] * 8
    known = set(days)
    for back in range((days[-1] - days[0]).days + 1):
        day = days[0] + timedelta(days=back)
        kind = _kind(day, country)
        held[kind] += 1
        had[kind] += day in known
    # A Sunday in a year of holidays weighs no more than a holiday: few are seen of either.
    return tuple(had[kind] / held[kind] for kind in range(8))


def _missed(last: date, until: date, shares: Sequence[float], country: str) -> float:
    """The expected number of days with news strictly between the two days."""
    days = min((until - last).days, 4 * REMEMBERED_DAYS)
    return sum(shares[_kind(last + timedelta(days=ahead), country)] for ahead in range(1, days))


def _kind(day: date, country: str) -> int:
    return HOLIDAY if is_public_holiday(day, country) else day.weekday()
