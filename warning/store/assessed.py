"""Marking evidence as assessed: exactly what the assessment read, and only if nobody else was first."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

import numpy as np
from sqlalchemy import Connection, select, update

from warning.core.evidence import Item, Observation, Window
from warning.core.ids import key64
from warning.core.relabelling import labels_of
from warning.core.series.columns import Ints
from warning.errors import AssessmentRaced
from warning.store.columns import aware, sqlite_instant
from warning.store.figure_rows import QueuedFigures
from warning.store.item_statements import numbers_stored
from warning.store.rows import batches
from warning.store.schema import items, listing_changes, observations, series

BATCH = 500


def mark_assessed(connection: Connection, window: Window, at: datetime) -> None:
    """Take the window's fresh evidence off the queue.

    An item whose text, or kind, country or language, changed since it was read stays on the queue: it wants an assessment
    of its own as it is now.
    Raises AssessmentRaced when some of the evidence has been assessed meanwhile.
    """
    fresh = window.fresh
    _mark_items(connection, [one for one in window.items if one.id in fresh], at)
    figures = window.observations
    if isinstance(figures, QueuedFigures):
        _mark_rows(connection, figures.rows[[name in fresh for name in figures.ids]], at)
    else:
        _mark_figures(connection, [one for one in figures if one.id in fresh], at)
    for changes in batches((c.id for c in window.listing_changes if c.id in fresh), BATCH):
        _mark_changes(connection, changes, at)


def _mark_items(connection: Connection, read: Sequence[Item], at: datetime) -> None:
    known = {(item.source_id, key64(item.id)): (item.content_hash, *labels_of(item)) for item in read}
    numbers = (
        number for some in batches(known, BATCH) for number in numbers_stored(connection, some).values()
    )
    for some in batches(sorted(numbers), BATCH):  # in one order for all who lock several rows
        standing = _STANDING.where(items.c.seq.in_(some)).order_by(items.c.seq)
        rows = connection.execute(standing.with_for_update(key_share=True)).all()
        same = [row for row in rows if known[row.source_id, row.key] == tuple(row[4:])]
        if any(row.assessed_at is not None for row in same):
            raise AssessmentRaced
        marked = items.c.seq.in_([row.seq for row in same])
        connection.execute(update(items).where(marked).values(assessed_at=at))


_STANDING = select(
    items.c.seq, items.c.source_id, items.c.key, items.c.assessed_at,
    items.c.content_hash, items.c.kind, items.c.country, items.c.language,
)  # fmt: skip


def _mark_rows(connection: Connection, rows: Ints, at: datetime) -> None:
    """Mark figures by the numbers of their rows."""
    if not len(rows):
        return
    if connection.dialect.name == "sqlite":
        asked = json.dumps(np.sort(rows).tolist())
        marked = connection.exec_driver_sql(_MARK_ROWS["sqlite"], (sqlite_instant(at), asked))
    else:
        marked = connection.exec_driver_sql(_MARK_ROWS["postgresql"], (aware(at), rows.tolist()))
    if marked.rowcount != len(rows):
        raise AssessmentRaced


# All figures of a day in one statement, however many: each is one step down the table.
_MARK_ROWS = {
    "sqlite": """
        UPDATE observations SET assessed_at = ? WHERE assessed_at IS NULL AND seq IN (SELECT value FROM json_each(?))""",
    "postgresql": "UPDATE observations SET assessed_at = %s WHERE assessed_at IS NULL AND seq = ANY(%s::int8[])",
}


def _mark_figures(connection: Connection, read: Sequence[Observation], at: datetime) -> None:
    """Mark figures that somebody read without their rows: looked for among what waited as long as the youngest of them."""
    if not read:
        return
    asked, known_at = json.dumps([one.id for one in read]), max(one.known_at for one in read)
    if connection.dialect.name == "sqlite":
        values: tuple[object, ...] = sqlite_instant(at), sqlite_instant(known_at), asked
        missing = {one.id for one in read} - set(connection.exec_driver_sql(_MARK_SQLITE, values).scalars())
    else:
        values = asked, aware(at), aware(known_at)
        missing = set(connection.exec_driver_sql(_MARK_POSTGRESQL, values).scalars())
    if missing and _are_stored(connection, (one for one in read if one.id in missing)):
        raise AssessmentRaced


# SQLite answers which were marked, PostgreSQL which were not.
_MARK_SQLITE = """
    UPDATE observations SET assessed_at = ?
    WHERE assessed_at IS NULL AND known_at <= ? AND id IN (SELECT value FROM json_each(?))
    RETURNING id"""
_MARK_POSTGRESQL = """
    WITH asked AS MATERIALIZED (SELECT DISTINCT json_array_elements_text(%s::json) AS name),
    marked AS (
        UPDATE observations SET assessed_at = %s FROM asked
        WHERE assessed_at IS NULL AND known_at <= %s AND id = asked.name
        RETURNING id)
    SELECT name FROM asked WHERE name NOT IN (SELECT id FROM marked)"""


def _are_stored(connection: Connection, figures: Iterable[Observation]) -> bool:
    """Whether any of these vintages is in the store (a window made by hand may hold others)."""
    by_series: defaultdict[tuple[str, str], list[Observation]] = defaultdict(list)
    for figure in figures:
        by_series[figure.source_id, figure.series_id].append(figure)
    for (source_id, series_id), members in by_series.items():
        query = (
            select(observations.c.seq)
            .join(series)
            .where(
                series.c.source_id == source_id,
                series.c.series_id == series_id,
                observations.c.period.in_(sorted({f.period for f in members})),
                observations.c.id.in_([f.id for f in members]),
                observations.c.assessed_at.is_not(None),
            )
        )
        if connection.execute(query.limit(1)).first():
            return True
    return False


def _mark_changes(connection: Connection, read: Sequence[str], at: datetime) -> None:
    named = listing_changes.c.id.in_(read)
    marked = connection.execute(
        update(listing_changes)
        .where(named, listing_changes.c.assessed_at.is_(None))
        .values(assessed_at=at)
        .returning(listing_changes.c.id)
    ).scalars()
    missing = set(read) - set(marked)
    query = select(listing_changes.c.id).where(listing_changes.c.id.in_(sorted(missing)))
    if missing and connection.execute(query.limit(1)).first():
        raise AssessmentRaced
