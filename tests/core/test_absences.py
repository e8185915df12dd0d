"""Evidence that did not come: told once, by who can see, and never from ignorance."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from tests.core.build import book, signal
from warning.app.backtesting import carry
from warning.core.absence_rules import AbsenceRule
from warning.core.arrivals import Arrival
from warning.core.assess import State, assess
from warning.core.detect.absence import awaited_of, detect_absences, next_period_end
from warning.core.evidence import Window, period_end
from warning.core.health import FROZEN, SourceReport, SourceState, Vitals, report_id, report_of
from warning.core.recall import Recalled
from warning.core.recalling import recall_of

NEVER = "never"


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=UTC)


def rule(**changes) -> AbsenceRule:
    example = {"fires": True, "on": "2025-03-01"}
    fields = {
        "id": "quiet",
        "title": "Nothing came",
        "kind": "absence",
        "severity": "moderate",
        "owner": "o",
        "rationale": "r",
        "expects": "items",
        "sources": ["wire"],
        "within_days": 10,
        "examples": [example, {**example, "fires": False}],
    }
    return AbsenceRule.model_validate({**fields, **changes})


FIGURES = {"expects": "figures", "frequency": "M", "within_days": 20, "grace_days": 5}


def report(day: date, condition: str = "ok", cause: str = "", source: str = "wire") -> SourceReport:
    known = noon(day)
    identity = report_id(source, condition, known)
    return SourceReport(
        id=identity, source_id=source, condition=condition, cause=cause, since=known, known_at=known
    )


def recalled(of: AbsenceRule, last: Arrival | None, *reports: SourceReport) -> Recalled:
    vitals = dict.fromkeys(of.sources, Vitals())
    for one in reports:
        vitals[one.source_id] = vitals[one.source_id].with_report(one)
    arrivals = {one: last for one in awaited_of(of, book().terms) if last is not None}
    return Recalled(arrivals=arrivals, vitals=vitals)


def asked(of: AbsenceRule, on: date, remembered: Recalled) -> tuple[list, str, str]:
    known = Window(recalled=remembered).as_known(noon(on))
    signals, (trace,) = detect_absences(book(rules=(of,)), known, noon(on), ())
    return signals, trace.outcome, trace.detail


LAST = Arrival(known_at=noon(date(2025, 3, 1)))


@pytest.mark.parametrize(
    ("on", "outcome"), [(11, "below_threshold"), (12, "fired"), (25, "fired"), (26, "suppressed")]
)
def test_gap_is_told_from_the_day_after_it_is_due_until_it_is_history(on: int, outcome: str):
    day = date(2025, 3, on)
    signals, found, _ = asked(rule(), day, recalled(rule(), LAST, report(day)))
    assert found == outcome
    assert bool(signals) is (outcome == "fired")


def test_source_that_fails_pauses_the_rule_and_the_trace_says_since_when():
    down = report(date(2025, 3, 9), "failing", "HTTP 503")
    signals, outcome, detail = asked(rule(), date(2025, 3, 14), recalled(rule(), LAST, down))
    assert (signals, outcome) == ([], "blind")
    assert detail == "wire is blind since 2025-03-09 (failing: HTTP 503)"


def test_source_that_is_read_well_and_only_has_nothing_newer_can_be_believed():
    frozen = report(date(2025, 3, 13), "drifted", f"{FROZEN} than 2025-03-01, expected within 5 days")
    assert asked(rule(), date(2025, 3, 14), recalled(rule(), LAST, frozen))[1] == "fired"


@pytest.mark.parametrize("read", [NEVER, date(2025, 3, 11)])
def test_source_not_read_after_the_due_day_proves_nothing(read):
    reports = [] if read == NEVER else [report(read)]
    signals, outcome, detail = asked(rule(), date(2025, 3, 14), recalled(rule(), LAST, *reports))
    assert (signals, outcome) == ([], "blind")
    assert ("never read" in detail) is (read == NEVER)


def test_nothing_is_missed_that_never_came():
    assert (
        asked(rule(), date(2025, 3, 14), recalled(rule(), None, report(date(2025, 3, 14))))[1]
        == "too_little_data"
    )


def test_one_blind_source_of_several_pauses_the_rule():
    two = rule(sources=["wire", "daily"])
    half = recalled(two, LAST, report(date(2025, 3, 14)), report(date(2025, 3, 9), "empty", source="daily"))
    assert asked(two, date(2025, 3, 14), half)[1:] == ("blind", "daily is blind since 2025-03-09 (empty)")


def test_figures_are_due_so_many_days_after_their_period():
    of = rule(**FIGURES)
    last = Arrival(known_at=noon(date(2025, 2, 20)), period_end=period_end("2025-01"))
    in_time = asked(of, date(2025, 3, 25), recalled(of, last, report(date(2025, 3, 25))))
    overdue = asked(of, date(2025, 3, 26), recalled(of, last, report(date(2025, 3, 26))))
    assert in_time[1] == "below_threshold"
    assert overdue[0][0].why[0].text.startswith("Overdue: figures of 2025-02, due by 2025-03-25, from wire")


@pytest.mark.parametrize(
    ("frequency", "last", "following"),
    [
        ("W", "2024-W52", "2025-W01"),
        ("M", "2024-12", "2025-01"),
        ("Q", "2024-Q4", "2025-Q1"),
        ("A", "2023", "2024"),
    ],
)
def test_next_period_follows_the_last(frequency, last: str, following: str):
    assert next_period_end(period_end(last), frequency) == period_end(following)


def run(of: AbsenceRule, days: int, arrivals: dict[int, date]) -> list[tuple[int, str, int, list[str]]]:
    """Assess daily from 1 March 2025; `arrivals` says on which day what came. Return the alert versions."""
    rules, state, last, told = book(rules=(of,)), State(), LAST, []
    for n in range(days):
        day = date(2025, 3, 1) + timedelta(days=n)
        if n in arrivals:
            last = Arrival(known_at=noon(arrivals[n]))
        window = Window(recalled=recalled(of, last, report(day)))
        assessment = assess(rules, window, state, noon(day))
        state = carry(state, assessment)
        told += [
            (n, c.kind, c.alert.version, [d.code for d in c.alert.differences]) for c in assessment.changes
        ]
    return told


def test_gap_is_told_once_and_its_end_in_the_same_alert():
    told = run(rule(), 22, {18: date(2025, 3, 19)})
    assert told == [(11, "opened", 1, ["opened"]), (18, "updated", 2, ["arrived"])]


def test_second_gap_is_another_alert():
    told = run(rule(), 40, {15: date(2025, 3, 16)})
    assert [(n, kind) for n, kind, _, _ in told] == [(11, "opened"), (15, "updated"), (26, "opened")]


@pytest.mark.parametrize(("first", "second"), [(1, 30), (30, 1), (10, 12), (12, 10), (19, 18), (5, 5)])
def test_edited_rule_does_not_tell_again_what_is_told(first: int, second: int):
    """The same gap under other days: one alert at most, whatever the edit."""
    state, keys = State(), set()
    rules = [rule(within_days=days, max_age_days=60) for days in (first, second)]
    books = [book(rules=(of,)) for of in rules]
    for n in (1, 5, 12, 19, 20, 21, 30, 31, 32, 59):
        of, its_book = rules[n >= 20], books[n >= 20]
        day = date(2025, 3, 1) + timedelta(days=n)
        window = Window(recalled=recalled(of, LAST, report(day)))
        assessment = assess(its_book, window, state, noon(day))
        state = carry(state, assessment)
        keys |= {c.alert.key for c in assessment.changes}
    assert len(keys) == 1


def test_signals_of_a_rule_on_a_material_may_be_what_is_awaited():
    of = rule(expects="signals", rules=["prc-controls"], sources=["mofcom"], materials=["gallium"])
    assert recall_of(book(rules=(of,))).rule_ids == {"prc-controls"}
    talk = signal("i1", known_at=noon(date(2025, 3, 1)))
    other = signal("i2", known_at=noon(date(2025, 3, 8)), facts={"materials": ("germanium",)})
    day = date(2025, 3, 12)
    vitals = {"mofcom": Vitals().with_report(report(day, source="mofcom"))}
    assert asked(of, day, Recalled(signals=(talk, other), vitals=vitals))[1] == "fired"
    renewed = signal("i3", known_at=noon(date(2025, 3, 8)))
    assert asked(of, day, Recalled(signals=(talk, renewed), vitals=vitals))[1] == "below_threshold"


def test_report_of_a_source_is_what_its_last_poll_said():
    polled, since = noon(date(2025, 3, 2)), noon(date(2025, 3, 1))
    state = SourceState(
        source_id="wire", condition="failing", cause="HTTP 503", since=since, last_attempt_at=polled
    )
    said = report_of(state)
    assert said is not None
    assert (said.known_at, said.since, said.is_blind, said.is_read) == (polled, since, True, False)
    assert report_of(SourceState(source_id="wire")) is None
