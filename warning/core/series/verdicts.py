"""The tests of a series rule over a matrix of windows, newest figure last. Every row is judged on its own.

`confirm` figures at the end must all hold the test: the figure judged is the least extreme of them, and the
baseline ends before the first of them.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from warning.core.series.judged import (
    BASELINE_KNOWN_MIN,
    Condition,
    ConditionCode,
    Judged,
    OneWay,
    least_extreme,
    none_refused,
    ratio_to,
)
from warning.core.series.robust import (
    any_not_positive,
    known_share,
    logs,
    row_mad,
    row_mean_abs,
    row_median,
)
from warning.core.series.track import Bools, Floats
from warning.core.series.trends import cliff, crossing, drift, shift, year_on_year
from warning.core.series_tests import (
    AFTER_ZEROS,
    Change,
    Cliff,
    Crossing,
    Drift,
    Drop,
    Extreme,
    Shift,
    Spike,
    Surge,
    Test,
    YearOnYear,
)

# Between neighbours of one season the log scale is never taken below this: a series that stood still has no
# measured spread, and any move would be endless scales away.
LOG_SCALE_FLOOR = 0.1
REFERENCE_POINTS = 5


T = TypeVar("T", bound=Test)


def conditions(test: Test) -> tuple[Condition, ...]:  # noqa: C901 - one case for each test
    """Return what a test looks for, each with its own memory of when it last held."""
    match test:
        case Change() | YearOnYear():
            wanted = (test.rise_ratio is not None, test.fall_ratio is not None)
            if isinstance(test, Change):
                return _two_ways(test, ("change_up", "change_down"), wanted, _change)
            return _two_ways(test, ("year_up", "year_down"), wanted, year_on_year)
        case Spike():
            return _two_ways(test, ("spike_up", "spike_down"), _asked(test.direction), _spike)
        case Shift():
            return _two_ways(test, ("shift_up", "shift_down"), _asked(test.direction), shift)
        case Drift():
            return _two_ways(test, ("drift_up", "drift_down"), _asked(test.direction), drift)
        case Crossing():
            return _two_ways(test, ("cross_up", "cross_down"), _asked(test.direction), crossing)
        case Extreme():
            wanted = (test.direction != "low", test.direction != "high")
            return _two_ways(test, ("high", "low"), wanted, _extreme)
        case Drop():
            return (_one(test, "drop", _drop), _one(test, "zero", _zero_run))
        case Surge():
            return (_one(test, "surge", _surge),)
        case Cliff():
            return (_one(test, "cliff", cliff),)


def _asked(direction: Literal["up", "down", "both"]) -> tuple[bool, bool]:
    return direction != "down", direction != "up"


def _two_ways(
    test: T,
    codes: tuple[ConditionCode, ConditionCode],
    wanted: tuple[bool, bool],
    judge: Callable[[Floats, int, T, OneWay], Judged],
) -> tuple[Condition, ...]:
    both = (
        Condition(code=codes[0], test=test, judge=lambda w, c: judge(w, c, test, "up")),
        Condition(code=codes[1], test=test, judge=lambda w, c: judge(w, c, test, "down")),
    )
    return tuple(condition for condition, wants in zip(both, wanted, strict=True) if wants)


def _one(test: T, code: ConditionCode, judge: Callable[[Floats, int, T], Judged]) -> Condition:
    return Condition(code=code, test=test, judge=lambda w, c: judge(w, c, test))


def _change(window: Floats, confirm: int, test: Change, way: OneWay) -> Judged:
    end = window.shape[1] - confirm - test.steps + 1
    near = window[:, end - REFERENCE_POINTS : end]
    point, middle = near[:, -1], row_median(near)
    reference = np.fmax(point, middle) if way == "up" else np.fmin(point, middle)
    newest = least_extreme(window, confirm, way)
    refused = any_not_positive(window[:, end - REFERENCE_POINTS :])
    ratio = ratio_to(newest, reference, refused)
    limit = test.rise_ratio if way == "up" else test.fall_ratio
    assert limit is not None
    holds = ratio >= limit if way == "up" else ratio <= -limit
    return Judged(holds=holds, observed=newest, baseline=reference, ratio=ratio, score=ratio, refused=refused)


def _spike(window: Floats, confirm: int, test: Spike, way: OneWay) -> Judged:
    level = logs(window)
    returns = level[:, test.steps :] - level[:, : -test.steps]
    end = window.shape[1] - confirm - test.steps + 1  # the newest figure that the baseline may know
    past = returns[:, : end - test.steps][:, -test.baseline_points :]
    scale = np.fmax(np.fmax(row_mad(past, row_median(past)), 0.75 * row_mean_abs(past)), test.floor)
    reference = window[:, end - 1]
    newest = least_extreme(window, confirm, way)
    refused = any_not_positive(window)
    ratio = ratio_to(newest, reference, refused)
    score = np.abs(logs(1 + ratio[:, None])[:, 0]) / scale
    towards = ratio > 0 if way == "up" else ratio < 0
    known = known_share(past) >= BASELINE_KNOWN_MIN
    holds = towards & known & (score >= test.threshold) & (np.abs(ratio) >= test.min_ratio)
    return Judged(holds=holds, observed=newest, baseline=reference, ratio=ratio, score=score, refused=refused)


def _drop(window: Floats, confirm: int, test: Drop) -> Judged:
    newest = least_extreme(window, confirm, "down")
    base, spread = _level(window, confirm, test)
    ratio = ratio_to(newest, base, base <= 0)
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
        refused=none_refused(window),
    )


def _surge(window: Floats, confirm: int, test: Surge) -> Judged:
    newest = least_extreme(window, confirm, "up")
    base, spread = _level(window, confirm, test)
    ratio = ratio_to(newest, base, base <= 0)
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
        refused=none_refused(window),
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


def _season(window: Floats, confirm: int, points: int, way: OneWay) -> Floats:
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
    """Fire where a run of zeros is too unlikely now, and was not yet so one figure earlier.

    What was known then is judged anew: the figures that are counted move on with the run, so that an old zero
    may leave them.
    """
    judged = _unlikely_zeros(window[:, 1:], confirm, test)
    holds = judged.holds.copy()
    holds[holds] = ~_unlikely_zeros(window[holds, :-1], confirm, test).holds
    return replace(judged, holds=holds)


def _unlikely_zeros(window: Floats, confirm: int, test: Drop) -> Judged:
    """Hold where a run of L zeros has the chance p0^L, p0 the share of zeros before the run began.

    p0 = (zeros + 1) / (known + 2) over the figures of the window, so that eleven figures without a zero give 0.077
    and the first zero holds at the shipped limit of 0.08; ten do not know enough to be surprised by one zero.
    The level is that of the test's own window.
    """
    zero = window == 0
    run = _run_at_end(zero)
    past = np.arange(window.shape[1]) < (window.shape[1] - run)[:, None]
    known = past & ~np.isnan(window)
    zeros = np.count_nonzero(known & zero, axis=1)
    chance = (zeros + 1) / (np.count_nonzero(known, axis=1) + 2)
    score = chance ** run.astype(float)
    limit = np.where(zeros, test.zero_chance * AFTER_ZEROS, test.zero_chance)
    own = slice(window.shape[1] - test.span - confirm + 1, None)
    base = row_median(np.where(known, window, np.nan)[:, own])
    enough = np.count_nonzero(known[:, own], axis=1) >= test.baseline_points * BASELINE_KNOWN_MIN
    holds = (run >= confirm) & (score <= limit) & enough & (base >= test.baseline_min) & (base > 0)
    if test.season_points is not None:
        holds &= _season(window, confirm, test.season_points, "down") > 0
    ratio = np.where(run > 0, -1.0, np.nan)
    return Judged(
        holds=holds,
        observed=window[:, -1],
        baseline=base,
        ratio=ratio,
        score=score,
        refused=none_refused(window),
    )


def _run_at_end(flags: Bools) -> NDArray[np.int64]:
    """Return how many true values in a row end each row."""
    ends = ~flags[:, ::-1]
    run: NDArray[np.int64] = np.where(ends.any(axis=1), ends.argmax(axis=1), flags.shape[1])
    return run


def _extreme(window: Floats, confirm: int, test: Extreme, way: OneWay) -> Judged:
    end = window.shape[1] - confirm - test.skip_points
    past = window[:, end - test.baseline_points : end]
    enough = known_share(past) >= BASELINE_KNOWN_MIN
    top = np.max(past, axis=1, initial=-np.inf, where=~np.isnan(past))
    bottom = np.min(past, axis=1, initial=np.inf, where=~np.isnan(past))
    margin = test.margin_ratio * (top - bottom)
    newest = least_extreme(window, confirm, way)
    edge = np.where(enough, top if way == "up" else bottom, np.nan)
    holds = newest > edge + margin if way == "up" else newest < edge - margin
    ratio = ratio_to(newest, edge, ~(edge > 0))
    return Judged(
        holds=holds,
        observed=newest,
        baseline=edge,
        ratio=ratio,
        score=ratio,
        refused=none_refused(window),
    )
