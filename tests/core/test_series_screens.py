"""A screen never leaves out a figure on which the verdict would hold, and counts what it leaves out as the verdict does."""

from dataclasses import replace

import numpy as np
import pytest

from tests.core.test_series_columns import rule
from warning.core.series.judge import judge
from warning.core.series.judged import Condition
from warning.core.series.screens import SCREENS, screen
from warning.core.series.slots import Flat, ending_at
from warning.core.series.verdicts import conditions
from warning.core.series.windows import TAIL_POINTS, Board, Rows

SERIES, POINTS = 240, 110
TESTS = (
    {"method": "change", "steps": 2, "rise_ratio": 0.2, "fall_ratio": 0.2},
    {"method": "change", "steps": 1, "rise_ratio": 0.05, "fall_ratio": 0.05, "confirm_points": 2},
    {"method": "spike", "direction": "both", "baseline_points": 8, "threshold": 2.0, "floor": 0.02},
    {
        "method": "spike",
        "direction": "both",
        "baseline_points": 8,
        "threshold": 1.0,
        "floor": 0.2,
        "min_ratio": 0.05,
    },
    {"method": "spike", "direction": "both", "baseline_points": TAIL_POINTS + 20, "threshold": 1.0},
    {"method": "drop", "baseline_points": 4, "fall_ratio": 0.3, "low_points": 6},
    {"method": "drop", "baseline_points": 5, "fall_ratio": 0.1, "confirm_points": 2},
    {"method": "surge", "baseline_points": 5, "rise_ratio": 0.2},
    {"method": "shift", "baseline_points": 20, "run_points": 6, "threshold": 2.0, "min_ratio": 0.3},
    {"method": "shift", "baseline_points": 9, "run_points": 4, "threshold": 1.0, "confirm_points": 2},
    {"method": "shift", "baseline_points": 9, "run_points": 4, "threshold": 1.0, "min_ratio": 1.0},
    {"method": "extreme", "direction": "both", "baseline_points": 12, "margin_ratio": 0.0},
    {"method": "extreme", "direction": "both", "baseline_points": 12, "skip_points": 3, "margin_ratio": 0.2},
    {
        "method": "extreme",
        "direction": "both",
        "baseline_points": 80,
        "skip_points": 10,
        "margin_ratio": 0.05,
    },
    {
        "method": "extreme",
        "direction": "both",
        "baseline_points": 30,
        "margin_ratio": 0.1,
        "confirm_points": 2,
    },
)
RULES = tuple(rule(f"r{n}", test) for n, test in enumerate(TESTS))
CASES = [(one, condition) for one in RULES for condition in conditions(one.tests[0])]


def matrix_of(values: np.ndarray) -> Flat:
    """Series of as many figures each, one row each."""
    count, points = values.shape
    return Flat(flat=values.ravel(), starts=np.arange(count) * points, lengths=np.full(count, points))


def walks() -> Board:
    """Calm, lively and wild series, with holes, nothings, negative figures and some too large to add up."""
    dice = np.random.default_rng(5)
    pace = dice.choice([0.02, 0.08, 0.4], (SERIES, 1))
    values = 100 * np.exp((dice.normal(0, 1, (SERIES, POINTS)) * pace).cumsum(axis=1))
    values[::5] -= 100.0  # around zero
    values[1::9] = np.minimum(values[1::9], 1.7e4) * 1e304
    values[dice.random(values.shape) < 0.02] = np.nan
    values[dice.random(values.shape) < 0.01] = 0
    return Board(
        tracks=(), slots=matrix_of(values),
        frequencies=np.zeros(SERIES, dtype=np.int8), loose=np.zeros(SERIES, dtype=np.bool_), ends=lambda _, places: places,
    )  # fmt: skip


@pytest.mark.parametrize("gathered", [False, True], ids=["where they stand", "ends gathered"])
@pytest.mark.parametrize(("one", "condition"), CASES, ids=[f"{r.id}-{c.code}" for r, c in CASES])
def test_screen_leaves_out_no_figure_that_the_verdict_holds_on(one, condition: Condition, gathered: bool):
    on = walks()
    owners, places = np.divmod(np.arange(SERIES * POINTS), POINTS)
    rows = Rows(owners=owners, places=places)
    if gathered:
        rows = replace(rows, tails=np.arange(len(rows)))
        on = replace(on, fresh=rows)
    judged = judge(one, condition, on, rows)
    screened = screen(condition, on, rows, one.confirm(condition.test))
    assert screened is not None
    assert judged.holds.any()
    assert not (judged.holds & ~screened.may).any()
    assert (judged.refused == screened.refused)[~screened.may].all()
    assert not screened.may.all()


def test_every_screen_is_held_to_its_verdict():
    assert {condition.code for _, condition in CASES} == set(SCREENS)


def test_a_window_of_every_second_figure_is_read_as_one_of_a_copy():
    every = np.arange(40.0)[::2]
    ends = np.array([10, 1])
    assert np.array_equal(
        ending_at(every, ends, ends, 4), ending_at(every.copy(), ends, ends, 4), equal_nan=True
    )
