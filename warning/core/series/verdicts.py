"""The tests of a series rule over a matrix of windows, newest figure last. Every row is judged on its own.

`confirm` figures at the end must all hold the test: the figure judged is the least extreme of them, and the
baseline ends before the first of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from warning.core.rules import Change, Drop, Extreme, Spike, Surge, Test
from warning.core.series.robust import (
    any_not_positive,
    known_share,
    logs,
    row_mad,
    row_mean_abs,
    row_median,
)
from warning.core.series.track import Bools, Floats

# A baseline that knows less than half of its places says nothing.
BASELINE_KNOWN_MIN = 0.5
# Between neighbours of one season the log scale is never taken below this: a series that stood still has no
# measured spread, and any move would be endless scales away.
LOG_SCALE_FLOOR = 0.1
REFERENCE_POINTS = 5

Way = Literal["up", "down"]
ConditionCode = Literal[
    "change_up", "change_down", "spike_up", "spike_down", "drop", "zero", "surge", "high", "low"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What one condition found, row by row.

    `ratio` is the move against the baseline (-0.998 is 99.8 % under it), `score` the measure compared with
    the threshold (scales, chance or again the ratio). `refused` marks rows in which a ratio means nothing.
    """

    holds: Bools
    observed: Floats
    baseline: Floats
    ratio: Floats
    score: Floats
    refused: Bools


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One thing a test can find; a drop has two: a low level, and a run of zeros."""

    code: ConditionCode
    test: Test
    judge: Callable[[Floats, int], Judged]

    def width(self, confirm: int) -> int:
        return self.test.span + confirm - 1


def conditions(test: Test) -> tuple[Condition, ...]:
    """Return what a test looks for, each with its own memory of when it last held."""
    match test:
        case Change():
            found = (
                Condition(code="change_up", test=test, judge=lambda w, c: _change(w, c, test, "up")),
                Condition(code="change_down", test=test, judge=lambda w, c: _change(w, c, test, "down")),
            )
            wanted = (test.rise_ratio is not None, test.fall_ratio is not None)
        case Spike():
            found = (
                Condition(code="spike_up", test=test, judge=lambda w, c: _spike(w, c, test, "up")),
                Condition(code="spike_down", test=test, judge=lambda w, c: _spike(w, c, test, "down")),
            )
            wanted = (test.direction != "down", test.direction != "up")
        case Extreme():
            found = (
                Condition(code="high", test=test, judge=lambda w, c: _extreme(w, c, test, "up")),
                Condition(code="low", test=test, judge=lambda w, c: _extreme(w, c, test, "down")),
            )
            wanted = (test.direction != "low", test.direction != "high")
        case Drop():
            return (
                Condition(code="drop", test=test, judge=lambda w, c: _drop(w, c, test)),
                Condition(code="zero", test=test, judge=lambda w, c: _zero_run(w, c, test)),
            )
        case Surge():
            return (Condition(code="surge", test=test, judge=lambda w, c: _surge(w, c, test)),)
    return tuple(condition for condition, wants in zip(found, wanted, strict=True) if wants)


def _newest(window: Floats, confirm: int, way: Way) -> Floats:
    """The least extreme of the figures that must confirm one another; NaN when one of them is unknown."""
    last = window[:, -confirm:]
    newest: Floats = last.min(axis=1) if way == "up" else last.max(axis=1)
    return newest


def _change(window: Floats, confirm: int, test: Change, way: Way) -> Judged:
    end = window.shape[1] - confirm - test.steps + 1
    near = window[:, end - REFERENCE_POINTS : end]
    point, middle = near[:, -1], row_median(near)
    reference = np.fmax(point, middle) if way == "up" else np.fmin(point, middle)
    newest = _newest(window, confirm, way)
    refused = any_not_positive(window[:, end - REFERENCE_POINTS :])
    ratio = _ratio(newest, reference, refused)
    limit = test.rise_ratio if way == "up" else test.fall_ratio
    assert limit is not None
    holds = ratio >= limit if way == "up" else ratio <= -limit
    return Judged(holds=holds, observed=newest, baseline=reference, ratio=ratio, score=ratio, refused=refused)


def _spike(window: Floats, confirm: int, test: Spike, way: Way) -> Judged:
    level = logs(window)
    returns = level[:, test.steps :] - level[:, : -test.steps]
    end = window.shape[1] - confirm - test.steps + 1  # the newest figure that the baseline may know
    past = returns[:, : end - test.steps][:, -test.baseline_points :]
    scale = np.fmax(np.fmax(row_mad(past, row_median(past)), 0.75 * row_mean_abs(past)), test.floor)
    reference = window[:, end - 1]
    newest = _newest(window, confirm, way)
    refused = any_not_positive(window)
    ratio = _ratio(newest, reference, refused)
    score = np.abs(logs(1 + ratio[:, None])[:, 0]) / scale
    towards = ratio > 0 if way == "up" else ratio < 0
    known = known_share(past) >= BASELINE_KNOWN_MIN
    holds = towards & known & (score >= test.threshold) & (np.abs(ratio) >= test.min_ratio)
    return Judged(holds=holds, observed=newest, baseline=reference, ratio=ratio, score=score, refused=refused)


def _drop(window: Floats, confirm: int, test: Drop) -> Judged:
    newest = _newest(window, confirm, "down")
    base, spread = _level(window, confirm, test)
    ratio = _ratio(newest, base, base <= 0)
    limit = 1 - test.fall_ratio
    holds = (newest > 0) & (newest <= limit * base) & (base >= test.baseline_min)
    holds &= -logs(1 + ratio[:, None])[:, 0] >= test.scales * spread
    if test.season_points is not None:
        holds &= ~(newest > limit * _season(window, confirm, test.season_points, "down"))
    if test.low_points is not None:
        holds &= newest <= test.low_ratio * _lowest(window, confirm, test.low_points)
    return Judged(
        holds=holds,
        observed=newest,
        baseline=base,
        ratio=ratio,
        score=ratio,
        refused=np.zeros(len(base), bool),
    )


def _surge(window: Floats, confirm: int, test: Surge) -> Judged:
    newest = _newest(window, confirm, "up")
    base, spread = _level(window, confirm, test)
    ratio = _ratio(newest, base, base <= 0)
    limit = 1 + test.rise_ratio
    holds = (base > 0) & (newest >= limit * base) & (base >= test.baseline_min)
    holds &= logs(1 + ratio[:, None])[:, 0] >= test.scales * spread
    if test.season_points is not None:
        holds &= ~(newest < limit * _season(window, confirm, test.season_points, "up"))
    return Judged(
        holds=holds,
        observed=newest,
        baseline=base,
        ratio=ratio,
        score=ratio,
        refused=np.zeros(len(base), bool),
    )


def _level(window: Floats, confirm: int, test: Drop | Surge) -> tuple[Floats, Floats]:
    """Return the median of the baseline and the robust spread of its logarithms."""
    end = window.shape[1] - confirm
    past = window[:, end - test.baseline_points : end]
    known = known_share(past) >= BASELINE_KNOWN_MIN
    base = np.where(known, row_median(past), np.nan)
    level = logs(past)
    spread = np.fmax(row_mad(level, row_median(level)), LOG_SCALE_FLOOR)
    return base, spread


def _season(window: Floats, confirm: int, points: int, way: Way) -> Floats:
    """The most extreme of the three figures around the same season a year before; infinite when none is known.

    Three, because the holiday that empties a month moves between two of them.
    """
    at = window.shape[1] - confirm - points
    around = window[:, max(at - 1, 0) : at + 2]
    known = ~np.isnan(around)
    far: Floats
    if way == "down":
        far = np.min(around, axis=1, initial=np.inf, where=known)
    else:
        far = np.max(around, axis=1, initial=-np.inf, where=known)
    return far


def _lowest(window: Floats, confirm: int, points: int) -> Floats:
    end = window.shape[1] - confirm
    past = window[:, end - points : end]
    lowest: Floats = np.min(past, axis=1, initial=np.inf, where=~np.isnan(past))
    return lowest


def _zero_run(window: Floats, confirm: int, test: Drop) -> Judged:
    """Fire where a run of L zeros has the chance p0^L, p0 the share of zeros before the run began.

    p0 = (zeros + 1) / (known + 2), so that eleven figures without a zero give 0.077 and the first zero fires
    at the shipped limit of 0.08; ten do not know enough to be surprised by one zero. Fires once, at the L
    that crosses the limit.
    """
    zero = window == 0
    run = _run_length(zero)
    run_now = run[:, -1].astype(float)
    past = np.arange(window.shape[1])[None, :] < window.shape[1] - run[:, -1:]
    known = past & ~np.isnan(window)
    seen = np.count_nonzero(known, axis=1)
    chance = (np.count_nonzero(known & zero, axis=1) + 1) / (seen + 2)
    score = chance**run_now
    base = row_median(np.where(known, window, np.nan))
    first = (run_now == confirm) | (chance ** (run_now - 1) > test.zero_chance)
    crossed = (score <= test.zero_chance) & first
    enough = seen >= test.baseline_points * BASELINE_KNOWN_MIN
    holds = (run_now >= confirm) & crossed & enough & (base >= test.baseline_min) & (base > 0)
    if test.season_points is not None:
        holds &= _season(window, confirm, test.season_points, "down") > 0
    ratio = np.where(run_now > 0, -1.0, np.nan)
    return Judged(
        holds=holds,
        observed=window[:, -1],
        baseline=base,
        ratio=ratio,
        score=score,
        refused=np.zeros(len(base), bool),
    )


def _run_length(flags: Bools) -> NDArray[np.int64]:
    """Return, at each place of each row, how many true values in a row end there."""
    run: NDArray[np.int64] = np.zeros(flags.shape, dtype=np.int64)
    run[:, 0] = flags[:, 0]
    for column in range(1, flags.shape[1]):
        run[:, column] = np.where(flags[:, column], run[:, column - 1] + 1, 0)
    return run


def _extreme(window: Floats, confirm: int, test: Extreme, way: Way) -> Judged:
    end = window.shape[1] - confirm
    past = window[:, end - test.baseline_points : end]
    enough = known_share(past) >= BASELINE_KNOWN_MIN
    top = np.max(past, axis=1, initial=-np.inf, where=~np.isnan(past))
    bottom = np.min(past, axis=1, initial=np.inf, where=~np.isnan(past))
    margin = test.margin_ratio * (top - bottom)
    newest = _newest(window, confirm, way)
    edge = np.where(enough, top if way == "up" else bottom, np.nan)
    holds = newest > edge + margin if way == "up" else newest < edge - margin
    ratio = _ratio(newest, edge, ~(edge > 0))
    return Judged(
        holds=holds,
        observed=newest,
        baseline=edge,
        ratio=ratio,
        score=ratio,
        refused=np.zeros(len(edge), bool),
    )


def _ratio(newest: Floats, base: Floats, refused: Bools) -> Floats:
    """Return newest / base - 1; NaN where a ratio means nothing."""
    usable = ~refused & (base != 0)
    ratio: Floats = np.divide(newest, base, out=np.full(len(base), np.nan), where=usable) - 1
    return ratio
