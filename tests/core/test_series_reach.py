"""How far back a verdict reads, whatever else is loaded."""

from dataclasses import replace

import pytest

from tests.core.series_samples import DROP, fires, judged, months, rule
from tests.core.test_series_columns import BOOK, figure, period_of, vintage
from tests.core.test_series_columns import rule as named_rule
from warning.core.evidence import Observation, period_end
from warning.core.series.kinship import Looks, days_of

CHANGE = {"method": "change", "steps": 1, "fall_ratio": 0.3}


@pytest.mark.parametrize(("hole", "told"), [(12, True), (13, False), (100, False)])
def test_figures_are_counted_among_twice_as_many_as_are_asked_for_and_no_further_back(hole, told):
    """Of 24 figures 12 must be known: four before the hole, and the eight of which the last falls."""
    values = [*[100.0] * 30, *[None] * hole, *[100.0] * 7, 10.0]
    assert fires(rule(CHANGE, min_points=12), *values) is told


def test_a_rule_that_reads_further_back_counts_all_that_it_reads():
    made = rule({**CHANGE, "steps": 30}, CHANGE, min_points=12)
    assert made.reach("M") == 35
    assert fires(made, *[100.0] * 6, *[None] * 22, *[100.0] * 6, 10.0)


@pytest.mark.parametrize(("every", "told"), [(1, True), (2, True), (5, False)])
def test_days_are_read_no_further_back_than_a_series_without_holes_takes(every, told):
    like = figure(0, "D", "price", "USD/kg")
    days = [period_of("D", at * every) for at in range(60)]
    points = [vintage(like, day, 100.0 if day != days[-1] else 10.0, period_end(day)) for day in days]
    signals, (trace,) = judged(rule(CHANGE, min_points=20), points)
    assert bool(signals) is told
    assert trace.outcome == ("fired" if told else "too_little_data")


def table(silent: int) -> list[Observation]:
    """Five rows a month; the first is absent for some months, then 100 kg again for ten and 10 kg at last."""
    found = []
    for number in range(5):
        values = [100.0] * (20 + silent + 11)
        points = months(values, series_id=f"s{number}", partner=f"P{number}")
        if number == 0:
            points = [*points[:20], *points[20 + silent : -1], replace(points[-1], value=10.0)]
        found += points
    return found


@pytest.mark.parametrize(("silent", "told"), [(2, False), (12, False), (40, True)])
def test_a_series_begins_with_the_first_row_published_in_reach_and_absent_rows_before_it_are_not_known(
    silent, told
):
    """The lowest of the last fifteen is nothing while the months without a row count as zeros."""
    made = rule({**DROP, "low_points": 15}, select={"partners": ["P0"]}, missing_is_zero=True)
    points = table(silent)
    newest = next(p.id for p in points if p.value == 10.0)
    assert bool(judged(made, points, {newest})[0]) is told


def test_all_rows_of_a_table_are_loaded_as_far_back_as_a_rule_reads_absent_ones():
    short = named_rule("short", CHANGE, select={"frequencies": ["M"]})
    long = named_rule("long", DROP, select={"frequencies": ["M"], "partners": ["P0"]}, missing_is_zero=True)
    needs = replace(BOOK, rules=(short, long)).needs()
    asked = [figure(number, "M", "export_quantity", "kg") for number in (0, 1)]
    assert Looks(needs).days(asked[1]) == Looks(needs).days(asked[0]) == needs[1].days > needs[0].days
    assert [days_of(needs, one) for one in asked] == [needs[1].days] * 2
