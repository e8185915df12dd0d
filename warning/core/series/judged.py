"""What a condition finds over rows of windows, and the arithmetic that all conditions share."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from warning.core.series.track import Bools, Floats
from warning.core.series_tests import Test

# A baseline that knows less than half of its places says nothing.
BASELINE_KNOWN_MIN = 0.5

OneWay = Literal["up", "down"]
ConditionCode = Literal[
    "change_up", "change_down", "spike_up", "spike_down", "drop", "zero", "surge", "high", "low",
    "year_up", "year_down", "shift_up", "shift_down", "cliff", "cross_up", "cross_down", "drift_up", "drift_down",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What one condition found, row by row: arrays of one place a row.

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
        points = self.test.reach if self.code == "zero" else self.test.span
        return points + confirm - 1


def least_extreme(window: Floats, confirm: int, way: OneWay) -> Floats:
    """The least extreme of the figures that must confirm one another; NaN when one of them is unknown."""
    last = window[:, -confirm:]
    newest: Floats = last.min(axis=1) if way == "up" else last.max(axis=1)
    return newest


def ratio_to(newest: Floats, base: Floats, refused: Bools) -> Floats:
    """Return newest / base - 1; NaN where a ratio means nothing."""
    usable = ~refused & (base != 0)
    ratio: Floats = np.divide(newest, base, out=np.full(len(base), np.nan), where=usable) - 1
    return ratio


def none_refused(rows: Floats) -> Bools:
    return np.zeros(len(rows), dtype=bool)
