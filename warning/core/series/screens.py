"""Which rows a condition can hold on at all, from a few figures of each: the exact verdict reads the others no more.

A screen may only leave out rows on which the verdict is certain to be no. It rests on one inequality a method,
stated beside it, and on division and subtraction rounding monotonically. What a trace counts (rows refused
because of zeros) is counted for the rows left out too. A method without a screen is judged row by row.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import numpy as np

from warning.core.series.judged import Condition
from warning.core.series.robust import logs
from warning.core.series.track import Bools, Floats
from warning.core.series.windows import Board, Rows, hold_nothing, lowest, window
from warning.core.series_tests import Change, Drop, Extreme, Shift, Spike, Surge

# Figures so large that the sum of two overflows: nothing is concluded from them.
OVERFLOWS = 1e300
# How far back a new high is compared before the whole range is read.
EXTREME_POINTS = 20
# A median of logarithms and the figure it stands for differ by far less.
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened:
    """`may` marks rows to judge; `refused` those a ratio means nothing on, exactly as the verdict would."""

    may: Bools
    refused: Bools


def screen(condition: Condition, on: Board, rows: Rows, confirm: int) -> Screened | None:
    """Say which rows the condition may hold on; None when its method has no screen."""
    found = SCREENS.get(condition.code)
    if found is None:
        return None
    with np.errstate(all="ignore"):
        return found(condition, on, rows, confirm)


def _change(condition: Condition, on: Board, rows: Rows, confirm: int) -> Screened:
    """The reference is the figure `steps` back or further from the newest: no ratio is beyond the one to it."""
    test = cast("Change", condition.test)
    up = condition.code == "change_up"
    limit = cast("float", test.rise_ratio if up else test.fall_ratio)
    refused = hold_nothing(on, rows, condition.width(confirm))
    newest, point = _against(on, rows, confirm, test.steps, up=up)
    ratio = newest / point - 1
    reached = ratio >= limit if up else ratio <= -limit
    return Screened(may=~refused & (reached | (np.isnan(point) & ~np.isnan(newest))), refused=refused)


def _spike(condition: Condition, on: Board, rows: Rows, confirm: int) -> Screened:
    """The scale is never under `floor`: so many floors away is the least it takes."""
    test = cast("Spike", condition.test)
    up = condition.code == "spike_up"
    refused = hold_nothing(on, rows, condition.width(confirm))
    newest, point = _against(on, rows, confirm, test.steps, up=up)
    ratio = newest / point - 1
    towards = ratio > 0 if up else ratio < 0
    may = ~refused & towards & (np.abs(ratio) >= test.min_ratio)
    most = np.abs(logs(1 + ratio[may][:, None])[:, 0]) / test.floor
    may[may] = most >= test.threshold
    return Screened(may=may, refused=refused)


def _drop(condition: Condition, on: Board, rows: Rows, confirm: int) -> Screened:
    """No median is over the highest figure of its baseline."""
    test = cast("Drop", condition.test)
    newest = _newest(on, rows, confirm, up=False)
    top = np.fmax.reduce(window(on, rows, test.baseline_points + confirm)[:, :-confirm], axis=1)
    may = (newest > 0) & ((newest <= (1 - test.fall_ratio) * top) | (top > OVERFLOWS))
    return Screened(may=may, refused=np.zeros(len(rows), dtype=np.bool_))


def _zero(condition: Condition, on: Board, rows: Rows, confirm: int) -> Screened:
    """A run of zeros ends in one."""
    del condition
    last = window(on, rows, confirm)
    return Screened(may=(last == 0).all(axis=1), refused=np.zeros(len(rows), dtype=np.bool_))


def _surge(condition: Condition, on: Board, rows: Rows, confirm: int) -> Screened:
    """No median is under the lowest figure of its baseline."""
    test = cast("Surge", condition.test)
    newest = _newest(on, rows, confirm, up=True)
    bottom = np.fmin.reduce(window(on, rows, test.baseline_points + confirm)[:, :-confirm], axis=1)
    may = newest >= (1 + test.rise_ratio) * bottom
    return Screened(may=may, refused=np.zeros(len(rows), dtype=np.bool_))


def _extreme(condition: Condition, on: Board, rows: Rows, confirm: int) -> Screened:
    """The range of the whole baseline is no narrower than that of its last figures, and so is the margin about it.

    What is beyond the last figures is compared with those before, further and further back.
    """
    test = cast("Extreme", condition.test)
    up = condition.code == "high"
    newest = _newest(on, rows, confirm, up=up)
    may = ~np.isnan(newest)
    top, bottom = np.full(len(rows), -np.inf), np.full(len(rows), np.inf)
    read, points = 0, EXTREME_POINTS
    while read < test.baseline_points and may.any():
        points = min(points, test.baseline_points - read)
        past = window(on, rows.where(may).back(confirm + test.skip_points + read), points)
        top[may] = np.fmax(top[may], np.fmax.reduce(past, axis=1))
        bottom[may] = np.fmin(bottom[may], np.fmin.reduce(past, axis=1))
        margin = test.margin_ratio * (top - bottom)
        may &= ~(newest <= top + margin if up else newest >= bottom - margin)
        read, points = read + points, 2 * points
    return Screened(may=may, refused=np.zeros(len(rows), dtype=np.bool_))


def _shift(condition: Condition, on: Board, rows: Rows, confirm: int) -> Screened:
    """What the series moved to is within its run, its baseline nowhere under the lowest figure it ever had.

    What is left is compared with the baseline: at least half of it lies on either side of its median.
    """
    test = cast("Shift", condition.test)
    refused = hold_nothing(on, rows, condition.width(confirm))
    may = np.ones(len(rows), dtype=np.bool_)
    if condition.code == "shift_up":
        top = np.fmax.reduce(window(on, rows, test.run_points), axis=1)
        low = lowest(on, rows) * (1 + test.min_ratio) * (1 - ROUNDING)
        may = (top >= low) | (top > OVERFLOWS)
    may[may] = _shifted(condition, on, rows.where(may), confirm)
    return Screened(may=may, refused=refused)


def _shifted(condition: Condition, on: Board, rows: Rows, confirm: int) -> Bools:
    test = cast("Shift", condition.test)
    figures = window(on, rows, condition.width(confirm))
    past, run = figures[:, : test.baseline_points], figures[:, -test.run_points :]
    known = np.count_nonzero(past > 0, axis=1)
    if condition.code == "shift_up":
        top = np.fmax.reduce(run, axis=1)
        limit = np.where(top > OVERFLOWS, np.inf, top / (1 + test.min_ratio) * (1 + ROUNDING))
        beyond = np.count_nonzero((past > 0) & (past <= limit[:, None]), axis=1) > (known - 1) // 2
    elif test.min_ratio < 1:
        limit = np.fmin.reduce(run, axis=1) / (1 - test.min_ratio)
        limit -= np.abs(limit) * ROUNDING
        beyond = np.count_nonzero((past > 0) & (past >= limit[:, None]), axis=1) >= known - known // 2
    else:
        beyond = np.ones(len(rows), dtype=np.bool_)
    found: Bools = beyond & (known > 0) & ~np.isnan(figures[:, -1])
    return found


def _newest(on: Board, rows: Rows, confirm: int, *, up: bool) -> Floats:
    last = window(on, rows, confirm)
    newest: Floats = last.min(axis=1) if up else last.max(axis=1)
    return newest


def _against(on: Board, rows: Rows, confirm: int, steps: int, *, up: bool) -> tuple[Floats, Floats]:
    """Return the newest figure, and the one `steps` before the first that confirms it."""
    point = window(on, rows.back(confirm + steps - 1), 1)[:, 0]
    return _newest(on, rows, confirm, up=up), point


Screen = Callable[[Condition, Board, Rows, int], Screened]
SCREENS: dict[str, Screen] = {
    "change_up": _change,
    "change_down": _change,
    "spike_up": _spike,
    "spike_down": _spike,
    "drop": _drop,
    "zero": _zero,
    "surge": _surge,
    "shift_up": _shift,
    "shift_down": _shift,
    "high": _extreme,
    "low": _extreme,
}
