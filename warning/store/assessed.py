"""Marking evidence as assessed: exactly what the assessment read, and only if nobody else was first."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, select, update

from warning.core.evidence import Item, Observation, Window
from warning.core.ids import key64
from warning.errors import AssessmentRaced
from warning.store.columns import aware, sqlite_instant
from warning.store.item_statements import numbers_stored
from warning.store.rows import batches
from warning.store.schema import items, listing_changes, observations, series

BATCH = 500


def mark_assessed(connection: Connection, window: Window, at: datetime) -> None:
    """Take the window's fresh evidence off the queue.

    An item whose text changed since it was read stays on the queue: its new text wants its own assessment.
    Raises AssessmentRaced when some of the evidence has been assessed meanwhile.
    """
    fresh = window.fresh
    for read_items in batches((i for i in window.items if i.id in fresh), BATCH):
        _mark_items(connection, read_items, at)
    new = {name: place for place, name in enumerate(window.figure_ids()) if name in fresh}
    if new:
        _mark_figures(connection, new, window.observations, at)
    for changes in batches((c.id for c in window.listing_changes if c.id in fresh), BATCH):
        _mark_changes(connection, changes, at)


def _mark_items(connection: Connection, read: Sequence[Item], at: datetime) -> None:
    hashes = {(item.source_id, key64(item.id)): item.content_hash for item in read}
    rows = connection.execute(
        select(items.c.seq, items.c.source_id, items.c.key, items.c.content_hash, items.c.assessed_at)
        .where(items.c.seq.in_(numbers_stored(connection, hashes).values()))
        .order_by(items.c.seq)
        .with_for_update()
    ).all()
    same = [row for row in rows if hashes[row.source_id, row.key] == row.content_hash]
    if any(row.assessed_at is not None for row in same):
        raise AssessmentRaced
    connection.execute(update(items).where(items.c.seq.in_([row.seq for row in same])).values(assessed_at=at))


def _mark_figures(
    connection: Connection, read: Mapping[str, int], figures: Sequence[Observation], at: datetime
) -> None:
    """Mark the figures of these ids; `read` says where in `figures` each of them is."""
    asked = json.dumps(list(read))
    if connection.dialect.name == "sqlite":
        marked = connection.exec_driver_sql(_MARK_SQLITE, (sqlite_instant(at), asked)).scalars()
        missing = read.keys() - set(marked.all())
    else:
        missing = set(connection.exec_driver_sql(_MARK_POSTGRESQL, (asked, aware(at))).scalars())
    if missing and _are_stored(connection, (figures[read[name]] for name in missing)):
        raise AssessmentRaced


# All figures of a day in one statement, however many: each id is one step down the index over what waits. SQLite
# answers which were marked, PostgreSQL which were not.
_MARK_SQLITE = """
    UPDATE observations SET assessed_at = ? WHERE assessed_at IS NULL AND id IN (SELECT value FROM json_each(?))
    RETURNING id"""
_MARK_POSTGRESQL = """
    WITH asked AS MATERIALIZED (SELECT DISTINCT json_array_elements_text(%s::json) AS name),
    marked AS (
        UPDATE observations SET assessed_at = %s FROM asked WHERE assessed_at IS NULL AND id = asked.name
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
