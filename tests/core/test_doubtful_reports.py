"""Admiralty grades: what nobody vouches for is shown with its pair, interrupts nobody alone and raises nothing."""

from dataclasses import replace
from datetime import date

import pytest

from tests.core.build import at, book, press, signal
from warning.core.correlate import correlate
from warning.core.detect.text import exhibit_of
from warning.core.evidence import Item
from warning.core.joining import join_signals, open_alert
from warning.core.mission_reports import MissionReport, as_item, credibility_of
from warning.core.sequence_events import standing_by_rule
from warning.core.sources import SourceProfile
from warning.core.vocabulary import Certainty, Marking, Severity

BOOK = book()


def report(name, grade, *, days=0.0, publisher="mission-kr", severity="severe", **facts):
    shown = press(
        name, publisher=publisher, kind="mission", reliability=grade[0], known_at=at(days),
        credibility=int(grade[1]) if grade[1:] else None,
    )  # fmt: skip
    return signal(name, days=days, exhibit=shown, facts=facts, severity=Severity(severity))


def correlated(*batches):
    """The alerts after each batch of signals was assessed."""
    alerts = {}
    for number, signals in enumerate(batches):
        changes, _ = correlate(signals, tuple(alerts.values()), BOOK, at(number))
        alerts |= {change.alert.key: change.alert for change in changes}
    return sorted(alerts.values(), key=lambda alert: alert.opened_at)


@pytest.mark.parametrize("grade", ["E1", "E", "B5", "F5", "F6"])
def test_a_doubtful_report_alone_makes_an_event_unlikely_and_interrupts_nobody(grade):
    (alert,) = correlated([report("r1", grade)])
    assert (alert.certainty, alert.interrupts) == (Certainty.UNLIKELY, False)


@pytest.mark.parametrize("grade", ["B2", "D4", "A", "C3", "F", "F3", "B6"])
def test_a_report_that_is_believed_interrupts_and_is_possible(grade):
    (alert,) = correlated([report("r1", grade)])
    assert (alert.certainty, alert.interrupts) == (Certainty.POSSIBLE, True)


def test_two_doubtful_reports_of_two_desks_make_one_event_no_likelier():
    (alert,) = correlated([report("r1", "E5")], [report("r2", "F6", days=1, publisher="mission-jp")])
    assert (alert.certainty, alert.interrupts, alert.evidence_total) == (Certainty.UNLIKELY, False, 2)


def test_a_news_source_of_a_low_grade_is_no_report_of_a_desk():
    shown = press("n1", reliability="E")
    (alert,) = correlated([signal("n1", exhibit=shown)])
    assert (alert.certainty, alert.interrupts) == (Certainty.POSSIBLE, True)


@pytest.mark.parametrize("apart", [True, False])
def test_a_doubtful_report_stands_beside_what_is_told_and_raises_nothing_of_it(apart):
    told = report("r1", "B2", severity="moderate")
    doubted = report(
        "r2", "E5", days=1, publisher="mission-jp", severity="extreme", materials=("gallium", "germanium"),
        effective=date(2026, 1, 1), targets=("KR",),
    )  # fmt: skip
    (alert,) = correlated(*([[told], [doubted]] if apart else [[told, doubted]]))
    (alone,) = correlated([told])
    assert [e.admiralty for e in alert.exhibits] == ["B2", "E5"]
    assert (alert.facts, alert.severity, alert.certainty, alert.interrupts, alert.claims) == (
        alone.facts, alone.severity, alone.certainty, True, alone.claims
    )  # fmt: skip
    assert not apart or alert.differences == ()


def test_a_report_that_is_believed_opens_an_alert_of_its_own_after_a_doubtful_one():
    doubted, told = correlated(
        [report("r1", "E5", materials=("gallium", "germanium"))], [report("r2", "B2", days=1)]
    )
    assert (doubted.interrupts, told.interrupts) == (False, True)
    assert told.facts.materials == ("gallium",)


def test_a_report_that_its_author_believes_by_now_interrupts_with_its_own_facts_alone():
    doubted = open_alert(
        "k", [report("r1", "B5", materials=("gallium", "germanium"), severity="extreme")], BOOK
    )
    now = join_signals(doubted, [report("r1", "B2", days=1)], BOOK)
    assert [e.admiralty for e in now.exhibits] == ["B2"]
    assert (now.certainty, now.severity, now.facts.materials) == (
        Certainty.POSSIBLE, Severity.SEVERE, ("gallium",)
    )  # fmt: skip
    assert now.interrupts
    assert ("certainty", "unlikely", "possible") in [(d.code, d.before, d.after) for d in now.differences]


def test_a_report_that_its_author_doubts_by_now_lowers_the_certainty_and_says_so():
    told = open_alert("k", [report("r1", "B2")], BOOK)
    now = join_signals(told, [report("r1", "B5", days=1)], BOOK)
    assert (now.certainty, now.interrupts) == (Certainty.UNLIKELY, True)
    assert [(d.code, d.after) for d in now.differences] == [("certainty", "unlikely")]


def test_a_doubtful_report_is_no_step_of_a_pattern():
    assert standing_by_rule([report("r1", "E5"), report("r2", "B2")]) == {
        "prc-controls": [report("r2", "B2")]
    }


def test_the_digit_of_a_report_is_read_from_its_own_line_and_from_no_news():
    filed = MissionReport(
        desk="kr", title="Customs hold urea for Korea", reliability="E", credibility=5, country="CN"
    )
    item = as_item(filed, "r-1", at(0), "KR")
    assert credibility_of(item) == 5
    assert credibility_of(replace(item, body=f"{item.body}\nAdmiralty: E5")) == 5
    assert credibility_of(replace(item, body=f"{item.body}\nAdmiralty: A1")) is None
    source = SourceProfile(
        id=item.source_id, title="Seoul desk", publisher="mission-kr", kind="mission", country="KR", language="ko",
        official=False, reliability="E", marking=Marking.AMBER,
    )  # fmt: skip
    assert exhibit_of(item, source).admiralty == "E5"
    news = Item(
        id="i",
        source_id="wire",
        kind="news",
        country="US",
        language="en",
        title="x",
        body=item.body,
        known_at=at(0),
    )
    assert credibility_of(news) is None
