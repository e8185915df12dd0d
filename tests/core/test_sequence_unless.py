"""What a sequence must not find: an event of `unless` bars it, and that there is none is believed of sources that see."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from tests.core.sequence_samples import event, rule, rules_book
from warning.core.detect.sequence import detect_sequences
from warning.core.detect.sequence_explain import explain_sequence
from warning.core.evidence import Window
from warning.core.health import SourceReport, Vitals
from warning.core.recall import Recalled
from warning.core.recalling import recall_of
from warning.core.sequence_needs import need_for, signal_need

GONE = {"relation": "pattern", "act": "supply_stop", "direction": "tightening", "same": ["material"]}
NOTICE = {"name": "notice", "rules": ["c"], "sources": ["ministry"]}
GALLIUM = {"materials": ("gallium",)}


def quiet(**changes):
    """A stop without a notice: `changes` go to what must not be there."""
    return rule("a", "b", **GONE, ordered=False, unless=[{**NOTICE, **changes}])


def read(day: int, condition: str = "ok") -> dict[str, Vitals]:
    at = datetime(2024, 12, 1, 9, tzinfo=UTC) + timedelta(days=day)
    report = SourceReport(id="h", source_id="ministry", condition=condition, since=at, known_at=at)
    return {"ministry": Vitals(read_at=None if report.is_blind else at, report=report)}


def found(sequence, *signals, vitals=None, earlier=()):
    """Return (signals, outcome, detail) of one round; the ministry is read on the day of the last event."""
    book = rules_book(sequence)
    as_of = max(s.known_at for s in signals)
    recalled = Recalled(signals=earlier, vitals=read(9) if vitals is None else vitals)
    fired, (trace,) = detect_sequences(book, Window(recalled=recalled).as_known(as_of), as_of, signals)
    return fired, trace.outcome, trace.detail


STOP = (event("a", 0, facts=GALLIUM), event("b", 8, facts=GALLIUM))


def test_sequence_fires_when_none_of_what_it_excludes_is_known_and_says_so():
    fired, outcome, _ = found(quiet(), *STOP)
    assert outcome == "fired"
    (signal,) = fired
    assert [reason.code for reason in signal.why] == ["sequence.pattern", "unless.absent"]
    assert dict(signal.why[1].params)["since"] == "2024-11-29"
    assert dict(signal.why[1].params)["until"] == "2024-12-09"


@pytest.mark.parametrize("day", [-2, 0, 8])
def test_event_of_unless_bars_the_sequence_on_any_day_of_its_span(day):
    _, outcome, detail = found(quiet(), *STOP, event("c", day, facts=GALLIUM))
    assert outcome == "suppressed"
    assert detail.startswith("unless notice of 2024-")


@pytest.mark.parametrize(("day", "facts"), [(-3, GALLIUM), (9, GALLIUM), (4, {"materials": ("germanium",)})])
def test_event_of_unless_bars_nothing_outside_its_span_or_about_something_else(day, facts):
    assert found(quiet(), *STOP, event("c", day, facts=facts))[1] == "fired"


def test_span_of_unless_may_be_longer_than_that_of_the_rule_and_the_memory_reaches_as_far():
    long = quiet(within_days=60)
    before = event("c", -40, facts=GALLIUM)
    assert found(long, *STOP, earlier=(before,))[1] == "suppressed"
    assert found(quiet(), *STOP, earlier=(before,))[1] == "fired"
    book = rules_book(long)
    assert "c" in signal_need(long, book).rule_ids
    need = need_for(long, book, STOP[1:])
    assert need.near.first <= before.occurred_at.date()
    assert any("c" in step.rule_ids and step.since is None for step in need.near.steps)
    assert recall_of(book).watched == ("ministry",)


def test_notice_alone_asks_for_no_memory():
    sequence = quiet()
    assert need_for(sequence, rules_book(sequence), [event("c", 3, facts=GALLIUM)]) is None


@pytest.mark.parametrize("vitals", [{}, read(9, "failing"), read(5)])
def test_sequence_is_blind_while_a_source_that_would_tell_is_not_read(vitals):
    fired, outcome, detail = found(quiet(), *STOP, vitals=vitals)
    assert (fired, outcome) == ([], "blind")
    assert "ministry" in detail


def test_what_was_found_bars_whatever_its_sources_do():
    assert found(quiet(), *STOP, event("c", 4, facts=GALLIUM), vitals={})[1] == "suppressed"


def test_notice_on_a_group_of_goods_is_about_those_of_the_group_too():
    dysprosium = {"materials": ("dysprosium",)}
    stop = (event("a", 0, facts=dysprosium), event("b", 8, facts=dysprosium))
    for named, outcome in (("rare_earths", "suppressed"), ("dysprosium", "suppressed"), ("terbium", "fired")):
        facts = {"materials": (named,)}
        assert found(quiet(), *stop, event("c", 4, facts=facts))[1] == outcome, named


def test_notice_of_another_state_bars_nothing_where_the_actor_counts():
    stop = tuple(replace(one, facts=replace(one.facts, actors=("ID",))) for one in STOP)
    notice = event("c", 4, facts={**GALLIUM, "actors": ("CN",)})
    assert found(quiet(same=["material", "actor"]), *stop, notice)[1] == "fired"
    assert found(quiet(), *stop, notice)[1] == "suppressed"


def test_explanation_names_what_bars_it():
    sequence = quiet()
    signals = (*STOP, event("c", 4, facts=GALLIUM))
    tree = explain_sequence(sequence, signals, rules_book(sequence), read(9))
    (unless,) = [node for node in tree.children if node.label == "unless"]
    assert (tree.passed, unless.passed) == (False, False)
    assert "notice of 2024-12-05" in unless.detail
    assert explain_sequence(sequence, STOP, rules_book(sequence), read(9)).passed is True
    assert explain_sequence(sequence, STOP, rules_book(sequence), {}).passed is False


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"unless": [{"name": "a", "rules": ["c"], "sources": ["s"]}]}, "two steps have one name"),
        ({"unless": [{"name": "n", "rules": ["c"], "sources": []}]}, "at least 1 item"),
        ({"unless": [{"name": "n", "sources": ["s"]}]}, "at least one of rules, tags, acts"),
        ({"unless": [NOTICE], "watch": True}, "watch and unless"),
        ({"span_days": 30}, "span_days ends the alert of a pattern"),
    ],
)
def test_rule_that_makes_no_sense_is_refused(changes, said):
    with pytest.raises(ValidationError, match=said):
        rule("a", "b", **changes)
