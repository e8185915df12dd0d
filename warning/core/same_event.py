"""Whether a signal and an alert may tell of one event: what each names, and how near in time they are."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from warning.core.ids import instrument_key
from warning.core.joined_goods import Goods
from warning.core.joining_case import (
    Case,
    Report,
    Shown,
    counts_firms_alone,
    counts_firms_only,
    kinds_differ,
    kinds_of,
    names_goods_only,
    names_in_common,
)
from warning.core.policy import Correlation
from warning.core.signals import Signal

# A report that names neither goods nor target is of the same event only about the same day.
VAGUE_SPAN = timedelta(days=1)
# Ends of two acts lie further apart; "for a year" is counted from the day of the report.
SAME_END = timedelta(days=7)


class SameEvent:
    """The tests of one rulebook, each of a case and a signal by themselves."""

    def __init__(self, goods: Goods, windows: Correlation) -> None:
        self.goods = goods
        self._windows = windows
        self._vague = timedelta(days=windows.vague_days)
        self._gap, self._span = timedelta(days=windows.gap_days), timedelta(days=windows.span_days)

    def near(self, case: Case, signal: Signal, days: int) -> bool:
        return abs(signal.known_at - case.last_at) <= timedelta(days=days)

    def fits(self, case: Case, signal: Signal) -> bool:
        targets = set(signal.facts.targets)
        if targets and case.targets and targets.isdisjoint(case.targets):
            return False
        if self._tells_another_kind(case, signal):
            return False
        return self.goods.shared(case.materials, set(signal.facts.materials)) is not None

    def may_be_related(self, case: Case, signal: Signal) -> bool:
        """One actor, about the same day, and at most one of the two with a number."""
        if abs(signal.known_at - case.opened_at) > timedelta(days=self._windows.related_days):
            return False
        has_both_numbers = bool(signal.facts.instrument and case.instrument)
        return not has_both_numbers and not case.story and bool(set(signal.facts.actors) & case.actors)

    def shares_object(self, case: Case, signal: Signal) -> bool:
        facts = signal.facts
        return bool(set(facts.materials) & case.materials or set(facts.targets) & case.targets)

    def names_no_other(self, case: Case, signal: Signal) -> bool:
        """A report as bare as "20 firms put under an export ban": the first such event of its day and actor is meant."""
        facts = signal.facts
        if signal.exhibit.official and case.official_documents:
            return False
        is_near = abs(signal.known_at - case.opened_at) <= VAGUE_SPAN and not counts_firms_only(case, signal)
        if self._names_other_goods(case, signal) or self._tells_another_kind(case, signal):
            return False
        by_material = not self.goods.named(set(facts.materials)) or not self.goods.named(case.materials)
        by_target = not facts.targets or not case.targets
        return is_near and by_material and by_target

    def same_document(self, case: Case, signal: Signal) -> bool:
        """Two rules on one document tell of one event, unless it is another act number or another direction."""
        lead = case.alert or case.signals[0]
        known, said = case.instrument, signal.facts.instrument
        if known and said and instrument_key(known) != instrument_key(said):
            return False
        return lead.interrupts == signal.interrupts and lead.facts.direction == signal.facts.direction

    def tells_the_same(self, case: Case, signal: Signal) -> bool:
        """Near words tell of one event, whatever act each rule reads in them; two official notices in near words do not."""
        windows = self._windows
        is_near = self.near(case, signal, windows.gap_days)
        if not is_near or signal.known_at - case.opened_at > timedelta(days=windows.span_days) or case.story:
            return False
        others = {document for _, document in case.official_documents} - {signal.exhibit.evidence_id}
        if signal.exhibit.official and others:
            return False
        shared = self.goods.shared(case.materials, set(signal.facts.materials))
        return shared is not None and self.same_document(case, signal)

    def most_like(self, cases: Iterable[Case], report: Report) -> Case | None:
        """Return the case that the report may tell of: with the largest share of materials in common, and of several the last."""
        best: Case | None = None
        most = (-1.0, 0, 0.0)
        actors, named = report.actors, report.materials
        shares: dict[frozenset[str], float | None] = {}  # cases repeat one another's goods
        for case in cases:
            shown: Shown = case.found.get("shown") or case.shown
            if actors and shown.actors and actors.isdisjoint(shown.actors):
                continue
            if shown.materials not in shares:
                shares[shown.materials] = self.goods.shared(shown.materials, named)
            shared = shares[shown.materials]
            if shared is None or shared < most[0]:
                continue
            like = self._likeness(case, shown, report, shared)
            if like is None or like < most:
                continue
            # Of two as like the older one, whichever of them was stored and whichever is of this assessment.
            if best is None or like > most or _age(case) < _age(best):
                best, most = case, like
        return best

    def _likeness(
        self, case: Case, shown: Shown, report: Report, shared: float
    ) -> tuple[float, int, float] | None:
        """Return (shared share of materials, names in common where none is shared, recency) when they may be one event, their actors and goods apart."""
        if not self._is_in_time(shown, report) or (report.story and shown.story):
            return None
        if shown.number and report.number and shown.number != report.number:
            return None
        if not shared and not self._may_be_vague(case, shown, report):
            return None
        if self._tells_another_kind(case, report.signal):
            return None
        alike = 0 if shared else names_in_common(case, report.signal)
        return shared, alike, shown.last_at.timestamp()

    def _is_in_time(self, shown: Shown, report: Report) -> bool:
        """Soon after the last report, or about the day on which the act takes effect: one that names goods, or that very day."""
        if abs(report.known_at - shown.last_at) <= self._gap:
            return report.known_at - shown.opened_at <= self._span
        if shown.effective is None or report.number:
            return False
        if not report.is_named and report.signal.facts.effective != shown.effective:
            return False
        return abs(report.known_at.date() - shown.effective) <= timedelta(days=self._windows.effective_days)

    def _may_be_vague(self, case: Case, shown: Shown, report: Report) -> bool:
        """A report that names no material joins soon, and never as a second official document of one source."""
        facts = report.signal.facts
        if (
            shown.effective is not None
            and facts.effective == shown.effective
            and set(facts.targets) & case.targets
        ):
            return True
        if abs(report.known_at - shown.last_at) > self._vague:
            return False
        if report.counts_firms and names_goods_only(case):
            return False
        if facts.expires and case.expires and abs(facts.expires - case.expires) > SAME_END:
            return False
        if self._names_other_goods(case, report.signal):
            return False
        own = report.signal.exhibit
        if not own.official:
            return True
        others = {document for source, document in case.official_documents if source == own.source_id}
        return others <= {own.evidence_id}

    def _names_other_goods(self, case: Case, signal: Signal) -> bool:
        """Whether a report names goods and the case none: beside a count of firms, or days after a numbered act."""
        facts = signal.facts
        if not self.goods.named(set(facts.materials)) or self.goods.named(case.materials):
            return False
        later = abs(signal.known_at - case.opened_at) > VAGUE_SPAN
        return counts_firms_alone(case) or (later and bool(case.instrument))

    def _tells_another_kind(self, case: Case, signal: Signal) -> bool:
        """Whether the headline is about another kind of object than the case: of two acts of one day the other one."""
        if signal.facts.instrument:
            return False
        said = kinds_of(signal.exhibit.title)
        return bool(said) and kinds_differ(said, case.kinds)


def _age(case: Case) -> tuple[datetime, str]:
    return case.opened_at, case.key
