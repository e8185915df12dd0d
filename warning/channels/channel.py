"""What every channel offers, and what it answers."""

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from warning.channels.message import Message
from warning.core.deliveries import OutboxRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The channel has the message. `provider_ref` is its own id of it: later versions refer to the first."""

    provider_ref: str


class Missing(Enum):
    """Why a message whose fate is unknown was not found: it is not there, or the channel cannot say."""

    ABSENT = "absent"
    UNKNOWABLE = "unknowable"


class Channel(Protocol):
    """Carries messages to destinations of one kind. Nothing is kept between two calls."""

    async def send(self, message: Message, *, row: OutboxRow, root_ref: str | None) -> Sent:
        """Send to `row.address`. `root_ref` is the reference of the alert's first message there, if any.

        Raises DeliveryRateLimited, DeliveryRefused, DeliveryUnknown, or DeliveryError when the message
        certainly did not arrive and may be sent again.
        """
        ...

    async def reconcile(self, row: OutboxRow, *, root_ref: str | None) -> Sent | Missing:
        """Look for a message whose sending was cut short. Raises DeliveryError to be asked again later."""
        ...
