"""What each test of a series rule finds, and what it leaves alone."""

import pytest
from pydantic import ValidationError

from tests.core.series_samples import DROP, fires, judge, judged, months, rule


def test_drop_fires_on_a_collapse_and_says_observed_baseline_and_threshold():
    (signal,) = judge(rule(DROP), months([100_000] * 12 + [2_000]))
    (reason,) = signal.why
    assert reason.code == "series.drop"
    assert dict(reason.params)["observed"] == "2 t"
    assert dict(reason.params)["baseline"] == "100 t"
    assert "75 % under" in reason.text
    assert "98.0 % under" in signal.exhibit.title


def test_drop_stays_quiet_on_a_fall_short_of_the_ratio():
    assert not fires(rule(DROP), *[100] * 12, 26)


def test_drop_stays_quiet_below_the_floor_of_its_baseline():
    assert not fires(rule({**DROP, "baseline_min": 101}), *[100] * 12, 0)


def test_drop_asks_a_restless_series_for_a_deeper_fall():
    restless = [20, 300, 40, 200, 30, 400, 20, 300, 40, 200, 30, 400]
    assert fires(rule(DROP), *restless, 15)
    assert not fires(rule({**DROP, "scales": 3}), *restless, 15)


def test_drop_may_ask_to_be_the_lowest_of_its_past():
    lots = [100, 100, 5, 100, 100, 100, 100, 100, 100, 100]
    assert fires(rule(DROP), *lots, 10)
    assert not fires(rule({**DROP, "low_points": 9}), *lots, 10)


def test_drop_knows_the_season_when_it_is_told_of_one():
    year = [900, 900, 900, 900, 900, 900, 900, 900, 900, 10, 900, 900]
    assert fires(rule(DROP), *year, *year[:10])
    assert not fires(rule({**DROP, "season_points": 12}), *year, *year[:10])


def test_a_lasting_state_is_told_once_until_the_test_has_been_quiet():
    made = rule(DROP, rearm_points=2)
    points = months([100] * 12 + [10, 10, 10, 100, 100, 100, 100, 100, 100, 10])
    told = judge(made, points, {p.id for p in points})
    assert [s.exhibit.evidence_id for s in told] == ["s@2021-01", "s@2021-10"]


def test_change_needs_both_the_point_and_its_neighbourhood_as_reference():
    made = rule({"method": "change", "steps": 1, "rise_ratio": 0.25})
    assert fires(made, *[100] * 8, 130)
    assert not fires(made, *[100] * 8, 20, 100)


@pytest.mark.parametrize("faults", [[520], [520, 520], [14], [14, 100, 14], [100, 520, 100, 14]])
def test_change_with_confirmation_passes_over_faults_that_return(faults: list[float]):
    made = rule({"method": "change", "steps": 5, "rise_ratio": 0.15}, confirm_points=3)
    points = months([100] * 20 + faults + [100] * 8)
    assert not judge(made, points, {p.id for p in points})


def test_change_with_confirmation_fires_when_the_level_stays():
    made = rule({"method": "change", "steps": 5, "rise_ratio": 0.15}, confirm_points=3)
    points = months([100] * 20 + [130] * 8)
    told = judge(made, points, {p.id for p in points})
    assert told[0].exhibit.evidence_id == points[22].id


def test_ratio_tests_refuse_a_series_with_zeros_and_the_trace_says_so():
    made = rule({"method": "change", "steps": 1, "rise_ratio": 0.1})
    signals, (trace,) = judged(made, months([100] * 6 + [0, 100, 0, 500]))
    assert not signals
    assert trace.outcome == "below_threshold"
    assert "zeros" in trace.detail


def test_spike_measures_returns_in_robust_scales_of_past_returns():
    calm = [100 + (i % 2) for i in range(40)]
    made = rule({"method": "spike", "baseline_points": 20, "threshold": 6, "min_ratio": 0.05})
    assert fires(made, *calm, 112)
    assert not fires(made, *calm, 103)


def test_spike_down_is_found_only_when_asked_for():
    calm = [100 + (i % 2) for i in range(40)]
    up = {"method": "spike", "baseline_points": 20, "threshold": 6}
    assert not fires(rule(up), *calm, 80)
    assert fires(rule({**up, "direction": "both"}), *calm, 80)


def test_surge_fires_over_the_usual_level():
    made = rule({"method": "surge", "baseline_points": 12, "rise_ratio": 1.5})
    assert fires(made, *[100] * 12, 260)
    assert not fires(made, *[100] * 12, 240)


def test_extreme_fires_outside_the_range_by_its_margin():
    made = rule({"method": "extreme", "baseline_points": 12, "margin_ratio": 0.1})
    wave = [100, 110, 120, 110] * 3
    assert fires(made, *wave, 123)
    assert not fires(made, *wave, 121)


def test_a_change_without_a_direction_is_refused_when_written():
    with pytest.raises(ValidationError, match="rise_ratio or fall_ratio"):
        rule({"method": "change", "steps": 1})
