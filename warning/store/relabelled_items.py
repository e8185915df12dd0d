"""A source's stored items under the kind, country and language that its entry in the catalogue gives now."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, or_, select, update

from warning.core.ids import key64
from warning.core.relabelling import Labels
from warning.store.engine import serialise
from warning.store.item_statements import by_source, numbers_stored, remark
from warning.store.rows import batches, item_of
from warning.store.schema import items

BATCH = 500
MOST_RELABELLED = 5_000
"""So many at once, the latest: they are assessed again, and nobody else writes meanwhile."""


def relabel_items(
    connection: Connection, source_id: str, labels: Labels, since: datetime, named: Iterable[str] = ()
) -> int:
    """Put labels on a source's items known from `since` on, and on those of these ids; return how many had others.

    They are unassessed again. Their words and times stay, as when the same words come again under other labels.
    """
    serialise(connection, f"items {source_id}")
    found = set(_others(connection, source_id, labels, since))
    for some in batches(named, BATCH):
        found.update(numbers_stored(connection, {(source_id, key64(name)) for name in some}).values())
    changed = 0
    for batch in batches(sorted(found)[-MOST_RELABELLED:], BATCH):
        changed += _relabel(connection, batch, labels)
    return changed


def _others(connection: Connection, source_id: str, labels: Labels, since: datetime) -> Iterable[int]:
    recent = select(items.c.seq).where(by_source(connection, source_id), items.c.known_at >= since)
    query = recent.where(_has_others(labels)).order_by(items.c.seq.desc()).limit(MOST_RELABELLED)
    return connection.execute(query).scalars()


def _has_others(labels: Labels) -> ColumnElement[bool]:
    kind, country, language = labels
    return or_(items.c.kind != kind, items.c.country != country, items.c.language != language)


def _relabel(connection: Connection, numbers: list[int], labels: Labels) -> int:
    kind, country, language = labels
    rows = connection.execute(select(items).where(items.c.seq.in_(numbers), _has_others(labels))).all()
    values = {"kind": kind, "country": country, "language": language, "assessed_at": None}
    connection.execute(update(items).where(items.c.seq.in_([row.seq for row in rows])).values(values))
    for row in rows:
        if row.kind != kind:  # another kind is known by other marks
            held = item_of(row)
            remark(connection, row.seq, held, replace(held, kind=kind))
    return len(rows)
