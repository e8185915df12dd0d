"""What a rulebook wants remembered: the plan that the shells carry out before an assessment."""

from warning.core.detect.absence import absence_rules, awaited_of, signals_awaited
from warning.core.detect.sequence import sequence_rules, signal_need
from warning.core.recall import Recall
from warning.core.rulebook import Rulebook


def recall_of(book: Rulebook) -> Recall:
    """Return the signals that sequences read, and the evidence that rules of the kind absence wait for."""
    needs = [signal_need(rule, book) for rule in sequence_rules(book)]
    needs += [need for rule in absence_rules(book) if (need := signals_awaited(rule)) is not None]
    awaited = {one: None for rule in absence_rules(book) for one in awaited_of(rule, book.terms)}
    return Recall(signals=tuple(needs), awaited=tuple(awaited))
