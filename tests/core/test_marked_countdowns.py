"""What repeats an alert, a countdown or a step that is late, reaches nobody who may not read what it repeats."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from tests.core.build import at, desk, press, signal
from tests.core.deadline_samples import book
from tests.core.test_chains import BOOK as CHAINED
from tests.core.test_chains import Run
from tests.core.test_recalls import bound_to
from warning.app.backtesting import carry
from warning.core.alerts import Alert
from warning.core.assess import Sensed, State, assess, decide
from warning.core.evidence import Window
from warning.core.narrowing import narrowed_in
from warning.core.signals import Signal
from warning.core.vocabulary import Marking, Severity

KR = desk("kr", "KR", clearance=Marking.AMBER, threshold=Severity.MINOR)
US = desk("us", "US", clearance=Marking.GREEN, threshold=Severity.MINOR)
OF = replace(book(), desks=(KR, US))
DAY, EVE = date(2023, 9, 15), date(2023, 9, 14)
FOR_KOREA = (Marking.AMBER, frozenset({"KR"}))


def said(name: str, days: float, marking=Marking.CLEAR, release_to=None, **facts) -> Signal:
    shown = press(name, publisher=name, marking=marking, release_to=release_to, known_at=at(days), title=name)
    return signal(name, days=days, exhibit=shown, facts=facts)


WIRE, DAILY = said("wire", 0), said("daily", 0.5)
DATED = {"effective": DAY, "targets": ("KR",)}


def lived(*signals: Signal) -> tuple[Alert, list[Signal]]:
    """Decide on the signals, then live to the eve of the day; return the alert and every signal that fired."""
    assessment = decide(OF, Sensed(signals=signals, traces=()), State(), at(2))
    state, kept, day = carry(State(), assessment), [*assessment.signals], date(2023, 7, 6)
    while day <= EVE:
        assessment = assess(OF, Window(), state, datetime.combine(day, time(12), tzinfo=UTC))
        state, day = carry(state, assessment), day + timedelta(days=1)
        kept += assessment.signals
    (alert,) = state.open_alerts
    return alert, kept


def counted(alert: Alert) -> bool:
    return any(reason.code.startswith("deadline.") for reason in alert.why)


def test_countdown_to_a_date_of_marked_evidence_is_told_to_those_alone_who_may_read_that():
    alert, _ = lived(WIRE, DAILY, said("mission", 1, *FOR_KOREA, **DATED))
    assert counted(alert.for_desk("kr"))
    seen = alert.for_desk("us")
    assert (seen.facts.effective, seen.facts.targets, counted(seen)) == (None, (), False)


def test_countdown_to_a_date_that_open_evidence_gives_too_is_told_to_all_without_the_marked_facts():
    alert, _ = lived(said("wire", 0, effective=DAY), DAILY, said("mission", 1, *FOR_KOREA, **DATED))
    seen = alert.for_desk("us")
    assert (seen.facts.effective, seen.facts.targets, counted(seen)) == (DAY, (), True)
    assert counted(alert.for_desk("kr"))


def test_countdown_to_a_date_whose_evidence_was_narrowed_is_not_what_is_left_of_it():
    mission = said("mission", 1, **DATED)
    alert, kept = lived(WIRE, DAILY, mission)
    assert counted(alert.for_desk("us"))
    (change,) = narrowed_in((), (alert,), (bound_to(mission, *FOR_KOREA),), kept, OF, alert.updated_at)
    seen = change.alert.for_desk("us")
    assert (seen.facts.effective, seen.facts.targets, counted(seen)) == (None, (), False)
    assert "2023, 9, 15" not in repr(seen)


def test_lateness_of_a_case_whose_evidence_was_narrowed_repeats_nothing_of_it():
    run = Run(replace(CHAINED, desks=(KR, US)))
    mission = said("mission", 0.2, targets=("KR",))
    kept = [WIRE, mission, *run.day(0.5, WIRE, mission).signals, *run.day(4).signals]
    assert "late" in {d.code for d in run.alert.differences}
    (change,) = narrowed_in(
        (), (run.alert,), (bound_to(mission, *FOR_KOREA),), kept, run.book, run.alert.updated_at
    )
    assert change.alert.for_desk("us").facts.targets == ()
    assert change.alert.for_desk("kr").facts.targets == ("KR",)
