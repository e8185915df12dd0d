"""What each test of a series rule finds, and what it leaves alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from tests.core.build import TABLE
from warning.core.detect.series import SeriesGroup, detect_series, explain_group, explain_series
from warning.core.evidence import Observation, Series, Window, period_end
from warning.core.policy import Policy
from warning.core.rulebook import Rulebook
from warning.core.rules import Rule, SeriesRule
from warning.core.series.verdicts import conditions
from warning.core.series_tests import ZERO_POINTS, Drop
from warning.core.signals import Signal, Trace

LATER = datetime(2100, 1, 1, tzinfo=UTC)
POLICY = Policy(severity=TABLE)
DROP = {"method": "drop", "baseline_points": 6, "fall_ratio": 0.75}


def rule(*tests: dict, **fields: object) -> SeriesRule:
    base = {
        "id": "r", "kind": "series", "title": "A rule", "severity": "minor", "owner": "o", "rationale": "r",
        "act": "export_fall", "direction": "tightening", "select": {}, "min_points": 6, "tests": tests,
        "examples": [{"fires": True, "values": "1"}, {"fires": False, "values": "1"}],
    }  # fmt: skip
    made = TypeAdapter(Rule).validate_python({**base, **fields})
    assert isinstance(made, SeriesRule)
    return made


def months(values: list[float | None], *, first: int = 2020 * 12, **fields: object) -> list[Observation]:
    points = []
    for i, value in enumerate(values):
        at = first + i
        period = f"{at // 12:04d}-{at % 12 + 1:02d}"
        base = {
            "id": f"{fields.get('series_id', 's')}@{period}", "source_id": "customs", "series_id": "s",
            "material": "graphite", "measure": "export_quantity", "reporter": "CN", "partner": "JP",
            "hs_code": "250410", "unit": "kg", "frequency": "M",
        }  # fmt: skip
        points.append(
            Observation(**{**base, **fields}, period=period, value=value, known_at=period_end(period))
        )
    return points


def judge(made: SeriesRule, points: list[Observation], fresh: set[str] | None = None) -> list[Signal]:
    return judged(made, points, fresh)[0]


def judged(
    made: SeriesRule, points: list[Observation], fresh: set[str] | None = None
) -> tuple[list[Signal], list[Trace]]:
    ids = frozenset({points[-1].id} if fresh is None else fresh)
    window = Window(observations=tuple(points), fresh=ids)
    return detect_series(Rulebook(rules=(made,), policy=POLICY), window.as_known(LATER), LATER)


def fires(made: SeriesRule, *values: float | None) -> bool:
    return bool(judge(made, months(list(values))))


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


def told_lengths(past: list[float | None], zeros: int = 6) -> list[int]:
    """Return at which lengths of the run of zeros that follows it is told, judged as the months come."""
    runs = {length: months([*past, *[0] * length]) for length in range(1, zeros + 1)}
    return [length for length, points in runs.items() if judge(rule(DROP), points)]


@pytest.mark.parametrize(("before", "nearest"), [(20, 1), (0, 12)])
def test_a_collapse_is_told_once_and_soon_wherever_an_older_zero_stands(before, nearest):
    pasts = {since: [*[20_000] * before, 0, *[20_000] * since] for since in range(nearest, 41)}
    told = {since: told_lengths(past) for since, past in pasts.items()}
    assert told == {since: [1] if since >= ZERO_POINTS - 1 else [2] for since in told}


def test_a_collapse_is_told_once_where_older_figures_leave_what_is_counted_during_it():
    assert told_lengths([*[20_000] * 6, *[None] * 24, *[20_000] * 6]) == [1]


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


def test_the_exporter_acts_whoever_of_the_two_reports():
    exported = judge(rule(DROP), months([100] * 12 + [1]))[0].facts
    imported = judge(
        rule(DROP), months([100] * 12 + [1], measure="import_quantity", reporter="JP", partner="CN")
    )[0].facts
    assert (exported.actors, exported.targets) == (("CN",), ("JP",))
    assert (imported.actors, imported.targets) == (("CN",), ("JP",))


def test_partners_of_one_material_share_a_story():
    stories = {
        judge(rule(DROP), months([100] * 12 + [1], partner=partner))[0].story
        for partner in ("JP", "US", "DE")
    }
    assert len(stories) == 1


def test_quotes_of_one_material_on_several_markets_share_a_story():
    made = rule({"method": "change", "steps": 1, "rise_ratio": 0.2}, act="price_spike")
    stories = {
        judge(made, months([100] * 12 + [150], measure="price", reporter=market, partner="WLD"))[0].story
        for market in ("CN", "EU")
    }
    assert stories == {"price_spike:graphite::tightening"}


def test_a_test_speaks_only_of_the_frequencies_it_names():
    assert not fires(rule({**DROP, "frequencies": ["D"]}), *[100] * 12, 1)


def test_a_change_without_a_direction_is_refused_when_written():
    with pytest.raises(ValidationError, match="rise_ratio or fall_ratio"):
        rule({"method": "change", "steps": 1})


def test_explanation_names_what_held_and_what_did_not():
    book = Rulebook(rules=(), policy=POLICY)
    made = rule({**DROP, "baseline_points": 12})
    shown = "\n".join(explain_series(made, Series(points=tuple(months([100] * 12 + [50]))), book).lines())
    assert "FAIL any of the tests" in shown
    assert "50 % under" in shown
    other = rule(DROP, select={"reporters": ["ID"]})
    refused = explain_series(other, Series(points=tuple(months([100] * 13))), book)
    assert refused.passed is False
    assert "reporter CN" in refused.children[0].detail


def calendar(points: list[Observation], as_of: datetime | None = None, **fields: object) -> str:
    book = Rulebook(rules=(), policy=POLICY)
    tree = explain_series(rule(DROP, **fields), Series(points=tuple(points)), book, as_of)
    return next(node.detail for node in tree.children if node.label == "publication calendar")


def test_explanation_of_a_share_says_what_falls_due_of_each_part():
    share = {"method": "share", "of": "exports"}
    crossing = {"method": "crossing", "level": 0.5, "quiet_points": 3}
    parts = {
        "WLD": [100.0] * 12,
        "JP": [40.0] * 12,
        "KR": [60.0] * 11,
        **{f"P{n}": [1.0] * 12 for n in range(6)},
    }
    series = tuple(
        Series(points=tuple(replace(point, series_id=f"to {name}", partner=name) for point in months(values)))
        for name, values in parts.items()
    )
    group = SeriesGroup(series=series, fresh=frozenset(one.points[-1].id for one in series))
    made = rule(crossing, combine=share, min_points=2)
    later = series[0].points[-1].known_at + timedelta(days=40)
    tree = explain_group(made, group, Rulebook(rules=(), policy=POLICY), later)
    told = next(node for node in tree.children[-1].children if node.label == "publication calendar")
    assert told.detail == "9 series, the 6 that are furthest behind"
    assert told.children[0].label == "to KR"
    assert "2020-12 falls due" in told.children[0].detail
    assert "dropped" in told.children[0].detail
    assert tree.children[-1].passed is False


def test_explanation_says_what_falls_due_when_and_what_is_late_or_dropped():
    points = [replace(p, known_at=p.known_at + timedelta(days=20)) for p in months([100] * 12)]
    assert "2021-01 falls due on 2021-02-21 (20 days after the period" in calendar(points)
    assert "not yet due" in calendar(points)
    assert "late on 2021-03-03, by 10 days" in calendar(points, datetime(2021, 3, 3, tzinfo=UTC))
    dropped = calendar(points, datetime(2021, 8, 1, tzinfo=UTC))
    assert "dropped: on 2021-08-01 6 periods are missing and nothing came for 192 days" in dropped


def test_explanation_says_how_absent_rows_and_suppressed_cells_are_read():
    points = months([100, 100, None, 100, 100])
    del points[1]
    assert "no row for 2020-02: read as not known; suppressed in 2020-03: not known" in calendar(points)
    assert "no row for 2020-02: read as zero" in calendar(points, missing_is_zero=True)


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
