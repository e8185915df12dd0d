"""Reading the outbox beside the alerts it speaks of: for the command line, the digest and the page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, or_, select

from warning.core.alerts import Alert
from warning.core.deliveries import DeliveryState, OutboxRow
from warning.store.rows import batches, from_json
from warning.store.schema import alert_versions, outbox

BATCH = 500
READ_AHEAD = 500


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


def told_versions(
    connection: Connection, desk_id: str, since: datetime, now: datetime, *, most: int, key: str | None = None
) -> tuple[Alert, ...]:
    """Return the versions a desk was told of since then, each once, of the alerts that the newest `most` of them are of.

    What waits, was withheld or died is not told. By (opened_at, key, version). With `key` only those of that alert.
    """
    o, v = outbox.c, alert_versions.c
    is_out = or_(o.hold_until.is_(None), o.hold_until <= now)
    told = select(o.alert_key, o.alert_version).where(
        o.desk_id == desk_id, o.created_at >= since, o.state != "dead", is_out
    )
    keys = [key] if key is not None else sorted(_newest(connection, told, most))
    found: list[Alert] = []
    for part in batches(keys, BATCH):
        these = told.where(o.alert_key.in_(part)).distinct().subquery()
        same = and_(v.alert_key == these.c.alert_key, v.version == these.c.alert_version)
        rows = connection.execute(select(v.content).select_from(these).join(alert_versions, same))
        found += [from_json(Alert, row.content) for row in rows]
    return tuple(sorted(found, key=lambda alert: (alert.opened_at, alert.key, alert.version)))


def _newest(connection: Connection, told: Select[Any], most: int) -> set[str]:
    """The alerts of the last so many versions: read from the end, no further than it takes.

    Grouped by the database, every delivery that ever was would be looked at.
    """
    versions: set[tuple[str, int]] = set()
    last_first = told.order_by(outbox.c.created_at.desc(), outbox.c.id).execution_options(
        yield_per=READ_AHEAD
    )
    with connection.execute(last_first) as rows:
        for row in rows:
            if row.alert_key is not None:
                versions.add((row.alert_key, row.alert_version))
            if len(versions) >= most:
                break
    return {alert_key for alert_key, _ in versions}


def deliveries_of(connection: Connection, alert_key: str) -> tuple[OutboxRow, ...]:
    """Return what is owed, or was sent, about one alert."""
    o = outbox.c
    query = (
        select(outbox)
        .where(o.alert_key == alert_key)
        .order_by(o.alert_version, o.desk_id, o.channel, o.address)
    )
    return tuple(outbox_row(row) for row in connection.execute(query))
