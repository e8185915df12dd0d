"""How often each rule fired, from the traces that every assessment leaves, and what became of its alerts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from warning.core.alerts import Alert
from warning.core.ids import ids_paired
from warning.core.precision import Precision
from warning.core.review import standing_verdicts
from warning.core.rule_advice import Advice, RuleRecord, advise
from warning.core.rulebook import Rulebook
from warning.core.rules import AnyRule
from warning.store.assessments import TraceRecord
from warning.store.repository import Repository


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleStats:
    """One rule over some weeks. `last_fired_at` looks back as far as the store does; `last_outcome` is empty when no assessment ran it."""

    rule_id: str
    last_fired_at: datetime | None
    signals: int
    signals_per_week: float
    considered: int
    last_outcome: str
    record: RuleRecord
    version: str
    precision: tuple[Precision, ...] = ()

    @property
    def advice(self) -> Advice:
        return advise(self.record)

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
            "version": self.version,
            "alerts": self.record.alerts,
            "noisy": self.record.noisy,
            "noise": self.record.noise,
            "advice": self.advice.word,
            "because": self.advice.because,
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An alert of the store: the rules whose signals it holds, and whether it turned out to be noise."""

    rule_ids: frozenset[str]
    is_noise: bool


def told_alerts(repository: Repository, book: Rulebook, since: datetime, until: datetime) -> tuple[Told, ...]:
    """Return the alerts opened in an interval. Noise is what a desk silenced, turned down or closed as false.

    Background is left out: it tells no desk of anything.
    """
    closings = repository.closings_since(since)
    verdicts = standing_verdicts(event for _, event in closings if event.at <= until)
    false = {event.alert_key for event in verdicts if event.verdict == "false_positive"}
    alerts = repository.alerts(since=since, interrupts=True)
    return tuple(
        Told(
            rule_ids=rules_behind(alert, book),
            is_noise=alert.key in false or _was_turned_down(repository, alert.key),
        )
        for alert in alerts
        if since <= alert.opened_at <= until
    )


def rules_behind(alert: Alert, book: Rulebook) -> frozenset[str]:
    """Return the rules that fired on the evidence an alert shows, and the one it is told under."""
    held, rules = set(alert.signal_ids), book.rule_ids
    found = {
        rule_id
        for shown in alert.exhibits
        for rule_id, name in zip(rules, ids_paired("s", rules, shown.evidence_id), strict=True)
        if name in held
    }
    return frozenset({alert.rule_id, *found})


def _was_turned_down(repository: Repository, key: str) -> bool:
    return any(one.reason in {"silenced", "rejected"} for one in repository.withheld_of(key))


def rule_stats(
    book: Rulebook,
    traces: Iterable[TraceRecord],
    weeks: float,
    precision: Sequence[Precision] = (),
    told: Sequence[Told] = (),
    last_fired: Mapping[str, datetime] | None = None,
) -> tuple[RuleStats, ...]:
    """Count what the rules of the book did in `traces`, sorted by rule; rules no longer there are left out.

    `precision` is what the desks' verdicts say, `told` are the alerts of that time, each counted for every rule behind it; `last_fired` says
    of rules that fired before that time when they did.
    """
    by_rule: dict[str, list[TraceRecord]] = {rule.id: [] for rule in book.rules}
    for record in sorted(traces, key=lambda record: record.as_of):
        if record.trace.rule_id in by_rule:
            by_rule[record.trace.rule_id].append(record)
    return tuple(
        _of_rule(
            rule,
            by_rule[rule.id],
            weeks,
            tuple(p for p in precision if p.rule_id == rule.id),
            [one for one in told if rule.id in one.rule_ids],
            (last_fired or {}).get(rule.id),
        )
        for rule in book.rules
    )


def _of_rule(
    rule: AnyRule,
    records: Sequence[TraceRecord],
    weeks: float,
    precision: tuple[Precision, ...],
    told: Sequence[Told],
    fired_before: datetime | None,
) -> RuleStats:
    signals = sum(record.trace.fired for record in records)
    considered = sum(record.trace.considered for record in records)
    return RuleStats(
        rule_id=rule.id,
        version=rule.version,
        last_fired_at=max((record.as_of for record in records if record.trace.fired), default=fired_before),
        signals=signals,
        signals_per_week=signals / weeks,
        considered=considered,
        last_outcome=records[-1].trace.outcome if records else "",
        record=RuleRecord(
            weeks=weeks,
            alerts=len(told),
            noisy=sum(one.is_noise for one in told),
            confirmed=sum(p.confirmed for p in precision),
            false_positive=sum(p.false_positive for p in precision),
            assessments=len(records),
            considered=considered,
            names_sources=_names_sources(rule),
            is_background=not rule.interrupts,
        ),
        precision=precision,
    )


def _names_sources(rule: AnyRule) -> bool:
    """Whether the rule says by id which sources it reads: under `where`, under `select`, or its own list."""
    holders = (getattr(rule, "where", None), getattr(rule, "select", None), rule)
    return any(getattr(holder, "sources", ()) for holder in holders)
