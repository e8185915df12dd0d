"""Figures that a rule does not take as they stand: holiday months, holiday days, quotes that nobody renews."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

import numpy as np

from warning.core.rules import SeriesRule
from warning.core.series.columns import EPOCH_DAY, SHAPES, Bools, Floats, Ints
from warning.core.series.layout import Layout
from warning.core.series.slots import Hidden, Slots, last_of
from warning.core.series.stale import is_stale
from warning.core.series_rules import HolidayCountry
from warning.core.workdays import is_workday

MONTHLY, WEEKLY = SHAPES.index("M"), SHAPES.index("W")
MONTHS = NO_MONTH = 12
# A weekend with one holiday beside it has three days; Golden Week, Chuseok and Lunar New Year have four or more.
LONG_HOLIDAY_DAYS = 4
LONGEST_HOLIDAY_DAYS = 16
DAYS_LOST_OF_A_WEEK = 3


def prepared(rule: SeriesRule, laid: Layout) -> Layout:
    """Return the layout as the rule reads it; the same one when it takes every figure as it stands."""
    if rule.stale_points or rule.holidays:
        laid = replace(laid, figures=_without_hidden(rule, laid))
    return _joined_months(laid) if rule.lunar_new_year else laid


def _without_hidden(rule: SeriesRule, laid: Layout) -> Slots:
    """Return the figures without quotes that nobody renewed, and without the days and weeks of long holidays."""
    countries, points = rule.holidays, rule.stale_points

    def hides(wide: Floats, tracks: Ints, places: Ints) -> Bools:
        hidden = _stale_in_rows(wide, points) if points else np.zeros(wide.shape, dtype=np.bool_)
        if countries:
            days = tracks < laid.calendar
            hidden[days] |= _on_holiday(laid, tracks[days], places[days], wide.shape[1], countries)
        return hidden

    reach = points + 1 if points else 0
    return Hidden(base=laid.figures, lengths=laid.lengths, reach=reach, hides=hides)


def _stale_in_rows(wide: Floats, most_points: int) -> Bools:
    begins = np.zeros(wide.shape, dtype=np.bool_)
    begins[:, :1] = True
    stale: Bools = is_stale(wide.ravel(), most_points, begins.ravel()).reshape(wide.shape)
    return stale


def _joined_months(laid: Layout) -> Layout:
    """Read January and February as one figure: their mean stands in February, January is not known.

    The holiday that empties a month moves between the two. A January that comes after its February makes
    February new.
    """
    firsts = np.concatenate((np.zeros(laid.calendar, dtype=np.int64), laid.firsts))
    monthly = laid.columns.shapes[laid.series] == MONTHLY
    monthly[: laid.calendar] = False
    owners = laid.fresh_owners
    places = laid.fresh - laid.starts[owners]
    january = (
        monthly[owners] & ((firsts[owners] + places) % MONTHS == 0) & (places + 1 < laid.lengths[owners])
    )
    return replace(
        laid,
        figures=JoinedMonths(base=laid.figures, lengths=laid.lengths, firsts=firsts, monthly=monthly),
        fresh=np.union1d(laid.fresh, laid.fresh[january] + 1),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinedMonths:
    """The same tracks, the mean of each January and February in February; track i begins at month `firsts[i]`."""

    base: Slots
    lengths: Ints
    firsts: Ints
    monthly: Bools

    def window(self, tracks: Ints, places: Ints, width: int) -> Floats:
        wide = self.base.window(tracks, places, width + 1)
        found = wide[:, 1:].copy()
        newest = np.where(self.monthly[tracks], (self.firsts[tracks] + places) % MONTHS, NO_MONTH)
        for month in np.flatnonzero(np.bincount(newest)[:MONTHS]).tolist():  # most are of one
            of_each = (month + np.arange(-width + 1, 1)) % MONTHS
            rows, february = np.flatnonzero(newest == month), np.flatnonzero(of_each == 1)
            joined = np.ix_(rows, february)
            with np.errstate(invalid="ignore"):  # two figures that overflowed their unit have no mean
                found[joined] = wide[joined] / 2 + found[joined] / 2  # halves first: two of 1e308 have a mean
            found[np.ix_(rows, np.flatnonzero(of_each == 0))] = np.nan
        return found

    def whole(self, track: int) -> Floats:
        return last_of(self, track, int(self.lengths[track]))

    def lowest(self, tracks: Ints) -> Floats:
        return self.base.lowest(tracks)


def _on_holiday(
    laid: Layout, tracks: Ints, places: Ints, width: int, countries: tuple[HolidayCountry, ...]
) -> Bools:
    """Say which daily and weekly figures of windows lie in a long holiday of one of the countries."""
    series = laid.series[tracks]
    inside = places[:, None] + np.arange(-width + 1, 1)
    shown = inside >= 0
    ends = laid.columns.ends_at((laid.columns.offsets[series][:, None] + inside)[shown])
    weekly = np.broadcast_to((laid.columns.shapes[series] == WEEKLY)[:, None], inside.shape)[shown]
    found = _of_days(ends, lambda last: any(_is_long_holiday(last, c) for c in countries))
    if weekly.any():
        found[weekly] = _of_days(ends[weekly], lambda last: any(_lost(last, c) for c in countries))
    flags = np.zeros(inside.shape, dtype=np.bool_)
    flags[shown] = found
    return flags


def _of_days(ends: Ints, says: Callable[[date], bool]) -> Bools:
    """Ask once about the last day of each period that ends on one of the days, and answer for all of them."""
    if not len(ends):
        return np.zeros(0, dtype=np.bool_)
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
