"""The last look at each page behind an alert."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, delete, select

from warning.core.page_checks import PageCheck
from warning.store.rows import insert_or
from warning.store.schema import page_checks


def known_checks(connection: Connection) -> tuple[PageCheck, ...]:
    """Return the last look at every page, by address."""
    rows = connection.execute(select(page_checks).order_by(page_checks.c.url)).mappings()
    return tuple(PageCheck(**row) for row in rows)


def forget_checks(connection: Connection, before: datetime) -> int:
    """Forget the looks at pages that were last asked for before then; return how many. A page asked for anew is seen anew."""
    gone = connection.execute(delete(page_checks).where(page_checks.c.checked_at < before))
    return gone.rowcount


def keep_check(connection: Connection, check: PageCheck) -> None:
    """Store a look in place of the one before."""
    row = asdict(check)
    statement = insert_or(connection, page_checks).values(row)
    connection.execute(statement.on_conflict_do_update(index_elements=["url"], set_=row))
