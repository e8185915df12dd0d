"""How far back a verdict reads: it follows from the rule, and nothing loaded beyond it is looked at.

On a calendar that is a number of places. Days and weeks follow one another as published, so that a series with holes
would reach back for years: they are read no further back than as many days as a series without holes takes, and a
holiday. A series whose absent rows count as zeros begins, for a verdict, with the first row published in its reach.
"""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from warning.core.rulebook import FREQUENCIES, history_days, rearm_days
from warning.core.rules import SeriesRule
from warning.core.series.prepared import JoinedMonths
from warning.core.series.slots import Hidden, Slots, Within
from warning.core.series.track import Bools
from warning.core.series.windows import Board, Ints, Rows, know_enough, loose_of
from warning.core.series_tests import SeriesTest


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleReach:
    """What a rule reads of a series, worked out once for all its rows.

    By the place in FREQUENCIES: among how many figures `min_points` must be known, how many places a verdict reads of the
    figures as published, and in how many days those stand.
    """

    rule: SeriesRule
    counted: tuple[int, ...]
    points: tuple[int, ...]
    days: tuple[int, ...]

    @classmethod
    def of(cls, rule: SeriesRule) -> Self:
        points = tuple(rule.raw_reach(frequency) for frequency in FREQUENCIES)
        return cls(
            rule=rule,
            counted=tuple(rule.reach(frequency) for frequency in FREQUENCIES),
            points=points,
            days=tuple(history_days(p, frequency) for p, frequency in zip(points, FREQUENCIES, strict=True)),
        )

    def curtailed(self, on: Board, rows: Rows) -> Bools:
        """Say for which rows the figures show more than a verdict reads: those are judged by `within`."""
        if on.reaches:
            return np.zeros(len(rows), dtype=np.bool_)
        if rows.tails is None or rows.shift or on.fresh is None:
            return self._curtailed(on, rows, on.ends(*loose_of(on, rows)))
        if self.points not in on.fresh_curtailed:  # the days follow from the points
            on.fresh_curtailed[self.points] = self._curtailed(on, on.fresh, on.fresh_ends)
        held: Bools = on.fresh_curtailed[self.points][rows.tails]
        return held

    def within(self, on: Board) -> Board:
        """Return a board that shows of each row what a verdict of the rule reads and nothing else."""
        shown = Within(base=on.slots, first=lambda tracks, places: self._first(on, tracks, places))
        return replace(on, slots=_cut(on.slots, shown), fresh=None, reaches=True)

    def enough(self, on: Board, rows: Rows) -> Bools:
        """Say which rows know `min_points` figures within their reach."""
        points = np.array(self.counted)[on.frequencies[rows.owners]]
        found = np.zeros(len(rows), dtype=np.bool_)
        for reach in np.flatnonzero(np.bincount(points)).tolist():
            found[points == reach] = know_enough(on, rows.where(points == reach), self.rule.min_points, reach)
        return found

    def nearby(self, test: SeriesTest, on: Board, rows: Rows, earlier: Ints) -> Bools:
        """Say which earlier places, one for each row, are near enough for re-arming to ask about them."""
        asked = earlier >= 0
        loose = np.flatnonzero(asked & on.loose[rows.owners])
        if len(loose):
            owners = rows.owners[loose]
            days = np.array([rearm_days(self.rule.rearm(test), frequency) for frequency in FREQUENCIES])
            apart = on.ends(owners, rows.places[loose]) - on.ends(owners, earlier[loose])
            asked[loose] = apart <= days[on.frequencies[owners]]
        return asked

    def _curtailed(self, on: Board, rows: Rows, loose_ends: Ints) -> Bools:
        """The same; `loose_ends` are the ends of the rows that stand on no calendar."""
        low = self._lowest(on, rows.owners, rows.places)
        found: Bools = on.published_from(rows.owners, low) > low
        loose = on.loose[rows.owners]
        owners = rows.owners[loose]
        found[loose] = on.ends(owners, low[loose]) <= loose_ends - self._days(on, owners)
        return found

    def _first(self, on: Board, owners: Ints, places: Ints) -> Ints:
        """Return the first place that a verdict on each place reads."""
        first = on.published_from(owners, self._lowest(on, owners, places))
        loose = np.flatnonzero(on.loose[owners])
        if len(loose):
            since = on.ends(owners[loose], places[loose]) - self._days(on, owners[loose])
            first[loose] = _after(on, owners[loose], first[loose], places[loose], since)
        return first

    def _lowest(self, on: Board, owners: Ints, places: Ints) -> Ints:
        lowest: Ints = np.maximum(places - np.array(self.points)[on.frequencies[owners]] + 1, 0)
        return lowest

    def _days(self, on: Board, owners: Ints) -> Ints:
        days: Ints = np.array(self.days)[on.frequencies[owners]]
        return days


def _after(on: Board, owners: Ints, low: Ints, high: Ints, since: Ints) -> Ints:
    """Return the first place from `low` to `high` that ends after a day; `high` does."""
    low, high = low.copy(), high.copy()
    open_ = np.flatnonzero(on.ends(owners, low) <= since)
    high[on.ends(owners, low) > since] = low[on.ends(owners, low) > since]
    while len(open_):
        middle = (low[open_] + high[open_]) // 2
        ends_after = on.ends(owners[open_], middle) > since[open_]
        high[open_] = np.where(ends_after, middle, high[open_])
        low[open_] = np.where(ends_after, low[open_], middle + 1)
        open_ = open_[low[open_] < high[open_]]
    return high


def _cut(slots: Slots, shown: Within) -> Slots:
    """Put `shown` under what a rule makes of the figures: whether a quote is stale is seen from what is read."""
    if isinstance(slots, Hidden | JoinedMonths):
        return replace(slots, base=_cut(slots.base, replace(shown, base=slots.base)))
    return shown
