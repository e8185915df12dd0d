"""Who has taken an alert on, shown on the message that stands in the desk's channel: in its place, without a new one.

That a message has yet to show it is read from what is stored, so that a process that ends in between leaves it owed.
"""

import asyncio
import logging
from datetime import timedelta
from typing import Protocol, runtime_checkable

from warning.app.delivered_message import message_of
from warning.app.system import System
from warning.channels.message import Message
from warning.core.deliveries import OutboxRow
from warning.errors import DeliveryRateLimited, EwsError

log = logging.getLogger(__name__)
TRIES = 3
WAIT_SECONDS = 2.0
LONGEST_WAIT_SECONDS = 60.0
# Whoever stored what was done shows it at once; what is left after a minute was cut short.
OWED_AFTER = timedelta(minutes=1)
OWED_WITHIN = timedelta(days=2)
MOST_A_ROUND = 10


@runtime_checkable
class Shows(Protocol):
    """What a channel offers whose messages can be replaced in silence. Raises what `Channel.send` raises."""

    async def show(self, message: Message, *, row: OutboxRow, root_ref: str) -> None: ...


async def show_standing(system: System, alert_key: str, desk_id: str) -> int:
    """Render again what the desk's channels show of an alert; return how many messages were replaced.

    What somebody did is stored already: a message that cannot be replaced now is logged and tried again by `show_owed`.
    """
    rows = await asyncio.to_thread(_shown, system, alert_key, desk_id)
    done = 0
    for row in rows:
        channel = system.channels.get(row.channel)
        if isinstance(channel, Shows):
            done += await _replaced(system, channel, row)
    return done


async def show_owed(system: System) -> int:
    """Bring the messages up to date that do not show what was done a while ago; return how many were replaced."""
    channels = [name for name, channel in system.channels.items() if isinstance(channel, Shows)]
    if not channels:
        return 0
    now = system.clock()
    owed = await asyncio.to_thread(
        system.outbox.shown_before, channels, now - OWED_WITHIN, now - OWED_AFTER, limit=MOST_A_ROUND
    )
    return sum([await show_standing(system, alert_key, desk_id) for alert_key, desk_id in owed])


async def _replaced(system: System, channel: Shows, row: OutboxRow) -> bool:
    for attempt in range(1, TRIES + 1):
        try:
            return await _show(system, channel, row)
        except DeliveryRateLimited as busy:
            wait = busy.retry_after_seconds or WAIT_SECONDS
        except EwsError as failed:
            log.info("the message of %s: %s", row.alert_key, failed.message)
            if not failed.retryable:  # it will never be: the next version posts a new one
                await asyncio.to_thread(system.outbox.shown, row.id, now=system.clock())
                break
            wait = WAIT_SECONDS * attempt
        if attempt < TRIES:
            await asyncio.sleep(min(wait, LONGEST_WAIT_SECONDS))
    log.warning("the message of %s in %s %s stays as it is", row.alert_key, row.channel, row.address)
    return False


async def _show(system: System, channel: Shows, row: OutboxRow) -> bool:
    """Replace it; once more when a newer version went out meanwhile, which this one would have covered."""
    newest: OutboxRow | None = row
    shown: str | None = None
    while newest is not None and newest.id != shown:
        looked_at = system.clock()
        message = await asyncio.to_thread(
            message_of, newest, system.repository, system.live_book(), system.clock()
        )
        ref = await asyncio.to_thread(
            system.outbox.root_ref, row.alert_key, row.desk_id, row.channel, row.address
        )
        await channel.show(message, row=newest, root_ref=ref or "")
        await asyncio.to_thread(system.outbox.shown, newest.id, now=looked_at)
        shown = newest.id
        again = await asyncio.to_thread(_shown, system, row.alert_key, row.desk_id)
        newest = next((r for r in again if (r.channel, r.address) == (row.channel, row.address)), None)
    return shown is not None


def _shown(system: System, alert_key: str, desk_id: str) -> tuple[OutboxRow, ...]:
    """Return the newest version sent to each place of the desk; earlier ones have been replaced by it."""
    newest: dict[tuple[str, str], OutboxRow] = {}
    for row in sorted(system.outbox.rows(alert_key=alert_key), key=lambda r: (r.alert_version, r.step)):
        if row.desk_id == desk_id and row.state == "sent":
            newest[row.channel, row.address] = row
    return tuple(newest.values())
