"""When a fall to nothing is told: at once, once, and only where nothing is unlikely."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.series_samples import DROP, fires, judge, months, rule
from warning.core.series.verdicts import conditions
from warning.core.series_tests import ZERO_POINTS, Drop


def test_zero_fires_at_once_when_there_was_never_one_before():
    (signal,) = judge(rule(DROP | {"baseline_points": 12}), months([50] * 12 + [0]))
    assert [reason.code for reason in signal.why] == ["series.zero"]


def test_zero_fires_only_on_a_run_that_past_zeros_make_unlikely():
    past = [50, 0, 60, 50, 40, 0, 50, 60, 70, 50, 60, 50]
    made = rule({**DROP, "baseline_points": 15, "zero_chance": 0.05})
    assert not fires(made, *past, 0)
    assert not fires(made, *past, 0, 0)
    assert fires(made, *past, 0, 0, 0)


@pytest.mark.parametrize(
    "past", [[20_000] * 36, [20_000] * 11, [None] * 20 + [20_000] * 11, [0] + [20_000] * 40]
)
def test_a_first_zero_is_told_by_a_short_window_too_where_the_known_history_has_none(past):
    (signal,) = judge(rule(DROP), months([*past, 0]))
    assert [reason.code for reason in signal.why] == ["series.zero"]
    assert "a chance of 0.08, of 0.02 after earlier zeros" in signal.why[0].text


@pytest.mark.parametrize("past", [[20_000] * 10, [20_000] * 8 + [0] + [20_000] * 20, [40] * 30])
def test_a_zero_is_no_event_where_little_is_known_or_zeros_were_seen_or_the_trade_is_small(past):
    assert not fires(rule({**DROP, "baseline_min": 100}), *past, 0)


def test_a_level_before_a_zero_is_that_of_the_window_and_not_of_the_longer_history():
    assert not fires(rule({**DROP, "baseline_min": 100}), *[20_000] * 30, *[40] * 7, 0)


def test_a_rule_that_counts_zeros_is_given_the_history_it_counts_them_in():
    assert rule(DROP).points("M") == ZERO_POINTS + 1
    assert rule({**DROP, "low_points": 60}).points("M") == 62


def told_lengths(past: list[float | None], zeros: int = 6, **fields: object) -> list[int]:
    """Return at which lengths of the run of zeros that follows it is told, judged as the months come."""
    made = rule(DROP, **fields)
    runs = {length: months([*past, *[0] * length]) for length in range(1, zeros + 1)}
    return [length for length, points in runs.items() if judge(made, points)]


@pytest.mark.parametrize(("before", "nearest"), [(20, 1), (0, 12)])
def test_a_collapse_is_told_once_and_soon_wherever_an_older_zero_stands(before, nearest):
    pasts = {since: [*[20_000] * before, 0, *[20_000] * since] for since in range(nearest, 41)}
    told = {since: told_lengths(past) for since, past in pasts.items()}
    assert told == {since: [1] if since >= ZERO_POINTS - 1 else [2] for since in told}


def test_a_collapse_is_told_once_where_older_figures_leave_what_is_counted_during_it():
    assert told_lengths([*[20_000] * 6, *[None] * 24, *[20_000] * 6]) == [1]


@pytest.mark.parametrize("rearm_points", [0, 3])
@pytest.mark.parametrize(("before", "told"), [(3, []), (5, []), (9, []), (10, [2]), (11, [1]), (12, [1])])
def test_a_collapse_that_was_one_before_there_were_enough_figures_is_not_told(before, told, rearm_points):
    lengths = told_lengths([20_000] * before, zeros=20, min_points=12, rearm_points=rearm_points)
    assert lengths == told


@given(
    past=st.lists(st.sampled_from([None, 0.0, 20_000.0, 30_000.0, 60.0]), min_size=1, max_size=16),
    least=st.integers(min_value=3, max_value=14),
)
def test_whatever_came_before_a_run_of_zeros_is_told_at_most_once(past, least):
    points = months([*past, 20_000.0, *[0.0] * 16])
    run = {point.id for point in points[-16:]}
    assert len(judge(rule(DROP, min_points=least, rearm_points=0), points, run)) <= 1


def test_a_collapse_that_a_season_hid_is_told_when_the_season_is_over():
    year = [20_000] * 24
    year[12] = 0
    made = rule({**DROP, "season_points": 12})
    assert [fires(made, *year, *[0] * length) for length in (1, 2, 3)] == [False, False, True]


@pytest.mark.parametrize("empty_share", [0.01, 0.05, 0.1, 0.2, 0.3, 0.5])
@pytest.mark.parametrize("low_points", [None, 15])
def test_series_that_are_empty_now_and_then_alarm_less_than_once_in_five_years(empty_share, low_points):
    dice = np.random.default_rng(7)
    figures = 20_000 * np.exp(dice.normal(0, 0.25, (600, 96)))
    figures[dice.random(figures.shape) < empty_share] = 0
    test = Drop(method="drop", baseline_points=6, fall_ratio=0.75, low_points=low_points)
    (zero,) = (one for one in conditions(test) if one.code == "zero")
    alarms = sum(
        int(np.count_nonzero(zero.judge(figures[:, end - zero.width(1) : end], 1).holds))
        for end in range(zero.width(1), 97)
    )
    years = len(figures) * (97 - zero.width(1)) / 12
    assert alarms / years < 0.2


def test_zero_is_told_once_a_run():
    made = rule({**DROP, "baseline_points": 12})
    points = months([50] * 14 + [0] * 5)
    told = judge(made, points, {p.id for p in points})
    assert [s.exhibit.evidence_id for s in told] == ["s@2021-03"]
