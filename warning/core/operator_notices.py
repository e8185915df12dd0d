"""What the people who run this installation are told: no alert, and nothing that evidence says."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorNotice:
    """`id` is the same when the same is told again. `kind` says what it is about: sources, canary. `about` is kept with it for a later look."""

    id: str
    kind: str
    subject: str
    lead: str
    lines: tuple[str, ...] = ()
    closing: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    at: datetime
