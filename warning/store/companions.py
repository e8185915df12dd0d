"""The series that rules combine with one that has a new figure: both sides of a spread, all of a country's suppliers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, or_, select

from warning.core.rulebook import Need
from warning.core.series.combined import HS6_DIGITS
from warning.core.series.combining import companions
from warning.core.series.kinship import may_look_at
from warning.store.rows import batches
from warning.store.schema import series

BATCH = 500
Figures = dict[int, tuple[Row[Any], datetime]]


def with_companions(
    connection: Connection,
    figures: Figures,
    needs: Sequence[Need],
) -> Figures:
    """Return the figures with, for each series that shares a material or a code with one, that one's oldest day.

    `needs` are those of rules that combine. A series counts when one of them may look at it.
    """
    oldest: dict[str, datetime] = {}
    others: dict[str, datetime] = {}
    frequencies: set[str] = set()
    for row, since in figures.values():
        asking = [need for need in needs if may_look_at(need, row)]
        for name in companions(row) if asking else ():
            oldest[name] = min(since, oldest.get(name, since))
        for name in (other for need in asking for other in need.others):
            others[name] = min(since, others.get(name, since))
        frequencies |= {row.frequency} if asking else set()
    found = dict(figures)
    code = func.substr(series.c.hs_code, 1, HS6_DIGITS)
    for batch in batches(sorted({name.rpartition(" ")[0] for name in oldest}), BATCH):
        sharing = or_(series.c.material.in_(batch), code.in_(batch))
        for row in connection.execute(
            select(series).where(sharing, series.c.frequency.in_(sorted(frequencies)))
        ):
            days = [oldest[name] for name in companions(row) if name in oldest]
            if days and any(may_look_at(need, row) for need in needs):
                _, held = found.get(row.seq, (row, min(days)))
                found[row.seq] = row, min(held, *days)
    for batch in batches(sorted(others), BATCH):
        for row in connection.execute(select(series).where(series.c.series_id.in_(batch))):
            found.setdefault(row.seq, (row, others[row.series_id]))
    return found
