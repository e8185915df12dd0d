"""When a desk is told: cooldown, quiet hours, budget, inhibition and the gate before publication."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.build import at, book, desk, press, signal, text_rule
from warning.core.alerts import Alert, AlertChange, Difference
from warning.core.approval import Approval, Publish
from warning.core.correlate import correlate
from warning.core.desks import Budget, QuietHours
from warning.core.grading import grade
from warning.core.inhibition import Inhibition, Which
from warning.core.pace import Held, Past, after, let_go, pace
from warning.core.routing import route
from warning.core.vocabulary import Severity

QUIET = QuietHours(start=time(22), end=time(7))
# Seoul is nine hours ahead: 14:00 UTC is 23:00 there. 3 July 2023 is a Monday.
LATE = datetime(2023, 7, 3, 14, 0, tzinfo=UTC)
MORNING = datetime(2023, 7, 3, 22, 0, tzinfo=UTC)
NOON = datetime(2023, 7, 3, 3, 0, tzinfo=UTC)
KEY = ("mail", "kr@example.org")


def seoul(**changes):
    return desk("kr", "KR", timezone="Asia/Seoul", **changes)


KR = seoul()


def opened(evidence_id="i1", **changes) -> AlertChange:
    one = signal(evidence_id, **changes)
    (change, *_), _ = correlate([one], (), book(), one.known_at)
    return grade(change, book())


def changed(before: AlertChange, *codes: str, severity: Severity | None = None) -> AlertChange:
    """The same alert one version on, with those differences, at another severity for Korea if asked."""
    alert = before.alert
    gradings = tuple(
        g.model_copy(update={"severity": severity}) if severity is not None and g.country == "KR" else g
        for g in alert.gradings
    )
    later = replace(
        alert,
        version=alert.version + 1,
        gradings=gradings,
        differences=tuple(Difference(code=code) for code in codes),
    )
    return AlertChange(kind="updated", alert=later, previous=alert)


def level(change: AlertChange, severity: Severity) -> AlertChange:
    gradings = tuple(g.model_copy(update={"severity": severity}) for g in change.alert.gradings)
    return replace(change, alert=replace(change.alert, severity=severity, gradings=gradings))


def told_of(change: AlertChange, at: datetime) -> tuple[dict, Past]:
    key = (change.alert.key, "kr")
    return {key: change.alert.severity_for("KR")}, Past(told_at={key: at}, firsts=(("kr", at),))


def go(change, as_of, *, of=None, told=None, past=None, desks=(KR,), alerts: tuple[Alert, ...] = ()):
    listed = change if isinstance(change, list) else [change]
    owed, _ = route(listed, desks, told or {})
    of = of or book()
    return pace(owed, listed, replace(of, desks=tuple(desks)), told or {}, past or Past(), alerts, as_of)


def test_first_message_goes_out_at_once_by_day():
    (owed,) = go(opened(), NOON, desks=[seoul(quiet_hours=QUIET)]).deliveries
    assert (owed.hold_until, owed.hold_reason) == (None, "")


def test_first_message_in_the_quiet_hours_waits_for_their_end():
    quiet = [seoul(quiet_hours=QUIET)]
    (owed,) = go(level(opened(), Severity.SEVERE), LATE, desks=quiet).deliveries
    assert (owed.hold_until, owed.hold_reason, owed.reason) == (MORNING, "quiet_hours", "first")


def test_quiet_hours_let_the_gravest_pass():
    quiet = [seoul(quiet_hours=QUIET)]
    (owed,) = go(level(opened(), Severity.EXTREME), LATE, desks=quiet).deliveries
    assert owed.hold_until is None


def test_rise_in_severity_breaks_the_quiet_hours():
    quiet = [seoul(quiet_hours=QUIET)]
    first = level(opened(), Severity.MODERATE)
    told, past = told_of(first, NOON)
    rise = changed(first, "severity", severity=Severity.SEVERE)
    (owed,) = go(rise, LATE, desks=quiet, told=told, past=past).deliveries
    assert owed.hold_until is None


def test_quiet_days_off_wait_for_the_next_working_day():
    """28 September to 3 October 2023 were holidays and a week-end in Korea; offices opened on the 4th."""
    quiet = [seoul(quiet_hours=QuietHours(start=time(22), end=time(7), days_off=True))]
    in_chuseok = datetime(2023, 9, 29, 3, 0, tzinfo=UTC)
    (owed,) = go(level(opened(), Severity.MODERATE), in_chuseok, desks=quiet).deliveries
    assert owed.hold_until == datetime(2023, 10, 3, 22, 0, tzinfo=UTC)


@pytest.mark.parametrize("code", ["instrument", "effective", "expires", "direction", "deadline"])
def test_new_fact_that_counts_breaks_the_cooldown(code):
    first = opened()
    told, past = told_of(first, NOON)
    (owed,) = go(changed(first, code), NOON + timedelta(minutes=5), told=told, past=past).deliveries
    assert owed.hold_until is None


def test_more_of_the_same_waits_for_the_cooldown_to_end():
    first = opened()
    told, past = told_of(first, NOON)
    (owed,) = go(changed(first, "corroborated"), NOON + timedelta(minutes=5), told=told, past=past).deliveries
    assert (owed.hold_until, owed.hold_reason) == (NOON + timedelta(minutes=60), "cooldown")
    (owed,) = go(
        changed(first, "corroborated"), NOON + timedelta(minutes=60), told=told, past=past
    ).deliveries
    assert owed.hold_until is None


def test_cooldown_that_ends_in_the_quiet_hours_waits_for_the_morning():
    first = level(opened(), Severity.MODERATE)
    told, past = told_of(first, datetime(2023, 7, 3, 12, 50, tzinfo=UTC))
    quiet = [seoul(quiet_hours=QUIET)]
    before = datetime(2023, 7, 3, 12, 55, tzinfo=UTC)
    (owed,) = go(changed(first, "corroborated"), before, told=told, past=past, desks=quiet).deliveries
    assert (owed.hold_until, owed.hold_reason) == (MORNING, "quiet_hours")


def test_newer_version_takes_the_place_of_the_held_one_and_stays_the_first():
    first = level(opened(), Severity.MODERATE)
    second = changed(first, "corroborated")
    place = (first.alert.key, "kr", *KEY)
    told = {(first.alert.key, "kr"): Severity.MODERATE}
    past = Past(held={place: Held(version=1, reason="first", until=MORNING)})
    quiet = [seoul(quiet_hours=QUIET)]
    paced = go(second, LATE, told=told, past=past, desks=quiet)
    (owed,) = paced.deliveries
    assert (owed.alert_version, owed.reason, owed.hold_until) == (2, "first", MORNING)
    assert [(w.alert_version, w.reason) for w in paced.withheld] == [(1, "superseded")]
    assert "version 2 took its place" in paced.withheld[0].detail


def test_what_was_held_and_is_over_is_not_superseded():
    first = opened()
    place = (first.alert.key, "kr", *KEY)
    told, _ = told_of(first, NOON)
    past = Past(held={place: Held(version=1, reason="first", until=NOON)})
    paced = go(changed(first, "instrument"), NOON, told=told, past=past)
    assert (paced.withheld, [d.reason for d in paced.deliveries]) == ((), ["update"])


BUDGET = seoul(weekly_budget=Budget(alerts=2, always=Severity.SEVERE))


def test_alert_over_the_weekly_budget_goes_to_the_roll_up():
    past = Past(firsts=(("kr", NOON), ("kr", NOON)))
    paced = go(level(opened(), Severity.MODERATE), NOON + timedelta(hours=1), past=past, desks=[BUDGET])
    assert paced.deliveries == ()
    assert [(w.reason, "2 alerts told this week" in w.detail) for w in paced.withheld] == [
        ("over_budget", True)
    ]


def test_grave_alert_passes_over_the_budget():
    past = Past(firsts=(("kr", NOON), ("kr", NOON)))
    assert go(level(opened(), Severity.SEVERE), NOON, past=past, desks=[BUDGET]).deliveries


def test_budget_begins_anew_on_monday_of_the_desk():
    """Sunday 15:30 UTC is Monday half past midnight in Seoul."""
    sunday = datetime(2023, 7, 9, 14, 0, tzinfo=UTC)
    past = Past(firsts=(("kr", NOON), ("kr", NOON)))
    minor = level(opened(), Severity.MODERATE)
    assert not go(minor, sunday, past=past, desks=[BUDGET]).deliveries
    assert go(minor, sunday + timedelta(hours=1, minutes=30), past=past, desks=[BUDGET]).deliveries


def test_gravest_of_one_round_uses_the_budget_first():
    one = seoul(weekly_budget=Budget(alerts=1, always=Severity.EXTREME))
    minor = level(opened("i1"), Severity.MODERATE)
    grave = level(opened("i2", facts={"materials": ("urea",)}), Severity.SEVERE)
    paced = go([minor, grave], NOON, desks=[one])
    assert [d.alert_key for d in paced.deliveries] == [grave.alert.key]
    assert [w.alert_key for w in paced.withheld] == [minor.alert.key]


MUTES = Inhibition(
    title="the control itself was told",
    by=Which(acts=("export_control",)),
    mutes=Which(acts=("supply_squeeze",)),
)


def squeeze(evidence_id="p1", **facts):
    return opened(evidence_id, exhibit=press(evidence_id), facts={"act": "supply_squeeze", **facts})


def muting():
    return replace(book(), policy=book().policy.model_copy(update={"inhibit": (MUTES,)}))


def test_alert_says_nothing_new_to_a_desk_that_has_the_graver_one():
    control = level(opened(), Severity.SEVERE)
    told, past = told_of(control, NOON)
    found = go(
        level(squeeze(), Severity.MODERATE), at(1), of=muting(), told=told, past=past, alerts=(control.alert,)
    )
    assert [(w.reason, control.alert.key in w.detail) for w in found.withheld] == [("inhibited", True)]


@pytest.mark.parametrize(
    ("change", "days", "told"),
    [
        (level(squeeze(), Severity.EXTREME), 1, True),
        (level(squeeze(materials=("urea",)), Severity.MODERATE), 1, True),
        (level(squeeze(), Severity.MODERATE), 9, True),
        (level(squeeze(), Severity.MODERATE), 1, False),
    ],
    ids=["graver", "another material", "too long ago", "the desk does not have the other"],
)
def test_alert_is_told_that_no_other_covers(change, days, told):
    control = level(opened(), Severity.SEVERE)
    known, past = told_of(control, NOON) if told else ({}, Past())
    found = go(change, at(days), of=muting(), told=known, past=past, alerts=(control.alert,))
    assert [d.alert_key for d in found.deliveries] == [change.alert.key]


def gated(**levels):
    publish = Publish(**levels) if levels else Publish.model_validate("review")
    return replace(book(), rules=(text_rule(publish=publish),))


def decided(change, decision, severity=Severity.SEVERE):
    return {
        change.alert.key: Approval(
            alert_key=change.alert.key,
            alert_version=1,
            decision=decision,
            actor="kim",
            reason="seen",
            at=NOON,
            severity=severity,
        )
    }


def test_nobody_is_told_before_the_review_a_rule_asks_for():
    found = go(opened(), NOON, of=gated())
    assert (found.deliveries, [w.reason for w in found.withheld]) == ((), ["awaiting_review"])


def test_level_that_publishes_by_itself_waits_for_nobody():
    grave = level(opened(), Severity.EXTREME)
    assert go(grave, NOON, of=gated(extreme="auto", severe="review")).deliveries


def test_approved_alert_is_told_also_in_its_later_versions():
    first = opened()
    past = Past(approvals=decided(first, "approved"))
    assert go(first, NOON, of=gated(), past=past).deliveries
    assert go(changed(first, "corroborated"), NOON, of=gated(), past=past).deliveries


def test_rejected_alert_stays_away_until_it_weighs_more():
    first = level(opened(), Severity.MODERATE)
    past = Past(approvals=decided(first, "rejected", Severity.MODERATE))
    withheld = go(changed(first, "corroborated"), NOON, of=gated(), past=past).withheld
    assert [(w.reason, w.detail) for w in withheld] == [("rejected", "rejected by kim: seen")]
    rise = changed(first, "severity", severity=Severity.SEVERE)
    assert [w.reason for w in go(rise, NOON, of=gated(), past=past).withheld] == ["awaiting_review"]


def test_rejected_alert_stays_away_also_while_the_file_of_its_rule_is_broken():
    first = level(opened(), Severity.MODERATE)
    past, ruleless = Past(approvals=decided(first, "rejected", Severity.MODERATE)), replace(gated(), rules=())
    assert [w.reason for w in go(first, NOON, of=ruleless, past=past).withheld] == ["rejected"]
    rise = changed(first, "severity", severity=Severity.SEVERE)
    assert [w.reason for w in go(rise, NOON, of=ruleless, past=past).withheld] == ["awaiting_review"]


def test_publishing_mode_is_no_part_of_a_rules_version():
    assert text_rule(publish=Publish.model_validate("review")).version == text_rule().version


steps = st.lists(
    st.tuples(
        st.integers(min_value=0, max_value=900),
        st.sampled_from([Severity.MINOR, Severity.MODERATE, Severity.SEVERE, Severity.EXTREME]),
        st.sampled_from(["corroborated", "retitled", "instrument", "effective"]),
    ),
    min_size=1,
    max_size=12,
)


@given(steps=steps)
def test_no_rise_waits_and_the_newest_version_always_goes_out(steps):
    """Through any life of an alert: a rise over what the desk was told goes at once; nothing else is ever lost."""
    cautious = seoul(threshold=Severity.MINOR, quiet_hours=QUIET, weekly_budget=Budget(alerts=1))
    of = replace(book(), desks=(cautious,))
    change, now, told, past = level(opened(), steps[0][1]), NOON, {}, Past()
    waiting: dict[int, datetime] = {}
    sent: list[int] = []
    for number, (minutes, severity, code) in enumerate(steps):
        now += timedelta(minutes=minutes)
        if number:
            change = changed(change, code, severity=severity)
        past = let_go(past, now)
        sent += [version for version, until in sorted(waiting.items()) if until <= now]
        waiting = {version: until for version, until in waiting.items() if until > now}
        known = told.get((change.alert.key, "kr"))
        paced = go(change, now, of=of, desks=[cautious], told=told, past=past)
        past = after(past, paced.deliveries, now)
        for withheld in paced.withheld:
            assert withheld.reason == "superseded"
            del waiting[withheld.alert_version]
        (owed,) = paced.deliveries
        if known is not None and severity > known:
            assert owed.hold_until is None
        told[change.alert.key, "kr"] = max(severity, known or Severity.UNKNOWN)
        if owed.hold_until is None:
            sent.append(owed.alert_version)
        else:
            waiting[owed.alert_version] = owed.hold_until
    assert len(waiting) <= 1
    assert max([*sent, *waiting]) == change.alert.version
    assert sent == sorted(sent)
