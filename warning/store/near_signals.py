"""The part of the stored signals that can matter to new ones: found by rule and day in an index that holds all it takes."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from warning.core.recall import Near, SignalNeed
from warning.core.sequence_events import event_day
from warning.core.signals import Signal, is_withdrawal
from warning.store.columns import fixed
from warning.store.rows import batches, from_json
from warning.store.schema import signals

BATCH = 500
# So many words are looked for in a row at most; of more than that nearly every row has one.
MOST_MATERIALS = 40


def recalled_day(signal: Signal) -> str:
    """Return the day of its event as stored; empty for one that takes another back, which is wanted whatever its day."""
    return "" if is_withdrawal(signal) else event_day(signal).isoformat()


def signals_near(
    connection: Connection, wanted: Iterable[tuple[SignalNeed, Near]], as_of: datetime
) -> Iterator[Signal]:
    """Return what is near for any of the needs, each signal once, and nothing that the whole needs would not give."""
    found: dict[str, str] = {}
    for need, near in wanted:
        found |= _contents(connection, need, near, as_of, found.keys())
    for content in found.values():
        yield from_json(Signal, content)


def _contents(
    connection: Connection, need: SignalNeed, near: Near, as_of: datetime, known: Collection[str]
) -> dict[str, str]:
    """The stored form of what is near, by id, without what is known."""
    s = signals.c
    oldest = as_of - timedelta(days=need.days)
    of_need = and_(s.rule_id.in_(sorted(need.rule_ids)), s.known_at >= oldest, s.known_at <= as_of)
    found = select(s.evidence_id).where(of_need, s.day.between(near.first.isoformat(), near.last.isoformat()))
    if near.materials is not None:
        found = (
            found.where(_names_one(near.materials)) if near.materials else found.where(fixed(0) == fixed(1))
        )
    documents = {*near.documents, *connection.execute(found.distinct()).scalars()}
    ids = list(connection.execute(select(s.id).where(of_need, s.day == fixed(""))).scalars())
    for part in batches(sorted(documents), BATCH):
        ids += connection.execute(select(s.id).where(of_need, s.evidence_id.in_(part))).scalars()
    unread = sorted(set(ids).difference(known))
    query = select(s.id, s.content)
    return {
        row.id: row.content
        for part in batches(unread, BATCH)
        for row in connection.execute(query.where(s.id.in_(part)))
    }


def _names_one(materials: frozenset[str]) -> ColumnElement[bool]:
    """Whether the stored list may name one of them; more may be found than do."""
    if len(materials) > MOST_MATERIALS:
        return signals.c.materials != fixed("[]")
    return or_(*(signals.c.materials.like(f'%"{name}"%') for name in sorted(materials)))
