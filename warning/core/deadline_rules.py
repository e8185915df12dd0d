"""Rules of the kind deadline: so many days before a date that stands in the register of legal acts."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from warning.core.measures import Measure
from warning.core.model import OperatorModel
from warning.core.rule_head import RuleBase
from warning.core.signals import Facts
from warning.core.terms import ActorCode, TermId
from warning.core.vocabulary import Direction, Severity

DateKind = Literal["suspension_end", "suspension_lapsed", "entry_into_force", "expiry", "comment_end"]
DateOrigin = Literal["register", "evidence"]
DaysBefore = Annotated[int, Field(ge=0, le=366)]
STORY = "deadline:"


class DeadlineExample(OperatorModel):
    """An act of the register and a day on which the rule must fire, or stay quiet, with the facts it must tell."""

    fires: bool
    on: date
    measure: Measure
    expect: Mapping[str, str | tuple[str, ...]] = {}


class DeadlineRule(RuleBase):
    """Fires once at each number of `before_days` before a date of the kinds in `dates`.

    `before_days` reads {days before: severity}; `severity` is the most it may give. The other lists say which
    acts count, an empty list means every one: `materials` stand for their descendants too, `directions` is
    what the date brings (the end of a suspension tightens, the end of a control eases). `dates_from` says
    whether the dates of the register count, those that open alerts took from their evidence, or both.
    """

    kind: Literal["deadline"]
    dates: tuple[DateKind, ...] = Field(min_length=1)
    before_days: Mapping[DaysBefore, Severity] = Field(min_length=1)
    actors: tuple[ActorCode, ...] = ()
    except_actors: tuple[ActorCode, ...] = ()
    materials: tuple[TermId, ...] = ()
    acts: tuple[TermId, ...] = ()
    directions: tuple[Direction, ...] = ()
    only_verified: bool = False
    dates_from: tuple[DateOrigin, ...] = Field(default=("register", "evidence"), min_length=1)
    examples: tuple[DeadlineExample, ...] = Field(min_length=2)

    def threshold(self, days_left: int) -> int | None:
        """Return the last threshold passed when so many days are left; None before the first, or too late."""
        passed = [days for days in self.before_days if days >= days_left]
        return min(passed, default=None) if days_left >= 0 else None

    def severity_at(self, threshold: int) -> Severity:
        return min(self.before_days[threshold], self.severity)


def is_deadline(story: str) -> bool:
    """Whether an alert (or signal) of this story counts the days to a date of the register."""
    return story.startswith(STORY)


def counts_to_effect(story: str, facts: Facts) -> bool:
    """Whether a countdown is one to the day an act takes effect: it is told in the alert of that act.

    The end of an act, or of its suspension, is an event of its own: it turns the direction.
    """
    return is_deadline(story) and facts.effective is not None
