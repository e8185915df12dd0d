"""The slow tests, and the tests of several series judged as one: what they find and what they leave alone."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.build import TABLE
from warning.core.detect.series import detect_series
from warning.core.evidence import Observation, Window, observation_id, period_end
from warning.core.measures import Measure
from warning.core.policy import Policy
from warning.core.rulebook import Rulebook
from warning.core.rules import SeriesRule
from warning.core.signals import Signal, Trace
from warning.core.terms import Terms

LATER = datetime(2100, 1, 1, tzinfo=UTC)
YEAR = {"method": "year_on_year", "fall_ratio": 0.5, "rise_ratio": 0.5}
SHIFT = {"method": "shift", "baseline_points": 12, "run_points": 6, "threshold": 6, "min_ratio": 0.2}
CLIFF = {"method": "cliff", "baseline_points": 6, "before_points": 2}
CROSS = {"method": "crossing", "level": 0.5}
DRIFT = {"method": "drift", "points": 5, "min_move": 0.2}
SHARE = {"method": "share", "countries": ["CN"]}
HHI = {"method": "concentration"}
MIRROR = {"method": "mirror_gap", "total_points": 3, "cif_ratio": 0.1}
SPREAD = {"method": "spread", "outside": {"reporters": ["EU"]}, "inside": {"reporters": ["CN"]}}
LICENCE = {
    "id": "licence", "title": "A licence", "issuer": "MOFCOM", "actor": "CN", "act": "licence",
    "direction": "tightening", "announced": date(2020, 12, 1), "effective": date(2021, 1, 1),
    "hs_codes": ("250410",), "verified": False,
}  # fmt: skip


def rule(*tests: dict, **fields: object) -> SeriesRule:
    base = {
        "id": "r", "kind": "series", "title": "A rule", "severity": "minor", "owner": "o", "rationale": "r",
        "act": "export_fall", "direction": "tightening", "select": {}, "min_points": 3, "tests": tests,
        "examples": [{"fires": True, "values": "1"}, {"fires": False, "values": "1"}],
    }  # fmt: skip
    return SeriesRule.model_validate({**base, **fields})


def months(*values: float | None, first: int = 2020 * 12, **fields: object) -> list[Observation]:
    at = range(first, first + len(values))
    return figures([f"{i // 12:04d}-{i % 12 + 1:02d}" for i in at], values, **{"frequency": "M", **fields})


def years(*values: float | None, **fields: object) -> list[Observation]:
    return figures([f"{2015 + i}" for i in range(len(values))], values, **{"frequency": "A", **fields})


def days(*values: float | None, first: date = date(2024, 1, 1), **fields: object) -> list[Observation]:
    periods = [(first + timedelta(days=i)).isoformat() for i in range(len(values))]
    price = {"frequency": "D", "measure": "price", "partner": "WLD", "hs_code": None, "unit": "USD/kg"}
    return figures(periods, values, **{**price, **fields})


def figures(periods: Sequence[str], values: Sequence[float | None], **fields: object) -> list[Observation]:
    base = {
        "source_id": "customs", "material": "graphite", "measure": "export_quantity", "reporter": "CN",
        "partner": "JP", "hs_code": "250410", "unit": "kg",
    }  # fmt: skip
    told = {**base, **fields}
    name = str(told.pop("series_id", f"{told['measure']}-{told['reporter']}-{told['partner']}"))
    return [
        Observation(
            **told, id=observation_id("customs", name, period, value), series_id=name, period=period,
            value=value, known_at=period_end(period) + timedelta(days=20),
        )
        for period, value in zip(periods, values, strict=True)
    ]  # fmt: skip


def judged(
    made: SeriesRule, *series: list[Observation], newest: bool = True, acts: tuple[Measure, ...] = ()
) -> tuple[list[Signal], list[Trace]]:
    points = [point for one in series for point in one]
    last = max(point.occurred_at for point in points)
    fresh = frozenset(p.id for p in points if not newest or p.occurred_at == last)
    book = Rulebook(rules=(made,), policy=Policy(severity=TABLE), measures=acts)
    return detect_series(book, Window(observations=tuple(points), fresh=fresh).as_known(LATER), LATER)


def fires(made: SeriesRule, *series: list[Observation], **options: object) -> bool:
    return bool(judged(made, *series, **options)[0])


def test_year_on_year_compares_with_the_same_season():
    february = [100.0] * 13 + [100.0]
    february[1] = 20.0
    assert not fires(rule(YEAR), months(*february[:13], 20.0))
    assert fires(rule(YEAR), months(*[100.0] * 13, 20.0))


def test_year_on_year_over_several_years_forgives_one_odd_year():
    odd = [100.0] * 12 + [300.0] * 12 + [100.0] * 12 + [100.0]
    assert fires(rule(YEAR), months(*odd[:25]))
    assert not fires(rule({**YEAR, "years": 3}), months(*odd))


def test_january_and_february_count_as_one_for_a_rule_that_says_so():
    early = [100.0] * 12 + [20.0, 180.0]
    made = rule({"method": "drop", "baseline_points": 6, "fall_ratio": 0.5}, lunar_new_year=True)
    assert not fires(made, months(*early[:13]))
    assert not fires(made, months(*early))
    (signal,) = judged(made, months(*[100.0] * 12, 20.0, 20.0))[0]
    assert signal.occurred_at == period_end("2021-02")
    assert fires(rule({"method": "drop", "baseline_points": 6, "fall_ratio": 0.5}), months(*early[:13]))


def test_a_long_holiday_says_nothing_in_a_rule_that_knows_it():
    golden_week = days(*[100.0] * 30, 150.0, first=date(2024, 9, 3))
    change = {"method": "change", "steps": 1, "rise_ratio": 0.2}
    assert fires(rule(change), golden_week)
    assert not fires(rule(change, holidays=["CN"]), golden_week)


def test_a_quote_that_nobody_renews_is_not_known():
    change = {"method": "change", "steps": 1, "rise_ratio": 0.2}
    quotes = days(100.0, 101.0, *[102.0] * 12, 130.0)
    assert fires(rule(change), quotes)
    assert not fires(rule({**change, "steps": 2}, stale_points=3), quotes)


def test_shift_finds_what_no_single_month_shows():
    slow = [100.0, 102.0, 98.0] * 4 + [88.0, 80.0, 74.0, 70.0, 68.0]
    assert fires(rule(SHIFT), months(*slow))
    assert not fires(rule({"method": "drop", "baseline_points": 6, "fall_ratio": 0.5}), months(*slow))


def test_shift_is_not_decided_by_one_figure():
    assert not fires(rule(SHIFT), months(*[100.0, 102.0, 98.0] * 4, 101.0, 5.0))


def test_a_rush_and_its_cliff_are_one_verdict_that_names_the_act():
    made = rule({**CLIFF, "effective_date": "required"})
    flow = months(*[100.0] * 11, 400.0, 2.0)
    assert not fires(made, flow)
    act = Measure.model_validate(LICENCE)
    (signal,) = judged(made, flow, acts=(act,))[0]
    assert [reason.code for reason in signal.why] == ["series.cliff", "series.effective"]
    other = Measure.model_validate({**LICENCE, "hs_codes": ("811292",)})
    assert not fires(made, flow, acts=(other,))
    announced_later = Measure.model_validate(
        {**LICENCE, "announced": date(2022, 1, 1), "effective": date(2021, 1, 1)}
    )
    assert not fires(made, flow, acts=(announced_later,))


def test_crossing_is_told_when_the_level_is_passed_and_not_while_it_lasts():
    assert fires(rule(CROSS), years(0.3, 0.4, 0.45, 0.6))
    assert not fires(rule(CROSS), years(0.3, 0.4, 0.6, 0.61))


def test_drift_needs_one_direction_and_not_two_ends():
    assert fires(rule(DRIFT), years(0.43, 0.6, 0.75, 0.89, 0.98))
    assert not fires(rule(DRIFT), years(0.43, 0.9, 0.45, 0.3, 0.98))


def market(*china: float, others: Sequence[str] = ("JP", "DE")) -> list[list[Observation]]:
    imports = {"measure": "import_value", "reporter": "KR", "unit": "USD", "currency": "USD"}
    rest = [years(*[100.0] * len(china), partner=other, **imports) for other in others]
    return [years(*china, partner="CN", **imports), *rest]


def test_a_share_is_of_all_suppliers_and_speaks_of_supplier_and_market():
    (signal,) = judged(rule(CROSS, combine=SHARE), *market(100, 120, 150, 400))[0]
    assert (signal.facts.actors, signal.facts.targets) == (("CN",), ("KR",))
    assert "67" in dict(signal.why[0].params)["observed"]


def test_a_published_total_stands_for_the_suppliers_the_table_leaves_out():
    total = years(
        1000.0, 1000.0, 1000.0, 1000.0, measure="import_value", reporter="KR", partner="WLD",
        unit="USD", currency="USD",
    )  # fmt: skip
    assert not fires(rule(CROSS, combine=SHARE), *market(100, 120, 150, 400), total)


def test_a_partial_table_gives_no_share():
    table = market(100, 120, 150, 400, others=("JP", "DE", "US", "FR", "IT"))
    assert not fires(rule(CROSS, combine=SHARE), table[0], *(rows[:-1] for rows in table[1:]))


def test_a_suppressed_supplier_makes_the_sum_unknown():
    table = market(100, 120, 150, 900)
    imports = {"measure": "import_value", "reporter": "KR", "unit": "USD", "currency": "USD"}
    hidden = years(100.0, 100.0, 100.0, None, partner="US", **imports)
    assert fires(rule(CROSS, combine=SHARE), *table)
    assert not fires(rule(CROSS, combine=SHARE), *table, hidden)


def test_concentration_adds_up_squared_shares():
    (signal,) = judged(rule({**CROSS, "level": 0.4}, combine=HHI), *market(100, 120, 120, 400))[0]
    observed = float(dict(signal.why[0].params)["observed"])
    assert observed == pytest.approx((400**2 + 2 * 100**2) / 600**2, abs=1e-3)


def mirror(left: list[float], arrived: list[float], **fields: object) -> list[list[Observation]]:
    return [
        months(*left, **fields),
        months(*arrived, reporter="JP", partner="CN", measure="import_quantity", **fields),
    ]


def test_a_mirror_gap_knows_that_goods_arrive_a_month_later():
    made = rule({**CROSS, "level": 1.8, "direction": "both"}, combine=MIRROR)
    falls = [100.0] * 10 + [20.0] * 3
    assert not fires(made, *mirror(falls, [100.0] * 11 + [20.0] * 2), newest=False)
    assert fires(made, *mirror(falls, [100.0] * 13), newest=False)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"measure": "import_value", "unit": "JPY", "currency": "JPY"}, "JPY against USD"),
        ({"measure": "import_value", "unit": "EUR", "currency": "EUR"}, "EUR against USD"),
    ],
)
def test_a_mirror_gap_compares_no_two_currencies(fields: dict[str, str], named: str):
    made = rule({**CROSS, "level": 1.8, "direction": "both"}, combine=MIRROR)
    left = months(*[100.0] * 10, *[20.0] * 3, measure="export_value", unit="1", currency="USD")
    same = {"measure": "import_value", "unit": "USD", "currency": "USD"}
    arrived = [months(*[100.0] * 13, reporter="JP", partner="CN", **told) for told in (same, fields)]
    assert fires(made, left, arrived[0], newest=False)
    signals, (trace,) = judged(made, left, arrived[1], newest=False)
    assert not signals
    assert named in trace.detail


def test_a_mirror_gap_weighs_tonnes_against_kilograms():
    made = rule({**CROSS, "level": 1.8, "direction": "both"}, combine=MIRROR)
    left = months(*[100_000.0] * 13)
    arrived = months(*[100.0] * 13, reporter="JP", partner="CN", measure="import_quantity", unit="t")
    assert not fires(made, left, arrived, newest=False)
    assert fires(made, months(*[100_000.0] * 10, *[20_000.0] * 3), arrived, newest=False)


def spread(outside: list[float], inside: list[float], **inside_fields: object) -> list[list[Observation]]:
    return [
        days(*outside, reporter="EU", series_id="eu", currency="USD"),
        days(*inside, **{"reporter": "CN", "series_id": "cn", "currency": "USD", **inside_fields}),
    ]


CHANGE = {"method": "change", "steps": 5, "rise_ratio": 0.2}


def test_a_spread_opens_when_outside_rises_and_inside_falls():
    assert fires(rule(CHANGE, combine=SPREAD), *spread([100.0] * 10 + [115.0], [100.0] * 10 + [92.0]))
    assert not fires(rule(CHANGE, combine=SPREAD), *spread([100.0] * 10 + [130.0], [100.0] * 10 + [130.0]))


def test_a_spread_is_the_same_in_tonnes():
    kilograms = judged(rule(CHANGE, combine=SPREAD), *spread([100.0] * 10 + [130.0], [100.0] * 11))[0]
    tonnes = judged(
        rule(CHANGE, combine=SPREAD), *spread([100.0] * 10 + [130.0], [100_000.0] * 11, unit="USD/t")
    )[0]
    assert [s.why for s in kilograms] == [s.why for s in tonnes] != []


def test_two_currencies_need_an_exchange_rate():
    two = spread([100.0] * 10 + [130.0], [700.0] * 11, currency="CNY", unit="CNY/kg")
    signals, (trace,) = judged(rule(CHANGE, combine=SPREAD), *two)
    assert not signals
    assert "without an exchange rate" in trace.detail
    rate = days(*[7.0] * 11, series_id="cny", material="yuan", unit="CNY per USD", currency=None)
    made = rule(CHANGE, combine={**SPREAD, "exchange": {"CNY": "cny"}})
    assert fires(made, *two, rate)


def test_a_spread_is_reckoned_at_the_rate_of_the_day():
    made = rule(CHANGE, combine={**SPREAD, "exchange": {"CNY": "cny"}})

    def rates(last: float) -> list[Observation]:
        return days(*[7.0] * 10, last, series_id="cny", material="yuan", unit="CNY per USD", currency=None)

    flat = spread([100.0] * 11, [700.0] * 11, currency="CNY", unit="CNY/kg")
    assert fires(made, *flat, rates(9.1))
    assert not fires(made, *flat, rates(7.1))
    followed = spread([100.0] * 11, [700.0] * 10 + [910.0], currency="CNY", unit="CNY/kg")
    assert not fires(made, *followed, rates(9.1))


def test_a_stale_leg_is_refused():
    outside = [100.0] * 20 + [130.0]
    assert fires(rule(CHANGE, combine=SPREAD), *spread(outside, [100.0] * 21))
    assert not fires(rule(CHANGE, combine=SPREAD), *spread(outside, [100.0] * 8))


def test_a_made_figure_is_shown_by_the_published_one_that_completed_it():
    series = spread([100.0] * 10 + [130.0], [100.0] * 11)
    (signal,) = judged(rule(CHANGE, combine=SPREAD), *series)[0]
    assert signal.exhibit.evidence_id in {one[-1].id for one in series}


SLOW = (
    rule(YEAR), rule(SHIFT), rule(CLIFF), rule({**DRIFT, "min_move": 20.0}), rule({**CROSS, "level": 100.0}),
)  # fmt: skip
POSITIVE = st.lists(st.floats(min_value=1.0, max_value=1e5), min_size=14, max_size=30)
FIGURES = st.lists(st.one_of(st.none(), st.floats(min_value=0.0, max_value=1e4)), min_size=14, max_size=30)


def verdicts(made: SeriesRule, *series: list[Observation]) -> set[tuple[datetime, str]]:
    signals, _ = judged(made, *series, newest=False)
    return {(s.occurred_at, s.why[0].code) for s in signals}


@given(values=POSITIVE, power=st.integers(min_value=-6, max_value=6), which=st.integers(0, 2))
def test_slow_ratio_tests_do_not_care_for_the_unit(values: list[float], power: int, which: int):
    scaled = [value * 2.0**power for value in values]
    assert verdicts(SLOW[which], months(*values)) == verdicts(SLOW[which], months(*scaled))


@given(values=FIGURES, cut=st.integers(min_value=8, max_value=13), which=st.integers(0, len(SLOW) - 1))
def test_later_figures_never_change_an_earlier_slow_verdict(values, cut: int, which: int):
    early = verdicts(SLOW[which], months(*values[:cut]))
    end = months(*values)[cut - 1].occurred_at
    assert early == {v for v in verdicts(SLOW[which], months(*values)) if v[0] <= end}


TABLES = st.lists(st.tuples(*[st.floats(min_value=1, max_value=1e4)] * 3), min_size=8, max_size=12)


@settings(max_examples=40)
@given(table=TABLES, cut=st.integers(min_value=5, max_value=7), which=st.integers(0, 2), seed=st.randoms())
def test_combined_verdicts_know_no_later_figure_and_no_order(table, cut: int, which: int, seed):
    made = (
        rule({**DRIFT, "min_move": 0.1}, combine=SHARE),
        rule({**CROSS, "level": 0.4}, combine=HHI),
        rule({**CROSS, "level": 1.5}, combine={**MIRROR, "total_points": 1}),
    )[which]
    first, second, third = (list(column) for column in zip(*table, strict=True))
    imports = {"measure": "import_quantity", "reporter": "JP"}
    series = [
        months(*first, partner="CN", **imports),
        months(*second, partner="DE", **imports),
        months(*third),
    ]
    end = series[0][cut - 1].occurred_at
    early = verdicts(made, *(one[:cut] for one in series))
    assert early == {v for v in verdicts(made, *series) if v[0] <= end}
    mixed = [point for one in series for point in one]
    seed.shuffle(mixed)
    assert verdicts(made, mixed) == verdicts(made, *series)


BISMUTH = Terms.model_validate({"hs_revisions": {"810600": {"year": 2022, "becomes": ["810610", "810690"]}}})


def bismuth(code: str, *values: float | None, first: int, partner: str = "JP") -> list[Observation]:
    return months(
        *values, first=first, hs_code=code, partner=partner, series_id=f"{code}-{partner}", material="bismuth"
    )


def on_codes(made: SeriesRule, *series: list[Observation], terms: Terms = BISMUTH) -> list[Signal]:
    points = tuple(point for one in series for point in one)
    last = max(point.occurred_at for point in points)
    fresh = frozenset(point.id for point in points if point.occurred_at == last)
    book = Rulebook(rules=(made,), policy=Policy(severity=TABLE), terms=terms)
    return detect_series(book, Window(observations=points, fresh=fresh).as_known(LATER), LATER)[0]


FALL = {"method": "drop", "baseline_points": 6, "fall_ratio": 0.75}


def test_a_code_that_a_revision_ended_goes_on_as_the_sum_of_what_it_became():
    old = bismuth("810600", *[100.0] * 12, first=2021 * 12)
    made = rule(FALL, select={"hs_codes": ["8106"]}, min_points=6)
    kept = [bismuth("810610", 60.0, first=2022 * 12), bismuth("810690", 40.0, first=2022 * 12)]
    assert not on_codes(made, old, *kept)
    fell = [bismuth("810610", 6.0, first=2022 * 12), bismuth("810690", 4.0, first=2022 * 12)]
    (signal,) = on_codes(made, old, *fell)
    assert signal.occurred_at == period_end("2022-01")
    assert not on_codes(made, old, fell[0])


def test_the_absent_rows_of_an_ended_code_are_no_zeros():
    table = [
        bismuth("810600", *[100.0] * (12 if to == "JP" else 13), first=2021 * 12, partner=to)
        for to in ("JP", "US", "KR", "DE")
    ]
    made = rule({**FALL, "baseline_points": 12}, missing_is_zero=True)
    assert on_codes(made, *table, terms=Terms())
    assert not on_codes(made, *table)
