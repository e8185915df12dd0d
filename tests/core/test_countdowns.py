"""The countdown to the day an act takes effect is told in the alert of that act, and is no second event."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from tests.core.build import press, signal
from tests.core.deadline_samples import CONTROL, SUSPENSION, book, measure
from warning.app.backtesting import carry
from warning.core.alerts import Alert
from warning.core.assess import Sensed, State, assess, decide
from warning.core.correlate import correlate
from warning.core.evidence import Window
from warning.core.rulebook import Rulebook
from warning.core.signals import Signal
from warning.core.withdrawals import Withdrawal

GRAPHITE = {
    "instrument": "MOFCOM-GACC 2023/39",
    "materials": ("gallium",),
    "effective": date(2023, 12, 1),
    "announced": date(2023, 10, 20),
}
OF = book(measure(CONTROL, materials=["gallium"], targets=[], hs_codes=["811292"]))
FIRST, LAST = date(2023, 10, 20), date(2023, 12, 3)


def at_noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=UTC)


def lived(of: Rulebook, *signals: Signal, first: date = FIRST, last: date = LAST) -> tuple[Alert, ...]:
    """Decide on the signals at noon of `first`, then live day by day; return every version in order."""
    sensed = Sensed(signals=signals, traces=(), withdrawals=())
    assessment = decide(of, sensed, State(), at_noon(first))
    versions = [change.alert for change in assessment.changes]
    state, day = carry(State(), assessment), first + timedelta(days=1)
    while day <= last:
        assessment = assess(of, Window(), state, at_noon(day))
        versions += [change.alert for change in assessment.changes]
        state, day = carry(state, assessment), day + timedelta(days=1)
    return tuple(versions)


def days_told(versions: tuple[Alert, ...]) -> list[str]:
    return [d.before for alert in versions for d in alert.differences if d.code == "deadline"]


def report(name: str = "i1", **changes) -> Signal:
    return signal(name, known_at=at_noon(FIRST), facts={**GRAPHITE, **changes})


def test_countdown_of_an_act_that_was_told_makes_versions_of_its_alert():
    versions = lived(OF, report())
    assert len({alert.key for alert in versions}) == 1
    assert days_told(versions) == ["30", "7", "1"]


def test_countdown_changes_nothing_of_what_the_act_is():
    versions = lived(OF, report())
    first, last = versions[0], versions[-1]
    assert (last.facts.act, last.title, last.rule_id) == (first.facts.act, first.title, first.rule_id)
    assert (last.publishers, last.evidence_total, last.certainty) == (
        first.publishers,
        first.evidence_total,
        first.certainty,
    )
    assert last.facts.hs_codes == ("811292",)
    assert last.story == ""


def test_act_told_without_its_number_is_known_by_state_goods_and_day_and_gets_the_number():
    told = signal(
        "p1",
        known_at=at_noon(FIRST),
        exhibit=press("p1", "wire"),
        facts={**GRAPHITE, "instrument": None},
    )
    versions = lived(OF, told)
    assert len({alert.key for alert in versions}) == 1
    assert versions[-1].facts.instrument == "MOFCOM-GACC 2023/39"
    assert (versions[-1].rule_id, versions[-1].certainty) == (versions[0].rule_id, versions[0].certainty)


TWIN = {"id": "another", "title": "Another act of that day", "instrument": "MOFCOM 2023/99"}


@pytest.mark.parametrize(
    ("other", "numbers"),
    [
        ({}, 0),
        ({"effective": date(2023, 12, 3)}, 0),
        ({"effective": date(2023, 12, 4)}, 1),
        ({"materials": ["dysprosium"]}, 1),
        ({"actor": "RU"}, 1),
    ],
)
def test_act_told_without_its_number_gets_none_where_two_acts_of_the_register_may_be_meant(other, numbers):
    graphite = measure(CONTROL, materials=["gallium"], targets=[], hs_codes=["811292"])
    twin = measure(CONTROL, **{**TWIN, "materials": ["gallium"], "targets": [], "hs_codes": [], **other})
    told = signal(
        "p1", known_at=at_noon(FIRST), exhibit=press("p1", "wire"), facts={**GRAPHITE, "instrument": None}
    )
    versions = lived(book(graphite, twin), told, last=date(2023, 12, 1))
    act = [alert for alert in versions if alert.key == versions[0].key]
    assert len({alert.facts.instrument for alert in act} - {None}) == numbers


def test_act_on_other_goods_or_of_another_day_is_not_the_one_counted_to():
    for other in ({"materials": ("dysprosium",)}, {"effective": date(2023, 12, 2)}):
        told = signal(
            "p1",
            known_at=at_noon(FIRST),
            exhibit=press("p1", "wire"),
            facts={**GRAPHITE, "instrument": None, **other},
        )
        versions = lived(OF, told)
        assert len({alert.key for alert in versions}) == 2


def test_countdown_nobody_told_the_act_of_is_an_alert_of_its_own():
    versions = lived(OF)
    assert [alert.facts.act for alert in versions] == ["entry_into_force"] * 3
    assert len({alert.key for alert in versions}) == 1


def test_countdown_is_told_although_the_only_report_of_its_act_was_taken_back():
    told, at = report(), at_noon(FIRST + timedelta(days=1))
    opened = decide(OF, Sensed(signals=(told,), traces=()), State(), at_noon(FIRST))
    back = Withdrawal(
        id="w1",
        evidence_id=told.exhibit.evidence_id,
        source_id=told.exhibit.source_id,
        action="withdrawn",
        reason="never published",
        actor="analyst",
        known_at=at,
    )
    cancelled = decide(OF, Sensed(signals=(), traces=(), withdrawals=(back,)), carry(State(), opened), at)
    state, day, versions = carry(carry(State(), opened), cancelled), FIRST + timedelta(days=2), []
    while day <= LAST:
        assessment = assess(OF, Window(), state, at_noon(day))
        versions += [change.alert for change in assessment.changes]
        state, day = carry(state, assessment), day + timedelta(days=1)
    assert [alert.state for alert in versions] == ["open"] * 3
    assert len({alert.key for alert in versions} | {opened.changes[0].alert.key}) == 2


def test_service_that_starts_late_tells_act_and_countdown_as_one():
    late = FIRST + timedelta(days=20)
    sensed_late = lived(OF, signal("i1", known_at=at_noon(late), facts=GRAPHITE), first=late)
    assert len({alert.key for alert in sensed_late}) == 1


def test_end_of_a_suspension_is_an_event_of_its_own():
    of = book(measure(SUSPENSION))
    told = signal(
        "i1",
        known_at=at_noon(date(2025, 11, 9)),
        facts={
            "act": "suspension",
            "direction": "easing",
            "instrument": "MOFCOM 2025/72",
            "expires": date(2026, 11, 27),
        },
    )
    versions = lived(of, told, first=date(2025, 11, 9), last=date(2026, 11, 27))
    assert len({alert.key for alert in versions}) == 2


def test_countdown_is_no_report_and_leaves_the_day_of_effect_to_the_report_of_that_day():
    versions = lived(OF, report())
    assert versions[-1].last_evidence_at == at_noon(FIRST)
    far = book(measure(CONTROL, materials=["gallium"], effective="2024-01-20"))
    act = {**GRAPHITE, "effective": date(2024, 1, 20)}
    alert = lived(far, report(**act), last=date(2024, 1, 19))[-1]
    in_force = signal(
        "p9",
        known_at=at_noon(date(2024, 1, 20)),
        exhibit=press("p9", "wire"),
        facts={"materials": ("gallium",)},
    )
    (change,), _ = correlate([in_force], [alert], far, in_force.known_at)
    assert change.alert.key == alert.key
