"""The gate before publication: rules whose alerts a person looks at first, and what that person decided."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import model_validator

from warning.core.model import OperatorModel
from warning.core.vocabulary import Severity

Mode = Literal["auto", "review"]
Decision = Literal["approved", "rejected", "archived"]


class Publish(OperatorModel):
    """What becomes of a rule's alerts, by their severity for the desk's country.

    Written as one word for all (`publish: review`) or by level (`publish: {extreme: auto, severe: review}`, the
    others auto). Until somebody approves, no desk is told; a later rise in severity asks anew what was rejected.
    """

    extreme: Mode = "auto"
    severe: Mode = "auto"
    moderate: Mode = "auto"
    minor: Mode = "auto"

    @model_validator(mode="before")
    @classmethod
    def _one_word(cls, written: object) -> object:
        if isinstance(written, str):
            return dict.fromkeys(("extreme", "severe", "moderate", "minor"), written)
        return written

    def for_severity(self, severity: Severity) -> Mode:
        modes: dict[Severity, Mode] = {
            Severity.EXTREME: self.extreme,
            Severity.SEVERE: self.severe,
            Severity.MODERATE: self.moderate,
        }
        return modes.get(severity, self.minor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """What a person decided about an alert. `severity` is the highest any desk's country had then.

    An approval holds for the event, whatever becomes of it; a rejection (or archiving: right, but for the digest
    alone) only up to that severity.
    """

    alert_key: str
    alert_version: int
    decision: Decision
    actor: str
    reason: str
    at: datetime
    severity: Severity
