"""How a sequence that is complete is told: its signal, its reason, and whose alert it belongs to."""

from collections.abc import Sequence

from warning.core.detect.sequence_unless import absent
from warning.core.joining import alert_title
from warning.core.rulebook import Rulebook
from warning.core.sequence_events import Event, Group, chain
from warning.core.sequence_rules import STORY, SequenceRule
from warning.core.signals import Exhibit, Facts, Reason, Signal, no_wider, signal_id


def sequence_signal(rule: SequenceRule, step: int, last: Event, group: Group, book: Rulebook) -> Signal:
    """Return the signal of a chain that `last`, an event of the given step (from 0), completes."""
    events = chain(rule, step, last, group)
    first = min(events, key=lambda e: e.day)
    told_in = _told_in(rule, first, last)
    facts = told_in.facts if told_in else _pattern_facts(rule, events)
    return Signal(
        id=signal_id(rule.id, last.evidence_id),
        rule_id=rule.id,
        rule_version=rule.version,
        rule_title=rule.title,
        interrupts=(told_in or last.signal).interrupts,
        severity=rule.severity,
        facts=facts,
        occurred_at=last.signal.occurred_at,
        known_at=max(event.signal.known_at for event in events),
        exhibit=_resting_on(last, events),
        why=(reason_of(rule, events, book), *absent(rule, events, book)),
        joins=told_in.id if told_in else "",
        story="" if told_in else f"{STORY}{rule.id}:{'+'.join(facts.materials)}",
        brings=last.signal.id if rule.relation == "confirmation" else "",
        rests_on=_others(last, events),
        beside=_shown_beside(rule, last, events),
        steps=_steps(rule, events),
    )


def _shown_beside(rule: SequenceRule, last: Event, events: Sequence[Event]) -> tuple[Exhibit, ...]:
    """A pattern is told of all its events; what is told in another alert shows its own there."""
    if rule.relation != "pattern":
        return ()
    every = [shown for event in events for shown in event.signal.exhibits]
    return tuple({e.evidence_id: e for e in every if e.evidence_id != last.evidence_id}.values())


def _steps(rule: SequenceRule, events: Sequence[Event]) -> tuple[tuple[str, str], ...]:
    """Of which step of a pattern each event is: it ends when all of one step are taken back."""
    if rule.relation != "pattern":
        return ()
    return tuple((step.name, event.evidence_id) for step, event in zip(rule.steps, events, strict=True))


def _others(last: Event, events: Sequence[Event]) -> tuple[str, ...]:
    """The evidence that the reason names beside the document of the last event."""
    named = {name for e in events for name in (e.evidence_id, *e.signal.rests_on)}
    return tuple(sorted(named - {last.evidence_id}))


def _resting_on(last: Event, events: Sequence[Event]) -> Exhibit:
    """The document of the last event, for those alone who may know of every event: the reason names them all."""
    shown = (event.signal.exhibit for event in events)
    return no_wider(last.signal.exhibit, [(one.marking, one.release_to) for one in shown])


def _told_in(rule: SequenceRule, first: Event, last: Event) -> Signal | None:
    """The signal in whose alert the sequence is told; None for an alert of its own."""
    if rule.relation == "pattern":
        return None
    return first.signal if rule.relation == "confirmation" else last.signal


def _pattern_facts(rule: SequenceRule, events: Sequence[Event]) -> Facts:
    """An alert of its own speaks of what any of the events names, without their dates and numbers."""
    assert rule.act is not None
    assert rule.direction is not None
    facts = [event.signal.facts for event in events]
    return Facts(
        act=rule.act,
        direction=rule.direction,
        materials=tuple(dict.fromkeys(m for one in facts for m in one.materials)),
        actors=next((one.actors for one in reversed(facts) if one.actors), ()),
        # Whose imports fell is no statement of whom the act is aimed at.
        targets=tuple(
            dict.fromkeys(t for event in events if not event.signal.story for t in event.signal.facts.targets)
        ),
        hs_codes=tuple(dict.fromkeys(code for one in facts for code in one.hs_codes)),
        names=facts[-1].names,
    )


def reason_of(rule: SequenceRule, events: Sequence[Event], book: Rulebook) -> Reason:
    """Name every event with its day, and the days from the first to the last."""
    ordered = sorted(events, key=lambda e: e.day)
    first, last = ordered[0], ordered[-1]
    days = last.day - first.day
    told = "; then ".join(f"{label(event, book)} ({event.date})" for event in ordered)
    word = rule.relation.replace("_", " ").capitalize()
    return Reason(
        code=f"sequence.{rule.relation}",
        text=f"{word} ({rule.title}): {told}; {days} {'day' if days == 1 else 'days'} between",
        params=(
            ("rule", rule.id),
            ("title", rule.title),
            ("first", label(first, book)),
            ("first_event", first.coded),
            ("first_day", first.date.isoformat()),
            ("last", label(last, book)),
            ("last_event", last.coded),
            ("last_day", last.date.isoformat()),
            ("days", str(days)),
        ),
    )


def label(event: Event, book: Rulebook) -> str:
    """Return an event in the words of an alert's title, with its number where it has one."""
    facts = event.signal.facts
    number = f" [{facts.instrument}]" if facts.instrument else ""
    return f"{alert_title(facts, book)}{number}"
