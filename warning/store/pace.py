"""What was sent when, and what waits: the past that the next assessment paces its messages by."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, or_, select

from warning.core.approval import Approval
from warning.core.audit import Record
from warning.core.pace import FIRSTS_KEPT, Held, Past, Place
from warning.core.vocabulary import Severity
from warning.store.audit import add_audit
from warning.store.rows import storable
from warning.store.schema import alerts, approvals, outbox


def past(connection: Connection) -> Past:
    """Return the past of the alerts still open. What is held counts as not yet told; `pace` looks at the time."""
    return Past(
        told_at=_told_at(connection),
        firsts=_firsts(connection),
        held=_held(connection),
        approvals=standing_approvals(connection),
    )


def _told_at(connection: Connection) -> Mapping[tuple[str, str], datetime]:
    o = outbox.c
    query = (
        select(o.alert_key, o.desk_id, func.max(o.created_at).label("at"))
        .join(alerts, alerts.c.key == o.alert_key)
        .where(o.state != "dead", alerts.c.state == "open", o.hold_until.is_(None))
        .group_by(o.alert_key, o.desk_id)
    )
    told = {(row.alert_key, row.desk_id): row.at for row in connection.execute(query)}
    was_held = (
        select(o.alert_key, o.desk_id, o.hold_until)
        .join(alerts, alerts.c.key == o.alert_key)
        .where(o.state != "dead", alerts.c.state == "open")
        .where(o.hold_until.is_not(None), or_(o.state != "pending", o.attempts > 0))
    )
    for row in connection.execute(was_held):
        key = (row.alert_key, row.desk_id)
        told[key] = max(row.hold_until, told.get(key, row.hold_until))
    return told


def _firsts(connection: Connection) -> tuple[tuple[str, datetime], ...]:
    """Every alert first told to a desk within the last eight days before the newest, once, the oldest first."""
    o = outbox.c
    newest = connection.execute(select(func.max(o.created_at)).where(o.reason == "first")).scalar()
    if newest is None:
        return ()
    query = (
        select(o.desk_id, func.min(o.created_at).label("at"))
        .where(o.reason == "first", o.created_at > newest - FIRSTS_KEPT)
        .group_by(o.desk_id, o.alert_key)
        .order_by("at", o.desk_id)
    )
    return tuple((row.desk_id, row.at) for row in connection.execute(query))


def _held(connection: Connection) -> Mapping[Place, Held]:
    o = outbox.c
    query = select(outbox).where(
        o.state == "pending", o.attempts == 0, o.hold_until.is_not(None), o.step == 0
    )
    return {
        (row.alert_key, row.desk_id, row.channel, row.address): Held(
            version=row.alert_version, reason=row.reason, until=row.hold_until
        )
        for row in connection.execute(query.order_by(o.alert_version))
    }


def standing_approvals(connection: Connection) -> Mapping[str, Approval]:
    """Return the last decision about each alert still open, by key."""
    query = select(approvals).join(alerts, alerts.c.key == approvals.c.alert_key)
    query = query.where(alerts.c.state == "open").order_by(approvals.c.seq)
    return {row.alert_key: _approval(row) for row in connection.execute(query)}


def add_approval(connection: Connection, approval: Approval) -> None:
    """Store a decision and tell the audit log."""
    row = {
        "alert_key": approval.alert_key,
        "alert_version": approval.alert_version,
        "decision": approval.decision,
        "actor": storable(approval.actor),
        "reason": storable(approval.reason),
        "at": approval.at,
        "severity": approval.severity.value,
    }
    connection.execute(approvals.insert(), row)
    told = {"action": approval.decision, "version": approval.alert_version, "reason": approval.reason}
    add_audit(
        connection,
        Record(
            at=approval.at,
            kind="operator",
            actor=approval.actor,
            subject=approval.alert_key,
            content=told,
        ),
    )


def _approval(row: Row[Any]) -> Approval:
    return Approval(
        alert_key=row.alert_key,
        alert_version=row.alert_version,
        decision=row.decision,
        actor=row.actor,
        reason=row.reason,
        at=row.at,
        severity=Severity(row.severity),
    )
