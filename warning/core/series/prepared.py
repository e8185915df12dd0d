"""Figures that a rule does not take as they stand: holiday months, holiday days, quotes that nobody renews."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache

import numpy as np

from warning.core.rules import SeriesRule
from warning.core.series.columns import EPOCH_DAY, SHAPES, Bools, Ints, stretches
from warning.core.series.layout import Layout
from warning.core.series.stale import is_stale
from warning.core.workdays import is_workday

MONTHLY, WEEKLY = SHAPES.index("M"), SHAPES.index("W")
# A weekend with one holiday beside it has three days; Golden Week, Chuseok and Lunar New Year have four or more.
LONG_HOLIDAY_DAYS = 4
LONGEST_HOLIDAY_DAYS = 16
DAYS_LOST_OF_A_WEEK = 3


def prepared(rule: SeriesRule, laid: Layout) -> Layout:
    """Return the layout as the rule reads it; the same one when it takes every figure as it stands."""
    if not (rule.stale_points or rule.lunar_new_year or rule.holidays):
        return laid
    flat = laid.flat.copy()
    if rule.stale_points:
        begins = np.zeros(len(flat), dtype=np.bool_)
        begins[laid.starts] = True
        flat[is_stale(laid.flat, rule.stale_points, begins)] = np.nan
    if rule.holidays:
        flat[_on_holiday(laid, rule.holidays)] = np.nan
    changed = replace(laid, flat=flat)
    return _joined_months(changed) if rule.lunar_new_year else changed


def _joined_months(laid: Layout) -> Layout:
    """Read January and February as one figure: their mean stands in February, January is not known.

    The holiday that empties a month moves between the two. A January that comes after its February makes
    February new.
    """
    month = _months(laid)
    february = np.flatnonzero(month == 1)
    has_january = np.zeros(len(february), dtype=np.bool_)
    has_january[february > 0] = month[february[february > 0] - 1] == 0
    flat = laid.flat.copy()
    flat[month == 0] = np.nan
    flat[february] = np.nan
    both = february[has_january]
    flat[both] = (laid.flat[both - 1] + laid.flat[both]) / 2
    late = laid.fresh[month[laid.fresh] == 0] + 1
    late = late[np.isin(late, both)]
    return replace(laid, flat=flat, fresh=np.union1d(laid.fresh, late))


def _months(laid: Layout) -> Ints:
    """Return the month of the year of each slot, from 0; -1 where figures are not monthly."""
    month: Ints = np.full(len(laid.flat), -1, dtype=np.int64)
    starts, lengths = laid.starts[laid.calendar :], laid.lengths[laid.calendar :]
    monthly = laid.columns.shapes[laid.series[laid.calendar :]] == MONTHLY
    for start, length, first in zip(
        starts[monthly].tolist(), lengths[monthly].tolist(), laid.firsts[monthly].tolist(), strict=True
    ):
        month[start : start + length] = (first + np.arange(length)) % 12
    return month


def _on_holiday(laid: Layout, countries: Iterable[str]) -> Bools:
    """Say which daily and weekly slots lie in a long holiday of one of the countries."""
    size = laid.first_slot
    flags = np.zeros(len(laid.flat), dtype=np.bool_)
    if not size:
        return flags
    in_a_row = laid.series[: laid.calendar]
    ends = laid.columns.ends_at(stretches(laid.columns.offsets[in_a_row], laid.lengths[: laid.calendar]))
    weekly = np.repeat(laid.columns.shapes[in_a_row] == WEEKLY, laid.lengths[: laid.calendar])
    countries = tuple(countries)
    flags[:size] = _of_days(ends, lambda last: any(_is_long_holiday(last, c) for c in countries))
    if weekly.any():
        flags[:size][weekly] = _of_days(ends[weekly], lambda last: any(_lost(last, c) for c in countries))
    return flags


def _of_days(ends: Ints, says: Callable[[date], bool]) -> Bools:
    """Ask once about the last day of each period that ends on one of the days, and answer for all of them."""
    first = int(ends.min())
    asked = np.zeros(int(ends.max()) - first + 1, dtype=np.bool_)
    asked[ends - first] = True
    for at in np.flatnonzero(asked).tolist():
        asked[at] = says(date.fromordinal(first + at + EPOCH_DAY - 1))
    answers: Bools = asked[ends - first]
    return answers


def _lost(last: date, country: str) -> bool:
    """Whether a long holiday took most working days of the week that ends on a Sunday."""
    days = (last - timedelta(days=back) for back in range(2, 7))
    return sum(_is_long_holiday(day, country) for day in days) >= DAYS_LOST_OF_A_WEEK


@lru_cache(maxsize=65_536)
def _is_long_holiday(day: date, country: str) -> bool:
    """Whether a day belongs to a rest of four days or more."""
    if is_workday(day, country):
        return False
    days = 1
    for step in (1, -1):
        ahead = day + timedelta(days=step)
        while not is_workday(ahead, country) and days < LONGEST_HOLIDAY_DAYS:
            days += 1
            ahead += timedelta(days=step)
    return days >= LONG_HOLIDAY_DAYS
