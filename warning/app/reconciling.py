"""An operator's hand on the outbox: look for what may have arrived, and give dead letters another chance."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from warning.channels.channel import Channel, Missing, Sent
from warning.core.deliveries import DeliveryState, OutboxRow
from warning.errors import DeliveryError

Clock = Callable[[], datetime]
Outcome = Literal["found", "absent", "unknowable", "failed"]


class OutboxDesk(Protocol):
    """What this module asks of the outbox."""

    def rows(self, state: DeliveryState | None = None) -> tuple[OutboxRow, ...]: ...
    def sent(self, row_id: str, *, now: datetime, provider_ref: str = "") -> bool: ...
    def requeue(self, row_id: str, *, now: datetime, actor: str = "operator") -> bool: ...
    def root_ref(self, alert_key: str, desk_id: str, channel: str, address: str) -> str | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """What was found out about one delivery whose fate was unknown."""

    row: OutboxRow
    outcome: Outcome
    detail: str = ""


async def reconcile_unknown(
    outbox: OutboxDesk, channels: Mapping[str, Channel], clock: Clock
) -> tuple[Reconciled, ...]:
    """Look for every unknown delivery now. What was found counts as sent; the rest is due at once."""
    return tuple([await _reconcile(row, outbox, channels, clock) for row in outbox.rows("unknown")])


async def _reconcile(
    row: OutboxRow, outbox: OutboxDesk, channels: Mapping[str, Channel], clock: Clock
) -> Reconciled:
    channel = channels.get(row.channel)
    if channel is None:
        return Reconciled(row=row, outcome="failed", detail=f"there is no channel {row.channel!r}")
    if row.notice_id:  # whoever sends it looks first, by the notice's own id
        outbox.requeue(row.id, now=clock())
        return Reconciled(row=row, outcome="unknowable", detail=row.reason)
    root_ref = outbox.root_ref(row.alert_key, row.desk_id, row.channel, row.address)
    try:
        found = await channel.reconcile(row, root_ref=root_ref)
    except DeliveryError as failure:
        return Reconciled(row=row, outcome="failed", detail=failure.message)
    if isinstance(found, Sent):
        outbox.sent(row.id, now=clock(), provider_ref=found.provider_ref)
        return Reconciled(row=row, outcome="found", detail=found.provider_ref)
    outbox.requeue(row.id, now=clock())
    return Reconciled(row=row, outcome="absent" if found is Missing.ABSENT else "unknowable")


def retry(
    outbox: OutboxDesk, row_ids: Sequence[str], clock: Clock, *, actor: str = "operator"
) -> tuple[str, ...]:
    """Make the rows due now. Returns the ids that were; a row already sent, or being sent, is left alone.

    Raises StoreError when an id is not in the outbox.
    """
    return tuple(row_id for row_id in row_ids if outbox.requeue(row_id, now=clock(), actor=actor))
