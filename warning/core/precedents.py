"""What followed similar measures, from the register: how many, the middle one and the range. Values in, values out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Literal

from warning.core.ids import instrument_key
from warning.core.measures import Aftermath, Measure
from warning.core.signals import Facts
from warning.core.terms import Terms

OutcomeKind = Literal[
    "effect_days",
    "flow_share",
    "month_of_nought",
    "price_inside",
    "price_outside",
    "licence_days",
    "suspension_days",
]
# So many measures on the same goods, with something known to have followed, and the others are left out.
ENOUGH = 3
# An act told without its number is found by its day.
SAME_ACT_DAYS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One kind of thing that followed. `values` are sorted: days, months, or ratios (0.5 is half, or +50 %).

    `measures` name the acts in order of their announcement; `unverified` counts values nobody has read at the source.
    """

    kind: OutcomeKind
    values: tuple[float, ...]
    measures: tuple[str, ...]
    unverified: int = 0

    @property
    def count(self) -> int:
        return len(self.values)

    @property
    def low(self) -> float:
        return self.values[0]

    @property
    def high(self) -> float:
        return self.values[-1]

    @property
    def middle(self) -> float:
        return median(self.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Precedents:
    """`considered` counts the similar measures, `same_goods` whether all of them concern the same goods."""

    considered: int
    same_goods: bool
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Value:
    kind: OutcomeKind
    value: float
    measure: Measure
    verified: bool


def precedents(facts: Facts, measures: Sequence[Measure], terms: Terms, today: date) -> Precedents | None:
    """Return what followed acts of the same state and family, as known on a day; None when nothing is.

    Where enough of them concern the same goods, those alone count. The act itself is no precedent of its own.
    """
    if facts.direction != "tightening":
        return None
    similar = sorted(
        (m for m in measures if _is_similar(m, facts, terms, today)), key=lambda m: (m.announced, m.id)
    )
    close = [m for m in similar if _roots(m.materials, terms) & _roots(facts.materials, terms)]
    told = [m for m in close if any(_is_known(a, today) for a in m.aftermath)]
    same_goods = len(told) >= ENOUGH
    chosen = close if same_goods else similar
    outcomes = tuple(_outcomes(value for m in chosen for value in _values(m, today)))
    if not outcomes:
        return None
    return Precedents(considered=len(chosen), same_goods=same_goods, outcomes=outcomes)


def _is_similar(measure: Measure, facts: Facts, terms: Terms, today: date) -> bool:
    announced = measure.announced
    if announced is None or announced >= today or measure.direction != "tightening":
        return False
    if measure.actor not in facts.actors or _family(measure.act, terms) != _family(facts.act, terms):
        return False
    if facts.instrument:
        key = instrument_key(facts.instrument)
        return key not in {instrument_key(n) for n in (measure.instrument, *measure.aliases) if n}
    return abs((announced - (facts.announced or today)).days) > SAME_ACT_DAYS


def _family(act: str, terms: Terms) -> str:
    known = terms.acts.get(act)
    return (known.family if known else None) or act


def _roots(names: Iterable[str], terms: Terms) -> set[str]:
    return {(terms.materials[n].parent or n) if n in terms.materials else n for n in names}


def _is_known(fact: Aftermath, today: date) -> bool:
    return fact.known <= today


def _values(measure: Measure, today: date) -> Iterator[_Value]:
    announced, effective = measure.announced, measure.effective
    if announced and effective and effective >= announced:
        verified = not {"announced", "effective"} & set(measure.unverified)
        yield _Value(
            kind="effect_days", value=(effective - announced).days, measure=measure, verified=verified
        )
    for fact in measure.aftermath:
        if _is_known(fact, today):
            for kind, value in _read(fact, measure):
                yield _Value(kind=kind, value=value, measure=measure, verified=fact.verified)


def _read(fact: Aftermath, measure: Measure) -> Iterator[tuple[OutcomeKind, float]]:
    start = measure.effective or measure.announced
    if fact.what == "flow_share" and fact.ratio is not None:
        yield "flow_share", fact.ratio
        if fact.ratio == 0 and fact.month and start:
            yield "month_of_nought", _month_number(start, fact.month)
    elif fact.what == "price_inside" and fact.ratio is not None:
        yield "price_inside", fact.ratio
    elif fact.what == "price_outside" and fact.ratio is not None:
        yield "price_outside", fact.ratio
    elif fact.on and start:
        kind: OutcomeKind = "licence_days" if fact.what == "first_licences" else "suspension_days"
        yield kind, (fact.on - start).days


def _month_number(start: date, month: str) -> int:
    """The month in which the act took effect is the first."""
    year, number = (int(part) for part in month.split("-"))
    return (year - start.year) * 12 + number - start.month + 1


def _outcomes(values: Iterable[_Value]) -> Iterator[Outcome]:
    """One of each kind. Of one act the lowest flow and the farthest price count: several figures are one case."""
    extreme: dict[tuple[OutcomeKind, str], _Value] = {}
    for value in values:
        key = (value.kind, value.measure.id)
        known = extreme.get(key)
        if known is None or _is_farther(value, known):
            extreme[key] = value
    by_kind: dict[OutcomeKind, list[_Value]] = {}
    for value in extreme.values():
        by_kind.setdefault(value.kind, []).append(value)
    for kind in OUTCOME_ORDER:
        found = by_kind.get(kind, [])
        if found:
            yield Outcome(
                kind=kind,
                values=tuple(sorted(v.value for v in found)),
                measures=tuple(v.measure.title for v in found),
                unverified=sum(not v.verified for v in found),
            )


def _is_farther(value: _Value, known: _Value) -> bool:
    if value.kind in {"price_inside", "price_outside"}:
        return abs(value.value) > abs(known.value)
    return value.value < known.value


OUTCOME_ORDER: tuple[OutcomeKind, ...] = (
    "effect_days",
    "flow_share",
    "month_of_nought",
    "price_inside",
    "price_outside",
    "licence_days",
    "suspension_days",
)
