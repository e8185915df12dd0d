"""Columns, layouts and screens say of random evidence exactly what judging one figure at a time says."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from tests.core.build import TABLE
from tests.core.series_reference import slowly
from warning.core.detect.series import detect_series
from warning.core.evidence import KnownWindow, Observation, Window, observation_id, period_end
from warning.core.policy import Policy
from warning.core.rulebook import Rulebook
from warning.core.rules import Rule, SeriesRule
from warning.core.series.columns import columns_of
from warning.core.series.layout import lay_out_all
from warning.core.signals import Trace

POLICY = Policy(severity=TABLE)
LATER = datetime(2100, 1, 1, tzinfo=UTC)
FIRST_DAY = date(2024, 1, 1)
LEVELS = [100.0, 100.0, 101.0, 98.0, 105.0, 60.0, 160.0, 30.0, 400.0, 0.0, -5.0, 1e308, 1e-300, None]


def rule(rule_id: str, *tests: dict, **fields: object) -> SeriesRule:
    base = {
        "id": rule_id, "kind": "series", "title": "A rule", "severity": "minor", "owner": "o", "rationale": "r",
        "act": "export_fall", "direction": "tightening", "select": {}, "min_points": 4, "tests": tests,
        "examples": [{"fires": True, "values": "1"}, {"fires": False, "values": "1"}],
    }  # fmt: skip
    made = TypeAdapter(Rule).validate_python({**base, **fields})
    assert isinstance(made, SeriesRule)
    return made


RULES = (
    rule("change", {"method": "change", "steps": 2, "rise_ratio": 0.2, "fall_ratio": 0.2}, rearm_points=3),
    rule("change-confirmed", {"method": "change", "steps": 1, "rise_ratio": 0.04, "confirm_points": 3}),
    rule("daily", {"method": "change", "steps": 1, "fall_ratio": 0.3, "frequencies": ["D"]}),
    rule("drop", {"method": "drop", "baseline_points": 4, "fall_ratio": 0.5, "low_points": 6, "low_ratio": 0.9},
         missing_is_zero=True, rearm_points=2),
    rule("drop-season", {"method": "drop", "baseline_points": 3, "fall_ratio": 0.3, "season_points": 6, "scales": 1.0,
                         "zero_chance": 0.5, "confirm_points": 2}),
    rule("extreme", {"method": "extreme", "direction": "both", "baseline_points": 12, "margin_ratio": 0.0}),
    rule("spike", {"method": "spike", "direction": "both", "baseline_points": 8, "threshold": 2.0, "min_ratio": 0.05},
         materiality_min=3.0),
    rule("surge", {"method": "surge", "baseline_points": 5, "rise_ratio": 0.5, "season_points": 6, "scales": 0.5},
         select={"measures": ["export_quantity"]}, missing_is_zero=True),
    rule("drop-lunar", {"method": "drop", "baseline_points": 4, "fall_ratio": 0.3}, lunar_new_year=True, missing_is_zero=True),
    rule("change-renewed", {"method": "change", "steps": 1, "fall_ratio": 0.02}, stale_points=1),
)  # fmt: skip
BOOK = Rulebook(rules=RULES, policy=POLICY)


@st.composite
def one_series(draw: st.DrawFn, number: int) -> list[Observation]:
    frequency = draw(st.sampled_from(["D", "M", "M", "M", "Q"]))
    measure = draw(st.sampled_from(["price", "export_quantity", "export_quantity"]))
    unit = draw(st.sampled_from(["kg", "t"]))
    start = draw(st.integers(0, 3))
    values = draw(st.lists(st.sampled_from(LEVELS), min_size=1, max_size=24))
    found = []
    for at, value in enumerate(values):
        if draw(st.integers(0, 11)) == 0:
            start += draw(st.sampled_from([0, 0, 3, 40]))  # one that misses a row may miss many
            continue
        period = period_of(frequency, start + at)
        known_at = period_end(period) + timedelta(days=draw(st.sampled_from([1, 1, 1, 50])))
        said = draw(st.sampled_from([unit] * 9 + ["kg", "t", "pieces"]))
        like = figure(number, frequency, measure, said)
        found.append(vintage(like, period, value, known_at))
        if draw(st.integers(0, 9)) == 0:
            revised = draw(st.sampled_from(LEVELS))
            found.append(
                vintage(like, period, revised, known_at + timedelta(days=draw(st.sampled_from([0, 30]))))
            )
    return found


def period_of(frequency: str, at: int) -> str:
    if frequency == "D":
        return (FIRST_DAY + timedelta(days=at)).isoformat()
    if frequency == "Q":
        return f"{2020 + at // 4}-Q{at % 4 + 1}"
    return f"{2022 + at // 12}-{at % 12 + 1:02d}"


def figure(number: int, frequency: str, measure: str, unit: str) -> Observation:
    return Observation(
        id="", source_id="customs", series_id=f"s{number}", material="graphite", measure=measure, reporter="CN",
        partner=f"P{number}", hs_code="250410", unit=unit, frequency=frequency, period="", value=None,
        known_at=LATER,
    )  # fmt: skip


def vintage(like: Observation, period: str, value: float | None, known_at: datetime) -> Observation:
    identity = observation_id(like.source_id, like.series_id, period, value)
    return replace(like, id=identity, period=period, value=value, known_at=known_at)


@st.composite
def evidence(draw: st.DrawFn) -> list[Observation]:
    numbers = range(draw(st.integers(1, 6)))
    found = [point for number in numbers for point in draw(one_series(number))]
    return draw(st.permutations(found)) if len(found) < 40 else found


@given(evidence(), st.data())
def test_columns_and_screens_say_what_judging_each_figure_says(
    points: list[Observation], data: st.DataObject
):
    as_of = data.draw(st.sampled_from(sorted({p.known_at for p in points}) or [LATER]))
    ids = sorted({p.id for p in points})
    fresh = frozenset(
        ids if data.draw(st.booleans()) else data.draw(st.sets(st.sampled_from(ids)) if ids else st.just(()))
    )
    known = Window(observations=tuple(points), fresh=fresh).as_known(as_of)
    # The reference knows the last vintages only: what a revision says beside them is tested on its own.
    known = replace(known, earlier=())
    signals, traces = detect_series(BOOK, known, as_of)
    expected, counts = slowly(BOOK, known)
    assert signals == expected
    assert {t.rule_id: counted(t) for t in traces} == counts


def counted(trace: Trace) -> tuple[int, ...]:
    """What a trace tells, in the order of the reference: considered, too little, lasting, refused."""
    told = {" ".join(part.split()[1:]): int(part.split()[0]) for part in trace.detail.split("; ") if part}
    return (
        trace.considered,
        told.get("with too little history", 0),
        told.get("went on from before", 0),
        told.get("held zeros, where a ratio means nothing", 0),
    )


def test_columns_give_back_the_figures_they_were_made_of():
    points = [
        vintage(figure(n, "M", "price", "kg"), f"2024-0{m}", 1.0 * m, LATER) for n in (1, 2) for m in (1, 3)
    ]
    known = Window(observations=tuple(points)).as_known(LATER)
    assert points_of(known) == points


def test_series_without_a_hole_are_read_at_their_ends_alone():
    whole = [vintage(figure(1, "M", "price", "kg"), f"2024-0{m}", 1.0 * m, LATER) for m in range(1, 10)]
    holed = [vintage(figure(2, "M", "price", "kg"), f"2024-0{m}", 1.0 * m, LATER) for m in (1, 2, 4)]
    columns = columns_of(Window(observations=(*whole, *holed)).as_known(LATER).series, frozenset())
    read: list[int] = []
    seen = replace(
        columns, values_at=lambda places: read.extend(places.tolist()) or columns.values_at(places)
    )
    laid = lay_out_all(seen)
    assert read == [9, 10, 11]
    assert laid[0].values.tolist() == [1.0 * m for m in range(1, 10)]
    assert np.array_equal(laid[1].values, [1.0, 2.0, np.nan, 4.0], equal_nan=True)


def points_of(known: KnownWindow) -> Sequence[Observation]:
    return [point for one in known.series for point in one.points]
