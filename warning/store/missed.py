"""Looking for one document in the store, by its address or its title, and what came of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, Connection, Engine, Row, select

from warning.store.engine import reading
from warning.store.schema import items, signals

MOST = 10
LEAST_TITLE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A stored item with the rules that fired on it and the alerts it stands in."""

    id: str
    source_id: str
    title: str
    url: str
    published_at: datetime | None
    known_at: datetime
    rules: tuple[str, ...]
    alerts: tuple[str, ...]


def found_by_url(engine: Engine, url: str) -> tuple[Found, ...]:
    """Return items of this address, whatever its scheme, `www.` and fragment; the newest first."""
    parts = urlsplit(url.strip())
    host = (parts.hostname or "").removeprefix("www.")
    path = parts.path.rstrip("/") + (f"?{parts.query}" if parts.query else "")
    if not host or not path:
        return ()
    return _found(engine, items.c.url.like(f"%{_literal(host + path)}%", escape="\\"))


def found_by_title(engine: Engine, title: str, since: datetime, until: datetime) -> tuple[Found, ...]:
    """Return items of the time whose title holds this text; too short a text finds nothing."""
    if len(title) < LEAST_TITLE and title.isascii():
        return ()
    held = items.c.title.like(f"%{_literal(title)}%", escape="\\")
    return _found(engine, held, items.c.known_at >= since, items.c.known_at <= until)


def _found(engine: Engine, *conditions: ColumnElement[bool]) -> tuple[Found, ...]:
    query = select(items).where(*conditions).order_by(items.c.known_at.desc()).limit(MOST)
    with reading(engine) as connection:
        return tuple(_with_signals(connection, row) for row in connection.execute(query).all())


def _with_signals(connection: Connection, row: Row[Any]) -> Found:
    s = signals.c
    fired = connection.execute(
        select(s.rule_id, s.alert_key).where(s.evidence_id == row.id, s.source_id == row.source_id)
    ).all()
    return Found(
        id=row.id,
        source_id=row.source_id,
        title=row.title,
        url=row.url,
        published_at=row.published_at,
        known_at=row.known_at,
        rules=tuple(sorted({one.rule_id for one in fired})),
        alerts=tuple(sorted({one.alert_key for one in fired if one.alert_key})),
    )


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
