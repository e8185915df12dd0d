"""`rules explain`: the whole tree of pass and fail for one rule on one piece of evidence."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from warning.app.composed_examples import absence_window, sequence_window
from warning.app.history import History
from warning.core.absence_rules import AbsenceExample, AbsenceRule
from warning.core.deadline_rules import DeadlineExample, DeadlineRule
from warning.core.deadlines import deadlines
from warning.core.detect.absence import explain_absence
from warning.core.detect.deadline import explain_deadlines, wants
from warning.core.detect.listing import explain_listing
from warning.core.detect.sequence_explain import explain_sequence
from warning.core.detect.series import SeriesGroup, explain_group, explain_series
from warning.core.detect.text import explain_text
from warning.core.evidence import Evidence, Item, Listing, ListingChange, Observation, Series
from warning.core.explain import ExplainNode
from warning.core.health import SourceReport
from warning.core.rulebook import Rulebook
from warning.core.rules import AnyRule, ListingRule, SeriesRule, TextRule
from warning.core.sequence_rules import SequenceExample, SequenceRule

ALL_DAYS = 40_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """The answer for one record."""

    evidence_id: str
    tree: ExplainNode


def explain(
    rule: AnyRule,
    evidence: Item
    | ListingChange
    | Series
    | SeriesGroup
    | DeadlineExample
    | SequenceExample
    | AbsenceExample,
    book: Rulebook,
) -> ExplainNode:
    """Explain one rule on evidence of whatever kind; a rule of another kind has nothing to say."""
    match rule, evidence:
        case TextRule(), Item():
            return explain_text(rule, evidence, book)
        case ListingRule(), ListingChange():
            return explain_listing(rule, evidence, book)
        case SeriesRule(), Series():
            return explain_series(rule, evidence, book)
        case SeriesRule(), SeriesGroup():
            return explain_group(rule, evidence, book)
        case DeadlineRule(), DeadlineExample():
            return explain_deadlines(rule, evidence.measure, evidence.on, replace(book, measures=()))
        case SequenceRule(), SequenceExample():
            window, _ = sequence_window(evidence, 0, book)
            return explain_sequence(rule, window.recalled.signals, book)
        case AbsenceRule(), AbsenceExample():
            window, _ = absence_window(rule, evidence, book)
            return explain_absence(rule, window, evidence.on, book)
    wanted = {
        "text": "items",
        "context": "items",
        "listing": "lists",
        "series": "figures",
        "deadline": "the register",
        "sequence": "signals of other rules",
        "absence": "what comes from its sources",
    }[rule.kind]
    return ExplainNode(
        label=rule.id, passed=False, detail=f"a {rule.kind} rule reads {wanted}, this is something else"
    )


def explain_register(rule: DeadlineRule, today: date, book: Rulebook) -> Sequence[Explained]:
    """Explain the rule on every act of the register with a date it asks for that is still ahead, or today."""
    ahead = [d for d in deadlines(book.measures) if d.day >= today and wants(rule, d, book.terms)]
    acts = {deadline.measure.id: deadline.measure for deadline in ahead}
    trees = ((act.id, explain_deadlines(rule, act, today, book)) for act in acts.values())
    return [Explained(evidence_id=name, tree=tree) for name, tree in trees]


def explain_records(
    rule: AnyRule, records: Iterable[Evidence], book: Rulebook, wanted_id: str | None = None
) -> Sequence[Explained]:
    """Explain the rule on the wanted record, or on each; figures and lists are seen with what came before."""
    history = History(book, keep_days=ALL_DAYS)
    found: list[Explained] = []
    for record in records:
        window = history.admit([record])
        if wanted_id not in (None, record.id):
            continue
        seen = _seen(record, window.known.series, window.known.listing_changes)
        if isinstance(rule, SeriesRule) and rule.combine is not None and isinstance(record, Observation):
            seen = (
                (SeriesGroup(series=tuple(window.known.series), fresh=window.fresh),) if window.fresh else ()
            )
        trees = [explain(rule, evidence, book) for evidence in seen] or [_unseen(rule, record)]
        found += (Explained(evidence_id=record.id, tree=tree) for tree in trees)
    return found


def _seen(
    record: Evidence, series: Sequence[Series], changes: Sequence[ListingChange]
) -> Iterable[Item | ListingChange | Series | SeriesGroup]:
    if isinstance(record, Item):
        return (record,)
    if isinstance(record, SourceReport):
        return ()
    if isinstance(record, Listing):
        return changes
    return tuple(one for one in series if one.meta.series_id == record.series_id)


def _unseen(rule: AnyRule, record: Evidence) -> ExplainNode:
    why = "a later vintage of this figure came before it"
    if isinstance(record, SourceReport):
        why = "a report of how a source did is read by rules of the kind absence"
    if isinstance(record, Listing):
        why = "the first version of a list, or nothing differs from the version before"
    return ExplainNode(label=rule.id, passed=False, detail=why)
