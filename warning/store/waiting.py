"""What was stored and no assessment has seen yet."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from warning.store.schema import items, listing_changes, observations, withdrawals

TABLES = (items, observations, listing_changes, withdrawals)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """`since` is when the first of it was known; None when nothing waits."""

    count: int
    since: datetime | None


def waiting(connection: Connection, known_from: datetime, known_until: datetime) -> Waiting:
    """Count the evidence known within the span and not assessed."""
    count, since = 0, None
    for table in TABLES:
        c = table.c
        found = select(func.count(), func.min(c.known_at)).where(
            c.assessed_at.is_(None), c.known_at >= known_from, c.known_at <= known_until
        )
        number, first = connection.execute(found).one()
        count += number
        since = first if since is None or (first is not None and first < since) else since
    return Waiting(count=count, since=since)
