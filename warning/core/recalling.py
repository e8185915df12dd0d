"""What a rulebook wants remembered: the plan that the shells carry out before an assessment."""

from warning.core.detect.absence import absence_rules, awaited_of, signals_awaited
from warning.core.detect.delisting import notices_remembered
from warning.core.detect.sequence import sequence_rules, signal_need
from warning.core.recall import Recall
from warning.core.rulebook import Rulebook


def recall_of(book: Rulebook) -> Recall:
    """Return the signals that sequences read, the evidence that rules of the kind absence wait for, and the sources of steps."""
    needs = [signal_need(rule, book) for rule in sequence_rules(book)]
    needs += [need for rule in absence_rules(book) if (need := signals_awaited(rule)) is not None]
    needs += notices_remembered(book)
    awaited = {one: None for rule in absence_rules(book) for one in awaited_of(rule, book.terms)}
    watched = {
        s for chain in book.chains for step in chain.steps if step.late == "tell" for s in step.sources
    }
    return Recall(signals=tuple(needs), awaited=tuple(awaited), watched=tuple(sorted(watched)))
