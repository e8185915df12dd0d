"""The register of legal acts as of a day: where each stands, and which dates of them lie ahead."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from warning.core.measures import Measure, Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A day on which a measure, or one clause of it, changes what holds. `what` is one of: takes effect, ends,
    is suspended, suspension ends, comment ends.
    """

    day: date
    what: str
    measure: Measure
    clause: str = ""


def measures_in(measures: Sequence[Measure], standing: Standing | None, day: date) -> tuple[Measure, ...]:
    """Return the measures that stand so on the day (all when `standing` is None), the latest announced first.

    One of which only a clause is suspended, or has a suspension that ran out unchecked, counts as in force and as that.
    """
    chosen = [
        m
        for m in measures
        if standing is None
        or m.standing(day) == standing
        or (standing == "suspended" and suspended_clauses(m, day))
        or (standing == "suspension_lapsed" and lapsed_clauses(m, day))
    ]
    return tuple(sorted(chosen, key=lambda m: (m.announced or date.min, m.id), reverse=True))


def suspended_clauses(measure: Measure, day: date) -> tuple[str, ...]:
    """Return the parts of the act that do not hold on the day."""
    return tuple(clause.part for clause in measure.clauses if clause.suspended(day))


def lapsed_clauses(measure: Measure, day: date) -> tuple[str, ...]:
    """Return the parts whose suspension is over by its text, and of which nobody knows whether it was extended."""
    return tuple(clause.part for clause in measure.clauses if clause.lapsed(day))


def turns_ahead(measures: Sequence[Measure], day: date, within_days: int) -> tuple[Turn, ...]:
    """Return what changes from the day on, up to so many days ahead, the first change first."""
    last = day + timedelta(days=within_days)
    turns = (turn for measure in measures for turn in _turns(measure) if day <= turn.day <= last)
    return tuple(sorted(turns, key=lambda turn: (turn.day, turn.measure.id, turn.clause, turn.what)))


def _turns(measure: Measure) -> Iterator[Turn]:
    """A clause repeats its act's dates only where they differ."""
    whole = dict(_dates(measure.effective, measure.expires, measure.suspended_from, measure.suspended_until))
    for what, at in (*whole.items(), ("comment ends", measure.comments_until)):
        if at:
            yield Turn(day=at, what=what, measure=measure)
    for clause in measure.clauses:
        for what, at in _dates(
            clause.effective, clause.expires, clause.suspended_from, clause.suspended_until
        ):
            if at and at != whole[what]:
                yield Turn(day=at, what=what, measure=measure, clause=clause.part)


def _dates(
    effective: date | None, expires: date | None, since: date | None, until: date | None
) -> tuple[tuple[str, date | None], ...]:
    return (
        ("takes effect", effective),
        ("ends", expires),
        ("is suspended", since),
        ("suspension ends", until),
    )
