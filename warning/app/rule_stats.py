"""How often each rule fired, from the traces that every assessment leaves."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from warning.core.precision import Precision
from warning.core.rulebook import Rulebook
from warning.store.assessments import TraceRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleStats:
    """One rule over some weeks. `last_outcome` is empty when no assessment ran it."""

    rule_id: str
    last_fired_at: datetime | None
    signals: int
    signals_per_week: float
    considered: int
    last_outcome: str
    precision: tuple[Precision, ...] = ()

    def document(self) -> dict[str, object]:
        """Return the figures as plain values for JSON."""
        return {
            "rule": self.rule_id,
            "last_fired_at": self.last_fired_at.isoformat() if self.last_fired_at else None,
            "signals": self.signals,
            "signals_per_week": round(self.signals_per_week, 3),
            "considered": self.considered,
            "last_outcome": self.last_outcome,
            "precision": [_precision_document(one) for one in self.precision],
        }


def _precision_document(one: Precision) -> dict[str, object]:
    low, high = one.interval or (None, None)
    return {
        "desk": one.desk_id,
        "confirmed": one.confirmed,
        "false_positive": one.false_positive,
        "n": one.n,
        "ratio": one.ratio,
        "low": low,
        "high": high,
        "text": str(one),
    }


def rule_stats(
    book: Rulebook, traces: Iterable[TraceRecord], weeks: float, precision: Sequence[Precision] = ()
) -> tuple[RuleStats, ...]:
    """Count what the rules of the book did in `traces`, sorted by rule; rules no longer there are left out.

    `precision` is what the desks' verdicts say, of whatever rules.
    """
    by_rule: dict[str, list[TraceRecord]] = {rule.id: [] for rule in book.rules}
    for record in sorted(traces, key=lambda record: record.as_of):
        if record.trace.rule_id in by_rule:
            by_rule[record.trace.rule_id].append(record)
    judged = {rule_id: tuple(p for p in precision if p.rule_id == rule_id) for rule_id in by_rule}
    return tuple(_of_rule(rule_id, by_rule[rule_id], weeks, judged[rule_id]) for rule_id in by_rule)


def _of_rule(
    rule_id: str, records: list[TraceRecord], weeks: float, precision: tuple[Precision, ...]
) -> RuleStats:
    signals = sum(record.trace.fired for record in records)
    return RuleStats(
        rule_id=rule_id,
        last_fired_at=max((record.as_of for record in records if record.trace.fired), default=None),
        signals=signals,
        signals_per_week=signals / weeks,
        considered=sum(record.trace.considered for record in records),
        last_outcome=records[-1].trace.outcome if records else "",
        precision=precision,
    )
