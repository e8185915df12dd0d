"""One alert version to one desk by one channel: owed, or withheld for a reason."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from warning.core.ids import content_id
from warning.core.vocabulary import Severity

WithheldReason = Literal[
    "below_threshold", "context", "marking_exceeds_clearance", "marking_exceeds_ceiling", "not_released",
    "nothing_new", "silenced", "awaiting_review", "rejected", "inhibited", "over_budget", "superseded", "desk_gone",
]  # fmt: skip
HoldReason = Literal["", "cooldown", "quiet_hours"]
DeliveryReason = Literal[
    "first", "update", "escalated", "reminder", "shared", "correction", "cancel", "recall"
]


MAY_HAVE_ARRIVED = "it may have arrived"
"""Part of the error of a dead delivery whose message the channel may have taken: its desk counts as reached."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Delivery:
    """What the outbox owes. `id` is the same in every run: the key of exactly-once.

    `severity` is the level this desk is told, for its own country; unknown when the router did not say. It goes out
    at `hold_until` at the earliest. `step` counts the reminders of one version: 0 is the version itself.
    """

    alert_key: str
    alert_version: int
    desk_id: str
    channel: str
    address: str
    reason: DeliveryReason
    severity: Severity = field(default=Severity.UNKNOWN, compare=False)
    hold_until: datetime | None = field(default=None, compare=False)
    hold_reason: HoldReason = field(default="", compare=False)
    step: int = 0

    @property
    def id(self) -> str:
        parts = [self.alert_key, str(self.alert_version), self.desk_id, self.channel, self.address]
        return content_id("d", *parts, *([str(self.step)] if self.step else []))


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
    """One owed delivery as the outbox holds it. `provider_ref` is the channel's own id of the message sent.

    One of a notice has that one's id as `alert_key` too. A row with a `hold_until` ahead waits for it by the desk's own wish (`hold_reason`), not for want of a way.
    """

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
    hold_until: datetime | None = None
    hold_reason: HoldReason = ""
    step: int = 0
    notice_id: str = ""
