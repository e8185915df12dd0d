"""How figures are read before they are judged: missing ones, absent rows, units, the order in which they come."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.series_samples import DROP, fires, judge, judged, months, rule
from warning.core.evidence import Observation, period_end
from warning.core.rules import SeriesRule


def test_missing_months_are_unknown_and_not_zero():
    points = months([100] * 12 + [100])
    del points[7:11]
    assert not judge(rule(DROP), points)


def test_a_series_with_periods_of_another_frequency_is_read_in_its_order():
    weeks = [
        Observation(
            id=f"w{i}", source_id="customs", series_id="s", material="graphite", measure="export_quantity",
            reporter="CN", partner="JP", unit="kg", frequency="M", period=f"2024-W{i + 1:02d}", value=value,
            known_at=period_end(f"2024-W{i + 1:02d}"),
        )
        for i, value in enumerate([100.0] * 12 + [1.0])
    ]  # fmt: skip
    assert judge(rule(DROP), weeks)
    assert judge(rule(DROP, missing_is_zero=True), weeks)


def test_figures_at_the_edge_of_the_number_range_do_no_harm():
    huge = [1e308, 1e-308] * 7
    for made in RULES:
        points = months(huge)
        titles = [signal.exhibit.title for signal in judge(made, points, {p.id for p in points})]
        assert not [t for t in titles if " nan" in t or " inf" in t or len(t) > 200]


def test_too_little_history_is_said_in_the_trace():
    signals, (trace,) = judged(rule(DROP, min_points=12), months([100] * 5))
    assert not signals
    assert trace.outcome == "too_little_data"


def test_a_rule_that_selects_nothing_says_no_evidence():
    _, (trace,) = judged(rule(DROP, select={"reporters": ["ID"]}), months([100] * 12 + [0]))
    assert trace.outcome == "no_evidence"


def test_an_absent_row_is_zero_where_the_rest_of_the_table_was_published():
    made = rule({**DROP, "baseline_points": 12}, missing_is_zero=True)
    table = [
        point
        for partner in ("JP", "US", "KR", "DE")
        for point in months([500] * 13, series_id=f"to-{partner}", partner=partner)
    ]
    gone = [p for p in table if p.id != "to-JP@2021-01"]
    fresh = {p.id for p in gone if p.period == "2021-01"}
    (signal,) = judge(made, gone, fresh)
    assert signal.facts.targets == ("JP",)
    assert [reason.code for reason in signal.why] == ["series.zero", "series.absent_row"]
    assert signal.occurred_at == period_end("2021-01")


def test_an_absent_row_is_unknown_where_most_of_the_table_is_absent():
    made = rule({**DROP, "baseline_points": 12}, missing_is_zero=True)
    table = [
        point
        for partner in ("JP", "US", "KR", "DE")
        for point in months([500] * 13, series_id=f"to-{partner}", partner=partner)
    ]
    gone = [p for p in table if p.period != "2021-01" or p.partner == "US"]
    assert not judge(made, gone, {"to-US@2021-01"})


def test_floors_are_in_kilograms_whatever_the_source_writes():
    made = rule({**DROP, "baseline_min": 50_000})
    assert judge(made, months([100] * 12 + [1], unit="t"))
    assert not judge(made, months([100] * 12 + [1], unit="kg"))


def told_in_another_unit(value: float, unit: str, at: int = -1) -> list[Observation]:
    points = months([100_000.0] * 14)
    points[at] = replace(points[at], value=value, unit=unit)
    return points


@pytest.mark.parametrize("at", [-1, -3])
def test_a_figure_in_another_unit_is_judged_as_what_it_weighs(at: int):
    (fell,) = judge(
        rule(DROP), [*told_in_another_unit(100.0, "t", at)[:-1], *months([10_000.0], first=2021 * 12 + 1)]
    )
    assert "10 t, 90.0 % under the usual level (100 t)" in fell.exhibit.title
    assert not judge(rule(DROP), told_in_another_unit(100.0, "t", at))
    assert not judge(rule(DROP), told_in_another_unit(100_000_000.0, "g", at))


def test_figures_that_nothing_makes_comparable_are_unknown_to_one_another():
    (trace,) = judged(rule(DROP), told_in_another_unit(10.0, "pieces"))[1]
    assert trace.outcome == "too_little_data"
    assert not judge(rule(DROP), told_in_another_unit(10.0, "pieces", -2))


def test_a_figure_told_again_as_much_in_another_unit_is_no_revision():
    points = told_in_another_unit(5_000.0, "kg")
    again = replace(
        points[-1], id="again", value=5.0, unit="t", known_at=points[-1].known_at + timedelta(days=9)
    )
    (fell,) = judge(rule(DROP), [*points, again], {"again"})
    assert [reason.code for reason in fell.why] == ["series.drop"]


def test_a_test_speaks_only_of_the_frequencies_it_names():
    assert not fires(rule({**DROP, "frequencies": ["D"]}), *[100] * 12, 1)


RULES = (
    rule(DROP, rearm_points=2),
    rule({**DROP, "scales": 2, "low_points": 9, "season_points": 12}),
    rule({"method": "change", "steps": 3, "rise_ratio": 0.2, "fall_ratio": 0.2}, confirm_points=2),
    rule({"method": "spike", "baseline_points": 8, "threshold": 2, "direction": "both"}),
    rule({"method": "surge", "baseline_points": 6, "rise_ratio": 0.5}, rearm_points=3),
    rule({"method": "extreme", "baseline_points": 12, "direction": "both"}),
)
FIGURES = st.lists(
    st.one_of(st.none(), st.just(0.0), st.floats(min_value=0.01, max_value=1e6)), min_size=14, max_size=40
)
POSITIVE = st.lists(st.floats(min_value=1.0, max_value=1e5), min_size=14, max_size=30)


def verdicts(made: SeriesRule, points: list[Observation]) -> set[str]:
    return {s.exhibit.evidence_id for s in judge(made, points, {p.id for p in points})}


@given(values=FIGURES, cut=st.integers(min_value=8, max_value=13), which=st.integers(0, len(RULES) - 1))
def test_later_figures_never_change_an_earlier_verdict(values: list[float | None], cut: int, which: int):
    points = months(values)
    early = verdicts(RULES[which], points[:cut])
    late = verdicts(RULES[which], points)
    assert early == {v for v in late if v in {p.id for p in points[:cut]}}


@given(values=FIGURES, which=st.integers(0, len(RULES) - 1), seed=st.randoms(use_true_random=False))
def test_the_order_of_evidence_carries_no_meaning(values: list[float | None], which: int, seed: object):
    points = months(values)
    mixed = list(points)
    seed.shuffle(mixed)
    assert verdicts(RULES[which], points) == verdicts(RULES[which], mixed)


@given(values=POSITIVE, power=st.integers(min_value=-6, max_value=6), which=st.integers(0, len(RULES) - 1))
def test_ratio_tests_do_not_care_for_the_unit(values: list[float], power: int, which: int):
    # Powers of two scale floating-point figures exactly, so that equality is fair to ask.
    scaled = [value * 2.0**power for value in values]
    assert verdicts(RULES[which], months(values)) == verdicts(RULES[which], months(scaled))


@given(values=POSITIVE, which=st.integers(0, len(RULES) - 1))
def test_one_day_at_a_time_says_what_the_whole_file_says(values: list[float], which: int):
    points = months(values)
    daily = {s.id for i, p in enumerate(points) for s in judge(RULES[which], points[: i + 1], {p.id})}
    assert daily == {s.id for s in judge(RULES[which], points, {p.id for p in points})}
