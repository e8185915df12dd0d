"""Elevated watches: an act of our own side is open to an answer for so many days. Who looks when, as data."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from warning.core.alerts import Alert
from warning.core.detect.sequence_telling import label
from warning.core.recall import Near, Recall, SignalNeed
from warning.core.rulebook import Rulebook
from warning.core.sequence_events import Event, Pools, chain, completed, groups, pools
from warning.core.sequence_needs import sequence_rules, shared_materials, signal_need, step_need
from warning.core.sequence_rules import SequenceRule, Step
from warning.core.signals import Signal


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An event that fits the last step of a watch. `days` counts from the day the watch was opened."""

    title: str
    day: date
    days: int
    evidence_id: str
    alert_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """The time in which an answer may come: from the day of the act to `until`, both included.

    `alert_key` is the alert of the act, empty when none is open. `actors` are those whose answer is awaited,
    `sources` the official sources of theirs, which are worth asking more often meanwhile. An answer does not
    close a watch: more may follow.
    """

    rule_id: str
    rule_title: str
    title: str
    opened_on: date
    until: date
    days_left: int
    instrument: str | None
    materials: tuple[str, ...]
    alert_key: str
    evidence_id: str
    actors: tuple[str, ...]
    sources: tuple[str, ...]
    answers: tuple[Answer, ...] = ()


Fitting = dict[str, list[list[Event]]]


def watch_recall(book: Rulebook, as_of: datetime) -> Recall:
    """Return the signals that may have opened a watch: what may be an answer is asked for when one is open."""
    today = as_of.astimezone(UTC).date()
    return Recall(
        signals=tuple(
            _need(rule, book, rule.steps[:-1], (_oldest(rule, book, today), date.max), None)
            for rule in _watching(book)
        )
    )


def answer_recall(book: Rulebook, signals: Sequence[Signal], as_of: datetime) -> Recall:
    """Return the signals that may answer what these may have opened; nothing where no watch can be open."""
    today = as_of.astimezone(UTC).date().toordinal()
    needs: list[SignalNeed] = []
    for rule in _watching(book):
        starts = [e for e in _openings(rule, pools(rule, signals, book), book) if e.day <= today]
        open_still = [event for event in starts if event.day >= today - rule.within_days]
        if not open_still:
            continue
        days = [event.day for event in open_still]
        until = date.fromordinal(max(days) + rule.within_days)
        materials = shared_materials(rule, book, [event.signal for event in open_still])
        needs.append(_need(rule, book, rule.steps[-1:], (date.fromordinal(min(days)), until), materials))
    return Recall(signals=tuple(needs))


def _need(
    rule: SequenceRule,
    book: Rulebook,
    steps: Sequence[Step],
    days: tuple[date, date],
    materials: frozenset[str] | None,
) -> SignalNeed:
    first, last = days
    wanted = tuple(step_need(step, book, materials) for step in steps)
    near = Near(first=first, last=last, documents=frozenset(), steps=wanted)
    return replace(signal_need(rule, book), near=near)


def _oldest(rule: SequenceRule, book: Rulebook, today: date) -> date:
    """An act longer ago opens no watch, nor does it end that of a later report."""
    return today - timedelta(days=signal_need(rule, book).days)


def open_watches(
    book: Rulebook, signals: Iterable[Signal], alerts: Iterable[Alert], as_of: datetime
) -> tuple[Watch, ...]:
    """Return the watches open at an instant, those that end first first; one an alert and rule."""
    today = as_of.astimezone(UTC).date()
    known = [signal for signal in signals if signal.known_at <= as_of]
    alert_of = {signal_id: alert.key for alert in alerts for signal_id in alert.signal_ids}
    found: list[Watch] = []
    for rule in _watching(book):
        events = pools(rule, known, book)
        oldest = _oldest(rule, book, today).toordinal()
        openings = [event for event in _openings(rule, events, book) if event.day >= oldest]
        fitting = _fitting(rule, openings, events[-1], book)
        for triggers in _by_act(openings, alert_of):
            start = min(triggers, key=lambda e: (e.day, e.signal.id))
            if start.day <= today.toordinal() <= start.day + rule.within_days:
                found.append(_watch(rule, triggers, fitting, book, alert_of, today))
    return tuple(sorted(found, key=lambda w: (w.until, w.rule_id, w.evidence_id)))


def _watching(book: Rulebook) -> tuple[SequenceRule, ...]:
    return tuple(rule for rule in sequence_rules(book) if rule.watch)


def _openings(rule: SequenceRule, events: Pools, book: Rulebook) -> list[Event]:
    """The first events of what is complete but for its last step."""
    opening = rule.model_copy(update={"steps": rule.steps[:-1]})
    complete = completed(opening, groups(opening, events[:-1], book.terms))
    return [chain(opening, *complete[document])[0] for document in sorted(complete)]


def _by_act(openings: Iterable[Event], alert_of: dict[str, str]) -> Iterable[list[Event]]:
    """Reports of one act are one watch."""
    acts: dict[str, list[Event]] = {}
    for first in openings:
        acts.setdefault(alert_of.get(first.signal.id, first.evidence_id), []).append(first)
    return acts.values()


def _watch(
    rule: SequenceRule,
    triggers: Sequence[Event],
    fitting: Fitting,
    book: Rulebook,
    alert_of: dict[str, str],
    today: date,
) -> Watch:
    start = min(event.day for event in triggers)
    shown = min(triggers, key=lambda e: (not e.signal.exhibit.official, e.day, e.signal.id))
    until = date.fromordinal(start + rule.within_days)
    return Watch(
        rule_id=rule.id,
        rule_title=rule.title,
        title=label(shown, book),
        opened_on=date.fromordinal(start),
        until=until,
        days_left=(until - today).days,
        instrument=shown.signal.facts.instrument,
        materials=shown.signal.facts.materials,
        alert_key=alert_of.get(shown.signal.id, ""),
        evidence_id=shown.evidence_id,
        actors=rule.steps[-1].actors,
        sources=_worth_asking(rule, book),
        answers=_answers(rule, triggers, fitting, book, alert_of),
    )


def _worth_asking(rule: SequenceRule, book: Rulebook) -> tuple[str, ...]:
    """The official sources of those whose answer is awaited."""
    actors = rule.steps[-1].actors
    return tuple(s.id for s in book.sources.values() if s.official and s.country in actors)


def _fitting(
    rule: SequenceRule, openings: Sequence[Event], last_step: Sequence[Event], book: Rulebook
) -> Fitting:
    """Return the last steps that share the keys with each opening event, by its document: sorted by day, in groups."""
    pair = rule.model_copy(update={"steps": (rule.steps[0], rule.steps[-1])})
    fitting: Fitting = defaultdict(list)
    for group in groups(pair, (openings, last_step), book.terms).values():
        for opening in group.steps[0]:
            fitting[opening.evidence_id].append(group.steps[-1])
    return fitting


def _answers(
    rule: SequenceRule,
    triggers: Sequence[Event],
    fitting: Fitting,
    book: Rulebook,
    alert_of: dict[str, str],
) -> tuple[Answer, ...]:
    """What came since, one an alert: its first report, official before press."""
    start = min(event.day for event in triggers)
    within: dict[str, Event] = {}
    for events in (answers for trigger in triggers for answers in fitting.get(trigger.evidence_id, ())):
        since = bisect_left(events, start, key=_day)
        until = bisect_right(events, start + rule.within_days, key=_day)
        within |= {event.evidence_id: event for event in events[since:until]}
    first: dict[str, Event] = {}
    for event in sorted(within.values(), key=lambda e: (not e.signal.exhibit.official, e.day, e.signal.id)):
        first.setdefault(alert_of.get(event.signal.id, event.evidence_id), event)
    return tuple(
        Answer(
            title=label(event, book),
            day=event.date,
            days=event.day - start,
            evidence_id=event.evidence_id,
            alert_key=alert_of.get(event.signal.id, ""),
        )
        for event in sorted(first.values(), key=lambda e: (e.day, e.signal.id))
    )


def _day(event: Event) -> int:
    return event.day
