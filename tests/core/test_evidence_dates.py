"""Dates that alerts took from their evidence: counted down like those of the register, and never twice."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from tests.core.build import press, signal
from tests.core.deadline_samples import CONTROL, SUSPENSION, book, measure
from warning.app.backtesting import carry
from warning.app.replayed_alerts import ReplayedAlerts
from warning.core.alerts import Alert
from warning.core.assess import Assessment, State, assess
from warning.core.correlate import correlate
from warning.core.evidence import Window
from warning.core.grading import grade
from warning.core.rulebook import Rulebook
from warning.core.signals import Signal

OPENED = date(2023, 7, 3)
NUMBER = "MOFCOM-GACC 2023/23"


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=UTC)


def alert_of(*signals: Signal, of: Rulebook, known: tuple[Alert, ...] = ()) -> Alert:
    (change,), _ = correlate(signals, known, of, signals[-1].known_at)
    return grade(change, of).alert


def notice(**facts) -> Signal:
    said = {"instrument": NUMBER, "effective": date(2023, 9, 15), **facts}
    return signal("i1", facts=said)


def told(of: Rulebook, alert: Alert, first: date, last: date) -> list[tuple[date, str, str]]:
    """Assess daily with one open alert; return (day, what the countdown counts to, days left) of each version."""
    state, found, day = State(open_alerts=(alert,)), [], first
    while day <= last:
        assessment = assess(of, Window(), state, noon(day))
        state = carry(state, assessment)
        for change in assessment.changes:
            facts = change.alert.facts
            said = dict(change.alert.why[-1].params if change.kind == "opened" else ())
            left = next((d for d in change.alert.differences if d.code == "deadline"), None)
            to = left.after if left else str(facts.effective or facts.expires)
            found.append((day, to, left.before if left else said.get("days", "")))
        day += timedelta(days=1)
    return found


def days_of(found: list) -> list[date]:
    return [day for day, _, _ in found]


def test_date_of_a_notice_is_counted_down_without_the_register():
    of = book()
    found = told(of, alert_of(notice(), of=of), date(2023, 7, 3), date(2023, 10, 1))
    assert days_of(found) == [date(2023, 7, 17), date(2023, 8, 16), date(2023, 9, 8), date(2023, 9, 14)]
    assert {to for _, to, _ in found} == {"2023-09-15"}


@pytest.mark.parametrize("number", ["MOFCOM 2023/23", NUMBER])
def test_register_alone_speaks_of_an_act_it_holds(number: str):
    of = book(measure(CONTROL, instrument=number, announced="2023-07-03", effective="2023-09-16"))
    found = told(of, alert_of(notice(), of=of), date(2023, 7, 3), date(2023, 10, 1))
    assert {to for _, to, _ in found} == {"2023-09-16"}
    assert len(found) == 4


def test_report_without_a_number_is_known_by_state_day_and_material():
    of = book(measure(CONTROL, announced="2023-07-03", effective="2023-09-15"))
    same = alert_of(notice(instrument=None), of=of)
    other = alert_of(notice(instrument=None, materials=("dysprosium",)), of=of)
    assert len(told(of, same, date(2023, 9, 8), date(2023, 9, 8))) == 1
    assert len(told(of, other, date(2023, 9, 8), date(2023, 9, 8))) == 2


def test_register_that_knows_another_date_of_the_act_leaves_this_one_to_the_evidence():
    of = book(measure(CONTROL, instrument=NUMBER, announced="2023-07-03", effective="2023-07-04"))
    ends = alert_of(notice(effective=None, expires=date(2023, 9, 15)), of=of)
    assert days_of(told(of, ends, date(2023, 9, 8), date(2023, 9, 8))) == [date(2023, 9, 8)]


def test_one_report_of_the_press_is_not_counted_on_and_two_publishers_are():
    of = book()
    facts = {"effective": date(2023, 9, 15), "materials": ("gallium",)}
    one = signal("p1", exhibit=press("p1", "wire"), facts=facts)
    two = signal("p2", exhibit=press("p2", "daily"), facts=facts)
    day = date(2023, 9, 8)
    assert told(of, alert_of(one, of=of), day, day) == []
    assert days_of(told(of, alert_of(one, two, of=of), day, day)) == [day]


def test_end_of_a_suspension_read_in_its_notice_tightens():
    of = book()
    pause = alert_of(
        notice(act="suspension", direction="easing", effective=None, expires=date(2023, 9, 15)), of=of
    )
    assessment = assess(of, Window(), State(open_alerts=(pause,)), noon(date(2023, 9, 8)))
    (countdown,) = assessment.signals
    assert (countdown.facts.act, countdown.facts.direction) == ("suspension_end", "tightening")
    assert countdown.exhibit.source_id == "mofcom"
    assert "deadline.evidence" in {reason.code for reason in countdown.why}


def test_corrected_date_moves_the_countdown():
    of = book()
    wrong = alert_of(notice(), of=of)
    assert days_of(told(of, wrong, date(2023, 9, 8), date(2023, 9, 8))) == [date(2023, 9, 8)]
    edited = replace(notice(effective=date(2023, 10, 1)), known_at=noon(date(2023, 9, 1)))
    right = alert_of(edited, of=of, known=(wrong,))
    assert right.facts.effective == date(2023, 10, 1)
    assert ("effective", "2023-09-15", "2023-10-01") in {
        (d.code, d.before, d.after) for d in right.differences
    }
    found = told(of, right, date(2023, 9, 3), date(2023, 10, 2))
    assert {to for _, to, _ in found} == {"2023-10-01"}
    assert days_of(found)[-2:] == [date(2023, 9, 24), date(2023, 9, 30)]


def test_edited_press_report_does_not_correct_an_official_text():
    of = book()
    report = signal("p1", exhibit=press("p1"), facts={"instrument": NUMBER, "effective": date(2023, 9, 1)})
    both = alert_of(notice(), report, of=of)
    edited = replace(report, facts=replace(report.facts, effective=date(2023, 12, 1)))
    assert alert_of(edited, of=of, known=(both,)).facts.effective == date(2023, 9, 15)


def test_countdown_is_not_counted_down_itself():
    of, day = book(measure(SUSPENSION)), date(2026, 11, 20)
    state = carry(State(), assess(of, Window(), State(), noon(day)))
    assert assess(of, Window(), state, noon(day)).signals == ()


def test_rule_may_leave_the_dates_of_the_evidence_out():
    of = book(dates_from=["register"])
    assert told(of, alert_of(notice(), of=of), date(2023, 9, 8), date(2023, 9, 8)) == []


def test_date_is_not_told_at_a_threshold_that_had_passed_when_the_alert_was_opened():
    of = book()
    late = alert_of(notice(effective=OPENED + timedelta(days=20)), of=of)
    assert days_of(told(of, late, OPENED, date(2023, 8, 1))) == [date(2023, 7, 16), date(2023, 7, 22)]


def test_replay_holds_what_ends_years_ahead_until_the_live_run_counts_down_to_it():
    of = book()
    shown = notice(instrument=None, effective=None, expires=date(2025, 9, 15))
    changes, _ = correlate([shown], (), of, shown.known_at)
    replayed = ReplayedAlerts(of)
    replayed.keep(
        Assessment(
            as_of=shown.known_at,
            signals=(shown,),
            changes=tuple(changes),
            deliveries=(),
            withheld=(),
            traces=(),
        )
    )
    (alert,) = replayed.standing(noon(date(2025, 9, 8)))
    assert alert.facts.expires == date(2025, 9, 15)
    assert replayed.standing(noon(date(2026, 11, 8))) == ()
