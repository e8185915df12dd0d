"""One alert version to one desk by one channel: owed, or withheld for a reason."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from warning.core.ids import content_id
from warning.core.vocabulary import Severity

WithheldReason = Literal[
    "below_threshold", "context", "marking_exceeds_clearance", "marking_exceeds_ceiling", "not_released",
    "nothing_new", "silenced",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Delivery:
    """What the outbox owes. `id` is the same in every run: the key of exactly-once.

    `severity` is the level this desk is told, for its own country; unknown when the router did not say.
    """

    alert_key: str
    alert_version: int
    desk_id: str
    channel: str
    address: str
    reason: Literal["first", "update", "escalated"]
    severity: Severity = field(default=Severity.UNKNOWN, compare=False)

    @property
    def id(self) -> str:
        return content_id(
            "d", self.alert_key, str(self.alert_version), self.desk_id, self.channel, self.address
        )


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Withheld:
    """Why a desk did not get an alert version: the answer to "why did we not get this?"."""

    alert_key: str
    alert_version: int
    desk_id: str
    channel: str
    address: str
    reason: WithheldReason
    detail: str = ""


DeliveryState = Literal["pending", "sending", "sent", "unknown", "dead"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """One owed delivery as the outbox holds it. `provider_ref` is the channel's own id of the message sent."""

    id: str
    alert_key: str
    alert_version: int
    desk_id: str
    channel: str
    address: str
    reason: str
    state: DeliveryState
    attempts: int
    next_attempt_at: datetime
    created_at: datetime
    sent_at: datetime | None = None
    provider_ref: str = ""
    error: str = ""
