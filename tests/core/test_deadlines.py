"""Dates of the register: told once at each threshold, never after the date, and as one alert."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.deadline_samples import CONTROL, SUSPENSION, book, measure, rule
from warning.app.backtesting import carry
from warning.core.assess import State, assess
from warning.core.deadlines import deadlines
from warning.core.detect.deadline import detect_deadlines, due
from warning.core.evidence import Window
from warning.core.rulebook import Rulebook


def midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)


def told(of: Rulebook, first: date, last: date, *, hours: int = 24) -> list[tuple[date, int, str]]:
    """Assess every so many hours from the first day to the last; return (day, version, severity) of each version."""
    state, found, as_of = State(), [], midnight(first)
    while as_of < midnight(last + timedelta(days=1)):
        assessment = assess(of, Window(), state, as_of)
        state = carry(state, assessment)
        found += [(as_of.date(), c.alert.version, c.alert.severity.value) for c in assessment.changes]
        as_of += timedelta(hours=hours)
    return found


def test_suspension_is_told_at_each_threshold_in_one_alert_until_its_day():
    days = told(book(measure(SUSPENSION)), date(2026, 8, 1), date(2026, 12, 31), hours=6)
    assert days == [
        (date(2026, 9, 28), 1, "minor"),
        (date(2026, 10, 28), 2, "moderate"),
        (date(2026, 11, 20), 3, "severe"),
        (date(2026, 11, 26), 4, "severe"),
    ]


LAPSE = {"dates": ["suspension_lapsed"], "before_days": {0: "severe"}}


def test_a_suspension_that_ran_out_is_told_once_as_not_confirmed_also_by_a_service_that_starts_late():
    for first in (date(2026, 11, 1), date(2026, 12, 10)):
        days = told(book(measure(SUSPENSION), **LAPSE), first, date(2027, 2, 1))
        assert days == [(max(first, date(2026, 11, 28)), 1, "severe")]
    assert told(book(measure(SUSPENSION), **LAPSE), date(2027, 1, 1), date(2027, 2, 1)) == []


def test_a_suspension_whose_end_or_extension_was_looked_up_is_not_told_as_open():
    for known in ({"resumed": "2026-11-28"}, {"expires": "2027-11-27"}):
        assert told(book(measure(SUSPENSION, **known), **LAPSE), date(2026, 11, 1), date(2027, 2, 1)) == []


def test_what_ran_out_unchecked_is_never_said_to_apply_again():
    register = measure({**SUSPENSION, "suspends": [{"instrument": "MOFCOM 2024/46", "clause": "2"}]})
    as_of = midnight(date(2026, 11, 28))
    (signal,), _ = detect_deadlines(book(register, **LAPSE), Window().as_known(as_of), as_of)
    assert [reason.code for reason in signal.why] == ["deadline.suspension_lapsed", "deadline.may_return"]
    assert "whether it was extended is not confirmed" in signal.why[0].text
    assert signal.facts.expires == date(2026, 11, 27)


def test_the_end_of_the_time_to_comment_on_a_draft_is_counted_down():
    draft = measure(
        {k: v for k, v in CONTROL.items() if k != "effective"}, draft=True, comments_until="2023-11-20"
    )
    of = book(draft, dates=["comment_end"], before_days={14: "minor", 3: "minor"})
    days = told(of, date(2023, 10, 1), date(2024, 1, 1))
    assert days == [(date(2023, 11, 6), 1, "minor"), (date(2023, 11, 17), 2, "minor")]


def test_a_service_that_starts_late_tells_the_last_threshold_passed_alone():
    days = told(book(measure(SUSPENSION)), date(2026, 11, 15), date(2026, 11, 19))
    assert days == [(date(2026, 11, 15), 1, "moderate")]


@given(start=st.integers(-30, 120), thresholds=st.sets(st.integers(0, 90), min_size=1, max_size=5))
def test_no_threshold_is_told_twice_or_after_the_day(start: int, thresholds: set[int]):
    of = book(measure(SUSPENSION), before_days=dict.fromkeys(thresholds, "minor"))
    end = date(2026, 11, 27)
    first = end - timedelta(days=start)
    days = told(of, first, end + timedelta(days=20))
    passed = [n for n in thresholds if n >= start]
    ahead = [n for n in thresholds if n < start]
    assert len(days) == (0 if start < 0 else len(ahead) + bool(passed))
    assert all(day <= end for day, _, _ in days)


def test_next_version_says_how_many_days_are_left():
    of, state = book(measure(SUSPENSION)), State()
    for day in (date(2026, 11, 1), date(2026, 11, 20)):
        assessment = assess(of, Window(), state, midnight(day))
        state = carry(state, assessment)
    (change,) = assessment.changes
    assert ("deadline", "7", "2026-11-27") in {(d.code, d.before, d.after) for d in change.alert.differences}


def test_end_of_a_suspension_tightens_and_carries_its_facts():
    (signal,) = detect(book(measure(SUSPENSION)), date(2026, 11, 20))
    facts = signal.facts
    assert (facts.act, facts.direction, facts.expires) == ("suspension_end", "tightening", date(2026, 11, 27))
    assert (facts.instrument, facts.actors, facts.targets) == ("MOFCOM 2025/72", ("CN",), ("US",))
    assert (signal.exhibit.source_id, signal.exhibit.official) == ("register", True)


def detect(of: Rulebook, day: date) -> list:
    return detect_deadlines(of, Window().as_known(midnight(day)), midnight(day))[0]


@pytest.mark.parametrize("changes", [{"verified": False}, {"sources": ["https://news.example.org/a"]}])
def test_register_is_official_only_when_read_at_an_official_source(changes: dict):
    (signal,) = detect(book(measure(SUSPENSION, **changes)), date(2026, 11, 20))
    assert not signal.exhibit.official


def test_end_of_a_control_eases():
    (signal,) = detect(book(measure(CONTROL, expires="2024-06-30")), date(2024, 6, 25))
    assert (signal.facts.act, signal.facts.direction) == ("expiry", "easing")


def test_threshold_already_passed_at_the_announcement_is_not_told():
    """Announced 42 days ahead: the announcement itself was the warning 60 days would have been."""
    days = told(book(measure(CONTROL)), date(2023, 10, 1), date(2023, 12, 31))
    assert [day for day, _, _ in days] == [date(2023, 11, 1), date(2023, 11, 24), date(2023, 11, 30)]


def test_date_is_unknown_before_it_was_announced():
    assert told(book(measure(SUSPENSION, announced="2026-11-25")), date(2026, 8, 1), date(2026, 11, 25)) == []


def test_act_suspended_before_its_day_does_not_take_effect():
    suspended = measure(CONTROL, suspended_from="2023-11-10", suspended_until="2024-11-10")
    days = told(book(suspended), date(2023, 10, 1), date(2023, 12, 31))
    assert [day for day, _, _ in days] == [date(2023, 11, 1)]


def test_the_end_of_a_suspension_is_not_counted_down_once_the_act_is_resumed_before_it():
    aside = measure(CONTROL, suspended_from="2025-02-01", suspended_until="2025-11-10")
    (end,) = (d for d in deadlines([aside]) if d.kind == "suspension_end")
    assert end.moot_from is None
    early = aside.model_copy(update={"resumed": date(2025, 6, 1)})
    (end,) = (d for d in deadlines([early]) if d.kind == "suspension_end")
    assert end.moot_from == date(2025, 6, 1)


def test_act_resumed_before_its_day_is_counted_down_again_from_then():
    aside = {"suspended_from": "2023-10-25", "suspended_until": "2024-11-10", "resumed": "2023-11-20"}
    clauses = [{"part": "3", "what": "Some goods", "effective": "2023-12-01", **aside}]
    bare = measure({key: value for key, value in CONTROL.items() if key != "effective"}, clauses=clauses)
    for resumed in (measure(CONTROL, **aside), bare):
        days = told(book(resumed), date(2023, 10, 1), date(2023, 12, 31))
        assert days == [
            (date(2023, 11, 20), 1, "moderate"),
            (date(2023, 11, 24), 2, "severe"),
            (date(2023, 11, 30), 3, "severe"),
        ]
    late = measure(CONTROL, **{**aside, "resumed": "2023-12-05"})
    assert told(book(late), date(2023, 10, 1), date(2023, 12, 31)) == []


def test_suspending_act_speaks_for_all_it_sets_aside():
    aside = measure(
        CONTROL, materials=["germanium"], suspended_from="2025-11-09", suspended_until="2026-11-27"
    )
    pause = measure(SUSPENSION, suspends=[{"instrument": "MOFCOM 2023/39", "until": "2026-11-27"}])
    ends = [d for d in deadlines([aside, pause]) if d.kind == "suspension_end"]
    assert [(d.measure.id, d.materials, d.returns) for d in ends] == [
        ("cn-72", ("gallium", "germanium"), ("MOFCOM 2023/39",))
    ]
    assert [d.measure.id for d in deadlines([aside]) if d.kind == "suspension_end"] == ["cn-39"]


def test_moved_date_is_told_again_in_an_alert_of_its_own():
    before, after = book(measure(SUSPENSION)), book(measure(SUSPENSION, expires="2027-01-10"))
    state = State()
    keys = set()
    for of in (before, after):
        assessment = assess(of, Window(), state, midnight(date(2026, 11, 20)))
        state = carry(state, assessment)
        keys |= {change.alert.key for change in assessment.changes}
    assert len(keys) == 2


def test_severity_of_the_rule_caps_its_thresholds():
    (signal,) = detect(book(measure(SUSPENSION), severity="moderate"), date(2026, 11, 20))
    assert signal.severity == "moderate"


@pytest.mark.parametrize(
    ("changes", "fires"),
    [
        ({"actors": ["CN"]}, True),
        ({"actors": ["US"]}, False),
        ({"except_actors": ["CN"]}, False),
        ({"materials": ["gallium"]}, True),
        ({"materials": ["germanium"]}, False),
        ({"directions": ["easing"]}, False),
        ({"acts": ["export_ban"]}, False),
        ({"dates": ["expiry"]}, False),
    ],
)
def test_rule_takes_only_the_dates_it_asks_for(changes: dict, fires: bool):
    assert bool(detect(book(measure(SUSPENSION), **changes), date(2026, 11, 20))) is fires


def test_material_of_a_rule_stands_for_its_descendants():
    of = book(measure(SUSPENSION, materials=["dysprosium"]), materials=["rare_earths"])
    assert detect(of, date(2026, 11, 20))


def test_repeated_threshold_leaves_a_trace_that_fired_nothing():
    of = book(measure(SUSPENSION))
    first = assess(of, Window(), State(), midnight(date(2026, 11, 20)))
    state = carry(State(), first)
    again = assess(of, Window(), state, midnight(date(2026, 11, 21)))
    assert (again.signals, again.changes) == ((), ())
    assert [(t.outcome, t.fired) for t in again.traces] == [("suppressed", 0)]


def test_register_counts_in_the_version_of_the_rulebook():
    assert book(measure(SUSPENSION)).version != book(measure(SUSPENSION, expires="2027-01-10")).version


def test_one_date_is_due_on_its_own_day_and_not_the_day_after():
    (end,) = (d for d in deadlines([measure(SUSPENSION)]) if d.kind == "suspension_end")
    assert due(rule(), end, end.day) == 1
    assert due(rule(), end, end.day + timedelta(days=1)) is None
    assert not replace(end, moot_from=end.day).concerns(end.day)
