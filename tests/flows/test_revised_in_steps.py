"""A figure that is revised again and again, and what it was held against: an alert is open as long as something in it stands."""

import json
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from tests.core.build import signal
from tests.flows.test_late_revisions import (
    ANNUAL,
    BOOK,
    FELL,
    FIRST,
    LAST,
    PUBLISHED,
    SOON,
    Outcome,
    figure,
    lived,
    month,
    replayed,
)
from warning.app.backtesting import backtest_replay
from warning.app.evaluating import evaluate_records
from warning.core.alerts import Alert
from warning.core.detect.series import detect_series
from warning.core.evidence import Observation, Window, observation_id, vintage_order
from warning.core.joining import join_signals
from warning.core.lifecycle import is_withdrawn
from warning.core.rules import SeriesRule
from warning.core.series.late import unarmed
from warning.core.signals import Signal
from warning.core.withdrawals import Withdrawal
from warning.core.withdrawing import without
from warning.store import schema
from warning.store.engine import open_engine, writing
from warning.store.ledger_file import FILE
from warning.store.resident import Resident

STEP = timedelta(days=5)
BEFORE = [month(at) for at in range(1, 7)]


def in_steps(*values: float | None, period: str = FELL, at=ANNUAL) -> list[Observation]:
    return [vintage(period, value, at + number * STEP) for number, value in enumerate(values)]


def vintage(period: str, value: float | None, at) -> Observation:
    if value is not None:
        return figure(period, value, at)
    hidden = observation_id("gacc", "ga-JP", period, None)
    return replace(figure(period, 0.0, at), value=None, id=hidden)


def only(found: Outcome) -> Alert:
    (alert,) = found.alerts
    return alert


REVISED = pytest.mark.parametrize(
    ("values", "state"),
    [
        ((23.0, 95.0), "cancelled"),
        ((23.0, 24.0, 21.0, 95.0), "cancelled"),
        ((95.0, 96.0), "cancelled"),
        ((95.0, 20.0), "open"),
        ((95.0, 22.0), "open"),
        ((95.0, 22.0, 95.0), "cancelled"),
        ((95.0, 22.0, 95.0, 22.0), "open"),
        ((5.0, 20.0), "open"),
        ((5.0, 20.0, 95.0), "cancelled"),
        ((95.0, 5.0), "open"),
        ((None, 23.0, 95.0), "cancelled"),
        ((23.0, None), "open"),
    ],
)


@pytest.mark.parametrize("at", [SOON, ANNUAL], ids=["on time", "late"])
@REVISED
def test_an_alert_is_open_where_the_last_of_several_revisions_holds(values, state: str, at):
    found = replayed(*in_steps(*values, at=at))
    assert only(found).state == state


@REVISED
def test_an_alert_is_open_where_rules_eval_says_that_the_last_known_vintage_fires(values, state: str):
    revisions = in_steps(*values)
    fired = evaluated(*revisions)
    last = [fired[one.id] for one in revisions if one.value is not None][-1]
    assert bool(last) is (state == "open")
    assert all(not fired[one.id] for one in revisions if one.value is None)


def test_rules_eval_tells_of_each_figure_as_it_comes_and_never_again_when_others_are_revised():
    year = [figure(period, 24.0, ANNUAL) for period in BEFORE]
    fell = next(one for one in PUBLISHED if one.period == FELL)
    fired = evaluated(*year)
    assert {name for name, rules in fired.items() if rules} == {fell.id}
    assert only(replayed(*year)).state == "cancelled"


def evaluated(*revisions: Observation) -> dict[str, set[str]]:
    """The rules that fire on each record, as one command says it of the whole file."""
    answers = evaluate_records(BOOK, [*PUBLISHED, *revisions])
    return {one.record.id: {signal.rule_id for signal in one.signals} for one in answers}


def test_two_revisions_that_come_together_take_back_what_neither_of_them_replaced():
    at_once = [
        replace(one, known_at=ANNUAL + timedelta(hours=number))
        for number, one in enumerate(in_steps(23.0, 95.0), 1)
    ]
    assert only(replayed(*at_once)).state == "cancelled"


def test_desks_hear_that_what_was_taken_back_holds_again_and_the_old_correction_is_no_reason_any_more():
    found = replayed(*in_steps(95.0, 20.0))
    assert found.told == [("corrected", "2022-08: 95 kg", "2022-08: 20 kg")]
    assert [version for version, _, _ in found.owed] == [1, 2, 3]
    assert not any(reason.code == "series.withdrawn" for reason in only(found).why)


def test_an_alert_on_two_figures_is_open_until_both_were_taken_back():
    fell = [figure("2022-09", 20.0) if one.period == "2022-09" else one for one in PUBLISHED]
    once = figure(FELL, 95.0, ANNUAL)
    assert [a.state for a in replayed(once, published=fell).alerts] == ["open"]
    both = (once, figure("2022-09", 95.0, ANNUAL + STEP))
    assert [a.state for a in replayed(*both, published=fell).alerts] == ["cancelled"]


def test_a_new_collapse_opens_an_alert_again_that_was_taken_back_and_desks_are_told():
    fell = [figure("2022-10", 20.0) if one.period == "2022-10" else one for one in PUBLISHED]
    found = replayed(figure(FELL, 95.0, SOON), published=fell)
    assert only(found).state == "open"
    assert [code for code, _, _ in found.told] == ["restored"]
    assert found.owed[-1][:2] == (only(found).version, "jp")


def test_an_alert_is_cancelled_where_what_its_fall_was_held_against_is_revised_away():
    found = replayed(*[figure(period, 24.0, ANNUAL) for period in BEFORE])
    assert found.told == [("corrected", "2022-07: 100 kg", "2022-07: 24 kg")]
    assert only(found).state == "cancelled"
    again = [figure(period, 110.0, ANNUAL + STEP) for period in BEFORE]
    assert only(replayed(*[figure(period, 24.0, ANNUAL) for period in BEFORE], *again)).state == "open"


def test_figures_before_that_move_little_tell_nobody():
    found = replayed(*[figure(period, 99.0, ANNUAL) for period in BEFORE])
    assert len(found.owed) == 1


UNEVEN = tuple(
    replace(one, value=value, id=observation_id("gacc", "ga-JP", one.period, value))
    for one, value in zip(PUBLISHED, [100.0, 100, 100, 100, 40, 40, 40, 10, *[100] * 12], strict=True)
)


@pytest.mark.parametrize("at", [SOON, ANNUAL], ids=["on time", "late"])
def test_hiding_what_a_fall_was_held_against_takes_nothing_back(at):
    hidden = [vintage(period, None, at) for period in BEFORE[:3]]
    assert [a.state for a in replayed(*hidden, published=UNEVEN).alerts] == ["open"]
    touched = replayed(*hidden, figure(FELL, 10.5, at), published=UNEVEN)
    assert [a.state for a in touched.alerts] == ["open"]
    raised = replayed(*hidden, figure(FELL, 95.0, at), published=UNEVEN)
    assert [a.state for a in raised.alerts] == ["cancelled"]


def test_a_report_keeps_an_alert_open_whose_figure_was_taken_back_and_cancels_it_as_it_goes():
    alert, told = only(replayed()), told_of(figure(FELL, 23.0, ANNUAL), figure(FELL, 95.0, ANNUAL + STEP))
    report = signal("report", rule_id="a-text-rule", known_at=ANNUAL)
    beside = join_signals(alert, [report], BOOK)
    after = join_signals(join_signals(beside, told[:1], BOOK), told[1:], BOOK)
    assert not is_withdrawn(after)
    gone = Withdrawal(
        id="w", evidence_id="report", source_id="s", action="withdrawn", reason="", actor="a", known_at=ANNUAL
    )
    assert is_withdrawn(without(after, [gone], BOOK))
    assert not is_withdrawn(without(beside, [gone], BOOK))


def told_of(*revisions: Observation) -> list[Signal]:
    """What the rules say of the revisions of the figure, in order."""
    found: list[Signal] = []
    backtest_replay(
        BOOK, [*PUBLISHED, *revisions], first=FIRST, last=LAST, watch=lambda one: found.extend(one.signals)
    )
    return [one for one in found if one.joins]


@pytest.mark.parametrize(("values", "state"), [((95.0,), "cancelled"), ((23.0, 95.0), "open")])
def test_an_alert_stored_before_grounds_were_kept_loads_and_is_corrected_as_it_was(
    values, state: str, sqlite_url: str
):
    lived(url=sqlite_url, resident=None)
    engine = open_engine(sqlite_url)
    with writing(engine) as connection:
        for table, key, names in (
            (schema.alert_versions, "alert_key", ("figures", "besides")),
            (schema.signals, "id", ("figure",)),
        ):
            for row in connection.execute(select(table)).all():
                content = {k: v for k, v in json.loads(row.content).items() if k not in names}
                this = table.c[key] == getattr(row, key)
                connection.execute(update(table).where(this).values(content=json.dumps(content)))
    engine.dispose()
    found = lived(*in_steps(*values), url=sqlite_url, resident=None, published=())
    assert only(found).state == state
    assert found.told[0][2] == f"2022-08: {values[-1]:g} kg"


@pytest.mark.parametrize("stores_first", [False, True], ids=["as it comes", "long before"])
def test_processes_that_begin_with_what_the_last_one_kept_take_back_what_one_that_never_ends_does(
    stores_first: bool, sqlite_url: str, tmp_path: Path
):
    revisions = in_steps(23.0, 95.0)
    first = revisions if stores_first else ()
    found = lived(*revisions, url=sqlite_url, resident=tmp_path / "figures", stored_first=first)
    assert (tmp_path / "figures" / FILE).exists()
    assert only(found).state == "cancelled"
    assert found == replayed(*revisions)


CHANGES = st.lists(
    st.tuples(
        st.sampled_from([FELL, FELL, "2022-09", *BEFORE[2:]]),
        st.sampled_from([2.0, 5.0, 20.0, 22.0, 23.0, 40.0, 95.0, 100.0, 400.0]),
        st.sampled_from([SOON, ANNUAL]),
        st.integers(0, 12),
    ),
    max_size=8,
    unique_by=lambda change: (change[0], change[2], change[3]),
)


def revisions_of(changes: Iterable[tuple]) -> list[Observation]:
    """Vintages some hours or days apart: some come together."""
    return [figure(period, value, at + number * timedelta(hours=10)) for period, value, at, number in changes]


def stands(alert: Alert, figures: Sequence[Observation]) -> bool:
    """Whether a rule that told of a figure in the alert would, by the last vintage of all, fire on it today."""
    latest = {one.period: one for one in sorted(figures, key=vintage_order)}
    return any(
        _fires(rule, latest, ground.period)
        for ground in alert.figures
        for rule in BOOK.rules
        if rule.id == ground.rule_id and isinstance(rule, SeriesRule)
    )


def _fires(rule: SeriesRule, latest: dict[str, Observation], period: str) -> bool:
    book = replace(BOOK, rules=(unarmed(rule),))
    window = Window(observations=tuple(latest.values()), fresh=frozenset({latest[period].id}))
    last = max(one.known_at for one in latest.values())
    return bool(detect_series(book, window.as_known(last), last)[0])


@settings(max_examples=7, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(changes=CHANGES)
def test_an_alert_is_open_if_and_only_if_some_signal_of_it_stands_by_the_last_vintages(changes):
    revisions = revisions_of(changes)
    for alert in replayed(*revisions).alerts:
        assert (alert.state == "open") is stands(alert, [*PUBLISHED, *revisions])


@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
@given(changes=CHANGES, keeps=st.booleans())
def test_service_and_replay_come_to_the_same_alerts_whatever_is_revised(
    changes, keeps, sqlite_template: Path
):
    revisions = revisions_of(changes)
    with TemporaryDirectory() as directory:
        path = Path(directory) / "store.sqlite3"
        shutil.copy(sqlite_template, path)
        url = f"sqlite:///{path}"
        assert lived(*revisions, url=url, resident=Resident() if keeps else None) == replayed(*revisions)
