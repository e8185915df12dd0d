"""What was sent when, and what waits: the past that the next assessment paces its messages by."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, get_args

from sqlalchemy import ColumnElement, Connection, Row, delete, func, or_, select

from warning.core.alerts import Alert
from warning.core.approval import Approval
from warning.core.audit import Record
from warning.core.deliveries import MAY_HAVE_ARRIVED, Delivery, DeliveryState, Withheld
from warning.core.pace import FIRSTS_KEPT, Held, Past, Place
from warning.core.vocabulary import Severity
from warning.errors import EvidenceMissing, ReviewRefused
from warning.store.assessments import store_routing
from warning.store.audit import add_audit
from warning.store.columns import fixed
from warning.store.engine import serialise
from warning.store.rows import batches, storable
from warning.store.schema import alerts, approvals, outbox, withheld

BATCH = 500


def past(connection: Connection, keys: Collection[str] | None = None) -> Past:
    """Return the past of the alerts of these keys, of all without. What is held counts as not yet told; `pace` looks at the time."""
    of = None if keys is None else sorted(keys)
    told_at: dict[tuple[str, str], datetime] = {}
    held: dict[Place, Held] = {}
    approved: dict[str, Approval] = {}
    reached: set[Place] = set()
    for part in [None] if of is None else batches(of, BATCH):
        told_at |= _told_at(connection, part)
        held |= _held(connection, part)
        approved |= standing_approvals(connection, part)
        reached |= _reached(connection, part)
    return Past(
        told_at=told_at, firsts=_firsts(connection), held=held, approvals=approved, reached=frozenset(reached)
    )


def among(column: ColumnElement[Any], keys: Sequence[str] | None) -> ColumnElement[bool]:
    """Of these alerts, or of any."""
    return column.is_not(None) if keys is None else column.in_(keys)


def _told_at(connection: Connection, keys: Sequence[str] | None) -> Mapping[tuple[str, str], datetime]:
    o = outbox.c
    query = (
        select(o.alert_key, o.desk_id, func.max(o.created_at).label("at"))
        .where(among(o.alert_key, keys), o.state != "dead", o.hold_until.is_(None), o.step == 0)
        .group_by(o.alert_key, o.desk_id)
    )
    told = {(row.alert_key, row.desk_id): row.at for row in connection.execute(query)}
    was_held = (
        select(o.alert_key, o.desk_id, o.hold_until)
        .where(among(o.alert_key, keys), o.state != "dead")
        .where(o.hold_until.is_not(None), or_(o.state != "pending", o.attempts > 0))
    )
    for row in connection.execute(was_held):
        key = (row.alert_key, row.desk_id)
        told[key] = max(row.hold_until, told.get(key, row.hold_until))
    return told


def _reached(connection: Connection, keys: Sequence[str] | None) -> set[Place]:
    """Where any version of these alerts went, or may have: all but what still waits for its hour, and dead letters that
    certainly did not arrive.
    """
    o = outbox.c
    may_be_there = o.error.contains(MAY_HAVE_ARRIVED)
    is_free = or_(o.hold_until.is_(None), o.state != "pending", o.attempts > 0)
    query = (
        select(o.alert_key, o.desk_id, o.channel, o.address)
        .where(among(o.alert_key, keys), or_(o.state != "dead", may_be_there), is_free)
        .distinct()
    )
    return {(row.alert_key, row.desk_id, row.channel, row.address) for row in connection.execute(query)}


def _firsts(connection: Connection) -> tuple[tuple[str, datetime], ...]:
    """Every alert first told to a desk within the last eight days before the newest row, once, the oldest first.

    Rows are looked up state by state: so the index by state and time finds the newest, however many lie behind.
    """
    o = outbox.c
    states = get_args(DeliveryState)
    newest_of = (connection.execute(select(func.max(o.created_at)).where(o.state == s)) for s in states)
    newest = max((at for found in newest_of if (at := found.scalar()) is not None), default=None)
    if newest is None:
        return ()
    query = (
        select(o.desk_id, func.min(o.created_at).label("at"))
        .where(o.state.in_(states), o.reason == "first", o.created_at > newest - FIRSTS_KEPT)
        .group_by(o.desk_id, o.alert_key)
        .order_by("at", o.desk_id)
    )
    return tuple((row.desk_id, row.at) for row in connection.execute(query))


def _held(connection: Connection, keys: Sequence[str] | None) -> Mapping[Place, Held]:
    o = outbox.c
    query = select(outbox).where(
        among(o.alert_key, keys),
        o.state == "pending",
        o.attempts == 0,
        o.hold_until.is_not(None),
        o.step == 0,
    )
    return {
        (row.alert_key, row.desk_id, row.channel, row.address): Held(
            version=row.alert_version, reason=row.reason, until=row.hold_until
        )
        for row in connection.execute(query.order_by(o.alert_version))
    }


def standing_approvals(connection: Connection, keys: Sequence[str] | None = None) -> Mapping[str, Approval]:
    """Return the last decision about each of these alerts, by key."""
    query = select(approvals).where(among(approvals.c.alert_key, keys)).order_by(approvals.c.seq)
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


def awaiting_review(connection: Connection) -> tuple[tuple[str, datetime], ...]:
    """Return (alert key, since when) of the open alerts that somebody has to look at first, the longest wait first."""
    w = withheld.c
    query = (
        select(w.alert_key, func.min(w.at).label("since"))
        .join(alerts, alerts.c.key == w.alert_key)
        .where(
            w.reason == fixed("awaiting_review"),
            alerts.c.state == "open",
            alerts.c.version == w.alert_version,
        )
        .group_by(w.alert_key)
        .order_by("since", w.alert_key)
    )
    return tuple((row.alert_key, row.since) for row in connection.execute(query))


def over_budget(connection: Connection, since: datetime) -> tuple[str, ...]:
    """Return the rule of every (alert, desk) that a budget withheld at or after `since`."""
    w = withheld.c
    query = (
        select(alerts.c.rule_id, w.alert_key, w.desk_id)
        .join(alerts, alerts.c.key == w.alert_key)
        .where(w.reason == fixed("over_budget"), w.at >= since)
        .distinct()
    )
    return tuple(sorted(row.rule_id for row in connection.execute(query)))


def decide(
    connection: Connection,
    approval: Approval,
    alert: Alert,
    owed: Iterable[Delivery],
    refused: Iterable[Withheld],
) -> None:
    """Store a decision and what follows from it: deliveries, and new answers to who was not told.

    Raises EvidenceMissing when there is no such alert, ReviewRefused when it has moved on since it was read.
    """
    serialise(connection, "assessment")
    row = connection.execute(select(alerts.c.version).where(alerts.c.key == alert.key)).first()
    if row is None:
        raise EvidenceMissing(f"no alert has the key {alert.key!r}")
    if row.version != approval.alert_version:
        raise ReviewRefused(
            f"alert {alert.key} stands at version {row.version} now, not at version {approval.alert_version}: "
            f"read what changed (`warning alerts show {alert.key}`), then decide"
        )
    w = withheld.c
    of_this_version = (w.alert_key == alert.key, w.alert_version == alert.version)
    connection.execute(
        delete(withheld).where(*of_this_version, w.reason.in_(("awaiting_review", "rejected")))
    )
    add_approval(connection, approval)
    store_routing(connection, owed, refused, {alert.key: alert}, approval.at)


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
