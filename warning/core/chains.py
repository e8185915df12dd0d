"""The steps of a legal act, from its announcement to its effect at the customs: one case, and where it stands.

rules/chains.yaml says, for each issuer, which step follows which, what shows it, and within how many days. Everything
here is read from the alert and the register: the same evidence in any order gives the same case, and what is taken
back takes its step along.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal, Self

from pydantic import Field, model_validator

from warning.core.alerts import Alert
from warning.core.chain_codes import SUSPENDED
from warning.core.corrections import replacements
from warning.core.ids import instrument_key
from warning.core.measures import Measure
from warning.core.model import OperatorModel, WrongPart
from warning.core.signals import Exhibit
from warning.core.terms import ActorCode, TermId
from warning.core.vocabulary import Direction

StepName = Literal[
    "announced", "gazetted", "listed", "in_effect", "customs_effect", "amended", "suspended", "expired"
]
By = Literal["report", "official", "instrument", "list", "figures", "date", "register", "correction"]
ENDS: frozenset[StepName] = frozenset({"suspended", "expired"})
# Steps that no act has to take.
BESIDES: frozenset[StepName] = ENDS | {"amended"}
# How long after its due day a step that did not come is still news.
LATE_NEWS_DAYS = 14


class ShownBy(OperatorModel):
    """What shows that a step was taken.

    report: any evidence of the alert. official: a page of an official source. instrument: an official source that gives
    the act's number. list: a change of a list. figures: customs figures that came in after its day of effect. date: its day was reached.
    register: the register of legal acts says so. correction: a later official word on it. `sources` narrows the first five down.
    """

    by: By
    sources: tuple[str, ...] = ()


class ChainStep(OperatorModel):
    """One step. It is due `within_days` after the step before it (or after the step `after`).

    When it is late, a new version says so, `tell`, or the case only shows it, `keep`: and only while each of `sources`,
    which would show it, is read well.
    """

    step: StepName
    shown_by: tuple[ShownBy, ...] = Field(min_length=1)
    after: StepName | None = None
    within_days: int | None = Field(default=None, ge=0, le=400)
    sources: tuple[str, ...] = ()
    late: Literal["tell", "keep"] = "keep"

    @model_validator(mode="after")
    def _can_be_late(self) -> Self:
        if self.late == "tell" and (self.within_days is None or not self.sources):
            raise ValueError("late: tell needs within_days and the sources that would show the step")
        return self


class Chain(OperatorModel):
    """The way of one issuer's acts. The first chain of the file that fits an alert is its own."""

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    title: str
    actors: tuple[ActorCode, ...] = Field(min_length=1)
    acts: tuple[TermId, ...] = Field(min_length=1)
    directions: tuple[Direction, ...] = ("tightening",)
    steps: tuple[ChainStep, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        names = [step.step for step in self.steps]
        for place, step in enumerate(self.steps):
            if step.step in names[:place]:
                raise WrongPart(f"the step {step.step} stands twice in the chain", "steps", place, "step")
            if step.after is not None and step.after not in names[:place]:
                said = f"{step.step} comes after {step.after}, which does not stand before it"
                raise WrongPart(said, "steps", place, "after")
        return self


class ChainFile(OperatorModel):
    """rules/chains.yaml: `chains: [...]`."""

    chains: tuple[Chain, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A step that was taken. `shown_by` names the source, empty for a day that was reached.

    `evidence_id` is the piece of evidence that shows it, empty where a day, the register or another alert does.
    """

    step: StepName
    day: date
    shown_by: str = ""
    evidence_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Where an act stands on a day: `stages` in the order of the chain, then what is expected next and by when.

    `is_late` when that day has passed; whether the sources can be believed is asked elsewhere.
    """

    chain: Chain
    stages: tuple[Stage, ...]
    expected: ChainStep | None = None
    due: date | None = None
    is_late: bool = False

    @property
    def stands_at(self) -> Stage:
        return self.stages[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """Which open alerts a round has to look at for their next step: those of these acts with evidence as new."""

    acts: frozenset[str]
    since: datetime


def chain_of(alert: Alert, chains: Sequence[Chain]) -> Chain | None:
    """Return the chain that an alert about an act follows; figures, gaps and countdowns follow none.

    An act that figures bear out has taken their story on, and is an act as before: somebody claims something about it.
    """
    if (alert.story and not alert.claims) or not alert.interrupts:
        return None
    facts = alert.facts
    return next(
        (
            chain
            for chain in chains
            if set(chain.actors) & set(facts.actors)
            and facts.act in chain.acts
            and facts.direction in chain.directions
        ),
        None,
    )


def case_of(alert: Alert, chains: Sequence[Chain], register: Sequence[Measure], today: date) -> Case | None:
    """Return where the alert's act stands on a day, None where no chain is its own or nothing stands."""
    chain = chain_of(alert, chains)
    if chain is None or not alert.exhibits:
        return None
    found = [stage for step in chain.steps if (stage := _stage(step, alert, register, today))]
    if not found:
        return None
    order = {step.step: place for place, step in enumerate(chain.steps)}
    stages = tuple(sorted(found, key=lambda s: (s.step in BESIDES, order[s.step])))
    if any(stage.step in ENDS for stage in found):
        return Case(chain=chain, stages=stages)
    last = max((order[stage.step] for stage in found if stage.step not in BESIDES), default=-1)
    ahead = (step for step in chain.steps[last + 1 :] if step.step not in BESIDES)
    expected = next(ahead, None)
    due = _due(expected, stages, alert) if expected else None
    return Case(
        chain=chain, stages=stages, expected=expected, due=due, is_late=due is not None and today > due
    )


def followed(chains: Sequence[Chain], as_of: datetime, *, days: int) -> Followed:
    """Return which alerts a round looks at: after so many days without evidence an alert is over."""
    acts = frozenset(act for chain in chains for act in chain.acts)
    return Followed(acts=acts, since=as_of - timedelta(days=days))


def _due(expected: ChainStep, stages: Sequence[Stage], alert: Alert) -> date | None:
    """The act's own day of effect where that is what comes next; else so many days after the step before."""
    if expected.step == "in_effect" and alert.facts.effective:
        return alert.facts.effective
    taken = {stage.step: stage.day for stage in stages}
    before = [day for step, day in taken.items() if step not in BESIDES]
    start = taken.get(expected.after) if expected.after else max(before, default=None)
    return (
        start + timedelta(days=expected.within_days) if start and expected.within_days is not None else None
    )


def _stage(step: ChainStep, alert: Alert, register: Sequence[Measure], today: date) -> Stage | None:
    """The first thing that shows the step."""
    shown = (_shown(step.step, by, alert, register, today) for by in step.shown_by)
    return min((stage for stage in shown if stage), key=lambda s: (s.day, s.shown_by), default=None)


def _shown(
    step: StepName, by: ShownBy, alert: Alert, register: Sequence[Measure], today: date
) -> Stage | None:
    if by.by == "date":
        day = alert.facts.expires if step == "expired" else alert.facts.effective
        reached = day is not None and (day < today if step == "expired" else day <= today)
        return Stage(step=step, day=day) if day and reached else None
    if by.by == "register":
        found = _amended if step == "amended" else _registered
        return found(step, alert, register, today)
    if by.by == "correction":
        return _corrected(step, alert)
    first = min(
        (e for e in alert.exhibits if _shows(by, e, alert, today)),
        key=lambda e: (e.known_at, e.evidence_id),
        default=None,
    )
    if first is None:
        return None
    day = _day_of(first)
    if step == "announced" and alert.facts.announced:
        day = min(day, alert.facts.announced)
    return Stage(step=step, day=day, shown_by=first.source_title, evidence_id=first.evidence_id)


def _day_of(exhibit: Exhibit) -> date:
    """The day it bears, unless that lies ahead."""
    known = exhibit.known_at.astimezone(UTC).date()
    return min(exhibit.published_at.date(), known) if exhibit.published_at else known


def _shows(by: ShownBy, exhibit: Exhibit, alert: Alert, today: date) -> bool:
    if by.sources and exhibit.source_id not in by.sources:
        return False
    if by.by == "figures":
        in_effect = alert.facts.effective or alert.opened_at.date()
        return exhibit.kind == "customs" and in_effect < _day_of(exhibit) <= today
    if by.by == "instrument":
        numbered = {c.evidence_id for c in alert.claims if c.fact == "instrument" and c.official}
        return exhibit.official and exhibit.evidence_id in numbered
    return by.by in {"report", "list"} or exhibit.official


def _corrected(step: StepName, alert: Alert) -> Stage | None:
    """The first document that its issuer marks as a correction, or that replaces a date given before."""
    words = [c for c in alert.claims if c.corrects] + [one.by for one in replacements(alert.claims)]
    first = min(words, key=lambda c: (c.known_at, c.evidence_id), default=None)
    if first is None:
        return None
    day = first.known_at.astimezone(UTC).date()
    return Stage(step=step, day=day, shown_by=first.source_title, evidence_id=first.evidence_id)


def _amended(step: StepName, alert: Alert, register: Sequence[Measure], today: date) -> Stage | None:
    """An act of the register that sets aside a part of it only."""
    key = instrument_key(alert.facts.instrument or "")
    days = (
        (measure.effective or measure.announced, measure.issuer)
        for measure in register
        if measure.announced and measure.announced <= today
        for aside in measure.suspends
        if aside.clause and instrument_key(aside.instrument) == key
    )
    reached = sorted((day, issuer) for day, issuer in days if day and day <= today)
    return Stage(step=step, day=reached[0][0], shown_by=reached[0][1]) if reached else None


def _registered(step: StepName, alert: Alert, register: Sequence[Measure], today: date) -> Stage | None:
    """A suspension or an end that stands in the register, from its day on; another alert may have told of it."""
    told = next((r for r in alert.why if r.code == SUSPENDED), None) if step == "suspended" else None
    if told is not None:
        said = dict(told.params)
        return Stage(step=step, day=date.fromisoformat(said["day"]), shown_by=said["source"])
    number = alert.facts.instrument
    if not number:
        return None
    key = instrument_key(number)
    for measure in register:
        day = measure.suspended_from if step == "suspended" else measure.expires
        names = {instrument_key(n) for n in (measure.instrument, *measure.aliases) if n}
        if day and key in names and day <= today and (step == "suspended" or day < today):
            return Stage(step=step, day=day, shown_by="")
    return None
