"""`rules explain`: the whole tree of pass and fail for one rule on one piece of evidence."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from warning.app.composed_examples import absence_window, sequence_window
from warning.app.evaluating import evaluate_records
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
from warning.core.phrases import counted
from warning.core.rulebook import Rulebook
from warning.core.rules import AnyRule, ListingRule, SeriesRule, TextRule
from warning.core.sequence_rules import SequenceExample, SequenceRule
from warning.core.series.figures import amount
from warning.core.withdrawals import Withdrawal

ALL_DAYS = 40_000
MOST_PAST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """The answer for one record; `about` names it in words, `meaning` what it is to each country."""

    evidence_id: str
    tree: ExplainNode
    about: str = ""
    meaning: tuple[tuple[str, str], ...] = ()

    def lines(self, rule: AnyRule) -> Iterator[str]:
        """Yield the answer in one sentence, what stood in the way, and the tree."""
        verdict = "fires on" if self.tree.passed else "stays quiet on"
        about = f": {self.about}" if self.about else ""
        yield f"{rule.id} (version {rule.version}) {verdict} {self.evidence_id}{about}"
        for obstacle in self.tree.obstacles():
            yield f"  because {obstacle}"
        for country, said in self.meaning:
            yield f"  for {country} {said}"
        yield from self.tree.lines(1)

    def document(self) -> dict[str, object]:
        """Return the answer as plain values for JSON."""
        return {
            "id": self.evidence_id,
            "about": self.about,
            "fires": bool(self.tree.passed),
            "because": list(self.tree.obstacles()),
            "severity_by_country": dict(self.meaning),
            "explain": self.tree.document(),
        }


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
    as_of: datetime | None = None,
) -> ExplainNode:
    """Explain one rule on evidence of whatever kind; a rule of another kind has nothing to say.

    Of a series it is said as of `as_of` what is late; without it, when its newest figure became known.
    """
    match rule, evidence:
        case TextRule(), Item():
            return explain_text(rule, evidence, book)
        case ListingRule(), ListingChange():
            return explain_listing(rule, evidence, book)
        case SeriesRule(), Series():
            return explain_series(rule, evidence, book, as_of)
        case SeriesRule(), SeriesGroup():
            return explain_group(rule, evidence, book, as_of)
        case DeadlineRule(), DeadlineExample():
            return explain_deadlines(rule, evidence.measure, evidence.on, replace(book, measures=()))
        case SequenceRule(), SequenceExample():
            window, _ = sequence_window(rule, evidence, 0, book)
            return explain_sequence(rule, window.recalled.signals, book, window.recalled.vitals)
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


def explain_register(
    rule: DeadlineRule, today: date, book: Rulebook, wanted_id: str | None = None
) -> Sequence[Explained]:
    """Explain the rule on every act of the register with a date it asks for that is still ahead, or today.

    With `wanted_id` on that act, whether the rule asks for it or not; with nothing ahead, on the last dates past.
    """
    dates = deadlines(book.measures)
    asked = [d for d in dates if wants(rule, d, book.terms)]
    shown = [d for d in asked if d.day >= today] or asked[-MOST_PAST:]
    if wanted_id is not None:
        shown = [d for d in dates if d.measure.id == wanted_id]
    acts = {deadline.measure.id: deadline.measure for deadline in shown}
    return [
        Explained(evidence_id=act.id, about=act.title, tree=explain_deadlines(rule, act, today, book))
        for act in acts.values()
    ]


def explain_signals(rule: SequenceRule, records: Iterable[Evidence], book: Rulebook) -> Sequence[Explained]:
    """Explain a sequence on everything that the other rules make of the records."""
    signals = [signal for evaluated in evaluate_records(book, records) for signal in evaluated.signals]
    own = [signal for signal in signals if signal.rule_id != rule.id]
    tree = explain_sequence(rule, own, book)
    return [Explained(evidence_id=f"{counted(len(own), 'signal')} of other rules", tree=tree)]


def explain_records(
    rule: AnyRule, records: Iterable[Evidence], book: Rulebook, wanted_id: str | None = None
) -> Sequence[Explained]:
    """Explain the rule on the wanted record, or on each; figures and lists are seen with what came before."""
    history = History(book, keep_days=ALL_DAYS, waits=False)
    found: list[Explained] = []
    as_of = None
    if isinstance(rule, SeriesRule):
        records = list(records)
        as_of = max((record.known_at for record in records), default=None)
    for record in records:
        window = history.admit([record])
        if wanted_id not in (None, record.id):
            continue
        seen = _seen(record, window.known.series, window.known.listing_changes)
        if isinstance(rule, SeriesRule) and rule.combine is not None and isinstance(record, Observation):
            seen = (
                (SeriesGroup(series=tuple(window.known.series), fresh=window.fresh),) if window.fresh else ()
            )
        trees = [explain(rule, evidence, book, as_of) for evidence in seen] or [_unseen(rule, record)]
        found += (Explained(evidence_id=record.id, about=_about(record), tree=tree) for tree in trees)
    return found


def _about(record: Evidence) -> str:
    match record:
        case Item():
            return record.title
        case Observation():
            value = "no figure" if record.value is None else amount(record.value, record)
            return f"{record.series_id}, {record.period}: {value}"
        case Listing():
            return f"the list {record.source_id} of {record.known_at.date()}, {counted(len(record.entries), 'entry', 'entries')}"
    return record.source_id


def _seen(
    record: Evidence, series: Sequence[Series], changes: Sequence[ListingChange]
) -> Iterable[Item | ListingChange | Series | SeriesGroup]:
    if isinstance(record, Item):
        return (record,)
    if isinstance(record, SourceReport | Withdrawal):
        return ()
    if isinstance(record, Listing):
        return changes
    return tuple(one for one in series if one.meta.series_id == record.series_id)


def _unseen(rule: AnyRule, record: Evidence) -> ExplainNode:
    why = "a later vintage of this figure came before it"
    if isinstance(record, SourceReport):
        why = "a report of how a source did is read by rules of the kind absence"
    if isinstance(record, Withdrawal):
        why = "that evidence was taken back is read by alerts, not by rules"
    if isinstance(record, Listing):
        why = "the first version of a list, or nothing differs from what was told of it before"
    return ExplainNode(label=rule.id, passed=False, detail=why)
