"""What a rulebook wants remembered: the plan that the shells carry out before an assessment."""

from collections.abc import Sequence
from dataclasses import replace

from warning.core.detect.absence import absence_rules, awaited_of, signals_awaited
from warning.core.detect.delisting import notices_remembered
from warning.core.recall import Recall
from warning.core.rulebook import Rulebook
from warning.core.sequence_events import standing_by_rule
from warning.core.sequence_needs import need_for, sequence_rules, signal_need
from warning.core.signals import Signal


def recall_of(book: Rulebook) -> Recall:
    """Return the signals that sequences read, the evidence that rules of the kind absence wait for, and the sources of steps."""
    first = recall_at_first(book, lists=True)
    sequences = tuple(signal_need(rule, book) for rule in sequence_rules(book))
    return replace(first, signals=(*sequences, *first.signals))


def recall_of_sequences(book: Rulebook, fired: Sequence[Signal]) -> Recall:
    """Return what sequences read to judge what the other rules found: nothing where none of it is an event of theirs."""
    by_rule = standing_by_rule(fired)
    needs = (need_for(rule, book, fired, by_rule) for rule in sequence_rules(book))
    return Recall(signals=tuple(need for need in needs if need is not None))


def recall_at_first(book: Rulebook, *, lists: bool) -> Recall:
    """Return what all but the sequences read. Without `lists` there is no change of a list to find the act behind."""
    needs = [need for rule in absence_rules(book) if (need := signals_awaited(rule)) is not None]
    needs += notices_remembered(book) if lists else ()
    awaited = {one: None for rule in absence_rules(book) for one in awaited_of(rule, book.terms)}
    watched = {
        s for chain in book.chains for step in chain.steps if step.late == "tell" for s in step.sources
    }
    watched |= {s for rule in sequence_rules(book) for one in rule.unless for s in one.sources}
    return Recall(signals=tuple(needs), awaited=tuple(awaited), watched=tuple(sorted(watched)))
