"""Rules of the kind sequence: one event after another, each known by the rules that fired on it."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from warning.core.health import SourceCondition
from warning.core.model import OperatorModel, WrongPart
from warning.core.rule_head import RuleBase, RuleId
from warning.core.terms import ActorCode, TermId
from warning.core.vocabulary import Direction, Severity

STORY = "pattern:"
StepName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
JoinKey = Literal["material", "actor", "target", "instrument", "name", "answers"]
Relation = Literal["response", "follow_up", "confirmation", "pattern"]


class Step(OperatorModel):
    """One event of a sequence: a signal of one of `rules`, or of a rule with one of `tags`, or of one of `acts`.

    At least one of the three is given; where several are, all must hold. The other lists limit it further, an
    empty list means every one; `materials` stand for their descendants too. A rule of the kind context counts
    only where `rules` names it.
    """

    name: StepName
    rules: tuple[RuleId, ...] = ()
    tags: tuple[str, ...] = ()
    acts: tuple[TermId, ...] = ()
    directions: tuple[Direction, ...] = ()
    actors: tuple[ActorCode, ...] = ()
    targets: tuple[ActorCode, ...] = ()
    materials: tuple[TermId, ...] = ()
    severity_min: Severity | None = None
    official: bool | None = None

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if not (self.rules or self.tags or self.acts):
            raise ValueError("a step needs at least one of rules, tags, acts")
        return self


class Unless(Step):
    """What must not be there for a sequence to fire: an event like a step, up to the day of the last event.

    It counts `within_days` back from that day (those of the rule when left out), and where it is about the same by each of the keys
    of `same` (of materials, what one is part of or consists of is the same too; what is not said is no difference). That
    there was none is believed only while each of `sources` is read well: the rule is blind otherwise.
    """

    sources: tuple[str, ...] = Field(min_length=1)
    within_days: int | None = Field(default=None, ge=0, le=400)
    same: tuple[Literal["material", "actor", "target"], ...] = ("material",)


class SequenceEvent(OperatorModel):
    """An event of an example: the rule that fired, the day it happened, the day it was known, and its facts."""

    rule: RuleId
    day: date
    known: date | None = None
    title: str = ""
    act: TermId | None = None
    direction: Direction | None = None
    severity: Severity | None = None
    materials: tuple[TermId, ...] = ()
    actors: tuple[ActorCode, ...] = ()
    targets: tuple[ActorCode, ...] = ()
    names: tuple[str, ...] = ()
    instrument: str | None = None
    official: bool = True


class SequenceExample(OperatorModel):
    """Events on which the rule must fire, or stay quiet, with the facts its signal must carry.

    `condition` is how the sources of `unless` do.
    """

    fires: bool
    events: tuple[SequenceEvent, ...] = Field(min_length=1)
    condition: SourceCondition = "ok"
    expect: Mapping[str, str | tuple[str, ...]] = {}


def is_pattern(story: str) -> bool:
    """Whether an alert (or signal) of this story tells of a pattern, which is an event of its own."""
    return story.startswith(STORY)


def pattern_rule(story: str) -> str:
    """Return the rule whose pattern a story tells of; empty for any other story."""
    return story.removeprefix(STORY).partition(":")[0] if is_pattern(story) else ""


class SequenceRule(RuleBase):
    """Fires when the last missing event of `steps` becomes known and all lie within `within_days`.

    The day of an event is the day it was announced where the text says so, else the day it was published or
    its period ended (UTC). Days, not instants, because many official sources give nothing finer: events of one
    day are in order, and an event `within_days` after another is still within. With `ordered` false the steps
    may come in any order. All events must share each key of `same`; `answers` asks that the later events are
    aimed at the actor of the first, or at nobody in particular.
    `relation` says what the desks are told: a `response` and a `follow_up` are told in the alert of the last event, a
    `confirmation` takes the last event into the alert of the first, a `pattern` opens an alert of its own.
    With `watch` the time in which the last event may still come is an open watch. `unless` names what must not be
    there. A pattern's alert takes no further event `span_days` after it was opened: one that goes on is told anew.
    """

    kind: Literal["sequence"]
    steps: tuple[Step, ...] = Field(min_length=2, max_length=5)
    within_days: int = Field(ge=0, le=400)
    ordered: bool = True
    same: tuple[JoinKey, ...] = ()
    relation: Relation
    watch: bool = False
    unless: tuple[Unless, ...] = ()
    span_days: int | None = Field(default=None, ge=1, le=400)
    examples: tuple[SequenceExample, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _can_be_told(self) -> Self:
        places = [("steps", i) for i in range(len(self.steps))] + [
            ("unless", i) for i in range(len(self.unless))
        ]
        names = [step.name for step in (*self.steps, *self.unless)]
        for i, place in enumerate(places):
            if names[i] in names[:i]:
                said = f"two steps have one name, {names[i]}; steps are told apart by their names"
                raise WrongPart(said, *place, "name")
        if self.span_days is not None and self.relation != "pattern":
            raise ValueError("span_days ends the alert of a pattern; the others are told in another alert")
        if self.watch and self.unless:
            raise ValueError("a watch is open whatever came beside it: watch and unless do not go together")
        if self.relation == "pattern" and (self.act is None or self.direction is None):
            raise ValueError("a pattern opens an alert of its own: it needs act and direction")
        if not self.ordered and (self.watch or "answers" in self.same):
            raise ValueError("watch and answers need a first event; they go with ordered: true")
        return self
