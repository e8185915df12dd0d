"""Revisions of figures on which a rule fired that reads them no more: removed, renamed, disabled, or of other series now.

Nobody can say whether it would still fire: what it was is not kept. The desks that were told are told both figures, in the
alert of the signal and nowhere else; the alert stands, and says that it was not judged anew.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from warning.core.evidence import Observation
from warning.core.old_news import CORRECTION_DAYS
from warning.core.rulebook import Rulebook
from warning.core.rules import SeriesRule
from warning.core.series.columns import MICROSECONDS_A_DAY, end_and_shape, microseconds
from warning.core.series.late import CLEAR, as_marked, named_apart
from warning.core.series.revisions import revision_params
from warning.core.series.select import selects
from warning.core.signals import UNJUDGED, Reason, Signal, is_withdrawal, signal_id, standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Unjudged:
    """A figure before (`was`) and as it came anew (`now`), and what rules told of it that read it no more."""

    was: Observation
    now: Observation
    told: tuple[Signal, ...]


def unjudged(
    pairs: Iterable[tuple[Observation, Observation]],
    told: Mapping[str, Sequence[Signal]],
    book: Rulebook,
) -> tuple[Unjudged, ...]:
    """Return the revised figures of which something was told that no rule of the book judges anew."""
    found = []
    for was, now in pairs:
        if not told.get(now.series_id) or not _is_looked_after(now) or not _is_clear(was, now):
            continue
        own = [one for one in told[now.series_id] if _is_of(one, now) and not _is_read(one, now, book)]
        if own:
            own.sort(key=lambda s: (s.known_at, is_withdrawal(s), s.id))
            found.append(Unjudged(was=was, now=now, told=tuple(own)))
    return tuple(sorted(found, key=lambda one: (one.now.series_id, one.now.period)))


def told_unjudged(found: Iterable[Unjudged], book: Rulebook) -> Iterator[Signal]:
    """Yield what is told of each: one signal for each rule whose word still stands."""
    for one in found:
        last = {signal.rule_id: signal for signal in standing(one.told) if not is_withdrawal(signal)}
        for rule_id in sorted(last):
            yield named_apart(_signal(last[rule_id], one, book), one.told, one.now)


def _signal(own: Signal, one: Unjudged, book: Rulebook) -> Signal:
    params = revision_params(one.was, one.now)
    text = (
        f"A revision: {params[0][1]} was published for {one.now.period} first, now {params[1][1]};"
        " the rule that told it reads it no more, so whether it would still fire was not asked"
    )
    shown = replace(own.exhibit, evidence_id=one.now.id, known_at=one.now.known_at, title=text)
    told = replace(
        own,
        id=signal_id(own.rule_id, f"{UNJUDGED}:{one.now.id}"),
        known_at=one.now.known_at,
        exhibit=shown,
        why=(Reason(code=UNJUDGED, text=text, params=params),),
        joins=own.id,
    )
    return as_marked(told, book)


def _is_of(signal: Signal, now: Observation) -> bool:
    return signal.figure is not None and signal.figure.period == now.period


def _is_read(signal: Signal, now: Observation, book: Rulebook) -> bool:
    """Whether the rule that told it is in force, and judges this figure; what one makes of several series it is asked of itself."""
    rule = book.rules_by_id.get(signal.rule_id)
    if rule not in book.active("series") or not isinstance(rule, SeriesRule):
        return False
    return bool(rule.combine) or selects(rule.select, now, book.terms)


def _is_looked_after(now: Observation) -> bool:
    age = microseconds(now.known_at) // MICROSECONDS_A_DAY - end_and_shape(now.period)[0]
    return age <= CORRECTION_DAYS[now.frequency]


def _is_clear(was: Observation, now: Observation) -> bool:
    """Whether it moved by a tenth, or became known, unknown or another unit's."""
    if was.value is None or now.value is None or (was.unit, was.currency) != (now.unit, now.currency):
        return (was.value, was.unit, was.currency) != (now.value, now.unit, now.currency)
    return was.value != now.value and abs(now.value - was.value) >= CLEAR * abs(was.value)
