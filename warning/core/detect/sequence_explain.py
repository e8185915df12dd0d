"""Why a sequence is complete on a set of signals, or what it lacks."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from warning.core.detect.sequence_telling import label, reason_of
from warning.core.detect.sequence_unless import Barred, absent, bar
from warning.core.explain import ExplainNode
from warning.core.health import Vitals
from warning.core.phrases import counted
from warning.core.rulebook import Rulebook
from warning.core.sequence_events import (
    Event,
    Pools,
    chain,
    completed,
    event_day,
    groups,
    pools,
    rules_of,
    unmet,
)
from warning.core.sequence_rules import SequenceRule, Step
from warning.core.signals import Signal

SHOWN_EVENTS = 5


def explain_sequence(
    rule: SequenceRule, signals: Sequence[Signal], book: Rulebook, vitals: Mapping[str, Vitals] | None = None
) -> ExplainNode:
    """Say, step by step, which events fit, whether they share the keys, lie close enough, and what bars them.

    `vitals` say how the sources of `unless` do; without them nobody asks.
    """
    found = pools(rule, signals, book)
    grouped = groups(rule, found, book.terms)
    complete = completed(rule, grouped)
    steps = tuple(_step(step, events, signals, book) for step, events in zip(rule.steps, found, strict=True))
    keys = ", ".join(rule.same) or "nothing in particular"
    order = "in this order" if rule.ordered else "in any order"
    chains = [chain(rule, *complete[document]) for document in sorted(complete)]
    barred = [bar(rule, events, signals, _seeing(rule, vitals), book) for events in chains]
    ends = [
        ExplainNode(label="complete", passed=True, detail=reason_of(rule, events, book).text)
        for events in chains[:SHOWN_EVENTS]
    ]
    ends += [
        ExplainNode(label="unless", passed=why is None, detail=_said(why, rule, events, book))
        for events, why in zip(chains[:SHOWN_EVENTS], barred, strict=False)
        if rule.unless
    ]
    children = (
        *steps,
        ExplainNode(label="same", passed=bool(grouped) if all(found) else None, detail=_shared(keys, found)),
        *(ends or [_incomplete(rule, order, reached=bool(grouped))]),
    )
    return ExplainNode(label=rule.id, passed=any(why is None for why in barred), children=children)


def _seeing(rule: SequenceRule, vitals: Mapping[str, Vitals] | None) -> Mapping[str, Vitals]:
    if vitals is not None:
        return vitals
    always = Vitals(read_at=datetime.max.replace(tzinfo=UTC))
    return {source: always for one in rule.unless for source in one.sources}


def _said(why: Barred | None, rule: SequenceRule, events: Sequence[Event], book: Rulebook) -> str:
    return why.detail if why else "; ".join(reason.text for reason in absent(rule, events, book))


def _incomplete(rule: SequenceRule, order: str, *, reached: bool) -> ExplainNode:
    detail = f"no events {order} within {counted(rule.within_days, 'day')}"
    return ExplainNode(label="complete", passed=False if reached else None, detail=detail)


def _step(step: Step, events: Sequence[Event], signals: Sequence[Signal], book: Rulebook) -> ExplainNode:
    newest = sorted(events, key=lambda e: (-e.day, e.signal.id))[:SHOWN_EVENTS]
    shown = "; ".join(f"{event.date} {label(event, book)}" for event in newest)
    return ExplainNode(
        label=f"step {step.name}",
        passed=bool(events),
        detail=f"{counted(len(events), 'event')}: {shown}"
        if events
        else f"no event fits{_nearest(step, signals, book)}",
    )


def _nearest(step: Step, signals: Sequence[Signal], book: Rulebook) -> str:
    """Name the signal that lacks least of what the step asks for, the newest of several, and what it lacks."""
    read = rules_of(step, book)

    def lacking(signal: Signal) -> Sequence[str]:
        facts = tuple(unmet(step, signal, book.terms))
        return facts if signal.rule_id in read else (f"a rule of the step ({signal.rule_id} is none)", *facts)

    lacks = [(lacking(signal), signal) for signal in signals]
    # One that lacks nothing was taken back, is doubtful, or counts for a later step.
    short = [(why, signal) for why, signal in lacks if why]
    if not short:
        return ""
    why, signal = min(short, key=lambda one: (len(one[0]), -event_day(one[1]).toordinal(), one[1].id))
    event = Event(signal=signal, day=event_day(signal).toordinal())
    return f"; the nearest, {event.date} {label(event, book)}, lacks: {', '.join(why)}"


def _shared(keys: str, found: Pools) -> str:
    counts = ", ".join(str(len(step)) for step in found)
    return f"events must share {keys}; events by step: {counts}"
