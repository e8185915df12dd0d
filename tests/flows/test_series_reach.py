"""What a verdict reads follows from its rule: a file judged at once, the service day by day and a replay say the same."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.core.series_samples import DROP, POLICY
from tests.core.test_series_columns import figure, period_of, rule, vintage
from tests.flows.test_replayed_figures import service
from warning.app.evaluating import evaluate_records
from warning.app.replay_readings import Reading, readings
from warning.core.evidence import Observation, period_end
from warning.core.rulebook import Rulebook
from warning.core.rules import SeriesRule
from warning.core.signals import Signal
from warning.store.resident import Resident

FREQUENCIES = ["D", "W", "M", "M", "Q"]
LAG = timedelta(days=5)


def a_test(dice: random.Random) -> dict:
    points = dice.choice([8, 12, 20])
    way = {"direction": dice.choice(["up", "down", "both"])}
    ratio = dice.choice([0.1, 0.3, 0.5])
    return {
        **dice.choice([
            {"method": "change", "steps": dice.choice([1, 3]), "rise_ratio": ratio, "fall_ratio": ratio},
            {"method": "spike", **way, "baseline_points": points, "threshold": 2.0},
            {"method": "drop", "baseline_points": dice.choice([3, 6]), "fall_ratio": ratio},
            {"method": "drop", "baseline_points": 4, "fall_ratio": ratio, "zero_chance": 0.3, "season_points": 12},
            {"method": "surge", "baseline_points": dice.choice([4, 12]), "rise_ratio": ratio},
            {"method": "extreme", "direction": "both", "baseline_points": 12, "skip_points": dice.choice([0, 3])},
            {"method": "year_on_year", "rise_ratio": ratio, "fall_ratio": ratio, "years": dice.choice([1, 2])},
            {"method": "shift", **way, "baseline_points": points, "run_points": 4, "threshold": 2.0},
            {"method": "cliff", "baseline_points": 5, "rise_ratio": 0.2, "fall_ratio": ratio},
            {"method": "crossing", **way, "level": 100.0},
            {"method": "drift", **way, "points": 6, "min_move": 5.0},
        ]),
        **dice.choice([{}, {}, {"confirm_points": 2}, {"rearm_points": dice.choice([1, 6])}]),
    }  # fmt: skip


def a_rule(dice: random.Random, number: int) -> SeriesRule:
    """A rule of any kind that may be asked of the made series."""
    made = dice.choice([
        {}, {}, {}, {"missing_is_zero": True}, {"missing_is_zero": True}, {"stale_points": dice.choice([1, 4])},
        {"lunar_new_year": True}, {"holidays": ["CN"]}, {"missing_is_zero": True, "lunar_new_year": True},
        {"select": {"partners": ["P0", "P1"]}, "missing_is_zero": True},
        {"select": {"frequencies": ["M"]}, "combine": {"method": "share", "of": "exports", "total_points": dice.choice([1, 3])}},
        {"select": {"frequencies": ["M"]}, "combine": {"method": "concentration", "of": "exports"}},
        {"combine": {"method": "spread", "outside": {"reporters": ["JP"]}, "inside": {"reporters": ["CN"]},
                     "stale_days": dice.choice([4, 40])}},
        {"select": {"frequencies": ["M"]}, "combine": {"method": "mirror_gap", "lag_points": dice.choice([0, 2])}},
    ])  # fmt: skip
    share = {"method": "crossing", "level": dice.choice([0.2, 0.4, 0.9]), "direction": "both"}
    tests = [share] if "combine" in made else [a_test(dice) for _ in range(dice.choice([1, 2]))]
    return rule(
        f"r{number}",
        *tests,
        min_points=dice.choice([2, 6, 12, 24]),
        rearm_points=dice.choice([0, 0, 3]),
        **made,
    )


def some_series(dice: random.Random) -> list[Observation]:
    """Tables of one frequency whose series begin late, end early and miss rows one by one or for years."""
    frequency, pair = dice.choice(FREQUENCIES), dice.choice(["", "", "price", "trade"])
    length = {"D": 240, "W": 120, "M": 120, "Q": 60}[frequency]
    found = []
    for number in range(2 if pair else dice.choice([1, 3, 5])):
        like = figure(number, frequency, "export_quantity", "kg")
        if pair == "price":
            like = replace(
                like, measure="price", unit="USD/kg", currency="USD", reporter=["CN", "JP"][number]
            )
        elif pair == "trade" and number:
            like = replace(like, measure="import_quantity", reporter="P0", partner="CN")
        holes, silent, level = dice.choice([0.0, 0.1, 0.5, 0.8]), 0, 100.0
        for at in range(dice.randrange(20), length - dice.choice([0, 0, 30])):
            silent = dice.choice([3, 20, 50]) if dice.random() < 0.02 else silent - 1
            if silent > 0 or dice.random() < holes:
                continue
            level *= dice.choice([1.0, 1.0, 1.0, 1.02, 0.97, 1.1])
            value = dice.choice([level] * 12 + [level * 1.6, level * 0.3, 0.0, None])
            period = named(frequency, at)
            found.append(vintage(like, period, value, period_end(period) + LAG))
    return sorted(found, key=lambda one: (one.known_at, one.id)) or some_series(dice)


def named(frequency: str, at: int) -> str:
    if frequency != "W":
        return period_of(frequency, at)
    year, week, _ = (date(2020, 1, 6) + timedelta(weeks=at)).isocalendar()
    return f"{year}-W{week:02d}"


def told(signals: Sequence[Signal]) -> list[tuple[str, ...]]:
    return sorted(
        (s.rule_id, s.exhibit.evidence_id, s.exhibit.title, *(r.text for r in s.why)) for s in signals
    )


def three_ways(seed: int, url: str) -> tuple[list[tuple[str, ...]], ...]:
    dice = random.Random(seed)
    book = Rulebook(rules=tuple(a_rule(dice, number) for number in range(5)), policy=POLICY)
    records = some_series(dice)
    frequency = records[0].frequency
    step = timedelta(days=7) if frequency in "DW" else timedelta(days=28)
    at_once = [signal for one in evaluate_records(book, records) for signal in one.signals]
    start = records[0].known_at - timedelta(days=1)
    replayed = [
        signal
        for one in readings(book, records, start.date(), None, step)
        if isinstance(one, Reading)
        for signal in one.window.known.found["series"][0]
    ]
    resident = dice.choice([Resident(), None])
    lived = [signal for _, found in service(url, book, records, start, step, resident) for signal in found[0]]
    return told(at_once), told(replayed), told(lived)


@pytest.mark.parametrize("seed", [1, 4, 10])
def test_a_verdict_is_the_same_at_once_day_by_day_and_in_a_replay_whatever_is_missing(
    seed: int, sqlite_url: str
):
    at_once, replayed, lived = three_ways(seed, sqlite_url)
    assert replayed == at_once
    assert lived == at_once


def test_a_zero_read_from_an_absent_row_is_answered_with_the_last_row_of_its_table():
    book = Rulebook(rules=(rule("r", DROP, missing_is_zero=True),), policy=POLICY)
    table = [figure(number, "M", "export_quantity", "kg") for number in range(5)]
    rows = [
        vintage(like, period_of("M", at), 100.0, period_end(period_of("M", at)) + LAG)
        for at in range(20)
        for like in table[: 4 if at == 19 else 5]
    ]
    fired = [(one.record, one.signals) for one in evaluate_records(book, rows) if one.signals]
    assert [(record.id, len(signals)) for record, signals in fired] == [(rows[-1].id, 1)]
    assert "No row was published for 2023-08" in fired[0][1][0].why[-1].text
