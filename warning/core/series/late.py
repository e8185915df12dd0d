"""What a late revision says of a figure that was told: taken back, still so, or graver. It opens nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import isfinite

from warning.core.evidence import Observation
from warning.core.rules import SeriesRule
from warning.core.series.figures import unit_of
from warning.core.series.judge import Finding
from warning.core.series.revisions import told_of, withdrawal
from warning.core.signals import Signal, is_withdrawal, signal_id

CLEAR = 0.1
"""A figure that was told and still holds is told anew where it moved by so much of itself, or of the usual level."""


def unarmed(rule: SeriesRule) -> SeriesRule:
    """Return the rule as it judges a figure alone, whatever held before it."""
    tests = tuple(test.model_copy(update={"rearm_points": 0}) for test in rule.tests)
    return rule.model_copy(update={"rearm_points": 0, "tests": tests})


def own_signal(rule: SeriesRule, told: Iterable[Signal]) -> Signal | None:
    """Return what this rule told of the figure and has not taken back."""
    return next((one for one in told if one.rule_id == rule.id and not is_withdrawal(one)), None)


def still_told(
    one: Signal, own: Signal, was: Observation, now: Observation, holds: Sequence[Finding]
) -> Signal:
    """Return the signal of a rule that still holds, in the alert of the one it gave; with both figures where they differ clearly."""
    told = told_of(one, was, now) if _is_clear(was, now, holds[0]) else one
    return replace(told, joins=own.id)


def graver(one: Signal, told: Iterable[Signal], was: Observation, now: Observation) -> Signal | None:
    """Return the signal of a rule that told nothing of the figure before, in the alert of the same event; None without one."""
    of_event = next((other for other in told if other.story == one.story), None)
    return None if of_event is None else replace(told_of(one, was, now), joins=of_event.id)


def no_longer_held(
    rule: SeriesRule,
    own: Signal,
    was: Observation,
    now: Observation,
    shown_id: str,
    held: Sequence[Finding],
    *,
    is_known: bool,
) -> Signal:
    """Return the correction of a signal that the figure no longer gives.

    It stands where a fall went on to nothing at all, and where the figure is not known any more: a suppressed cell says nothing.
    """
    is_gone = now.value == 0 and any(finding.ratio < 0 for finding in held)
    if is_gone or not is_known:
        return _told_further(rule, own, was, now, shown_id)
    return replace(withdrawal(rule, own, was, now, shown_id), rule_version=rule.version)


def _told_further(rule: SeriesRule, own: Signal, was: Observation, now: Observation, shown_id: str) -> Signal:
    bare = replace(own, id=signal_id(rule.id, now.id), known_at=now.known_at, why=(), joins=own.id)
    told = told_of(replace(bare, rule_version=rule.version), was, now)
    shown = replace(own.exhibit, evidence_id=shown_id, known_at=now.known_at, title=told.why[0].text)
    return replace(told, exhibit=shown)


def settled(corrections: Sequence[Signal]) -> Sequence[Signal]:
    """Leave out what takes back an event of which another rule still tells by the same figure."""
    held = {(one.exhibit.evidence_id, one.story) for one in corrections if not is_withdrawal(one)}
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
