"""The canary's own channel: whatever reaches it has gone the whole way."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date

from warning.channels.channel import Missing, Sent
from warning.channels.message import Message
from warning.core.canary import day_in
from warning.core.deliveries import OutboxRow
from warning.errors import DeliveryRefused

Landed = Callable[[date], None]
Beat = Callable[[], Awaitable[object]]


class CanaryChannel:
    """`landed` is told the day of the flight; `beat` then tells the watchdog. A heartbeat that fails is no failure here."""

    def __init__(self, landed: Landed, beat: Beat) -> None:
        self._landed = landed
        self._beat = beat

    async def send(self, message: Message, *, row: OutboxRow, root_ref: str | None) -> Sent:  # noqa: ARG002 - the protocol's
        days = [day for source in message.sources if (day := day_in(source.title)) is not None]
        if not days:
            raise DeliveryRefused("this is no canary")
        await asyncio.to_thread(self._landed, max(days))
        await self._beat()
        return Sent(provider_ref=row.id)

    async def reconcile(self, row: OutboxRow, *, root_ref: str | None) -> Sent | Missing:  # noqa: ARG002 - the protocol's
        """Landing twice is landing once."""
        return Missing.ABSENT
