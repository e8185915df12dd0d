"""Notices and what is owed of them: written together, in one transaction, before anything is sent."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, select, update

from warning.core.audit import SYSTEM, Plain, Record
from warning.core.deliveries import OutboxRow
from warning.core.notices import Notice, NoticeKind, NoticePlace, notice_delivery_id
from warning.core.vocabulary import Marking
from warning.store.audit import add_audit
from warning.store.deliveries import outbox_row
from warning.store.engine import reading, writing
from warning.store.rows import insert_new, storable
from warning.store.schema import audit, notices, outbox


class Notices:
    """One instance may be shared by threads; every call is one transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def owe(self, notice: Notice, places: Iterable[NoticePlace]) -> int:
        """Store a notice and owe it to each place, or nothing; return how many deliveries are new.

        What is owed already, or was sent, is not owed again: a notice stands as it was first written.
        """
        with writing(self._engine) as connection:
            return owe_notice(connection, notice, places)

    def notice(self, notice_id: str) -> Notice | None:
        with reading(self._engine) as connection:
            row = connection.execute(select(notices).where(notices.c.id == notice_id)).first()
        return None if row is None else _notice(row)

    def deliveries(self, notice_id: str) -> tuple[OutboxRow, ...]:
        """Return what is owed, or was sent, of a notice."""
        o = outbox.c
        query = select(outbox).where(o.notice_id.is_not(None), o.notice_id == notice_id)
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(o.channel, o.address)).all()
        return tuple(outbox_row(row) for row in rows)

    def since(self, kind: NoticeKind, desk_id: str, since: datetime) -> tuple[Notice, ...]:
        """Return a desk's notices of a kind written at or after `since`, the oldest first."""
        n = notices.c
        query = select(notices).where(n.desk_id == desk_id, n.kind == kind, n.created_at >= since)
        with reading(self._engine) as connection:
            return tuple(_notice(row) for row in connection.execute(query.order_by(n.created_at, n.id)))

    def narrowed_since(self, since: datetime) -> bool:
        """Whether a marking was narrowed at or after `since` on an alert that had been stored before."""
        a = audit.c
        narrowed = a.content.contains('"action":"narrowed"', autoescape=True)
        query = select(a.seq).where(a.at >= since, a.kind == "review", narrowed).limit(1)
        with reading(self._engine) as connection:
            return connection.execute(query).first() is not None

    def rewrite(self, notice: Notice, *, at: datetime) -> None:
        """Put another text in the place of the one first written, and tell the audit log."""
        said = {"content": _content(notice), "marking": notice.marking.value}
        told: dict[str, Plain] = {"action": "rewritten", "topic": notice.topic, "desk": notice.desk_id}
        told["because"] = "a marking was narrowed since it was written"
        with writing(self._engine) as connection:
            connection.execute(update(notices).where(notices.c.id == notice.id).values(said))
            add_audit(
                connection, Record(at=at, kind="delivery", actor=SYSTEM, subject=notice.id, content=told)
            )

    def told(self, kind: NoticeKind, desk_id: str, place: NoticePlace, since: datetime) -> frozenset[str]:
        """Return what notices of a kind have told this place of, or are about to: their `about`."""
        n, o = notices.c, outbox.c
        query = (
            select(n.content)
            .join(outbox, o.notice_id == n.id)
            .where(n.desk_id == desk_id, n.kind == kind, n.created_at >= since)
            .where(o.channel == place.channel, o.address == place.address)
        )
        with reading(self._engine) as connection:
            contents = connection.execute(query).scalars().all()
        return frozenset(name for content in contents for name in json.loads(content)["about"])


def owe_notice(connection: Connection, notice: Notice, places: Iterable[NoticePlace]) -> int:
    """The same within a transaction."""
    row = {
        "id": notice.id,
        "kind": notice.kind,
        "desk_id": notice.desk_id,
        "subject": storable(notice.topic),
        "marking": notice.marking.value,
        "content": _content(notice),
        "created_at": notice.created_at,
    }
    connection.execute(insert_new(connection, notices), row)
    statement = insert_new(connection, outbox).returning(outbox.c.id)
    new = [place for place in places if connection.execute(statement, _owed(notice, place)).first()]
    told: dict[str, Plain] = {
        "action": notice.kind,
        "topic": notice.topic,
        "desk": notice.desk_id,
        "owed": len(new),
    }
    if new:
        add_audit(
            connection,
            Record(at=notice.created_at, kind="delivery", actor=SYSTEM, subject=notice.id, content=told),
        )
    return len(new)


def _content(notice: Notice) -> str:
    return storable(json.dumps({"about": list(notice.about), "said": notice.content}))


def _owed(notice: Notice, place: NoticePlace) -> dict[str, Any]:
    at = notice.created_at
    return {
        "id": notice_delivery_id(notice.id, place),
        "notice_id": notice.id,
        "alert_key": None,
        "alert_version": 1,
        "desk_id": notice.desk_id,
        "channel": place.channel,
        "address": place.address,
        "reason": notice.kind,
        "severity": "unknown",
        "state": "pending",
        "attempts": 0,
        "next_attempt_at": at,
        "created_at": at,
        "updated_at": at,
        "provider_ref": "",
        "error": "",
        "step": 0,
        "hold_until": place.hold_until,
        "hold_reason": "quiet_hours" if place.hold_until else "",
    }


def _notice(row: Row[Any]) -> Notice:
    kept = json.loads(row.content)
    return Notice(
        id=row.id,
        kind=row.kind,
        desk_id=row.desk_id,
        topic=row.subject,
        marking=Marking(row.marking),
        content=kept["said"],
        created_at=row.created_at,
        about=tuple(kept["about"]),
    )
