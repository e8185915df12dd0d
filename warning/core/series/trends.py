"""Slow and seasonal movements over a matrix of windows: year on year, shift, drift, crossing, rush and cliff.

Every row is judged on its own, from its own figures; NaN is "not known".
"""

import numpy as np

from warning.core.series.judged import (
    BASELINE_KNOWN_MIN,
    Judged,
    OneWay,
    least_extreme,
    none_refused,
    ratio_to,
)
from warning.core.series.robust import any_not_positive, known_share, logs, row_mad, row_median
from warning.core.series.track import Bools, Floats
from warning.core.series_tests import Cliff, Crossing, Drift, Shift, YearOnYear


def year_on_year(window: Floats, confirm: int, test: YearOnYear, way: OneWay) -> Judged:
    """Each of the last `confirm` totals against its own season; the least of the moves is judged."""
    moves = [_season_move(window[:, : window.shape[1] - back], test) for back in range(confirm)]
    ratios = np.stack([ratio for _, _, ratio in moves])
    pick = ratios.argmin(axis=0) if way == "up" else ratios.argmax(axis=0)
    row = np.arange(len(window))
    observed = np.stack([total for total, _, _ in moves])[pick, row]
    baseline = np.stack([base for _, base, _ in moves])[pick, row]
    # argmin and argmax stop at a NaN: one unknown figure among those that must confirm says nothing.
    ratio = ratios[pick, row]
    limit = test.rise_ratio if way == "up" else test.fall_ratio
    assert limit is not None
    holds = (ratio >= limit if way == "up" else ratio <= -limit) & (baseline >= test.baseline_min)
    return Judged(
        holds=holds, observed=observed, baseline=baseline, ratio=ratio, score=ratio, refused=~(baseline > 0)
    )


def _season_move(window: Floats, test: YearOnYear) -> tuple[Floats, Floats, Floats]:
    """Return the total that ends the window, the median of those of its season, and the ratio of the two."""

    def total(years: int) -> Floats:
        end = window.shape[1] - years * test.season_points
        summed: Floats = window[:, end - test.total_points : end].sum(axis=1)
        return summed

    newest = total(0)
    before = np.stack([total(year) for year in range(1, test.years + 1)], axis=1)
    base = np.where(known_share(before) > BASELINE_KNOWN_MIN, row_median(before), np.nan)
    return newest, base, ratio_to(newest, base, ~(base > 0))


def shift(window: Floats, confirm: int, test: Shift, way: OneWay) -> Judged:
    """Add up scores as CUSUM does: the sum that never falls under nothing is the walk less its lowest so far."""
    window = window[:, window.shape[1] - test.span - confirm + 1 :]
    level = logs(window)
    past, run = level[:, : test.baseline_points], level[:, -test.run_points :]
    middle = row_median(past)
    scale = np.fmax(row_mad(past, middle), test.floor)
    known = known_share(past) >= BASELINE_KNOWN_MIN
    sign = 1.0 if way == "up" else -1.0
    scores = np.clip(sign * (run - middle[:, None]) / scale[:, None], -test.clip, test.clip) - test.slack
    walk = np.cumsum(np.where(np.isnan(scores), 0.0, scores), axis=1)
    walk = np.concatenate([np.zeros((len(walk), 1)), walk], axis=1)
    lowest = np.minimum.accumulate(walk, axis=1)
    total = walk[:, -1] - lowest[:, -1]
    # The change began after the last place at which the walk stood at its lowest.
    began = walk.shape[1] - 1 - np.argmax((walk == lowest[:, -1:])[:, ::-1], axis=1)
    since = np.arange(run.shape[1])[None, :] >= began[:, None]
    observed = row_median(np.where(since, window[:, -test.run_points :], np.nan))
    baseline = np.where(known, np.exp(middle), np.nan)
    ratio = ratio_to(observed, baseline, ~(baseline > 0))
    newest = window[:, -1]
    holds = (total >= test.threshold) & ~np.isnan(newest) & (baseline >= test.baseline_min)
    holds &= ratio >= test.min_ratio if way == "up" else ratio <= -test.min_ratio
    return Judged(
        holds=holds,
        observed=observed,
        baseline=baseline,
        ratio=ratio,
        score=total,
        refused=any_not_positive(window),
    )


def cliff(window: Floats, confirm: int, test: Cliff) -> Judged:
    """A rush among the figures just before, and now a fall, both against what was usual before the rush."""
    end = window.shape[1] - confirm
    rush = window[:, end - test.before_points : end]
    past = window[:, end - test.before_points - test.baseline_points : end - test.before_points]
    base = np.where(known_share(past) >= BASELINE_KNOWN_MIN, row_median(past), np.nan)
    top = np.max(rush, axis=1, initial=-np.inf, where=~np.isnan(rush))
    newest = least_extreme(window, confirm, "down")
    holds = (base > 0) & (base >= test.baseline_min)
    holds &= (top >= (1 + test.rise_ratio) * base) & (newest <= (1 - test.fall_ratio) * base)
    ratio = ratio_to(newest, base, ~(base > 0))
    rise = ratio_to(top, base, ~(base > 0))
    return Judged(
        holds=holds, observed=newest, baseline=base, ratio=ratio, score=rise, refused=none_refused(window)
    )


def crossing(window: Floats, confirm: int, test: Crossing, way: OneWay) -> Judged:
    """Stands at or past the level, and none of the known figures before did; one of them must be known."""
    end = window.shape[1] - confirm
    past = window[:, end - test.quiet_points : end]
    newest = least_extreme(window, confirm, way)
    known = ~np.isnan(past)
    if way == "up":
        before = np.max(past, axis=1, initial=-np.inf, where=known)
        holds = (newest >= test.level) & (before < test.level)
    else:
        before = np.min(past, axis=1, initial=np.inf, where=known)
        holds = (newest <= test.level) & (before > test.level)
    holds &= known.any(axis=1)
    base = np.where(known.any(axis=1), before, np.nan)
    ratio = ratio_to(newest, base, ~(base > 0))
    return Judged(
        holds=holds, observed=newest, baseline=base, ratio=ratio, score=newest, refused=none_refused(window)
    )


def drift(window: Floats, confirm: int, test: Drift, way: OneWay) -> Judged:
    """Fit the median of all slopes; compare where the fitted line ends with where it began."""
    figures = window[:, window.shape[1] - confirm - test.points + 1 :][:, -test.points :]
    early, late = np.triu_indices(test.points, 1)
    rises = figures[:, late] - figures[:, early]
    slope = row_median(rises / (late - early)[None, :])
    known = ~np.isnan(rises)
    pairs = np.maximum(np.count_nonzero(known, axis=1), 1)
    agreement = (np.count_nonzero(rises > 0, axis=1) - np.count_nonzero(rises < 0, axis=1)) / pairs
    place = np.arange(test.points)
    begins = row_median(figures - slope[:, None] * place[None, :])
    ends = begins + slope * (test.points - 1)
    moved = ends - begins
    holds = known_share(figures) >= BASELINE_KNOWN_MIN
    holds &= ~np.isnan(figures[:, -1]) & ~_has_long_gap(figures)
    sign = 1.0 if way == "up" else -1.0
    holds &= (sign * moved >= test.min_move) & (sign * agreement >= test.agreement)
    ratio = ratio_to(ends, begins, ~(begins > 0))
    return Judged(
        holds=holds, observed=ends, baseline=begins, ratio=ratio, score=moved, refused=none_refused(window)
    )


def _has_long_gap(figures: Floats) -> Bools:
    """Say which rows know none of their first quarter: a trend over ten years needs the first of them."""
    first = figures[:, : max(figures.shape[1] // 4, 1)]
    return np.asarray(np.isnan(first).all(axis=1), dtype=np.bool_)
