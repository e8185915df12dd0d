"""Examples of rules that read other rules' signals, or wait for evidence: as windows the detectors look through."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from warning.core.absence_rules import AbsenceExample, AbsenceRule
from warning.core.arrivals import Arrival
from warning.core.detect.absence import awaited_of
from warning.core.evidence import KnownWindow, period_end
from warning.core.health import SourceCondition, SourceReport, Vitals, report_id
from warning.core.recall import Recalled
from warning.core.rulebook import Rulebook
from warning.core.rules import AnyRule
from warning.core.sequence_rules import SequenceEvent, SequenceExample, SequenceRule
from warning.core.signals import Exhibit, Facts, Signal, signal_id
from warning.core.vocabulary import Marking


def sequence_window(
    rule: SequenceRule, example: SequenceExample, number: int, book: Rulebook
) -> tuple[KnownWindow, datetime]:
    """Return the example's events as signals that all became known in one round, how the sources of `unless` do, and the time after the last.

    Raises ValueError when an event names a rule that does not exist.
    """
    signals = tuple(_signal(event, f"example#{number}.{i}", book) for i, event in enumerate(example.events))
    as_of = max(signal.known_at for signal in signals) + timedelta(hours=1)
    sources = {source for one in rule.unless for source in one.sources}
    reports = [_report(source, example.condition, as_of, as_of) for source in sorted(sources)]
    vitals = {one.source_id: Vitals(read_at=None if one.is_blind else as_of, report=one) for one in reports}
    window = KnownWindow(
        items=(),
        series=(),
        listing_changes=(),
        fresh=frozenset(signal.id for signal in signals),
        recalled=Recalled(signals=signals, vitals=vitals),
    )
    return window, as_of


def _signal(event: SequenceEvent, evidence_id: str, book: Rulebook) -> Signal:
    rule = next((rule for rule in book.rules if rule.id == event.rule), None)
    if rule is None:
        raise ValueError(f"there is no rule {event.rule!r}")
    occurred, known = _noon(event.day), _noon(event.known or event.day)
    return Signal(
        id=signal_id(rule.id, evidence_id),
        rule_id=rule.id,
        rule_version=rule.version,
        rule_title=rule.title,
        interrupts=rule.interrupts,
        severity=event.severity or rule.severity,
        facts=_facts(event, rule),
        occurred_at=occurred,
        known_at=known,
        exhibit=_exhibit(event, evidence_id, occurred, known),
        why=(),
    )


def _facts(event: SequenceEvent, rule: AnyRule) -> Facts:
    """What the example leaves open is what the rule states; an act that neither names is export control."""
    return Facts(
        act=event.act or rule.act or "export_control",
        direction=event.direction or rule.direction or "tightening",
        materials=event.materials,
        actors=event.actors or tuple(getattr(rule, "actors", ())),
        targets=event.targets,
        instrument=event.instrument,
        names=event.names,
    )


def _exhibit(event: SequenceEvent, evidence_id: str, occurred: datetime, known: datetime) -> Exhibit:
    return Exhibit(
        evidence_id=evidence_id,
        source_id="example",
        source_title="example",
        publisher="example",
        kind="regulatory" if event.official else "news",
        country="",
        language="en",
        official=event.official,
        reliability="B",
        marking=Marking.CLEAR,
        release_to=None,
        title=event.title,
        url="",
        published_at=occurred,
        known_at=known,
    )


def absence_window(
    rule: AbsenceRule, example: AbsenceExample, book: Rulebook
) -> tuple[KnownWindow, datetime]:
    """Return what the example's sources gave and how they did, and noon of its day.

    Raises ValueError when `last` is no period, or no day.
    """
    known_at = _noon(example.on) - timedelta(hours=1)
    since = _noon(example.read or example.on)
    reports = [_report(source, example.condition, since, known_at) for source in rule.sources]
    vitals = {report.source_id: _vitals(report, example) for report in reports}
    arrival = _arrival(rule, example)
    signals: tuple[Signal, ...] = ()
    arrivals = {one: arrival for one in awaited_of(rule, book.terms) if arrival is not None}
    if rule.expects == "signals" and arrival is not None:
        signals = (_awaited_signal(rule, arrival, book),)
    window = KnownWindow(
        items=(),
        series=(),
        listing_changes=(),
        recalled=Recalled(signals=signals, arrivals=arrivals, vitals=vitals),
    )
    return window, _noon(example.on)


def _report(source: str, condition: SourceCondition, since: datetime, known_at: datetime) -> SourceReport:
    return SourceReport(
        id=report_id(source, condition, known_at),
        source_id=source,
        condition=condition,
        since=since,
        known_at=known_at,
    )


def _vitals(report: SourceReport, example: AbsenceExample) -> Vitals:
    read_at = _noon(example.read) if example.read else None
    if report.is_blind:
        return Vitals(read_at=read_at, report=report)
    return Vitals(read_at=read_at or report.known_at, report=report)


def _arrival(rule: AbsenceRule, example: AbsenceExample) -> Arrival | None:
    if not example.last:
        return None
    if rule.frequency is None:
        return Arrival(known_at=_noon(date.fromisoformat(example.last)))
    end = period_end(example.last)
    return Arrival(known_at=end + timedelta(days=1), period_end=end)


def _awaited_signal(rule: AbsenceRule, arrival: Arrival, book: Rulebook) -> Signal:
    event = SequenceEvent(rule=rule.rules[0], day=arrival.known_at.date(), materials=rule.materials)
    signal = _signal(event, "example", book)
    return replace(signal, exhibit=replace(signal.exhibit, source_id=rule.sources[0]))


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=UTC)
