"""The permanent archive of digests as they were made."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import zstandard
from sqlalchemy import Connection, Row, select

from warning.store.schema import digests


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedDigest:
    """`week` is ISO (2026-W47); `format` is html, text, pdf or json; `content` the bytes as sent."""

    desk_id: str
    week: str
    format: str
    content: bytes
    created_at: datetime


def save_digest(connection: Connection, digest: ArchivedDigest) -> None:
    """Keep one more edition; earlier ones stay."""
    row = {
        "desk_id": digest.desk_id,
        "week": digest.week,
        "format": digest.format,
        "content": zstandard.compress(digest.content),
        "created_at": digest.created_at,
    }
    connection.execute(digests.insert(), row)


def archived_digests(
    connection: Connection, *, desk_id: str | None = None, week: str | None = None
) -> tuple[ArchivedDigest, ...]:
    """Return the archived digests, newest first."""
    query = select(digests).order_by(digests.c.created_at.desc(), digests.c.seq.desc())
    if desk_id is not None:
        query = query.where(digests.c.desk_id == desk_id)
    if week is not None:
        query = query.where(digests.c.week == week)
    return tuple(_digest(row) for row in connection.execute(query))


def _digest(row: Row[Any]) -> ArchivedDigest:
    return ArchivedDigest(
        desk_id=row.desk_id,
        week=row.week,
        format=row.format,
        content=zstandard.decompress(row.content),
        created_at=row.created_at,
    )
