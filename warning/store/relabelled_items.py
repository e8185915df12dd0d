"""A source's stored items under the kind, country and language that its entry in the catalogue gives now."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import Column, ColumnElement, Connection, Engine, case, or_, select, update

from warning.core.ids import key64
from warning.core.relabelling import Labels
from warning.core.vocabulary import SourceKind
from warning.store.engine import reading, serialise, writing
from warning.store.item_statements import by_source, numbers_stored, remark
from warning.store.rows import batches, item_of
from warning.store.schema import items

NAMES = ("kind", "country", "language")
BATCH = 250
"""So many in one transaction: on SQLite nobody else writes meanwhile."""
LOOKUP_BATCH = 500
MOST_RELABELLED = 5_000
"""Among so many, the latest, beside those named: they are assessed again."""


def relabel_items(
    engine: Engine,
    source_id: str,
    mend: tuple[Labels, ...],
    since: datetime,
    named: Iterable[str] = (),
) -> Iterator[int]:
    """Put the mended of a source's labels on its items; each step is a transaction and gives how many had those of before.

    `mend` are those of before, one or several, and at last those of now. These are its items known from `since` on, and
    those of the ids `named`; the latest come first. A label that was not mended stays, and so does one that an item does not have from the catalogue. They are
    unassessed again. Their words and times stay, as when the same words come again under other labels. Who does not go
    to the end begins anew: what has the labels of now is left alone.
    """
    mended = [
        Mended(items.c[name], before, after)
        for name, *befores, after in zip(NAMES, *mend, strict=True)
        if (before := tuple(one for one in dict.fromkeys(befores) if one != after))
    ]
    if not mended:
        return
    with reading(engine) as connection:
        found = set(_recent(connection, source_id, mended, since))
        for some in batches(named, LOOKUP_BATCH):
            shown = numbers_stored(connection, {(source_id, key64(name)) for name in some}).values()
            found.update(_before(connection, mended, items.c.seq.in_(list(shown))))
    for batch in batches(sorted(found, reverse=True), BATCH):
        with writing(engine) as connection:
            serialise(connection, f"items {source_id}")
            relabelled = _relabel(connection, batch, mended)
        yield relabelled


class Mended(NamedTuple):
    """One label: what it may be of before, and what it is now."""

    column: Column[str]
    before: tuple[str, ...]
    after: str


def _recent(
    connection: Connection, source_id: str, mended: Sequence[Mended], since: datetime
) -> Iterable[int]:
    """Of the latest, whatever their labels: who begins anew finds what is left of the same."""
    recent = select(items.c.seq).where(by_source(connection, source_id), items.c.known_at >= since)
    latest = recent.order_by(items.c.seq.desc()).limit(MOST_RELABELLED)
    return _before(connection, mended, items.c.seq.in_(latest))


def _before(connection: Connection, mended: Sequence[Mended], which: ColumnElement[bool]) -> Iterable[int]:
    return connection.execute(select(items.c.seq).where(which, _has_any(mended))).scalars()


def _has_any(mended: Sequence[Mended]) -> ColumnElement[bool]:
    return or_(*(one.column.in_(one.before) for one in mended))


def _relabel(connection: Connection, numbers: list[int], mended: Sequence[Mended]) -> int:
    """The rows are locked in the order of their numbers, as by all who lock several."""
    standing = select(items).where(items.c.seq.in_(numbers), _has_any(mended))
    rows = connection.execute(standing.order_by(items.c.seq).with_for_update(key_share=True)).all()
    values: dict[str, Any] = {one.column.name: _after(one) for one in mended}
    concerned = items.c.seq.in_([row.seq for row in rows])
    connection.execute(update(items).where(concerned).values(values | {"assessed_at": None}))
    for kind in (one for one in mended if one.column is items.c.kind):
        for row in (row for row in rows if row.kind in kind.before):  # another kind is known by other marks
            held = item_of(row)
            remark(connection, row.seq, held, replace(held, kind=cast("SourceKind", kind.after)))
    return len(rows)


def _after(one: Mended) -> ColumnElement[str]:
    return case((one.column.in_(one.before), one.after), else_=one.column)
