"""A source's stored items under the kind, country and language that its entry in the catalogue gives now."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Engine,
    Select,
    and_,
    false,
    func,
    or_,
    select,
    update,
)

from warning.core.ids import key64
from warning.core.relabelling import Labels
from warning.store.engine import reading, serialise, writing
from warning.store.item_labels import NAMES, keep_labels_read
from warning.store.item_statements import by_source, numbers_stored, remark
from warning.store.rows import batches, item_of
from warning.store.schema import item_labels, items

BATCH = 250
"""So many in one transaction: on SQLite nobody else writes meanwhile."""
LOOKUP_BATCH = 500
MOST_RELABELLED = 5_000
"""Among so many, the latest, beside those named: they are assessed again."""
ALWAYS: Mapping[Labels, int] = MappingProxyType({})


def relabel_items(
    engine: Engine,
    source_id: str,
    mend: tuple[Labels, ...],
    since: datetime,
    named: Iterable[str] = (),
    after: Mapping[Labels, int] = ALWAYS,
) -> Iterator[int]:
    """Put the mended of a source's labels on its items; each step is a transaction and gives how many had those of before.

    `mend` are those of before, one or several, and at last those of now. These are its items known from `since` on,
    those of the ids `named`, and those that an earlier mend relabelled; the latest come first. `after` has the number of the
    last item that was stored before the catalogue gave labels, where that is known: older items have them of their own, but for
    those that a mend relabelled. A label that was not mended stays, and so does one that an item does not have from the
    catalogue. They are unassessed again. Their words and times stay, as when the same words come again under other labels.
    Who does not go to the end begins anew: what has the labels of now is left alone.
    """
    mended = _mended(mend, after)
    if not mended:
        return
    with reading(engine) as connection:
        found = set(_recent(connection, source_id, mended, since))
        found.update(_before(connection, mended, item_labels.c.source_id == source_id))
        for some in batches(named, LOOKUP_BATCH):
            shown = numbers_stored(connection, {(source_id, key64(name)) for name in some}).values()
            found.update(_before(connection, mended, items.c.seq.in_(list(shown))))
    for batch in batches(sorted(found, reverse=True), BATCH):
        with writing(engine) as connection:
            serialise(connection, f"items {source_id}")
            relabelled = _relabel(connection, batch, mended)
        yield relabelled


def last_number(connection: Connection) -> int:
    """Return the number of the item stored last, of whatever source; 0 where there is none."""
    return connection.execute(select(func.max(items.c.seq))).scalar() or 0


class Mended(NamedTuple):
    """One label: what it may be of before, each with the number behind which the catalogue gave it, and what it is now."""

    column: Column[str]
    before: Mapping[str, int]
    after: str

    @property
    def given(self) -> ColumnElement[bool]:
        """Whether an item has one of those of before, and has it from the catalogue."""
        was_changed = and_(self.column.in_(list(self.before)), item_labels.c[self.column.name].is_not(None))
        came = [and_(self.column == one, items.c.seq > number) for one, number in self.before.items()]
        is_own = func.coalesce(item_labels.c.is_own, false())
        return and_(or_(was_changed, *came), is_own.is_(False))


def _mended(mend: tuple[Labels, ...], after: Mapping[Labels, int]) -> list[Mended]:
    found = []
    for place, name in enumerate(NAMES):
        now = mend[-1][place]
        before: dict[str, int] = {}
        for labels in mend[:-1]:
            if labels[place] != now:
                number = after.get(labels, 0)
                before[labels[place]] = min(before.get(labels[place], number), number)
        found += [Mended(items.c[name], before, now)] if before else []
    return found


def _recent(
    connection: Connection, source_id: str, mended: Sequence[Mended], since: datetime
) -> Iterable[int]:
    """Of the latest, whatever their labels: who begins anew finds what is left of the same."""
    recent = select(items.c.seq).where(by_source(connection, source_id), items.c.known_at >= since)
    latest = recent.order_by(items.c.seq.desc()).limit(MOST_RELABELLED)
    return _before(connection, mended, items.c.seq.in_(latest))


def _before(connection: Connection, mended: Sequence[Mended], which: ColumnElement[bool]) -> Iterable[int]:
    return connection.execute(_labelled(items.c.seq).where(which, _has_any(mended))).scalars()


def _labelled(*columns: Any) -> Select[Any]:
    return select(*columns).join_from(items, item_labels, items.c.seq == item_labels.c.item_seq, isouter=True)


def _has_any(mended: Sequence[Mended]) -> ColumnElement[bool]:
    return or_(*(one.given for one in mended))


def _relabel(connection: Connection, numbers: list[int], mended: Sequence[Mended]) -> int:
    """The rows are locked in the order of their numbers, as by all who lock several."""
    given = [one.given.label(f"mended_{one.column.name}") for one in mended]
    standing = _labelled(items, *given).where(items.c.seq.in_(numbers), _has_any(mended))
    locked = standing.order_by(items.c.seq).with_for_update(of=items, key_share=True)
    rows = connection.execute(locked).all()
    changed = []
    for row in rows:
        held = item_of(row)
        names = {one.column.name: one.after for one in mended if getattr(row, f"mended_{one.column.name}")}
        changed.append((row.seq, held, replace(held, **names)))  # type: ignore[arg-type]  # a kind of the catalogue's
    for one in mended:
        own = [row.seq for row in rows if getattr(row, f"mended_{one.column.name}")]
        values = {one.column.name: one.after, "assessed_at": None}
        connection.execute(update(items).where(items.c.seq.in_(own)).values(values))
    keep_labels_read(connection, changed)
    for seq, held, now in changed:
        if held.kind != now.kind:  # another kind is known by other marks
            remark(connection, seq, held, now)
    return len(rows)
