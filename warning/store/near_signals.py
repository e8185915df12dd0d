"""The part of the stored signals that can matter to new ones: found by rule and day in an index that holds all it takes."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, timedelta

from sqlalchemy import Column, ColumnElement, Connection, and_, or_, select

from warning.core.recall import Near, SignalNeed, StepNeed
from warning.core.sequence_events import event_day
from warning.core.signals import Signal, is_withdrawal
from warning.store.columns import fixed
from warning.store.rows import batches, from_json
from warning.store.schema import signals

BATCH = 500
# So many words are looked for in a row at most; of more than that nearly every row has one.
MOST_NAMES = 40


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
    known_then = and_(s.known_at >= oldest, s.known_at <= as_of)
    of_need = and_(s.rule_id.in_(sorted(need.rule_ids)), known_then)
    wanted = [and_(known_then, *_fits(step)) for step in near.steps]
    for step, fitting in zip(near.steps, wanted, strict=True):
        if step.since is not None and not _has_any(connection, fitting, step.since, step.until):
            return {}
    documents = set(near.documents)
    for fitting in wanted:
        in_days = s.day.between(near.first.isoformat(), near.last.isoformat())
        documents.update(
            connection.execute(select(s.evidence_id).where(fitting, in_days).distinct()).scalars()
        )
    ids = list(connection.execute(select(s.id).where(of_need, s.day == fixed(""))).scalars())
    for part in batches(sorted(documents), BATCH):
        ids += _of_documents(connection, need, part, oldest, as_of)
    unread = sorted(set(ids).difference(known))
    query = select(s.id, s.content)
    return {
        row.id: row.content
        for part in batches(unread, BATCH)
        for row in connection.execute(query.where(s.id.in_(part)))
    }


def _of_documents(
    connection: Connection, need: SignalNeed, documents: list[str], oldest: datetime, as_of: datetime
) -> Iterator[str]:
    """The need is looked at here: as a condition it lures SQLite into all that its rules ever told."""
    s = signals.c
    query = select(s.id, s.rule_id, s.known_at).where(s.evidence_id.in_(documents))
    for row in connection.execute(query):
        if row.rule_id in need.rule_ids and oldest <= row.known_at <= as_of:
            yield row.id


def _has_any(connection: Connection, fitting: ColumnElement[bool], since: date, until: date) -> bool:
    in_days = signals.c.day.between(since.isoformat(), until.isoformat())
    return connection.execute(select(signals.c.day).where(fitting, in_days).limit(1)).first() is not None


def _fits(step: StepNeed) -> Iterator[ColumnElement[bool]]:
    yield signals.c.rule_id.in_(sorted(step.rule_ids))
    if step.acts:
        yield signals.c.act.in_(sorted(step.acts))
    if step.actors:
        yield _names_one(signals.c.actors, step.actors)
    if step.materials is not None:
        yield _names_one(signals.c.materials, step.materials)


def _names_one(column: Column[str], names: frozenset[str]) -> ColumnElement[bool]:
    """Whether the stored list may name one of them; more may be found than do."""
    if len(names) > MOST_NAMES:
        return column != fixed("[]")
    return or_(fixed(0) == fixed(1), *(column.like(f'%"{name}"%') for name in sorted(names)))
