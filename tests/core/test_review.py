"""What follows from what people did about an alert, and when it asks for them again."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.build import START, at
from warning.core.precision import precisions, wilson
from warning.core.review import (
    MAX_SNOOZE,
    NEEDS_A_LOOK,
    Level,
    Review,
    ReviewEvent,
    fold,
    refusal,
    standing_verdicts,
)
from warning.core.vocabulary import Severity

LEVELS = [s for s in Severity if s != Severity.UNKNOWN]


def done(action: str = "ack", *, days: float = 0.0, **changes) -> ReviewEvent:
    values = {
        "alert_key": "a-1",
        "alert_version": 1,
        "severity": Severity.MODERATE,
        "desk_id": "kr",
        "actor": "Kim",
        "at": at(days),
        "action": action,
        **changes,
    }
    return ReviewEvent(**values)


def level(version: int, severity: Severity, *, days: float = 0.0) -> Level:
    return Level(version=version, severity=severity, at=at(days))


def test_an_alert_nobody_touched_is_open_whatever_its_versions_say():
    assert fold([], [level(1, Severity.MINOR), level(2, Severity.EXTREME)], at(5)) == Review()


@pytest.mark.parametrize(
    ("event", "state"),
    [
        (done("ack"), "acknowledged"),
        (done("assign", assignee="Park"), "investigating"),
        (done("snooze", until=at(2)), "snoozed"),
        (done("close", verdict="expected"), "closed"),
        (done("escalate", assignee="Lee"), "open"),
        (done("note", reason="called the ministry"), "open"),
    ],
)
def test_each_act_leads_to_its_state(event: ReviewEvent, state: str):
    assert fold([event], [], at(1)).state == state


def test_acknowledging_what_somebody_investigates_leaves_it_with_them():
    review = fold([done("assign", assignee="Park"), done("ack", days=1)], [], at(2))
    assert (review.state, review.assignee) == ("investigating", "Park")


def test_a_snooze_ends_at_its_time():
    events = [done("snooze", until=at(2))]
    assert fold(events, [], at(2) - timedelta(seconds=1)).state == "snoozed"
    after = fold(events, [], at(2))
    assert (after.state, after.since, after.because) == ("reopened", at(2), "the snooze ran out")


@pytest.mark.parametrize(
    "event",
    [
        done("ack"),
        done("assign", assignee="Park"),
        done("snooze", until=at(20)),
        done("close", verdict="expected"),
    ],
)
def test_a_rise_in_severity_asks_for_the_desk_again(event: ReviewEvent):
    review = fold([event], [level(2, Severity.SEVERE, days=3)], at(4))
    assert (review.state, review.since) == ("reopened", at(3))
    assert review.because == "severity rose from moderate to severe in version 2"


@pytest.mark.parametrize("severity", [Severity.MINOR, Severity.MODERATE])
def test_a_new_version_that_weighs_no_more_leaves_the_desk_alone(severity: Severity):
    assert fold([done("ack")], [level(2, severity)], at(4)).state == "acknowledged"


def test_a_rise_that_somebody_acknowledged_is_not_raised_again():
    levels = [level(2, Severity.SEVERE), level(3, Severity.MINOR), level(4, Severity.SEVERE)]
    events = [done("ack"), done("ack", days=2, alert_version=2, severity=Severity.SEVERE)]
    assert fold(events, levels, at(9)).state == "acknowledged"


def test_a_note_on_a_version_does_not_acknowledge_its_rise():
    events = [done("ack"), done("note", days=2, alert_version=2, severity=Severity.SEVERE, reason="hm")]
    review = fold(events, [level(2, Severity.SEVERE)], at(3))
    assert (review.state, review.notes) == ("reopened", 1)


CLOSED = Review(state="closed", since=START, actor="Kim", verdict="expected")


@pytest.mark.parametrize(
    ("review", "event", "said"),
    [
        (CLOSED, done("ack"), "closed as expected by Kim; reopen it first"),
        (Review(), done("reopen"), "open already"),
        (Review(), done("close"), "say the verdict"),
        (Review(), done("note", reason=" "), "needs words"),
        (Review(), done("assign"), "to whom"),
        (Review(), done("ack", actor=" "), "who acts"),
        (Review(), done("snooze", until=START), "is past"),
        (Review(), done("snooze", until=START + MAX_SNOOZE + timedelta(seconds=1)), "30 days at most"),
        (Review(), done("snooze"), "needs an end"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_reason(review: Review, event: ReviewEvent, said: str):
    assert said in (refusal(review, event) or "")


@pytest.mark.parametrize("event", [done("reopen"), done("note", reason="see the gazette")])
def test_a_closed_alert_takes_notes_and_can_be_reopened(event: ReviewEvent):
    assert refusal(CLOSED, event) is None


ACTS = st.sampled_from(["ack", "assign", "note", "snooze", "close", "reopen", "escalate"])


@st.composite
def lives(draw):
    """Versions with their levels, and acts on the version that stood, of which the refused never happened."""
    levels, events, now = [level(1, draw(st.sampled_from(LEVELS)))], [], 0.0
    for _ in range(draw(st.integers(0, 12))):
        now += draw(st.floats(0.01, 20))
        if draw(st.booleans()):
            levels.append(level(len(levels) + 1, draw(st.sampled_from(LEVELS)), days=now))
            continue
        event = done(
            draw(ACTS), days=now, alert_version=len(levels), severity=levels[-1].severity, reason="r",
            verdict="expected", assignee="Lee", until=at(now + draw(st.floats(0.01, 40))),
        )  # fmt: skip
        if refusal(fold(events, levels, event.at), event) is None:
            events.append(event)
    return levels, events, at(now)


def _weighs_more(levels: list[Level], acted: ReviewEvent) -> bool:
    newer = [each.severity for each in levels if each.version > acted.alert_version]
    return any(severity > acted.severity for severity in newer)


@given(lives())
def test_a_rise_above_what_the_desk_acted_on_is_never_slept_through(life):
    levels, events, now = life
    acts = [event for event in events if event.action != "note"]
    if acts and _weighs_more(levels, acts[-1]):
        assert fold(events, levels, now).state in NEEDS_A_LOOK


@given(lives())
def test_nothing_is_snoozed_for_ever(life):
    levels, events, now = life
    assert fold(events, levels, now + MAX_SNOOZE).state != "snoozed"


@given(lives(), st.integers(0, 12))
def test_versions_before_the_first_act_may_be_left_out(life, cut: int):
    levels, events, now = life
    first = events[0].alert_version if events else 1
    newer = [each for each in levels if each.version > first]
    assert fold(events, newer, now) == fold(events, levels, now)


def test_a_verdict_stands_until_somebody_takes_it_back():
    events = [
        done("close", verdict="confirmed"),
        done("close", verdict="false_positive", desk_id="us"),
        done("reopen", days=1, desk_id="us"),
        done("close", verdict="expected", alert_key="a-2"),
        done("close", verdict="false_positive", alert_key="a-2", days=3),
    ]
    standing = [(e.alert_key, e.desk_id, e.verdict) for e in standing_verdicts(events)]
    assert standing == [("a-1", "kr", "confirmed"), ("a-2", "kr", "false_positive")]


def test_precision_below_ten_verdicts_is_too_few_to_say():
    nine = [("r", "kr", "confirmed")] * 9 + [("r", "kr", "expected")] * 50
    (few,) = precisions(nine)
    assert (few.n, few.ratio, few.interval, str(few)) == (9, None, None, "too few to say (n=9)")


def test_precision_comes_with_its_interval_for_each_rule_and_desk():
    verdicts = (
        [("r", "kr", "confirmed")] * 8 + [("r", "kr", "false_positive")] * 2 + [("r", "us", "confirmed")]
    )
    kr, us = precisions(verdicts)
    assert (kr.ratio, str(kr), us.desk_id, us.n) == (0.8, "0.80 (0.49 to 0.94, n=10)", "us", 1)


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    # Newcombe (1998), table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_is_wilsons_as_published(successes: int, trials: int, low: float, high: float):
    assert wilson(successes, trials) == pytest.approx((low, high), abs=5e-5)
