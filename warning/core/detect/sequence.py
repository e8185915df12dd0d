"""Detector for rules of the kind sequence: the second stage, over the signals of the first and of earlier rounds.

A sequence fires once for each event that completes it, in the round in which its last missing part became known,
whichever part that was: complete with the new signals, and not complete without them. An edited rule therefore
leaves alone what had been complete before.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from warning.core.detect.sequence_telling import sequence_signal
from warning.core.detect.sequence_unless import Barred, bar
from warning.core.evidence import KnownWindow
from warning.core.health import Vitals
from warning.core.old_news import came_late
from warning.core.phrases import counted
from warning.core.rulebook import Rulebook
from warning.core.sequence_events import (
    Event,
    Group,
    chain,
    completed,
    event_day,
    groups,
    pools,
    pools_of,
    standing_by_rule,
)
from warning.core.sequence_needs import reach_days, sequence_rules, signal_need
from warning.core.sequence_rules import SequenceRule
from warning.core.signals import Outcome, Signal, Trace, is_withdrawal


def detect_sequences(
    book: Rulebook, known: KnownWindow, as_of: datetime, signals: Sequence[Signal]
) -> tuple[list[Signal], list[Trace]]:
    """Fire on what `signals`, those of this round, complete together with those remembered."""
    remembered = {s.id: s for s in known.recalled.signals if s.id not in known.fresh}
    given = [s for s in known.recalled.signals if s.id in known.fresh]
    fresh = [s for s in (*signals, *given) if s.id not in remembered]
    fired: list[Signal] = []
    traces: list[Trace] = []
    held, by_rule = list(remembered.values()), standing_by_rule(fresh)
    for rule in sequence_rules(book):
        new = [event for step in pools_of(rule, by_rule, book) for event in step]
        found, trace = _detect(rule, book, held, fresh, new, known.recalled.vitals, as_of)
        fired += found
        traces.append(trace)
    return fired, traces


def _detect(
    rule: SequenceRule,
    book: Rulebook,
    remembered: Sequence[Signal],
    fresh: Sequence[Signal],
    events: Sequence[Event],
    vitals: Mapping[str, Vitals],
    as_of: datetime,
) -> tuple[list[Signal], Trace]:
    if not events:
        return [], _trace(rule, 0, 0, ())
    need = signal_need(rule, book)
    considered = len(events)
    since = as_of - timedelta(days=need.days)
    held = _near(
        [s for s in remembered if s.rule_id in need.rule_ids and s.known_at >= since],
        min(event.day for event in events) - reach_days(rule),
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
            fired.append(sequence_signal(rule, step, last, group, book))
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


def _trace(rule: SequenceRule, considered: int, fired: int, barred: Sequence[Barred]) -> Trace:
    outcome: Outcome = "fired" if fired else "no_match" if considered else "no_evidence"
    detail = "no new event of any step" if not considered else ""
    if considered and not fired:
        detail = f"{counted(considered, 'new event')}; nothing that was not complete before"
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
