"""When an alert that nobody at a desk has acknowledged is told again, and to whom: the policy's settings."""

from typing import Literal

from pydantic import Field, model_validator

from warning.core.model import OperatorModel
from warning.core.vocabulary import Severity


class Step(OperatorModel):
    """One reminder, so long after the desk was told: any minutes, office minutes, or when the next office day begins.

    `to` says whether the desk itself is told once more, or its deputies (the desk itself where it has none).
    """

    after_minutes: int | None = Field(default=None, ge=1, le=10_080)
    after_office_minutes: int | None = Field(default=None, ge=1, le=10_080)
    next_office_day: bool = False
    to: Literal["desk", "deputies"] = "desk"

    @model_validator(mode="after")
    def _says_when_once(self) -> "Step":
        said = [self.after_minutes is not None, self.after_office_minutes is not None, self.next_office_day]
        if sum(said) != 1:
            raise ValueError("say when, once: after_minutes, after_office_minutes or next_office_day: true")
        return self


class Escalation(OperatorModel):
    """The reminders by severity for the desk's country, in order. An empty list means none."""

    extreme: tuple[Step, ...] = (Step(after_minutes=15), Step(after_minutes=30, to="deputies"))
    severe: tuple[Step, ...] = (Step(after_office_minutes=60), Step(after_office_minutes=120, to="deputies"))
    moderate: tuple[Step, ...] = (Step(next_office_day=True),)
    minor: tuple[Step, ...] = ()

    def for_severity(self, severity: Severity) -> tuple[Step, ...]:
        steps: dict[Severity, tuple[Step, ...]] = {
            Severity.EXTREME: self.extreme,
            Severity.SEVERE: self.severe,
            Severity.MODERATE: self.moderate,
            Severity.MINOR: self.minor,
        }
        return steps.get(severity, ())
