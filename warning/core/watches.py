"""Elevated watches: an act of our own side is open to an answer for so many days. Who looks when, as data."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from warning.core.alerts import Alert
from warning.core.detect.sequence import label, sequence_rules, signal_need
from warning.core.recall import Recall
from warning.core.rulebook import Rulebook
from warning.core.sequence_events import Event, Pools, chain, completed, groups, pools
from warning.core.sequence_rules import SequenceRule
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


def watch_recall(book: Rulebook) -> Recall:
    """Return the signals that open watches are made of."""
    return Recall(signals=tuple(signal_need(rule, book) for rule in _watching(book)))


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
        for triggers in _by_act(rule, events, book, alert_of):
            start = min(triggers, key=lambda e: (e.day, e.signal.id))
            if start.day <= today.toordinal() <= start.day + rule.within_days:
                found.append(_watch(rule, triggers, events[-1], book, alert_of, today))
    return tuple(sorted(found, key=lambda w: (w.until, w.rule_id, w.evidence_id)))


def _watching(book: Rulebook) -> tuple[SequenceRule, ...]:
    return tuple(rule for rule in sequence_rules(book) if rule.watch)


def _by_act(
    rule: SequenceRule, events: Pools, book: Rulebook, alert_of: dict[str, str]
) -> Iterable[list[Event]]:
    """Group the first events of what is complete but for its last step: reports of one act are one watch."""
    opening = rule.model_copy(update={"steps": rule.steps[:-1]})
    complete = completed(opening, groups(opening, events[:-1], book.terms))
    acts: dict[str, list[Event]] = {}
    for document in sorted(complete):
        first = chain(opening, *complete[document])[0]
        acts.setdefault(alert_of.get(first.signal.id, first.evidence_id), []).append(first)
    return acts.values()


def _watch(
    rule: SequenceRule,
    triggers: Sequence[Event],
    last_step: Sequence[Event],
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
        answers=_answers(rule, triggers, last_step, book, alert_of),
    )


def _worth_asking(rule: SequenceRule, book: Rulebook) -> tuple[str, ...]:
    """The official sources of those whose answer is awaited."""
    actors = rule.steps[-1].actors
    return tuple(s.id for s in book.sources.values() if s.official and s.country in actors)


def _answers(
    rule: SequenceRule,
    triggers: Sequence[Event],
    last_step: Sequence[Event],
    book: Rulebook,
    alert_of: dict[str, str],
) -> tuple[Answer, ...]:
    """What came since, one an alert: its first report, official before press."""
    start = min(event.day for event in triggers)
    pair = rule.model_copy(update={"steps": (rule.steps[0], rule.steps[-1])})
    grouped = groups(pair, (triggers, last_step), book.terms)
    fitting = {e.evidence_id: e for group in grouped.values() for e in group.steps[-1]}
    within = [e for e in fitting.values() if start <= e.day <= start + rule.within_days]
    first: dict[str, Event] = {}
    for event in sorted(within, key=lambda e: (not e.signal.exhibit.official, e.day, e.signal.id)):
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
