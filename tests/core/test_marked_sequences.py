"""What one piece of evidence tells of another is for those who may know of both."""

from dataclasses import replace

import pytest

from tests.core.build import at, desk, exhibit, press, signal
from tests.core.sequence_samples import FAR, event, rule, rules_book, seen
from tests.core.test_chains import BOOK as CASES
from tests.core.test_chains import NOTICE, Run
from warning.core.correlate import correlate
from warning.core.detect.sequence import detect_sequences
from warning.core.joinable import joinable
from warning.core.narrowing import Bound, narrowed_in, narrowed_signals
from warning.core.release import desk_refusal
from warning.core.tearlines import as_seen_by
from warning.core.vocabulary import Marking

GALLIUM = {"materials": ("gallium",)}
SECRET = {"marking": Marking.AMBER, "release_to": frozenset({"KR"})}
KR, US = desk("kr", "KR", clearance=Marking.AMBER), desk("us", "US", clearance=Marking.CLEAR)


def marked(one, **changes):
    return replace(one, exhibit=replace(one.exhibit, **changes))


FIRST = marked(event("a", 1, "first", facts={**GALLIUM, "instrument": "No. 99"}), **SECRET)
LAST = event("b", 5, "last", facts=GALLIUM)


def through(*rules, earlier=(FIRST,), new=(LAST,), alerts=()):
    book = replace(rules_book(*rules), desks=(KR, US))
    fired, _ = detect_sequences(book, seen(*earlier), FAR, list(new))
    changes, _ = correlate([*new, *fired], alerts, book, FAR)
    return [change.alert for change in changes]


def test_answer_names_a_restricted_event_to_those_alone_who_may_know_of_it():
    (alert,) = through(rule("a", "b", same=["material"]))
    assert (alert.marking, alert.release_to) == (Marking.AMBER, frozenset({"KR"}))
    assert "No. 99" in as_seen_by(alert, KR).why[0].text
    open_part = as_seen_by(alert, US)
    assert desk_refusal(open_part, US) is None
    assert open_part.signal_ids == (LAST.id,)
    assert "No. 99" not in repr(open_part)


def narrowed_later(evidence_id: str) -> Bound:
    return Bound(evidence_id=evidence_id, signal_ids=frozenset(), **SECRET)


@pytest.mark.parametrize("relation", ["response", "pattern"])
def test_an_answer_told_to_all_is_narrowed_with_the_first_event_it_names(relation):
    shape = {"act": "export_control", "direction": "tightening"} if relation == "pattern" else {}
    one = rule("a", "b", same=["material"], relation=relation, **shape)
    open_first = event("a", 1, "first", facts={**GALLIUM, "instrument": "No. 99"})
    told = next(a for a in through(one, earlier=(open_first,)) if "No. 99" in repr(a.why))
    assert told.marking == Marking.CLEAR
    assert joinable(rules_book(one), (), FAR, (), [narrowed_later("first")]).takes(told)
    (change,) = narrowed_in((), [told], [narrowed_later("first")], (), rules_book(one), told.updated_at)
    assert (change.kind, change.alert.marking, change.alert.release_to) == ("updated", *SECRET.values())
    assert narrowed_in((), [told], [narrowed_later("another")], (), rules_book(one), told.updated_at) == ()


def test_a_remembered_answer_is_narrowed_with_the_first_event_it_names():
    one = rule("a", "b", same=["material"])
    open_first = event("a", 1, "first", facts=GALLIUM)
    fired, _ = detect_sequences(rules_book(one), seen(open_first), FAR, [LAST])
    (kept,) = narrowed_signals([*fired, LAST], [narrowed_later("first")])
    assert (kept.id, kept.exhibit.marking) == (fired[0].id, Marking.AMBER)


def test_restricted_event_learnt_late_narrows_an_answer_that_was_told():
    answer_only = through(rule("a", "b", same=["material"]), earlier=())
    assert [alert.marking for alert in answer_only] == [Marking.CLEAR]
    told = through(rule("a", "b", same=["material"]), earlier=(LAST,), new=(FIRST,), alerts=answer_only)
    answer = next(alert for alert in told if LAST.id in alert.signal_ids)
    assert (answer.marking, answer.release_to) == (Marking.AMBER, frozenset({"KR"}))
    assert "No. 99" not in repr(as_seen_by(answer, US))


def test_pattern_of_a_restricted_and_an_open_event_is_for_those_who_may_know_of_both():
    pattern = rule(
        "a", "b", same=["material"], relation="pattern", act="export_control", direction="tightening"
    )
    alert = next(alert for alert in through(pattern) if alert.rule_id == pattern.id)
    assert (alert.marking, alert.release_to) == (Marking.AMBER, frozenset({"KR"}))
    assert desk_refusal(alert, KR) is None
    assert desk_refusal(as_seen_by(alert, US), US) is not None


def test_open_notice_that_sets_an_act_aside_says_nothing_of_a_restricted_case_to_other_desks():
    run = Run(replace(CASES, desks=(KR, US)))
    run.day(0, signal("o1", exhibit=exhibit("o1", **SECRET), facts={**NOTICE, "materials": ("germanium",)}))
    eased = {"act": "suspension", "direction": "easing", "instrument": NOTICE["instrument"]}
    done = run.day(30, signal("e1", days=30, exhibit=exhibit("e1", known_at=at(30)), facts=eased))
    assert "suspended" in {d.code for change in done.changes for d in change.alert.differences}
    assert desk_refusal(as_seen_by(run.alert, KR), KR) is None
    assert desk_refusal(as_seen_by(run.alert, US), US) is not None


def test_late_step_of_a_case_tells_a_desk_nothing_of_what_it_may_not_see():
    run = Run(replace(CASES, desks=(KR, US)))
    run.day(0, signal("n1", exhibit=press("n1", known_at=at(0))))
    secret = press("n2", known_at=at(0.2), **SECRET)
    run.day(0.2, signal("n2", days=0.2, exhibit=secret, facts={"targets": ("JP",)}))
    assert run.alert.facts.targets == ("JP",)
    done = run.day(6)
    assert "late" in {d.code for change in done.changes for d in change.alert.differences}
    assert as_seen_by(run.alert, US).facts.targets == ()
