"""How far back a verdict reads: it follows from the rule, and nothing loaded beyond it is looked at.

On a calendar that is a number of places. Days and weeks follow one another as published, so that a series with holes
would reach back for years: they are read no further back than as many days as a series without holes takes, and a
holiday. A series whose absent rows count as zeros begins, for a verdict, with the first row published in its reach.
"""

from dataclasses import replace

import numpy as np

from warning.core.rulebook import FREQUENCIES, history_days, rearm_days
from warning.core.rules import SeriesRule
from warning.core.series.prepared import JoinedMonths
from warning.core.series.slots import Hidden, Slots, Within
from warning.core.series.track import Bools
from warning.core.series.windows import Board, Ints, Reach, Rows, know_enough
from warning.core.series_tests import SeriesTest


def curtailed(rule: SeriesRule, on: Board, rows: Rows) -> Bools:
    """Say for which rows the figures show more than a verdict reads: those are judged by `within`."""
    reach = _reach(rule)
    if on.reaches:
        return np.zeros(len(rows), dtype=np.bool_)
    if rows.tails is None or rows.shift or on.fresh is None:
        return _curtailed(on, reach, rows)
    if reach not in on.fresh_curtailed:
        on.fresh_curtailed[reach] = _curtailed(on, reach, on.fresh)
    held: Bools = on.fresh_curtailed[reach][rows.tails]
    return held


def within(rule: SeriesRule, on: Board) -> Board:
    """Return a board that shows of each row what a verdict of the rule reads and nothing else."""
    reach = _reach(rule)
    slots = _cut(
        on.slots, Within(base=on.slots, first=lambda tracks, places: _first(on, reach, tracks, places))
    )
    return replace(on, slots=slots, fresh=None, reaches=True)


def enough(rule: SeriesRule, on: Board, rows: Rows) -> Bools:
    """Say which rows know `min_points` figures within their reach."""
    points = np.array([rule.reach(frequency) for frequency in FREQUENCIES])[on.frequencies[rows.owners]]
    found = np.zeros(len(rows), dtype=np.bool_)
    for reach in np.flatnonzero(np.bincount(points)).tolist():
        found[points == reach] = know_enough(on, rows.where(points == reach), rule.min_points, reach)
    return found


def nearby(rule: SeriesRule, test: SeriesTest, on: Board, rows: Rows, earlier: Ints) -> Bools:
    """Say which earlier places, one for each row, are near enough for re-arming to ask about them."""
    asked = earlier >= 0
    loose = np.flatnonzero(asked & on.loose[rows.owners])
    if len(loose):
        owners = rows.owners[loose]
        days = np.array([rearm_days(rule.rearm(test), frequency) for frequency in FREQUENCIES])
        apart = on.ends(owners, rows.places[loose]) - on.ends(owners, earlier[loose])
        asked[loose] = apart <= days[on.frequencies[owners]]
    return asked


def _reach(rule: SeriesRule) -> Reach:
    points = tuple(rule.raw_reach(frequency) for frequency in FREQUENCIES)
    return points, tuple(history_days(p, frequency) for p, frequency in zip(points, FREQUENCIES, strict=True))


def _curtailed(on: Board, reach: Reach, rows: Rows) -> Bools:
    points = np.array(reach[0])[on.frequencies[rows.owners]]
    found: Bools = _first(on, reach, rows.owners, rows.places) > np.maximum(rows.places - points + 1, 0)
    return found


def _first(on: Board, reach: Reach, owners: Ints, places: Ints) -> Ints:
    """Return the first place that a verdict on each place reads."""
    points, days = (np.array(one)[on.frequencies[owners]] for one in reach)
    first = on.published_from(owners, np.maximum(places - points + 1, 0))
    loose = np.flatnonzero(on.loose[owners])
    if len(loose):
        since = on.ends(owners[loose], places[loose]) - days[loose]
        first[loose] = _after(on, owners[loose], first[loose], places[loose], since)
    return first


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
