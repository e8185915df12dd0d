"""What bars a sequence is read of the store whatever it is about: live and with the whole memory one thing is told."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.core.sequence_samples import event, rule, rules_book
from warning.core.detect.sequence import detect_sequences
from warning.core.evidence import Window
from warning.core.health import SourceReport, Vitals
from warning.core.recall import Recalled
from warning.core.recalling import recall_of, recall_of_sequences
from warning.store.assessments import _signal_rows
from warning.store.schema import signals

GONE = {"relation": "pattern", "act": "supply_stop", "direction": "tightening", "same": ["material"]}
NOTICE = {"name": "notice", "rules": ["c"], "sources": ["ministry"]}
GALLIUM = {"materials": ("gallium",)}
READ_AT = datetime(2024, 12, 10, 9, tzinfo=UTC)
READ = SourceReport(id="h", source_id="ministry", condition="ok", since=READ_AT, known_at=READ_AT)
VITALS = {"ministry": Vitals(read_at=READ_AT, report=READ)}


def outcomes(repository, first, notice, same):
    """Return what becomes of a stop that a second event on gallium completes: (live, with the whole memory)."""
    sequence = rule("a", "b", **GONE, ordered=False, unless=[{**NOTICE, "same": same}])
    book = rules_book(sequence)
    last = event("b", 8, facts=GALLIUM)
    as_of = last.known_at + timedelta(minutes=1)
    with repository.engine.begin() as connection:
        earlier = (event("a", 0, facts=first), event("c", 4, facts=notice))
        connection.execute(signals.insert(), _signal_rows(earlier, ()))
    told = []
    for wanted in (recall_of_sequences(book, [last]), recall_of(book)):
        recalled = Recalled(signals=repository.recall(wanted, as_of).signals, vitals=VITALS)
        known = Window(recalled=recalled).as_known(as_of)
        _, (trace,) = detect_sequences(book, known, as_of, (last,))
        told.append(trace.outcome)
    return tuple(told)


def test_notice_that_names_no_goods_bars_a_stop_live_too(repository):
    notice = {"materials": (), "actors": ("CN",)}
    assert outcomes(repository, GALLIUM, notice, ["material"]) == ("suppressed", "suppressed")


def test_notice_on_other_goods_bars_a_stop_live_too_where_the_actor_alone_counts(repository):
    first = {**GALLIUM, "actors": ("CN",)}
    notice = {"materials": ("urea",), "actors": ("CN",)}
    assert outcomes(repository, first, notice, ["actor"]) == ("suppressed", "suppressed")


def test_notice_on_goods_of_the_earlier_event_alone_bars_a_stop_live_too(repository):
    first = {"materials": ("gallium", "germanium")}
    notice = {"materials": ("germanium",)}
    assert outcomes(repository, first, notice, ["material"]) == ("suppressed", "suppressed")


@pytest.mark.parametrize("same", [["material"], ["material", "actor"]])
def test_notice_on_goods_of_neither_event_bars_nothing(repository, same):
    assert outcomes(repository, GALLIUM, {"materials": ("germanium",)}, same) == ("fired", "fired")
