"""Dates that open alerts took from their evidence, as deadlines: where the register gives none of its own."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from warning.core.absence_rules import is_absence
from warning.core.alerts import Alert
from warning.core.deadline_rules import is_deadline
from warning.core.deadlines import Deadline, deadlines
from warning.core.ids import instrument_key
from warning.core.measures import Measure
from warning.core.sequence_rules import is_pattern
from warning.core.signals import no_wider
from warning.core.vocabulary import Certainty

PREFIX = "alert-"


def evidence_deadlines(alerts: Iterable[Alert], register: Sequence[Deadline]) -> tuple[Deadline, ...]:
    """Return the dates of open alerts that the register does not give, sorted by day.

    A date counts when an official text says it or two publishers do: one report may be mistaken, and its mistake
    would be told four times. It counts from the day the alert was opened; the alert itself told of it then. Where
    a date is corrected, the corrected one stands here and the other no longer does.
    """
    spoken_for = _Register(register)
    found: dict[tuple[str, ...], Deadline] = {}
    for alert in sorted(alerts, key=lambda a: (a.opened_at, a.key)):
        widest = {one.id: one for version in _widest_last(alert) for one in dates_of(version)}
        for deadline in dates_of(alert):
            if not spoken_for.gives(deadline):
                number = deadline.measure.instrument
                name = instrument_key(number) if number else alert.key
                told = replace(widest[deadline.id], known_from=alert.opened_at.date())
                found.setdefault((name, deadline.kind, deadline.day.isoformat()), told)
    return tuple(sorted(found.values(), key=lambda d: (d.day, d.id)))


def _widest_last(alert: Alert) -> list[Alert]:
    """The versions of an alert that desks read. A date that a widely released one gives is counted for all who read that."""
    versions = [alert, *(own for _, own in alert.tearlines)]
    return sorted(versions, key=lambda one: (one.marking.rank, -_readers(one)), reverse=True)


def _readers(version: Alert) -> float:
    return math.inf if version.release_to is None else len(version.release_to)


def dates_of(version: Alert) -> Iterator[Deadline]:
    """The dates of a version, for those alone who may read all of it."""
    measure = _measure(version)
    for one in deadlines([measure]) if measure else ():
        shown = no_wider(version.exhibits[0], [(version.marking, version.release_to)])
        yield replace(one, known_from=version.opened_at.date(), exhibit=shown, rests_on=version.told_from)


def _measure(alert: Alert) -> Measure | None:
    """The act an alert tells of, as the register would hold it; None where it gives no date to count to."""
    facts = alert.facts
    apart = is_deadline(alert.story) or is_absence(alert.story) or is_pattern(alert.story)
    if apart or not alert.interrupts or alert.certainty < Certainty.LIKELY or not alert.exhibits:
        return None
    in_order = not (facts.effective and facts.expires) or facts.effective <= facts.expires
    if not facts.actors or not (facts.effective or facts.expires) or not in_order:
        return None
    return Measure(
        id=f"{PREFIX}{alert.key}",
        title=alert.title,
        issuer=alert.exhibits[0].source_title,
        actor=facts.actors[0],
        instrument=facts.instrument or "",
        act=facts.act,
        direction=facts.direction,
        announced=facts.announced or alert.opened_at.date(),
        effective=facts.effective,
        expires=facts.expires,
        materials=facts.materials,
        targets=facts.targets,
        sources=tuple(dict.fromkeys(e.url for e in alert.exhibits if e.url)),
        verified=False,
    )


class _Register:
    """What the register speaks of: by number, and by state, day and material where a report gives no number."""

    def __init__(self, register: Sequence[Deadline]) -> None:
        self._by_number = {(key, d.kind) for d in register for key in _numbers(d)}
        self._by_day: dict[tuple[str, str, str], list[Deadline]] = {}
        for deadline in register:
            self._by_day.setdefault(_day(deadline), []).append(deadline)

    def gives(self, deadline: Deadline) -> bool:
        """Whether the register counts the days to this date already, or to another date of the same act."""
        if any((key, deadline.kind) in self._by_number for key in _numbers(deadline)):
            return True
        mine = set(deadline.materials)
        same_day = (set(other.materials) for other in self._by_day.get(_day(deadline), ()))
        return any(not mine or not theirs or mine & theirs for theirs in same_day)


def _numbers(deadline: Deadline) -> set[str]:
    measure = deadline.measure
    names = {measure.instrument, *measure.aliases}
    if deadline.kind == "suspension_end":
        names |= {suspension.instrument for suspension in measure.suspends}
    return {instrument_key(name) for name in names if name}


def _day(deadline: Deadline) -> tuple[str, str, str]:
    return deadline.measure.actor, deadline.kind, deadline.day.isoformat()
