"""What figures that came anew say of one that was told: taken back, still so, graver, or so again. They open nothing."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from math import isfinite

from warning.core.evidence import Observation
from warning.core.rulebook import Rulebook
from warning.core.rules import SeriesRule
from warning.core.series.figures import unit_of
from warning.core.series.judge import Finding
from warning.core.series.recheck import Recheck
from warning.core.series.revisions import told_of, withdrawal
from warning.core.signals import Signal, is_withdrawal, no_wider, signal_id

CLEAR = 0.1
"""A figure that was told and still holds is told anew where it moved by so much of itself, or of the usual level."""
FALLS = ("_down", ".drop", ".zero", ".low", ".cliff")


def unarmed(rule: SeriesRule) -> SeriesRule:
    """Return the rule as it judges a figure alone, whatever held before it."""
    tests = tuple(test.model_copy(update={"rearm_points": 0}) for test in rule.tests)
    return rule.model_copy(update={"rearm_points": 0, "tests": tests})


def told_by(rule: SeriesRule, recheck: Recheck, series_id: str) -> tuple[Signal, ...]:
    """Return what a rule told of a figure of the series that it judged, oldest first, and how it took that back.

    Of what was told before signals named their figure the series is not known: it is taken for this one.
    """
    named = {series_id, ""}
    return tuple(
        one
        for one in recheck.told
        if one.rule_id == rule.id and one.figure is not None and one.figure.series_id in named
    )


def still_told(
    one: Signal, own: Signal, was: Observation, now: Observation, holds: Sequence[Finding]
) -> Signal:
    """Return the signal of a rule that still holds, in the alert of the one it gave; with both figures where they differ clearly."""
    told = told_of(one, was, now) if _is_clear(was, now, holds[0]) else one
    return replace(told, joins=own.id)


def again_told(one: Signal, told: Sequence[Signal], was: Observation, now: Observation) -> Signal:
    """Return the signal of a rule that holds again what it took back, in the alert where it did."""
    own = next(signal for signal in reversed(told) if not is_withdrawal(signal))
    return replace(told_of(one, was, now), known_at=now.known_at, joins=own.id)


def graver(one: Signal, told: Iterable[Signal], was: Observation, now: Observation) -> Signal | None:
    """Return the signal of a rule that told nothing of the figure before, in the alert of the same event; None without one."""
    of_event = next((other for other in told if other.story == one.story and not is_withdrawal(other)), None)
    return None if of_event is None else replace(told_of(one, was, now), joins=of_event.id)


def no_longer_held(
    rule: SeriesRule,
    owned: Sequence[Signal],
    was: Observation,
    now: Observation,
    shown_id: str,
    *,
    is_known: bool,
) -> Iterator[Signal]:
    """Yield the correction of each signal (at least one, oldest first) that the figure no longer gives.

    They stand where a fall went on to nothing at all, and where the figure is not known any more: a suppressed cell says nothing.
    """
    own = owned[-1]
    is_gone = now.value == 0 and any(reason.code.endswith(FALLS) for reason in owned[0].why)
    if is_gone or not is_known:
        yield from _told_further(rule, own, was, now, shown_id)
        return
    for one in owned:
        yield replace(withdrawal(rule, one, was, now, shown_id), rule_version=rule.version)


def named_apart(signal: Signal, told: Iterable[Signal], now: Observation) -> Signal:
    """Return the signal by a name of its own: a figure that comes back to what it once was gives the same one twice."""
    if all(one.id != signal.id for one in told):
        return signal
    return replace(signal, id=signal_id(signal.rule_id, f"{signal.id}:{now.known_at.isoformat()}"))


def as_marked(signal: Signal, book: Rulebook) -> Signal:
    """Return a correction under the marking and release list of its source by now, where they are narrower than when it was told."""
    shown = signal.exhibit
    source = book.source(shown.source_id, shown.kind, shown.country, shown.language)
    return replace(signal, exhibit=no_wider(shown, [(source.marking, source.release_to)]))


def _told_further(
    rule: SeriesRule, own: Signal, was: Observation, now: Observation, shown_id: str
) -> Iterator[Signal]:
    """Yield what a figure went on to, unless it is as much in other words."""
    bare = replace(own, id=signal_id(rule.id, now.id), known_at=now.known_at, why=(), joins=own.id)
    told = told_of(replace(bare, rule_version=rule.version), was, now)
    if told.why:
        shown = replace(own.exhibit, evidence_id=shown_id, known_at=now.known_at, title=told.why[0].text)
        yield replace(told, exhibit=shown)


def settled(corrections: Sequence[Signal], fired: Iterable[Signal]) -> Sequence[Signal]:
    """Leave out what takes back an event of which another rule still tells by the same figure."""
    held = {(one.exhibit.evidence_id, one.story) for one in (*corrections, *fired) if not is_withdrawal(one)}
    return [
        one
        for one in corrections
        if not is_withdrawal(one) or (one.exhibit.evidence_id, one.story) not in held
    ]


def _is_clear(was: Observation, now: Observation, finding: Finding) -> bool:
    if was.value is None or now.value is None:
        return True
    before, after = was.value * unit_of(was)[0], now.value * unit_of(now)[0]
    usual = abs(finding.baseline) if isfinite(finding.baseline) else 0.0
    return abs(after - before) >= CLEAR * max(abs(before), usual)
