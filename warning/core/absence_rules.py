"""Rules of the kind absence: evidence that should have come and did not."""

from collections.abc import Mapping
from datetime import date
from typing import Literal, Self

from pydantic import Field, model_validator

from warning.core.health import SourceCondition
from warning.core.model import OperatorModel
from warning.core.rule_head import RuleBase, RuleId
from warning.core.series_rules import Select
from warning.core.terms import ActorCode, TermId
from warning.core.vocabulary import Direction, Frequency

STORY = "absence:"
Expects = Literal["items", "figures", "list", "signals"]


class AbsenceExample(OperatorModel):
    """A day on which the rule must fire, or stay quiet.

    `last` is the last that arrived: a period for figures (2025-01), a day for everything else; without it nothing
    ever arrived. `read` is the day of the last poll that went well (the day `on` unless it says otherwise),
    `condition` how the sources do.
    """

    fires: bool
    on: date
    last: str = ""
    read: date | None = None
    condition: SourceCondition = "ok"
    expect: Mapping[str, str | tuple[str, ...]] = {}


class AbsenceRule(RuleBase):
    """Fires when nothing came for `within_days` and `grace_days`, while every source of the rule is read well.

    `expects` says what should come: any item (`items`), a new version of a list (`list`), the figures that
    `select` describes (`figures`), or a signal of one of `rules` on one of `materials` (`signals`).
    The days count from the last arrival; for figures from the end of the period that is due next, of the length
    `frequency`. A source that fails, is empty or was not read since the due day pauses the rule: silence of the
    blind means nothing. A gap is told once, and only within `max_age_days` of the due day; that it closed is told
    in the same alert.
    """

    kind: Literal["absence"]
    expects: Expects
    sources: tuple[str, ...] = Field(min_length=1)
    select: Select = Select()
    frequency: Frequency | None = None
    rules: tuple[RuleId, ...] = ()
    materials: tuple[TermId, ...] = ()
    actors: tuple[ActorCode, ...] = ()
    within_days: int = Field(ge=1, le=800)
    grace_days: int = Field(default=0, ge=0, le=200)
    act: TermId = "evidence_overdue"
    direction: Direction = "neutral"
    examples: tuple[AbsenceExample, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _says_what(self) -> Self:
        if (self.expects == "figures") != (self.frequency is not None):
            raise ValueError("frequency goes with expects: figures, and figures need it: W, M, Q or A")
        if self.frequency == "D":
            raise ValueError("daily figures pause on holidays; frequency is W, M, Q or A")
        if (self.expects == "signals") != bool(self.rules):
            raise ValueError("rules goes with expects: signals, and signals need it")
        if self.select.sources or self.select.frequencies:
            raise ValueError("sources and frequency stand beside select, not in it")
        return self


def is_absence(story: str) -> bool:
    """Whether an alert (or signal) of this story tells of evidence that did not come."""
    return story.startswith(STORY)
