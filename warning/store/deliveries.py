"""Reading the outbox beside the alerts it speaks of: for the command line, the digest and the page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, select

from warning.core.alerts import Alert
from warning.core.deliveries import DeliveryState, OutboxRow
from warning.store.rows import from_json
from warning.store.schema import alert_versions, outbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A delivery and the version of the alert it carries."""

    row: OutboxRow
    alert: Alert


def outbox_row(row: Row[Any], *, attempts: int | None = None) -> OutboxRow:
    return OutboxRow(
        id=row.id,
        alert_key=row.alert_key or row.notice_id,
        alert_version=row.alert_version,
        desk_id=row.desk_id,
        channel=row.channel,
        address=row.address,
        reason=row.reason,
        state=row.state,
        attempts=row.attempts if attempts is None else attempts,
        next_attempt_at=row.next_attempt_at,
        created_at=row.created_at,
        sent_at=row.sent_at,
        provider_ref=row.provider_ref,
        error=row.error,
        hold_until=row.hold_until,
        hold_reason=row.hold_reason,
        step=row.step,
        notice_id=row.notice_id or "",
    )


def deliveries(
    connection: Connection,
    *,
    alert_key: str | None = None,
    desk_id: str | None = None,
    state: DeliveryState | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> tuple[Owed, ...]:
    """Return deliveries with their alerts, in the order they came to be owed (`since` <= then < `until`)."""
    same_version = and_(
        alert_versions.c.alert_key == outbox.c.alert_key,
        alert_versions.c.version == outbox.c.alert_version,
    )
    query = select(outbox, alert_versions.c.content).join(alert_versions, same_version)
    for column, wanted in (("alert_key", alert_key), ("desk_id", desk_id), ("state", state)):
        if wanted is not None:
            query = query.where(outbox.c[column] == wanted)
    if since is not None:
        query = query.where(outbox.c.created_at >= since)
    if until is not None:
        query = query.where(outbox.c.created_at < until)
    query = query.order_by(outbox.c.created_at, outbox.c.alert_version, outbox.c.id)
    return tuple(
        Owed(row=outbox_row(row), alert=from_json(Alert, row.content)) for row in connection.execute(query)
    )


def deliveries_of(connection: Connection, alert_key: str) -> tuple[OutboxRow, ...]:
    """Return what is owed, or was sent, about one alert."""
    o = outbox.c
    query = (
        select(outbox)
        .where(o.alert_key == alert_key)
        .order_by(o.alert_version, o.desk_id, o.channel, o.address)
    )
    return tuple(outbox_row(row) for row in connection.execute(query))
