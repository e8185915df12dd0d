"""Rehearsals see what a live run sees: history, replay and examples against the plain evaluation path."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.catalog.trees_for_tests import FEEDS, RULES
from warning.app.backtest_result import backtest_document
from warning.app.backtesting import backtest_replay
from warning.app.chronology import in_order
from warning.app.evaluating import evaluate_records
from warning.app.example_evidence import newest_period, periods_up_to
from warning.app.history import History
from warning.app.item_lines import as_replayed
from warning.app.rule_examples import run_examples
from warning.catalog.load import load_measures, load_rulebook
from warning.core.detect.registry import evaluate
from warning.core.evidence import (
    Entry,
    Evidence,
    Item,
    Listing,
    Observation,
    Window,
    observation_id,
    period_end,
)
from warning.core.rulebook import Rulebook
from warning.core.rules import SeriesRule
from warning.core.series_notation import read_values

START = datetime(2023, 7, 3, 10, 40, tzinfo=UTC)


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return load_rulebook(RULES, FEEDS)


def item(item_id: str, title: str, known_at: datetime = START, **changes) -> Item:
    values = {
        "id": item_id,
        "source_id": "wire",
        "kind": "news",
        "country": "US",
        "language": "en",
        "title": title,
        "published_at": known_at,
        "known_at": known_at,
        **changes,
    }
    return Item(**values)


def observation(
    value: float | None, period: str, known_at: datetime | None = None, series_id: str = "ga", **changes
) -> Observation:
    values = {
        "id": observation_id("gacc", series_id, period, value),
        "source_id": "gacc",
        "series_id": series_id,
        "material": "gallium",
        "measure": "export_quantity",
        "reporter": "CN",
        "partner": "WLD",
        "hs_code": "811292",
        "unit": "kg",
        "frequency": "M",
        "period": period,
        "value": value,
        "known_at": known_at or period_end(period) + timedelta(days=19),
        **changes,
    }
    return Observation(**values)


def months(*values: float, ends: str = "2023-08", series_id: str = "ga") -> list[Observation]:
    periods = periods_up_to(ends, "M", len(values))
    return [observation(v, p, series_id=series_id) for v, p in zip(values, periods, strict=True)]


def listing(version: str, days: int, *names: str) -> Listing:
    entries = tuple(Entry(key=name, name=name, country="CN") for name in names)
    return Listing(
        id=version, source_id="us-entity-list", known_at=START + timedelta(days=days), entries=entries
    )


NOTICE = item(
    "notice",
    "商务部 海关总署公告2023年第23号 关于对镓、锗相关物项实施出口管制的公告",
    source_id="cn-mofcom",
    kind="regulatory",
    country="CN",
    language="zh",
    body="中国商务部决定对镓、锗相关物项实施出口管制。本公告自2023年8月1日起正式实施。",
)


def fired(book: Rulebook, records: list[Evidence], as_of: datetime | None = None) -> dict[str, list[str]]:
    answers = evaluate_records(book, records, as_of)
    return {answer.record.id: [signal.rule_id for signal in answer.signals] for answer in answers}


def test_eval_answers_every_record_in_input_order(book: Rulebook):
    records = [item("z", "Weather"), NOTICE, item("a", "Gallium prices steady")]
    assert fired(book, records) == {
        "z": [],
        "notice": ["gallium-background", "prc-export-control"],
        "a": ["gallium-background"],
    }


def test_eval_keeps_two_records_of_one_id_apart(book: Rulebook):
    records = [item("same", "Weather"), item("same", "Gallium prices steady"), item("same", "Copper")]
    answers = list(evaluate_records(book, records))
    assert [len(answer.signals) for answer in answers] == [0, 1, 0]


def test_eval_knows_nothing_from_after_as_of(book: Rulebook):
    later = replace(NOTICE, id="later", known_at=START + timedelta(days=2))
    assert fired(book, [NOTICE, later], START + timedelta(days=1)) == {
        "notice": ["gallium-background", "prc-export-control"],
        "later": [],
    }


def test_eval_judges_a_figure_by_those_before_it(book: Rulebook):
    series = months(*[100.0] * 12, 0.0, 0.0)
    assert [len(a.signals) for a in evaluate_records(book, series)] == [0] * 12 + [1, 0]


def test_eval_judges_a_revision_as_what_it_is(book: Rulebook):
    series = months(*[100.0] * 12, 2.0)
    corrected = observation(101.0, "2023-08", series[-1].known_at + timedelta(days=30))
    answers = list(evaluate_records(book, [*series, corrected]))
    assert len(answers[-2].signals) == 1
    assert answers[-1].signals == ()


def test_eval_compares_a_list_with_its_version_before(book: Rulebook):
    versions = [
        listing("one", 0, "Old Co"),
        listing("two", 1, "Old Co", "New Co"),
        listing("three", 2, "Old Co"),
    ]
    assert fired(book, versions) == {"one": [], "two": ["entity-list-added"], "three": []}


def test_eval_document_has_the_shape_that_scripts_read(book: Rulebook):
    (answer,) = evaluate_records(book, [NOTICE])
    document = answer.document()
    assert document["id"] == "notice"
    background, control = document["fired"]
    assert set(control) == {
        "rule", "act", "direction", "materials", "actors", "targets", "instrument", "announced", "effective",
        "severity", "interrupts", "why",
    }  # fmt: skip
    assert control["instrument"] == "MOFCOM-GACC 2023/23"
    assert (control["announced"], control["effective"]) == ("2023-07-03", "2023-08-01")
    assert (control["interrupts"], background["interrupts"]) == (True, False)
    assert control["severity"] == "severe"


def test_history_shows_the_rules_what_the_plain_window_shows(book: Rulebook):
    """Random figures with late arrivals, revisions and holes: the same signals, batch by batch."""
    rules = [rule for rule in book.rules if isinstance(rule, SeriesRule)]
    zeroed = rules[0].model_copy(update={"id": "whole-tables", "missing_is_zero": True})
    both = replace(book, rules=(rules[0], zeroed))
    dice = random.Random(7)
    for _ in range(25):
        records = random_figures(dice)
        history, seen = History(both), []
        for at in range(0, len(records), 5):
            batch = records[at : at + 5]
            as_of = max(r.known_at for r in batch)
            seen += batch
            plain = Window(observations=tuple(seen), fresh=frozenset(r.id for r in batch)).as_known(as_of)
            here = history.admit(batch).as_known(as_of)
            assert evaluate(both, here, as_of)[0] == evaluate(both, plain, as_of)[0]


def random_figures(dice: random.Random) -> list[Observation]:
    found = []
    for partner in ("JP", "KR", "US", "DE"):
        for period in periods_up_to("2024-06", "M", 18):
            if dice.random() < 0.1:
                continue
            value = dice.choice([0.0, 100.0, 100.0, 110.0, 5.0])
            late = timedelta(days=20 + 30 * (dice.random() < 0.1))
            known_at = period_end(period) + late
            found.append(
                observation(value, period, known_at, f"ga-{partner}", partner=partner, source_id="gacc")
            )
            if dice.random() < 0.15:
                revised = known_at + timedelta(days=40)
                found.append(observation(value + 1, period, revised, f"ga-{partner}", partner=partner))
    return sorted(found, key=lambda r: (r.known_at, r.id))


def test_replay_opens_one_alert_and_says_what_each_country_would_have_got(book: Rulebook):
    press = item("p", "China announces export controls on gallium and germanium", START + timedelta(hours=2))
    replay = backtest_replay(book, [press, NOTICE], first=date(2023, 7, 1), last=date(2023, 7, 31))
    document = backtest_document(replay, book, load_measures(RULES))
    (alert,) = [alert for alert in document["alerts"] if alert["interrupts"]]
    assert alert["instrument"] == "MOFCOM-GACC 2023/23"
    assert alert["severity"] == {"KR": "extreme", "US": "severe"}
    assert (alert["evidence"], alert["publishers"]) == (2, 2)
    assert document["measures"]["caught"] == [
        {"instrument": "MOFCOM-GACC 2023/23", "alert": alert["key"], "lead_days": 29}
    ]
    assert document["records"] == 2


def test_replay_misses_what_it_could_have_caught_and_nothing_else(book: Rulebook):
    later = item("w", "Weather", START + timedelta(days=20))
    replay = backtest_replay(book, [NOTICE, later], first=date(2023, 7, 1))
    assert backtest_document(replay, book, load_measures(RULES))["measures"]["missed"] == [
        "MOFCOM-GACC 2023/39"
    ]


def test_replay_takes_what_came_before_its_first_day_as_history_only(book: Rulebook):
    series = months(*[100.0] * 13, 0.0)
    replay = backtest_replay(book, [NOTICE, *series], first=date(2023, 9, 15))
    assert [alert.rule_id for alert in replay.alerts.values()] == ["exports-collapse"]


def test_replay_stops_after_its_last_day(book: Rulebook):
    late = replace(NOTICE, id="late", known_at=datetime(2023, 8, 1, 0, 0, 1, tzinfo=UTC))
    on_the_day = replace(NOTICE, id="n", known_at=datetime(2023, 7, 31, 23, 0, tzinfo=UTC))
    replay = backtest_replay(book, [late, on_the_day], first=date(2023, 7, 1), last=date(2023, 7, 31))
    assert replay.records == 1


def test_replay_gives_the_same_alerts_whatever_the_order_of_its_input(book: Rulebook):
    records = [NOTICE, item("p", "China: export controls on gallium", START + timedelta(hours=5))]
    records += months(*[100.0] * 12, 0.0, 0.0)
    documents = []
    for seed in range(3):
        random.Random(seed).shuffle(records)
        documents.append(backtest_document(backtest_replay(book, records), book, ()))
    assert documents[0] == documents[1] == documents[2]


def test_replay_of_a_day_equals_the_replay_that_knows_the_day_after(book: Rulebook):
    """No look-ahead: what was opened by a day does not depend on what came later."""
    records = [NOTICE, *months(*[100.0] * 12, 0.0, 0.0)]
    whole = backtest_replay(book, records, first=date(2022, 1, 1))
    cut = backtest_replay(book, records, first=date(2022, 1, 1), last=date(2023, 8, 1))
    until = datetime(2023, 8, 2, tzinfo=UTC)
    opened = {key for key, alert in whole.alerts.items() if alert.opened_at <= until}
    assert set(cut.alerts) == opened
    assert opened


def test_evidence_is_put_in_order_in_memory_and_in_files_alike():
    dice = random.Random(1)
    records = [item(f"i{n}", "x", START + timedelta(minutes=dice.randrange(50))) for n in range(101)]
    expected = sorted(records, key=lambda r: (r.known_at, r.id))
    assert list(in_order(records, run_length=1000)) == expected
    assert list(in_order(records, run_length=10)) == expected
    assert list(in_order(records, run_length=101)) == expected


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("100 100 0", [100, 100, 0]),
        ("100x3 0", [100, 100, 100, 0]),
        ("100+5x3", [100, 105, 110]),
        ("100-0.5x2", [100, 99.5]),
        ("1 _ 2", [1, None, 2]),
        ("_x2 -3.5", [None, None, -3.5]),
    ],
)
def test_series_notation_reads(written: str, read: list[float | None]):
    assert list(read_values(written)) == read


def test_series_notation_refuses_what_it_cannot_read():
    with pytest.raises(ValueError, match="'ten' is not a figure"):
        list(read_values("1 ten 3"))


@pytest.mark.parametrize("frequency", ["D", "W", "M", "Q", "A"])
def test_periods_follow_one_another(frequency):
    last = newest_period(frequency)
    periods = list(periods_up_to(last, frequency, 30))
    assert periods[-1] == last
    ends = [period_end(period) for period in periods]
    assert ends == sorted(set(ends))


def test_examples_of_the_good_tree_hold(book: Rulebook):
    results = run_examples(book)
    assert [result.faults for result in results if not result.passed] == []
    assert {result.rule_id for result in results} == {rule.id for rule in book.rules}


def test_example_that_does_not_hold_says_what_was_expected_and_why(book: Rulebook):
    wrong = [
        rule.model_copy(
            update={"examples": tuple(e.model_copy(update={"fires": not e.fires}) for e in rule.examples)}
        )
        for rule in book.rules
    ]
    results = run_examples(replace(book, rules=tuple(wrong)))
    assert all(result.faults and result.tree for result in results)
    assert {result.faults[0].split(",")[0] for result in results} == {
        "expected to fire",
        "expected to stay quiet",
    }


def test_example_with_a_wrong_fact_names_it(book: Rulebook):
    rule = next(rule for rule in book.rules if rule.id == "prc-export-control")
    example = rule.examples[0].model_copy(update={"expect": {"effective": "2023-09-01", "actors": "CN"}})
    changed = rule.model_copy(update={"examples": (example, rule.examples[2])})
    failed = [r for r in run_examples(replace(book, rules=(changed,))) if not r.passed]
    assert [result.faults for result in failed] == [("effective: expected 2023-09-01, found 2023-08-01",)]


def test_examples_of_a_disabled_rule_are_run_too(book: Rulebook):
    asleep = tuple(rule.model_copy(update={"enabled": False}) for rule in book.rules)
    assert all(result.passed for result in run_examples(replace(book, rules=asleep)))


def test_item_without_a_known_time_counts_as_known_when_it_was_published():
    published, imported = datetime(2023, 7, 3, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
    undated = Item(
        id="i", source_id="s", kind="news", country="US", language="en", title="t",
        published_at=published, known_at=imported, time_assumed=True,
    )  # fmt: skip
    assert as_replayed(undated).known_at == published
    stated = replace(undated, time_assumed=False)
    assert as_replayed(stated) == stated
    assert as_replayed(replace(undated, published_at=None)).known_at == imported


def test_replay_reads_in_a_process_of_its_own_what_it_reads_in_this_one(book: Rulebook):
    records = [NOTICE, replace(NOTICE, id="", title="China curbs gallium exports")]
    here, apart = (backtest_replay(book, list(records), apart=apart) for apart in (False, True))
    assert apart == here
    assert here.alerts
