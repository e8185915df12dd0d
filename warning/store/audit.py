"""The audit log: entries are added in the transaction they tell of, one transaction at a time."""

from collections.abc import Generator
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from warning.core.audit import GENESIS, Entry, Plain, Record, link
from warning.store.engine import serialise
from warning.store.rows import storable
from warning.store.schema import audit

FETCH = 2_000


def add_audit(connection: Connection, *records: Record) -> None:
    """Add records to the end of the chain.

    Whoever adds holds the end of the chain until the transaction ends, so this comes last in a transaction:
    no other lock is waited for while it is held.
    """
    if not records:
        return
    serialise(connection, "audit")
    last = connection.execute(select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)).first()
    seq, head = (last.seq, last.hash) if last else (0, GENESIS)
    rows = []
    for number, record in enumerate(records, seq + 1):
        entry = link(_storable(record), head, number)
        head = entry.hash
        rows.append(asdict(entry))
    connection.execute(audit.insert(), rows)


def chain(connection: Connection) -> Generator[Entry, None, None]:
    """Yield every entry, the first first. Whoever stops early closes it."""
    query = select(audit).order_by(audit.c.seq).execution_options(yield_per=FETCH)
    with connection.execute(query) as rows:
        for row in rows:
            yield _entry(row)


def entries(
    connection: Connection, *, subject: str | None, since: datetime | None, limit: int
) -> tuple[Entry, ...]:
    """Return the newest entries first."""
    query = select(audit).order_by(audit.c.seq.desc()).limit(limit)
    if subject is not None:
        query = query.where(audit.c.subject == subject)
    if since is not None:
        query = query.where(audit.c.at >= since)
    return tuple(_entry(row) for row in connection.execute(query))


def _storable(record: Record) -> Record:
    """What is hashed is what the database gives back: no NUL characters, no halves of surrogate pairs."""
    content: dict[str, Plain] = {
        name: storable(value) if isinstance(value, str) else value for name, value in record.content.items()
    }
    return replace(record, actor=storable(record.actor), subject=storable(record.subject), content=content)


def _entry(row: Row[Any]) -> Entry:
    return Entry(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name
