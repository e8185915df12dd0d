"""The dates that the register of legal acts holds, each with what it brings: values in, values out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from warning.core.deadline_rules import DateKind
from warning.core.ids import instrument_key
from warning.core.measures import Clause, Measure
from warning.core.signals import Exhibit
from warning.core.vocabulary import Direction

# So long after a suspension ran out unchecked it is still told that nobody knows; then it is no news.
LAPSE_NEWS_DAYS = 30

OPPOSITE: dict[Direction, Direction] = {
    "tightening": "easing",
    "easing": "tightening",
    "neutral": "neutral",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """One date of one act.

    `part` is the clause it belongs to, empty for the whole act. `known_from` is the day the date was made
    known: nothing fires on it or before. From `moot_from` on the date brings nothing any more (an act that is
    suspended before it takes effect), but for the days from `moot_until` on, on which it applies again. `returns` are the acts that apply again when a suspension ends, if it is not
    extended; `confirmed` says that a source told that they do. `exhibit` is
    where the date was read, for a date that is not from the register, and `rests_on` all the evidence behind it.
    """

    measure: Measure
    kind: DateKind
    day: date
    direction: Direction
    part: str = ""
    known_from: date
    moot_from: date | None = None
    moot_until: date | None = None
    materials: tuple[str, ...] = ()
    returns: tuple[str, ...] = ()
    confirmed: bool = False
    exhibit: Exhibit | None = None
    rests_on: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The same for every threshold; another when the date is moved."""
        return f"{self.measure.id}:{self.part}:{self.kind}:{self.day.isoformat()}"

    def concerns(self, today: date) -> bool:
        """Whether the date is known, still ahead (or today) and still means something."""
        is_back = self.moot_until is not None and today >= self.moot_until
        is_moot = self.moot_from is not None and today >= self.moot_from and not is_back
        if self.kind == "suspension_lapsed":
            return self.day <= today <= self.day + timedelta(days=LAPSE_NEWS_DAYS)
        return self.known_from <= today <= self.day and not is_moot


def deadlines(measures: Sequence[Measure]) -> tuple[Deadline, ...]:
    """Return every date of the register, sorted by day.

    Where an act that suspends others stands in the register, it speaks for them: the end of its suspension is
    one date, not one for each act it sets aside. A date nobody knew ahead (an act without the day it was
    announced) is left out.
    """
    spoken_for = {
        (instrument_key(suspension.instrument), until)
        for measure in measures
        for suspension in measure.suspends
        if (until := suspension.until or measure.expires)
    }
    found = [d for measure in measures for d in _of(measure, measures, spoken_for)]
    lapses = [_lapse(d) for d in found if d.kind == "suspension_end" and not d.confirmed]
    return tuple(sorted([*found, *lapses], key=lambda d: (d.day, d.id)))


def _lapse(end: Deadline) -> Deadline:
    """The day after the end of a suspension of which nobody has said yet what came of it."""
    return replace(end, kind="suspension_lapsed", day=end.day + timedelta(days=1))


def _of(
    measure: Measure, register: Sequence[Measure], spoken_for: set[tuple[str, date]]
) -> Iterator[Deadline]:
    yield from _starts(measure)
    yield from _comment_ends(measure)
    yield from _suspension_ends(measure, spoken_for)
    if measure.suspends or measure.act == "suspension":
        yield from _own_suspensions(measure, register)
    else:
        yield from _expiries(measure)


def _starts(measure: Measure) -> Iterator[Deadline]:
    starts: dict[date, tuple[str, Measure | Clause]] = {}
    if measure.effective:
        starts[measure.effective] = "", measure
    for clause in measure.clauses:
        if clause.effective:
            starts.setdefault(clause.effective, (clause.part, clause if clause.suspended_from else measure))
    for day, (part, aside) in starts.items():
        if measure.announced:
            is_aside = aside.suspended_from is not None and aside.suspended_from <= day
            yield Deadline(
                measure=measure,
                kind="entry_into_force",
                day=day,
                part=part,
                direction=measure.direction,
                known_from=measure.announced,
                moot_from=aside.suspended_from if is_aside else None,
                moot_until=aside.resumed if is_aside else None,
                materials=measure.materials,
            )


def _comment_ends(measure: Measure) -> Iterator[Deadline]:
    if measure.comments_until and measure.announced:
        yield Deadline(
            measure=measure,
            kind="comment_end",
            day=measure.comments_until,
            direction=measure.direction,
            known_from=measure.announced,
            materials=measure.materials,
        )


def _suspension_ends(measure: Measure, spoken_for: set[tuple[str, date]]) -> Iterator[Deadline]:
    """The end of this act's own suspension, unless the act that suspends it says so."""
    names = {instrument_key(name) for name in (measure.instrument, *measure.aliases) if name}
    parts: Iterable[Measure | Clause] = (measure, *measure.clauses)
    for one in parts:
        day, start = one.suspended_until, one.suspended_from or measure.announced
        if day and start and not any((name, day) in spoken_for for name in names):
            yield Deadline(
                measure=measure,
                kind="suspension_end",
                day=day,
                part=one.part if isinstance(one, Clause) else "",
                direction=measure.direction,
                known_from=start,
                moot_from=one.resumed if one.resumed and one.resumed <= day else None,
                materials=measure.materials,
                returns=(measure.instrument or measure.title,),
                confirmed=one.resumed is not None,
            )


def _own_suspensions(measure: Measure, register: Sequence[Measure]) -> Iterator[Deadline]:
    """The day, or days, on which what this act sets aside applies again."""
    known_from = measure.announced or measure.effective
    days = {s.until or measure.expires for s in measure.suspends} or {measure.expires}
    for day in sorted(day for day in days if day):
        again = [s for s in measure.suspends if (s.until or measure.expires) == day]
        keys = {instrument_key(s.instrument) for s in again}
        back = [m for m in register if keys & {instrument_key(n) for n in (m.instrument, *m.aliases) if n}]
        materials = dict.fromkeys([*measure.materials, *(m for act in back for m in act.materials)])
        if known_from:
            yield Deadline(
                measure=measure,
                kind="suspension_end",
                day=day,
                direction=OPPOSITE[measure.direction],
                known_from=known_from,
                materials=measure.materials if any(s.clause for s in again) else tuple(materials),
                returns=tuple(f"{s.instrument} ({s.clause})" if s.clause else s.instrument for s in again),
                confirmed=measure.resumed is not None,
            )


def _expiries(measure: Measure) -> Iterator[Deadline]:
    known_from = measure.announced or measure.effective
    parts: Iterable[Measure | Clause] = (measure, *measure.clauses)
    for one in parts:
        if one.expires and known_from:
            yield Deadline(
                measure=measure,
                kind="expiry",
                day=one.expires,
                part=one.part if isinstance(one, Clause) else "",
                direction=OPPOSITE[measure.direction],
                known_from=known_from,
                materials=measure.materials,
            )
