"""Watch the canary: what has landed is cleared away, what is missing is told to operators by every way there is."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from warning.channels.canary import CanaryChannel
from warning.channels.heartbeat import beat
from warning.core.canary import CANARY, Flight, missing, with_canary
from warning.core.ids import content_id
from warning.core.operator_notices import OperatorNotice
from warning.core.rulebook import Rulebook
from warning.core.spans import roughly
from warning.settings import Settings
from warning.store.canary import CanaryFlights

log = logging.getLogger(__name__)
Alarm = Callable[[OperatorNotice], Awaitable[object]]


@dataclass(slots=True)
class CanaryBooks:
    """The rulebook with the canary in it, made once for each rulebook. `flies` is true in a running service alone.

    `stuck_told_at` is when this process last tried to tell that deliveries stand still, `stuck_is_told` whether it was
    told of the standstill that lasts.
    """

    flies: bool = False
    watched_since: datetime | None = None
    stuck_told_at: datetime | None = None
    stuck_is_told: bool = False
    _base: Rulebook | None = None
    _book: Rulebook | None = None

    def of(self, book: Rulebook) -> Rulebook:
        if not self.flies:
            return book
        if self._base is not book or self._book is None:
            self._base, self._book = book, with_canary(book)
        return self._book


def canary_channel(
    flights: CanaryFlights, settings: Settings, clock: Callable[[], datetime]
) -> CanaryChannel:
    """Return the channel that notes landings and pings the heartbeat."""

    def landed(day: date) -> None:
        flights.land(day, clock())

    async def ping() -> None:
        if settings.heartbeat_url is not None:
            failure = await beat(settings.heartbeat_url.get_secret_value())
            if failure:
                log.warning("the heartbeat could not be sent: %s", failure)

    return CanaryChannel(landed, ping)


def canary_fault(flights: CanaryFlights, watched_since: datetime, now: datetime) -> str:
    """Say what is wrong with the canary and where it was last seen; empty when it is in time."""
    told = missing(flights.flights(), watched_since, now)
    if not told:
        return ""
    newest = max((f.day for f in flights.flights()), default=None)
    return f"{told}; {flights.stage(newest)}" if newest is not None and str(newest) in told else told


async def watch_canary(flights: CanaryFlights, watched_since: datetime, now: datetime, alarm: Alarm) -> str:
    """Clear away what has landed; alarm once a day when the canary is missing. Return the fault, if any."""
    await asyncio.to_thread(flights.sweep, now)
    fault = await asyncio.to_thread(canary_fault, flights, watched_since, now)
    today = now.astimezone(UTC).date()
    told = [f for f in await asyncio.to_thread(flights.flights) if f.told_at is not None]
    if not fault:
        landed = [f for f in told if f.landed_at is not None]
        if landed and landed[0].landed_at is not None:
            await alarm(_landed(landed[0], landed[0].landed_at, now))
            await asyncio.to_thread(flights.settle)
        return ""
    if not any(f.day == today for f in told):
        await alarm(_notice(fault, today, now))
        await asyncio.to_thread(flights.tell, today, now)
    return fault


def _notice(fault: str, day: date, now: datetime) -> OperatorNotice:
    return OperatorNotice(
        id=content_id("o", CANARY, day.isoformat()),
        kind="canary",
        subject="The canary is missing: warnings may not reach the desks",
        lead=f"{fault[0].upper()}{fault[1:]}.",
        lines=(
            "Look at the processes that collect, assess and deliver: warning doctor",
            "What is owed and has not gone out: warning deliveries list --state pending",
            "How the sources are: warning feeds status",
        ),
        at=now,
    )


def _landed(flight: Flight, landed_at: datetime, now: datetime) -> OperatorNotice:
    late = roughly(landed_at - flight.started_at)
    return OperatorNotice(
        id=content_id("o", CANARY, "landed", flight.day.isoformat()),
        kind="canary",
        subject="The canary is back: warnings reach the desks again",
        lead=f"The canary of {flight.day} landed at {landed_at:%H:%M} UTC, {late} after it started.",
        at=now,
    )
