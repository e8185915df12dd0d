"""Signals as events of a sequence: which step each fits, on which day it lies, what joins it to the others."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import product

import numpy as np

from warning.core.ids import instrument_key
from warning.core.rulebook import Rulebook
from warning.core.rules import AnyRule
from warning.core.sequence_rules import JoinKey, SequenceRule, Step
from warning.core.sequences import Days, complete_in_any_order, complete_in_order
from warning.core.series.select import with_ancestors
from warning.core.signals import Facts, Signal, standing
from warning.core.terms import Terms

Key = tuple[str, ...]
Pools = Sequence[Sequence["Event"]]
ByRule = Mapping[str, Sequence[Signal]]
ANYBODY = "*"
FIGURES = frozenset({"price", "customs"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A signal that fits a step. `day` counts days as date.toordinal does."""

    signal: Signal
    day: int

    @property
    def evidence_id(self) -> str:
        return self.signal.exhibit.evidence_id

    @property
    def coded(self) -> str:
        """Return `actors|act|materials|instrument` in codes, for messages in any language."""
        facts = self.signal.facts
        parts = (",".join(facts.actors), facts.act, ",".join(facts.materials), facts.instrument or "")
        return "|".join(part.replace("|", "/") for part in parts)

    @property
    def date(self) -> date:
        return date.fromordinal(self.day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The events that share one value of each key, by step, each step sorted by day."""

    steps: tuple[list[Event], ...]
    days: tuple[Days, ...] = field(compare=False)


def event_day(signal: Signal) -> date:
    """Return the day of an event: announced where the text says so and it is not ahead, else when it occurred."""
    occurred, announced = signal.occurred_at.date(), signal.facts.announced
    return announced if announced is not None and announced <= occurred else occurred


def rules_of(step: Step, book: Rulebook) -> frozenset[str]:
    """Return the rules whose signals may fit a step. Sequences are no steps of sequences."""
    return book.once(_rules_of, step)


def _rules_of(book: Rulebook, step: Step) -> frozenset[str]:
    return frozenset(rule.id for rule in book.active(*FIRST_STAGE) if _may_fit(step, rule))


FIRST_STAGE = ("text", "context", "listing", "series", "deadline", "absence")


def _may_fit(step: Step, rule: AnyRule) -> bool:
    named = rule.id in step.rules if step.rules else rule.interrupts
    tagged = not step.tags or bool(set(step.tags) & set(rule.tags))
    return named and tagged and (not step.acts or rule.act is None or rule.act in step.acts)


def fits(step: Step, signal: Signal, terms: Terms) -> bool:
    """Whether the facts of a signal are those a step asks for; which rule fired is asked by `rules_of`."""
    return next(unmet(step, signal, terms), None) is None


def unmet(step: Step, signal: Signal, terms: Terms) -> Iterator[str]:
    """Yield, by their keys in the rule, what a step asks for and the signal does not say."""
    facts = signal.facts
    if step.acts and facts.act not in step.acts:
        yield "acts"
    if step.directions and facts.direction not in step.directions:
        yield "directions"
    if step.actors and not set(step.actors) & set(facts.actors):
        yield "actors"
    if step.targets and not set(step.targets) & set(facts.targets):
        yield "targets"
    if step.materials and not set(step.materials) & _lineage(facts, terms):
        yield "materials"
    if step.severity_min is not None and signal.severity < step.severity_min:
        yield "severity_min"
    if step.official is not None and signal.exhibit.official is not step.official:
        yield "official"


def standing_by_rule(signals: Iterable[Signal]) -> ByRule:
    """Return the signals by rule: what several sequences read.

    Left out are those that a revised figure took back, figures that correct what was told long ago (what they correct
    is the event), and doubtful reports: an event of a pattern raises others.
    """
    by_rule: dict[str, list[Signal]] = {}
    for signal in standing(signals):
        if signal.exhibit.is_doubtful or (signal.joins and signal.exhibit.kind in FIGURES):
            continue
        by_rule.setdefault(signal.rule_id, []).append(signal)
    return by_rule


def pools(rule: SequenceRule, signals: Iterable[Signal], book: Rulebook) -> Pools:
    """Return the events of each step, as `pools_of` does."""
    return pools_of(rule, standing_by_rule(signals), book)


def pools_of(rule: SequenceRule, by_rule: ByRule, book: Rulebook) -> Pools:
    """Return the events of each step, one a document, sorted by day.

    A document that fits several steps counts for the last of them: whoever tells of the answer tells of the
    question too. Of several rules on one document the gravest speaks. A signal that a revised
    figure took back counts for none.
    """
    taken: set[str] = set()
    found: list[list[Event]] = []
    for step in reversed(rule.steps):
        candidates = (
            s for rule_id in sorted(by_rule.keys() & rules_of(step, book)) for s in by_rule[rule_id]
        )
        fitting = [s for s in candidates if fits(step, s, book.terms) and s.exhibit.evidence_id not in taken]
        events = [Event(signal=s, day=event_day(s).toordinal()) for s in _gravest(fitting)]
        taken |= {event.evidence_id for event in events}
        found.append(sorted(events, key=lambda e: (e.day, e.signal.id)))
    return tuple(reversed(found))


def _gravest(signals: Iterable[Signal]) -> Iterable[Signal]:
    by_document: dict[str, Signal] = {}
    for signal in sorted(signals, key=lambda s: (-s.severity.rank, s.rule_id, s.id)):
        by_document.setdefault(signal.exhibit.evidence_id, signal)
    return by_document.values()


def groups(rule: SequenceRule, found: Pools, terms: Terms) -> Mapping[Key, Group]:
    """Return the groups of events that share every key of `same`, sorted by their values.

    What is not said joins nothing, apart from the target: who names none is aimed at everybody.
    """
    said = [[[_values(k, i, e, terms) for k in rule.same] for e in step] for i, step in enumerate(found)]
    known = [
        sorted({v for step in said for values in step for v in values[place]} - {ANYBODY}) or [ANYBODY]
        for place in range(len(rule.same))
    ]
    members: dict[Key, tuple[list[Event], ...]] = {}
    for i, step in enumerate(found):
        for event, values in zip(step, said[i], strict=True):
            for key in _keys(values, known):
                members.setdefault(key, tuple([] for _ in rule.steps))[i].append(event)
    return {
        key: Group(
            steps=members[key],
            days=tuple(np.array([e.day for e in step], dtype=np.int64) for step in members[key]),
        )
        for key in sorted(members)
        if all(members[key])
    }


def _keys(values: Sequence[frozenset[str]], known: Sequence[Sequence[str]]) -> Iterator[Key]:
    return product(
        *(every if ANYBODY in mine else sorted(mine) for mine, every in zip(values, known, strict=True))
    )


def _values(key: JoinKey, step: int, event: Event, terms: Terms) -> frozenset[str]:
    facts = event.signal.facts
    match key:
        case "material":
            return frozenset(_lineage(facts, terms))
        case "actor":
            return frozenset(facts.actors)
        case "target":
            return frozenset(facts.targets or (ANYBODY,))
        case "name":
            return frozenset(name.casefold() for name in facts.names)
        case "answers":
            return frozenset(facts.actors) if step == 0 else frozenset(facts.targets or (ANYBODY,))
        case "instrument":
            return frozenset({instrument_key(facts.instrument)} if facts.instrument else ())


def _lineage(facts: Facts, terms: Terms) -> set[str]:
    return set().union(*(with_ancestors(material, terms) for material in facts.materials))


def completed(rule: SequenceRule, grouped: Mapping[Key, Group]) -> dict[str, tuple[int, Event, Group]]:
    """Return the events that complete the sequence, by document: the step, the event, its first group."""
    found: dict[str, tuple[int, Event, Group]] = {}
    for group in grouped.values():
        if rule.ordered:
            masks = {len(rule.steps) - 1: complete_in_order(group.days, rule.within_days)}
        else:
            masks = dict(enumerate(complete_in_any_order(group.days, rule.within_days)))
        for step, mask in masks.items():
            for place in np.flatnonzero(mask):
                event = group.steps[step][place]
                found.setdefault(event.evidence_id, (step, event, group))
    return found


def chain(rule: SequenceRule, step: int, last: Event, group: Group) -> tuple[Event, ...]:
    """Return the events to cite beside `last`, in the order of the steps.

    Where several events of a step fit, the latest official one is cited, else the latest.
    """
    since = last.day - rule.within_days
    if not rule.ordered:
        others = {
            i: _best(group.steps[i], since, last.day - (i > step))
            for i in range(len(rule.steps))
            if i != step
        }
        return tuple(last if i == step else others[i] for i in range(len(rule.steps)))
    earliest: list[int] = []
    for events in group.steps[:-1]:
        since = events[bisect_left(events, since, key=_day)].day
        earliest.append(since)
    cited, until = [last], last.day
    for i in reversed(range(len(rule.steps) - 1)):
        cited.append(_best(group.steps[i], earliest[i], until))
        until = cited[-1].day
    return tuple(reversed(cited))


def _best(events: Sequence[Event], since: int, until: int) -> Event:
    fitting = events[bisect_left(events, since, key=_day) : bisect_left(events, until + 1, key=_day)]
    return max(fitting, key=lambda e: (e.signal.exhibit.official, e.day, e.signal.severity.rank, e.signal.id))


def _day(event: Event) -> int:
    return event.day
