"""Evidence that was taken back or restored: stored as it became known, read once by an assessment."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from warning.core.audit import Record
from warning.core.withdrawals import Withdrawal
from warning.errors import AssessmentRaced
from warning.store.audit import add_audit
from warning.store.rows import insert_new, storable
from warning.store.schema import withdrawals


def add_withdrawals(connection: Connection, acts: Iterable[Withdrawal]) -> int:
    """Store what is not stored yet, tell the audit log, and return how many were new."""
    new = 0
    for act in acts:
        row = {
            "id": act.id,
            "evidence_id": act.evidence_id,
            "source_id": act.source_id,
            "action": act.action,
            "reason": storable(act.reason),
            "actor": storable(act.actor),
            "known_at": act.known_at,
        }
        statement = insert_new(connection, withdrawals).returning(withdrawals.c.id)
        if connection.execute(statement, row).first() is None:
            continue
        new += 1
        told = {"action": act.action, "evidence": act.evidence_id, "reason": act.reason}
        add_audit(
            connection,
            Record(at=act.known_at, kind="operator", actor=act.actor, subject=act.evidence_id, content=told),
        )
    return new


def waiting(connection: Connection, as_of: datetime) -> tuple[Withdrawal, ...]:
    """Return what no assessment has read, as known at an instant, oldest first."""
    w = withdrawals.c
    query = select(withdrawals).where(w.assessed_at.is_(None), w.known_at <= as_of)
    return tuple(map(withdrawal_of, connection.execute(query.order_by(w.known_at, w.id))))


def mark_read(connection: Connection, acts: Sequence[Withdrawal], at: datetime) -> None:
    """Take them off the queue; those that a page itself told are not on it. Raises AssessmentRaced when another process has."""
    for act in acts:
        w = withdrawals.c
        known = connection.execute(select(w.assessed_at).where(w.id == act.id)).first()
        if known is None:
            continue
        if known.assessed_at is not None:
            raise AssessmentRaced
        connection.execute(update(withdrawals).where(w.id == act.id).values(assessed_at=at))


def withdrawal_of(row: Row[Any]) -> Withdrawal:
    return Withdrawal(
        id=row.id,
        evidence_id=row.evidence_id,
        source_id=row.source_id,
        action=row.action,
        reason=row.reason,
        actor=row.actor,
        known_at=row.known_at,
    )
