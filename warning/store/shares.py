"""What desks gave each other: wishes, confirmations, and the deliveries that follow."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from warning.core.audit import Plain, Record
from warning.core.deliveries import Delivery
from warning.core.shares import Share
from warning.core.vocabulary import Marking
from warning.errors import ReviewRefused
from warning.store.assessments import store_routing
from warning.store.audit import add_audit
from warning.store.engine import serialise
from warning.store.rows import storable
from warning.store.schema import alerts, outbox, shares


def shares_of(connection: Connection, alert_key: str) -> tuple[Share, ...]:
    """Return every wish about an alert, the oldest first."""
    query = select(shares).where(shares.c.alert_key == alert_key).order_by(shares.c.seq)
    return tuple(_share(row) for row in connection.execute(query))


def waiting_shares(connection: Connection, since: datetime) -> tuple[Share, ...]:
    """Return the wishes asked for since then that nobody has confirmed yet, the oldest first."""
    query = select(shares).where(shares.c.shared_at.is_(None), shares.c.asked_at >= since)
    return tuple(_share(row) for row in connection.execute(query.order_by(shares.c.seq)))


def ask_share(connection: Connection, share: Share, owed: Iterable[Delivery]) -> None:
    """Store a wish; with `shared_at` it is granted at once and `owed` goes into the outbox.

    Raises ReviewRefused when the alert has moved on, or the desk has this version already.
    """
    serialise(connection, "assessment")
    _check(connection, share)
    connection.execute(shares.insert(), _values(share))
    if share.shared_at is not None:
        store_routing(connection, owed, (), {}, share.shared_at)
    add_audit(connection, _record(share, "share" if share.shared_at else "ask to share", share.asked_at))


def confirm_share(connection: Connection, share: Share, owed: Iterable[Delivery]) -> None:
    """Grant a wish that waits. Raises ReviewRefused when somebody was faster, or the alert has moved on."""
    assert share.shared_at is not None
    serialise(connection, "assessment")
    _check(connection, share)
    granted = connection.execute(
        update(shares)
        .where(shares.c.alert_key == share.alert_key, shares.c.to_desk == share.to_desk)
        .where(shares.c.asked_at == share.asked_at, shares.c.shared_at.is_(None))
        .values(confirmed_by=storable(share.confirmed_by), shared_at=share.shared_at)
    )
    if granted.rowcount != 1:
        raise ReviewRefused("somebody else has just confirmed it")
    store_routing(connection, owed, (), {}, share.shared_at)
    add_audit(connection, _record(share, "confirm share", share.shared_at))


def _check(connection: Connection, share: Share) -> None:
    version = connection.execute(select(alerts.c.version).where(alerts.c.key == share.alert_key)).scalar()
    if version != share.alert_version:
        raise ReviewRefused(
            f"alert {share.alert_key} stands at version {version} now, not at {share.alert_version}: look again"
        )
    has_it = select(outbox.c.id).where(
        outbox.c.alert_key == share.alert_key,
        outbox.c.alert_version == share.alert_version,
        outbox.c.desk_id == share.to_desk,
        outbox.c.state != "dead",
    )
    if connection.execute(has_it.limit(1)).first():
        raise ReviewRefused(f"the desk {share.to_desk} has version {share.alert_version} already")


def _values(share: Share) -> dict[str, Any]:
    return {
        "alert_key": share.alert_key,
        "alert_version": share.alert_version,
        "from_desk": share.from_desk,
        "to_desk": share.to_desk,
        "marking": share.marking.value,
        "actor": storable(share.actor),
        "confirmed_by": storable(share.confirmed_by),
        "reason": storable(share.reason),
        "asked_at": share.asked_at,
        "shared_at": share.shared_at,
    }


def _record(share: Share, action: str, at: datetime) -> Record:
    told: dict[str, Plain] = {
        "action": action,
        "version": share.alert_version,
        "from": share.from_desk,
        "to": share.to_desk,
        "marking": share.marking.value,
        "asked_by": share.actor,
        "reason": share.reason,
    }
    return Record(
        at=at, kind="operator", actor=share.confirmed_by or share.actor, subject=share.alert_key, content=told
    )


def _share(row: Row[Any]) -> Share:
    return Share(
        alert_key=row.alert_key,
        alert_version=row.alert_version,
        from_desk=row.from_desk,
        to_desk=row.to_desk,
        marking=Marking(row.marking),
        actor=row.actor,
        reason=row.reason,
        asked_at=row.asked_at,
        confirmed_by=row.confirmed_by,
        shared_at=row.shared_at,
    )
