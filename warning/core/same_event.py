"""Whether a signal and an alert may tell of one event: what each names, and how near in time they are."""

from datetime import datetime, timedelta

from warning.core.ids import instrument_key
from warning.core.joined_goods import Goods
from warning.core.joining_case import Case, Report, names_in_common
from warning.core.joining_families import Family
from warning.core.joining_firms import (
    counts_firms_alone,
    counts_firms_only,
    counts_other_firms,
    names_goods_only,
)
from warning.core.object_kinds import kinds_differ, kinds_of, shingles
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
        self._effective = timedelta(days=windows.effective_days)

    def near(self, case: Case, signal: Signal, days: int) -> bool:
        return abs(signal.known_at - case.last_at) <= timedelta(days=days)

    def fits(self, case: Case, signal: Signal) -> bool:
        targets = set(signal.facts.targets)
        if targets and case.targets and targets.isdisjoint(case.targets):
            return False
        return self.goods.shared(case.materials, set(signal.facts.materials)) is not None

    def may_be_related(self, case: Case, signal: Signal) -> bool:
        """One actor and kind of object, about the same day, and at most one of the two with a number."""
        if abs(signal.known_at - case.opened_at) > timedelta(days=self._windows.related_days):
            return False
        has_both_numbers = bool(signal.facts.instrument and case.instrument)
        if has_both_numbers or case.story or not set(signal.facts.actors) & case.actors:
            return False
        return not self._tells_another_act(case, signal)

    def shares_object(self, case: Case, signal: Signal) -> bool:
        facts = signal.facts
        return bool(set(facts.materials) & case.materials or set(facts.targets) & case.targets)

    def names_no_other(self, case: Case, signal: Signal) -> bool:
        """A report as bare as "20 firms put under an export ban": the first such event of its day and actor is meant."""
        facts = signal.facts
        if signal.exhibit.official and case.official_documents:
            return False
        is_near = abs(signal.known_at - case.opened_at) <= VAGUE_SPAN and not counts_firms_only(case, signal)
        if self._names_other_goods(case, signal):
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
        """Near words tell of one event, whatever act each rule reads in them; two official notices, or lists, in near words do not."""
        windows = self._windows
        is_near = self.near(case, signal, windows.gap_days)
        if not is_near or signal.known_at - case.opened_at > timedelta(days=windows.span_days) or case.story:
            return False
        others = {document for _, document in case.official_documents} - {signal.exhibit.evidence_id}
        if signal.exhibit.official and others:
            return False
        shared = self.goods.shared(case.materials, set(signal.facts.materials))
        if shared is None or self._tells_another_act(case, signal):
            return False
        return self.same_document(case, signal)

    def most_like(self, family: Family, report: Report) -> Case | None:
        """Return the case that the report may tell of: with the largest share of materials in common, where none is shared of names, and of several the last."""
        best: Case | None = None
        most, nearest = 0.0, 0
        said = shingles(report.signal.exhibit.title)
        for share, cases in family.like(report):
            if best is not None and share < most:
                break
            for case in reversed(cases):  # the last opened first: what most others are further from
                alike = names_in_common(case, said) if said and not share else 0
                # Of two as like the older one, whichever of them was stored and whichever is of this assessment.
                if best is not None and not _is_nearer((alike, case), (nearest, best)):
                    continue
                if self._may_be_one(case, report, share):
                    best, most, nearest = case, share, alike
        return best

    def _may_be_one(self, case: Case, report: Report, share: float) -> bool:
        """Whether they may be one event, their actors and goods apart, of which this share is in common."""
        if not self._is_in_time(case, report) or (report.story and case.story):
            return False
        if case.number and report.number and case.number != report.number:
            return False
        if not share and not self._may_be_vague(case, report):
            return False
        return not self._tells_another_act(case, report.signal)

    def _is_in_time(self, case: Case, report: Report) -> bool:
        """Soon after the last report, or about the day on which the act takes effect: one that names goods, or that very day."""
        if abs(report.known_at - case.last_at) <= self._gap:
            return report.known_at - case.opened_at <= self._span
        if case.effective is None or report.number:
            return False
        if not report.is_named and report.signal.facts.effective != case.effective:
            return False
        return abs(report.known_at.date() - case.effective) <= self._effective

    def _may_be_vague(self, case: Case, report: Report) -> bool:
        """A report that names no material joins soon, or by day of effect and target, and never as a second official document of one source."""
        facts = report.signal.facts
        is_soon = abs(report.known_at - case.last_at) <= self._vague
        has_same_day = case.effective is not None and facts.effective == case.effective
        if not is_soon and not (has_same_day and set(facts.targets) & case.targets):
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

    def _tells_another_act(self, case: Case, signal: Signal) -> bool:
        """Whether it is about another kind of object, or counts other firms."""
        is_of_its_day = abs(signal.known_at - case.opened_at) <= VAGUE_SPAN
        return self._tells_another_kind(case, signal) or counts_other_firms(
            case, signal, is_of_its_day=is_of_its_day
        )

    def _tells_another_kind(self, case: Case, signal: Signal) -> bool:
        """Whether the headline is about another kind of object than the case: of two acts of one day the other one.

        Of an act that no issuer named yet the press tells in many words.
        """
        if signal.facts.instrument:
            return False
        said = kinds_of(signal.exhibit.title)
        by_issuer = bool(case.instrument or case.official_documents)
        return bool(said) and kinds_differ(said, case.kinds, by_issuer=by_issuer)


def _age(case: Case) -> tuple[datetime, str]:
    return case.opened_at, case.key


def _is_nearer(one: tuple[int, Case], other: tuple[int, Case]) -> bool:
    (alike, case), (most, best) = one, other
    if (alike, case.last_at) != (most, best.last_at):
        return (alike, case.last_at) > (most, best.last_at)
    return _age(case) < _age(best)
