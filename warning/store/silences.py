"""Silences as they were made; ending one early is the only change to a row."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from warning.core.audit import Record
from warning.core.silences import Matcher, Silence
from warning.core.vocabulary import Severity
from warning.errors import ReviewRefused
from warning.store.audit import add_audit
from warning.store.rows import from_json, storable, to_json
from warning.store.schema import silences


def add_silence(connection: Connection, silence: Silence) -> None:
    """Store a silence and tell the audit log."""
    row = {
        "id": silence.id,
        "desk_id": silence.desk_id,
        "matchers": storable(to_json(tuple[Matcher, ...], silence.matchers)),
        "severity": silence.severity.value,
        "mute": silence.mute,
        "actor": storable(silence.actor),
        "reason": storable(silence.reason),
        "created_at": silence.created_at,
        "until": silence.until,
        "expired_at": silence.expired_at,
        "expired_by": silence.expired_by,
    }
    connection.execute(silences.insert(), row)
    told = {
        "action": "silence",
        "desk": silence.desk_id,
        "match": ", ".join(map(str, silence.matchers)),
        "severity": silence.severity.value,
        "mute": silence.mute,
        "until": silence.until.isoformat(),
        "reason": silence.reason,
    }
    at = silence.created_at
    add_audit(
        connection, Record(at=at, kind="operator", actor=silence.actor, subject=silence.id, content=told)
    )


def expire_silence(connection: Connection, silence_id: str, *, at: datetime, actor: str) -> Silence:
    """End a silence that is in force. Raises ReviewRefused for any other."""
    row = connection.execute(
        update(silences)
        .where(silences.c.id == silence_id, silences.c.expired_at.is_(None), silences.c.until > at)
        .values(expired_at=at, expired_by=storable(actor))
        .returning(silences)
    ).first()
    if row is None:
        raise ReviewRefused(f"no silence in force has the id {silence_id!r}")
    told = {"action": "expire silence", "desk": row.desk_id}
    add_audit(connection, Record(at=at, kind="operator", actor=actor, subject=silence_id, content=told))
    return _silence(row)


def kept_silences(connection: Connection) -> tuple[Silence, ...]:
    """Return the silences nobody ended, over or not, the oldest first."""
    query = select(silences).where(silences.c.expired_at.is_(None))
    rows = connection.execute(query.order_by(silences.c.created_at, silences.c.id))
    return tuple(_silence(row) for row in rows)


def all_silences(connection: Connection) -> tuple[Silence, ...]:
    rows = connection.execute(select(silences).order_by(silences.c.created_at, silences.c.id))
    return tuple(_silence(row) for row in rows)


def _silence(row: Row[Any]) -> Silence:
    return Silence(
        id=row.id,
        desk_id=row.desk_id,
        matchers=from_json(tuple[Matcher, ...], row.matchers),
        severity=Severity(row.severity),
        mute=row.mute,
        actor=row.actor,
        reason=row.reason,
        created_at=row.created_at,
        until=row.until,
        expired_at=row.expired_at,
        expired_by=row.expired_by,
    )
