"""Why a rule that reads no single record fires, or not: on what the store holds, as known at one instant."""

from collections.abc import Sequence
from datetime import UTC, datetime

from warning.app.explaining import Explained
from warning.core.absence_rules import AbsenceRule
from warning.core.deadline_rules import DeadlineRule
from warning.core.deadlines import deadlines
from warning.core.detect.absence import explain_absence
from warning.core.detect.deadline import explain_dates, wants
from warning.core.detect.sequence_explain import explain_sequence
from warning.core.evidence import Window
from warning.core.evidence_dates import evidence_deadlines
from warning.core.recall import Recall
from warning.core.recalling import recall_of
from warning.core.rulebook import Rulebook
from warning.core.sequence_needs import signal_need
from warning.core.sequence_rules import SequenceRule
from warning.store.repository import Repository


def explain_absence_now(
    rule: AbsenceRule, book: Rulebook, repository: Repository, as_of: datetime
) -> Sequence[Explained]:
    """Explain what the rule waits for, when it last came and how its sources do."""
    recalled = repository.recall(recall_of(book), as_of)
    known = Window(recalled=recalled).as_known(as_of)
    tree = explain_absence(rule, known, as_of.astimezone(UTC).date(), book)
    return [Explained(evidence_id=rule.id, about=rule.title, tree=tree)]


def explain_sequence_now(
    rule: SequenceRule, book: Rulebook, repository: Repository, as_of: datetime
) -> Sequence[Explained]:
    """Explain which stored signals fit the steps and whether they complete them."""
    watched = tuple(sorted({source for one in rule.unless for source in one.sources}))
    found = repository.recall(Recall(signals=(signal_need(rule, book),), watched=watched), as_of)
    tree = explain_sequence(rule, found.signals, book, found.vitals)
    return [Explained(evidence_id=rule.id, about=rule.title, tree=tree)]


def explain_evidence_dates(
    rule: DeadlineRule, book: Rulebook, repository: Repository, as_of: datetime
) -> Sequence[Explained]:
    """Explain the rule on every date ahead that an open alert took from its evidence."""
    today = as_of.astimezone(UTC).date()
    found = evidence_deadlines(repository.standing_alerts(today), deadlines(book.measures))
    ahead = [d for d in found if d.day >= today and wants(rule, d, book.terms)]
    return [
        Explained(
            evidence_id=one.measure.id,
            about=one.measure.title,
            tree=explain_dates(rule, one.measure.id, [one], today, book.terms),
        )
        for one in ahead
    ]
