"""Detector for rules of the kind sequence: the second stage, over the signals of the first and of earlier rounds.

A sequence fires once for each event that completes it, in the round in which its last missing part became known,
whichever part that was: complete with the new signals, and not complete without them. An edited rule therefore
leaves alone what had been complete before.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from warning.core.detect.sequence_unless import Barred, absent, bar
from warning.core.evidence import KnownWindow
from warning.core.health import Vitals
from warning.core.joining import alert_title
from warning.core.old_news import came_late, lag_days
from warning.core.recall import Near, SignalNeed, StepNeed
from warning.core.rulebook import Rulebook
from warning.core.sequence_events import (
    Event,
    Group,
    Pools,
    chain,
    completed,
    event_day,
    groups,
    pools,
    rules_of,
)
from warning.core.sequence_rules import STORY, SequenceRule, Step
from warning.core.series.select import with_ancestors
from warning.core.signals import (
    Exhibit,
    Facts,
    Outcome,
    Reason,
    Signal,
    Trace,
    is_withdrawal,
    no_wider,
    signal_id,
)


def sequence_rules(book: Rulebook) -> tuple[SequenceRule, ...]:
    return tuple(rule for rule in book.active("sequence") if isinstance(rule, SequenceRule))


def signal_need(rule: SequenceRule, book: Rulebook) -> SignalNeed:
    """Return the signals a sequence wants remembered: those of its steps, so far back as one may matter."""
    ids = frozenset().union(*(rules_of(step, book) for step in (*rule.steps, *rule.unless)))
    lags = [lag_days(one) for one in book.rules if one.id in ids]
    return SignalNeed(rule_ids=ids, days=_reach(rule) + max(lags, default=0) + 1)


def _reach(rule: SequenceRule) -> int:
    """How many days before an event another may matter to it."""
    return max([rule.within_days, *(one.within_days or 0 for one in rule.unless)])


def need_for(rule: SequenceRule, book: Rulebook, signals: Sequence[Signal]) -> SignalNeed | None:
    """Return what of its memory a sequence needs to judge these signals; None when none of them is an event of it.

    `_detect` tells the same with it as with all that `signal_need` names: what completes a sequence now has an event of
    a new document in it, so that its other events lie within the rule's days of one, fit another step, and share its
    materials where the rule says so.
    """
    found = pools(rule, signals, book)
    events = [event for step in found for event in step]
    if not events:
        return None
    whole = signal_need(rule, book)
    takes_back = any(is_withdrawal(s) for s in signals if s.rule_id in whole.rule_ids)
    return replace(
        whole,
        near=Near(
            first=date.fromordinal(min(event.day for event in events) - _reach(rule)),
            last=date.fromordinal(max(event.day for event in events) + rule.within_days),
            documents=frozenset(s.exhibit.evidence_id for s in signals),
            steps=(
                *_steps_wanted(rule, found, book, takes_back=takes_back),
                # Compared with all events of the chain, not the new ones alone; and what names no goods bars as well.
                *(step_need(one, book) for one in rule.unless),
            ),
        ),
    )


def step_need(step: Step, book: Rulebook, materials: frozenset[str] | None = None) -> StepNeed:
    """Return what of a memory may fit a step. Severity and the like are left to `fits`: they leave out little."""
    return StepNeed(
        rule_ids=rules_of(step, book),
        acts=frozenset(step.acts),
        actors=frozenset(step.actors),
        materials=materials,
    )


def _steps_wanted(
    rule: SequenceRule, found: Pools, book: Rulebook, *, takes_back: bool
) -> tuple[StepNeed, ...]:
    """The steps whose earlier events can matter to what was found; nothing new completes a step that has none.

    Where all that was found are answers, no other answer matters. Not so where the target joins: who names none is aimed at
    everybody named, in other answers too.
    """
    if takes_back:
        # What stood behind a signal taken back may come forward, and complete what is about something else.
        return tuple(step_need(step, book) for step in rule.steps)
    materials = shared_materials(rule, book, [event.signal for step in found for event in step])
    every = [step_need(step, book, materials) for step in rule.steps]
    wanted = [need if found[i] else _with_days(need, i, rule, found) for i, need in enumerate(every)]
    is_answers = rule.ordered and not any(found[:-1]) and "target" not in rule.same
    return tuple(wanted[:-1] if is_answers else wanted)


def _with_days(need: StepNeed, place: int, rule: SequenceRule, found: Pools) -> StepNeed:
    """With the days on which an event of this step can stand beside one that was found."""
    since: list[int] = []
    until: list[int] = []
    for i, events in enumerate(found):
        if events:
            since.append(events[0].day - (0 if rule.ordered and i < place else rule.within_days))
            until.append(events[-1].day + (0 if rule.ordered and i > place else rule.within_days))
    return replace(need, since=date.fromordinal(min(since)), until=date.fromordinal(max(until)))


def shared_materials(rule: SequenceRule, book: Rulebook, signals: Sequence[Signal]) -> frozenset[str] | None:
    """The materials an event must name to share one with these events; None where that settles nothing.

    Where a target joins too, who names none is aimed at everybody named anywhere: then all are read.
    """
    if "material" not in rule.same or not {"target", "answers"}.isdisjoint(rule.same):
        return None
    shared = {name for s in signals for m in s.facts.materials for name in with_ancestors(m, book.terms)}
    below = (m for m in book.terms.materials if not shared.isdisjoint(with_ancestors(m, book.terms)))
    return frozenset({*shared, *below})


def detect_sequences(
    book: Rulebook, known: KnownWindow, as_of: datetime, signals: Sequence[Signal]
) -> tuple[list[Signal], list[Trace]]:
    """Fire on what `signals`, those of this round, complete together with those remembered."""
    remembered = {s.id: s for s in known.recalled.signals if s.id not in known.fresh}
    given = [s for s in known.recalled.signals if s.id in known.fresh]
    fresh = [s for s in (*signals, *given) if s.id not in remembered]
    fired: list[Signal] = []
    traces: list[Trace] = []
    for rule in sequence_rules(book):
        found, trace = _detect(rule, book, list(remembered.values()), fresh, known.recalled.vitals, as_of)
        fired += found
        traces.append(trace)
    return fired, traces


def _detect(
    rule: SequenceRule,
    book: Rulebook,
    remembered: Sequence[Signal],
    fresh: Sequence[Signal],
    vitals: Mapping[str, Vitals],
    as_of: datetime,
) -> tuple[list[Signal], Trace]:
    events = [event for step in pools(rule, fresh, book) for event in step]
    if not events:
        return [], _trace(rule, 0, 0, ())
    need = signal_need(rule, book)
    considered = len(events)
    since = as_of - timedelta(days=need.days)
    held = _near(
        [s for s in remembered if s.rule_id in need.rule_ids and s.known_at >= since],
        min(event.day for event in events) - _reach(rule),
        max(event.day for event in events) + rule.within_days,
    )
    rules = {one.id: one for one in book.rules}
    complete = [
        (step, last, group)
        for step, last, group in _newly_completed(rule, book, held, fresh)
        if not came_late(last.signal, rules.get(last.signal.rule_id))
    ]
    fired: list[Signal] = []
    barred: list[Barred] = []
    for step, last, group in complete:
        why = bar(rule, chain(rule, step, last, group), (*held, *fresh), vitals, book)
        if why is None:
            fired.append(_signal(rule, step, last, group, book))
        else:
            barred.append(why)
    return fired, _trace(rule, considered, len(fired), barred)


def _near(signals: Sequence[Signal], first: int, last: int) -> Sequence[Signal]:
    """Leave out documents too far from anything new to make a difference, and nothing else."""
    near = {s.exhibit.evidence_id for s in signals if first <= event_day(s).toordinal() <= last}
    return [s for s in signals if s.exhibit.evidence_id in near or is_withdrawal(s)]


def _newly_completed(
    rule: SequenceRule, book: Rulebook, held: Sequence[Signal], fresh: Sequence[Signal]
) -> Iterable[tuple[int, Event, Group]]:
    now = completed(rule, groups(rule, pools(rule, (*held, *fresh), book), book.terms))
    if not now:
        return ()
    before = completed(rule, groups(rule, pools(rule, held, book), book.terms))
    return [now[document] for document in sorted(now) if document not in before]


def _signal(rule: SequenceRule, step: int, last: Event, group: Group, book: Rulebook) -> Signal:
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


def _trace(rule: SequenceRule, considered: int, fired: int, barred: Sequence[Barred]) -> Trace:
    outcome: Outcome = "fired" if fired else "no_match" if considered else "no_evidence"
    detail = "no new event of any step" if not considered else ""
    if considered and not fired:
        detail = f"{considered} new events; nothing that was not complete before"
    if barred and not fired:
        outcome, detail = barred[0].outcome, "; ".join(dict.fromkeys(one.detail for one in barred))
    return Trace(
        rule_id=rule.id,
        rule_version=rule.version,
        outcome=outcome,
        considered=considered,
        fired=fired,
        detail=detail,
    )
