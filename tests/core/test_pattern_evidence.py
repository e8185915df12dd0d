"""The evidence of a pattern: counted once, taken back whether it is shown or not, and all of a step ends it."""

from dataclasses import replace

import pytest

from tests.core.build import at
from tests.core.sequence_samples import event, rule
from tests.core.test_sequence_alerts import CN, GALLIUM, STOP, US, Rounds, patterns
from warning.core.alerts import SHOWN_EXHIBITS, Alert
from warning.core.withdrawals import Withdrawal
from warning.core.withdrawing import withdrawn_from, without

MORE_THAN_SHOWN = SHOWN_EXHIBITS + 12


def taken_back(evidence_id, action="withdrawn", days=400.0):
    return Withdrawal(
        id=f"{action} {evidence_id}",
        evidence_id=evidence_id,
        source_id="s",
        action=action,
        reason="a forged page",
        actor="J. Kim",
        known_at=at(days),
    )


def a_report_and_many_figures() -> tuple[Rounds, Alert]:
    """The report is of the press: official figures are shown before it."""
    rounds = Rounds(rule("a", "b", **STOP, within_days=60))
    report = event("a", 0, "report", facts=GALLIUM, official=False)
    rounds.round(report, event("b", 1, "figure 1", facts=GALLIUM))
    for n in range(2, MORE_THAN_SHOWN):
        rounds.round(event("b", n, f"figure {n}", facts=GALLIUM))
    (alert,) = patterns(rounds)
    assert "report" not in {shown.evidence_id for shown in alert.exhibits}
    return rounds, alert


def two_reports_and_a_figure() -> tuple[Rounds, Alert]:
    rounds = Rounds(rule("a", "b", **STOP, ordered=False))
    rounds.round(event("a", 0, "report", facts=GALLIUM), event("b", 1, "figure", facts=GALLIUM))
    rounds.round(event("a", 2, "report 2", facts=GALLIUM))
    (alert,) = patterns(rounds)
    return rounds, alert


def test_event_that_is_not_shown_is_counted_once_however_many_follow():
    _, alert = a_report_and_many_figures()
    assert alert.evidence_total == MORE_THAN_SHOWN


def test_only_report_of_a_pattern_is_taken_back_and_restored_although_it_is_not_shown():
    rounds, alert = a_report_and_many_figures()
    (gone,) = withdrawn_from((), [alert], (), [taken_back("report")], rounds.book)
    assert gone.alert.is_cancelled
    assert {"withdrawn", "cancelled"} <= {d.code for d in gone.alert.differences}
    restored = taken_back("report", "restored", days=401)
    (back,) = withdrawn_from((), [gone.alert], (), [restored], rounds.book)
    assert replace(back.alert, updated_at=alert.updated_at, differences=alert.differences) == alert


def test_figure_of_many_that_is_taken_back_leaves_the_pattern():
    rounds, alert = a_report_and_many_figures()
    (change,) = withdrawn_from((), [alert], (), [taken_back(f"figure {MORE_THAN_SHOWN - 1}")], rounds.book)
    assert change.alert.evidence_total == MORE_THAN_SHOWN - 1
    assert not change.alert.is_cancelled


@pytest.mark.parametrize(
    ("gone", "ends"),
    [
        (["figure"], True),
        (["report"], False),
        (["report 2"], False),
        (["report", "report 2"], True),
    ],
)
def test_pattern_ends_where_no_event_of_a_step_is_left(gone, ends):
    rounds, alert = two_reports_and_a_figure()
    left = without(alert, [taken_back(name) for name in gone], rounds.book)
    assert left.is_cancelled is ends


def test_pattern_opened_before_its_steps_were_kept_ends_with_one_event_left():
    rounds, alert = two_reports_and_a_figure()
    old = replace(alert, grounds=alert.grounds[:1])
    assert not without(old, [taken_back("report 2")], rounds.book).is_cancelled
    assert without(old, [taken_back("report"), taken_back("report 2")], rounds.book).is_cancelled


def test_answer_stands_when_the_event_it_answers_is_taken_back():
    rounds = Rounds(rule("a", "b"))
    rounds.round(event("a", 0, "question", facts=US))
    (change,) = rounds.round(event("b", 1, "answer", facts=CN))
    assert "question" in change.alert.rests_on
    assert withdrawn_from((), [change.alert], (), [taken_back("question")], rounds.book) == ()
