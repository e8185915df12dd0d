"""The same evidence of one instant gives the same alerts: in any order, and in any split into assessments.

What may differ is named here: an alert's key is that of whatever was told first (it may not change afterwards), and
where reports of one rank contradict each other the first told stands (a desk is not told to and fro).
"""

from collections.abc import Sequence
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from tests.core.build import book, exhibit, press, signal
from warning.core.alerts import Alert
from warning.core.correlate import correlate
from warning.core.grading import grade
from warning.core.signals import Signal
from warning.core.vocabulary import Marking, Severity

BOOK = book()
EVENTS = (
    ({"gallium", "germanium"}, "MOFCOM-GACC 2023/23", date(2023, 8, 1)),
    ({"dysprosium", "terbium"}, "MOFCOM 2023/18", date(2023, 9, 1)),
)


@st.composite
def reports(draw: st.DrawFn, event: int) -> Signal:
    """One report of an event: a register's copy of the notice, or the press, more or less precise."""
    materials, number, effective = EVENTS[event]
    goods = tuple(sorted(materials))
    official = draw(st.booleans())
    known = {"materials": goods if official else draw(st.sampled_from([goods, goods[:1]]))}
    if official or draw(st.booleans()):
        known["instrument"] = number
    if official or draw(st.booleans()):
        known["effective"] = effective
    evidence = f"e{event}-{draw(st.integers(0, 999)):03d}{'o' if official else 'p'}"
    marking = draw(st.sampled_from([Marking.CLEAR, Marking.GREEN, Marking.AMBER]))
    house = draw(st.sampled_from(["wire", "daily", "times"]))
    shown = exhibit(evidence, marking=marking) if official else press(evidence, house, marking=marking)
    severity = draw(st.sampled_from([Severity.MODERATE, Severity.SEVERE]))
    return signal(evidence, exhibit=shown, facts=known, severity=severity)


def told(groups: Sequence[Sequence[Signal]]) -> list[Alert]:
    """The alerts as they stand after one assessment for each group, all of one instant."""
    alerts: dict[str, Alert] = {}
    for group in groups:
        if group:
            changes, _ = correlate(group, tuple(alerts.values()), BOOK, group[0].known_at)
            alerts |= {change.alert.key: grade(change, BOOK).alert for change in changes}
    return list(alerts.values())


def what_stands(alerts: Sequence[Alert]) -> set[object]:
    """All of the alerts that a desk acts on, apart from the key and from how many versions led here."""
    return {
        (
            alert.signal_ids,
            alert.facts.act,
            alert.facts.direction,
            alert.facts.instrument,
            alert.facts.effective,
            frozenset(alert.facts.materials),
            frozenset(alert.facts.actors),
            alert.severity,
            alert.certainty,
            tuple((grading.country, grading.severity) for grading in alert.gradings),
            alert.marking,
            alert.release_to,
            alert.publishers,
            alert.evidence_total,
            tuple(sorted(shown.evidence_id for shown in alert.exhibits)),
            alert.opened_at,
            alert.last_evidence_at,
        )
        for alert in alerts
    }


@st.composite
def evidence(draw: st.DrawFn) -> list[Signal]:
    found = draw(st.lists(st.integers(0, 1).flatmap(reports), min_size=1, max_size=12))
    return list({one.id: one for one in found}.values())


@given(given_evidence=evidence(), dice=st.randoms(use_true_random=False))
def test_one_assessment_gives_the_very_same_alerts_in_any_order(given_evidence, dice):
    other = list(given_evidence)
    dice.shuffle(other)
    assert told([other]) == told([given_evidence])


@given(given_evidence=evidence(), dice=st.randoms(use_true_random=False), parts=st.integers(2, 5))
def test_any_order_and_split_of_one_instant_gives_alerts_that_say_the_same(given_evidence, dice, parts):
    groups: list[list[Signal]] = [[] for _ in range(parts)]
    for one in dice.sample(given_evidence, len(given_evidence)):
        groups[dice.randrange(parts)].append(one)
    assert what_stands(told(groups)) == what_stands(told([given_evidence]))


@given(given_evidence=evidence(), dice=st.randoms(use_true_random=False))
def test_number_of_alerts_is_the_number_of_events_whatever_comes_first(given_evidence, dice):
    one_by_one = [[one] for one in dice.sample(given_evidence, len(given_evidence))]
    events = {one.exhibit.evidence_id.partition("-")[0] for one in given_evidence}
    assert len(told(one_by_one)) == len(events)


@given(given_evidence=evidence(), dice=st.randoms(use_true_random=False))
def test_assessing_everything_again_changes_nothing(given_evidence, dice):
    once = told([given_evidence])
    again, _ = correlate(
        dice.sample(given_evidence, len(given_evidence)), once, BOOK, given_evidence[0].known_at
    )
    assert {change.kind for change in again} <= {"joined"}
    assert what_stands([grade(change, BOOK).alert for change in again]) == what_stands(once)


def test_key_is_that_of_what_was_told_first():
    talk = signal("n1", exhibit=press("n1"))
    notice = signal("i1", facts={"instrument": "MOFCOM-GACC 2023/23"})
    (talk_first,) = told([[talk], [notice]])
    (notice_first,) = told([[notice], [talk]])
    (together,) = told([[talk, notice]])
    assert together.key == notice_first.key != talk_first.key
    assert talk_first.facts.instrument == notice_first.facts.instrument


def test_first_told_date_stands_where_reports_of_one_rank_contradict_each_other():
    august = signal("n1", exhibit=press("n1"), facts={"effective": date(2023, 8, 1)})
    september = signal("n2", exhibit=press("n2", "daily"), facts={"effective": date(2023, 9, 1)})
    (one,) = told([[august], [september]])
    (other,) = told([[september], [august]])
    assert (one.facts.effective, other.facts.effective) == (date(2023, 8, 1), date(2023, 9, 1))
    assert one.version == other.version == 1
