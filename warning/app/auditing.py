"""The auditor: looks at what waits and is owed from outside the path that moves it, and tells a watchdog that all is well."""

import asyncio
import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from warning.app.alarming import alarm, owe_to_operators
from warning.app.canary_watch import watch_canary
from warning.app.operations import tell_operations
from warning.app.standing_still import standstills
from warning.app.system import System
from warning.app.telling_operators import tell_operators, told_operators
from warning.channels.heartbeat import beat
from warning.core.ids import content_id
from warning.core.operator_notices import OperatorNotice
from warning.core.phrases import counted
from warning.errors import DeliveryError
from warning.store.accounts import Accounts, Stuck

log = logging.getLogger(__name__)

# Longer than a lease and a few back-offs: a delivery that has not ended by then needs somebody's look.
PATIENCE = timedelta(minutes=30)
SPAN = timedelta(days=2)
STUCK = "deliveries stand still"


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What the auditor found. `faults` are sentences; empty when every eligible desk was told or has a reason."""

    accounts: Accounts
    faults: tuple[str, ...]


def audit_deliveries(system: System, *, span: timedelta = SPAN) -> Audit:
    """Check that every alert version of the span is accounted for at every destination."""
    now = system.clock()
    found = system.repository.accounts(now - span, now, patience=PATIENCE)
    faults = [
        f"version {gap.alert_version} of {gap.alert_key}: nothing says whether {gap.desk_id} was told by "
        f"{gap.channel} {gap.address}"
        for gap in found.gaps
    ]
    if found.overdue:
        minutes = int(PATIENCE.total_seconds() // 60)
        faults.append(
            f"{counted(found.overdue, 'delivery has', 'deliveries have')} been free to go for more than {minutes} minutes "
            f"and {'has' if found.overdue == 1 else 'have'} not ended: `warning deliveries list --state pending`"
        )
    if dead := found.states.get("dead", 0):
        faults.append(
            f"{counted(dead, 'delivery is', 'deliveries are')} dead: `warning deliveries list --state dead`"
        )
    return Audit(accounts=found, faults=tuple(faults))


async def audit_and_beat(system: System) -> Audit:
    """Audit, tell every fault to the log, and ping the heartbeat when there is none.

    The watchdog alarms when pings stay away: for faults here as for a service, a database or a machine that is down.
    """
    audit = audit_deliveries(system)
    still = await asyncio.to_thread(standstills, system, _watched_since(system))
    audit = replace(audit, faults=(*audit.faults, *(one.sentence for one in still)))
    if system.canary.flies:
        audit = replace(audit, faults=(*audit.faults, *await _canary_faults(system)))
    await asyncio.to_thread(tell_operations, system, audit.accounts, still)
    await _tell_stuck(system, audit.accounts)
    for fault in audit.faults:
        log.error("audit: %s", fault)
    url = system.settings.heartbeat_url
    if url is not None and not audit.faults:
        failure = await beat(url.get_secret_value())
        if failure:
            log.warning("the heartbeat could not be sent: %s", failure)
    return audit


async def _canary_faults(system: System) -> tuple[str, ...]:
    """A canary that is missing is told at once, and keeps the heartbeat away until one has landed."""
    now = system.clock()

    async def told(notice: OperatorNotice) -> None:
        await alarm(system, notice)
        if (await asyncio.to_thread(system.book)).operators:
            await owe_to_operators(system, notice)

    fault = await watch_canary(system.flights, _watched_since(system), now, told)
    return (fault,) if fault else ()


async def _tell_stuck(system: System, found: Accounts) -> None:
    """Deliveries that do not go out are told past the outbox: what waits there is what nobody sends.

    Once a standstill, whether or not a desk of the operators may keep that it was; where no place takes it, again at each
    half hour.
    """
    if found.stuck is None:
        system.canary.stuck_is_told = False
        return
    if system.canary.stuck_is_told:
        return
    now, key = system.clock(), f"{found.stuck.since:%Y-%m-%dT%H}"
    tried = system.canary.stuck_told_at
    if tried is not None and now - tried < PATIENCE:
        return
    if key in await asyncio.to_thread(told_operators, system, STUCK):
        system.canary.stuck_is_told = True
        return
    system.canary.stuck_told_at = now
    notice = _stuck_notice(found, found.stuck, now)
    try:
        await alarm(system, notice)
    except DeliveryError as failure:
        log.error("nobody could be told that deliveries stand still: %s", failure)  # noqa: TRY400 - as said
        return
    system.canary.stuck_is_told = True
    await asyncio.to_thread(
        tell_operators, system, topic=STUCK, key=key, subject=notice.subject, lines=notice.lines, about=(key,)
    )


def _stuck_notice(found: Accounts, stuck: Stuck, now: datetime) -> OperatorNotice:
    tried = (
        f"the last try of the oldest: {stuck.error}"
        if stuck.error
        else "none of them was tried: does `warning run --role deliver` run?"
    )
    return OperatorNotice(
        id=content_id("o", STUCK, stuck.since.isoformat()),
        kind="deliveries",
        subject="Deliveries stand still: warnings do not reach the desks",
        lead=(
            f"{counted(found.overdue, 'delivery has', 'deliveries have')} been free to go for more than "
            f"{int(PATIENCE.total_seconds() // 60)} minutes, the oldest since {stuck.since:%H:%M} UTC by {stuck.channel}."
        ),
        lines=(tried, "What is owed and has not gone out: warning deliveries list --state pending"),
        at=now,
    )


def _watched_since(system: System) -> datetime:
    """When this process began to watch: at its first audit."""
    system.canary.watched_since = system.canary.watched_since or system.clock()
    return system.canary.watched_since
