"""Rows of figures as bare columns: no time is parsed and no object made that nobody looks at."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import BigInteger, Connection, Select, String, cast, extract, or_, select, type_coerce

from warning.core.evidence import Observation
from warning.core.series.columns import EPOCH, Ints
from warning.core.series.figure_batch import Figures, PeriodTexts, packed_ids, where
from warning.core.series.known import LaterFigures
from warning.store.rows import batches
from warning.store.schema import observations

HISTORY_BATCH = 200
AT_A_TIME = 2_000
SECOND_US = 1_000_000


class QueuedFigures(LaterFigures):
    """Unassessed figures; `rows` are the numbers of their rows."""

    def __init__(
        self, metas: list[Observation], texts: list[str], codes: Ints, figures: Figures, rows: Ints
    ) -> None:
        super().__init__(metas, texts, codes, figures)
        self.rows = rows


def queue_rows(
    connection: Connection, as_of: datetime, until: int, limit: int, texts: PeriodTexts
) -> tuple[Figures, Ints]:
    """Return the unassessed figures up to row `until`, oldest known first, as `_read` gives them, and their rows."""
    o = observations.c
    query = _columns(connection).where(o.assessed_at.is_(None), o.known_at <= as_of, o.seq <= until)
    query = query.add_columns(o.seq).order_by(o.known_at, o.seq).limit(limit)
    found = dict(_read(connection, query, texts, numbered=True))
    return found, found.pop("rows")


def any_queued(connection: Connection, as_of: datetime, until: int) -> bool:
    """Whether `queue_rows` would return anything."""
    o = observations.c
    query = select(o.seq).where(o.assessed_at.is_(None), o.known_at <= as_of, o.seq <= until).limit(1)
    return connection.execute(query).first() is not None


def some_rows(connection: Connection, numbers: Collection[int]) -> list[tuple[Any, ...]]:
    """Return what rows of these numbers say, in order of number."""
    o, query = observations.c, _columns(connection)
    found: list[tuple[Any, ...]] = []
    for batch in batches(sorted(numbers), HISTORY_BATCH):
        rows = connection.execute(query.add_columns(o.seq).where(o.seq.in_(batch)).order_by(o.seq))
        found += map(tuple, rows)
    return found


def since_rows(
    connection: Connection,
    after: int,
    until: int,
    texts: PeriodTexts,
    *,
    assessed_or_after: datetime | None,
) -> Figures:
    """Return the rows behind `after` up to `until`.

    With `assessed_or_after` the unassessed ones known by then are left out: the queue has given them.
    """
    o = observations.c
    query = _columns(connection).where(o.seq > after, o.seq <= until)
    if assessed_or_after is not None:
        query = query.where(or_(o.assessed_at.is_not(None), o.known_at > assessed_or_after))
    return _read(connection, query, texts)


def history(
    connection: Connection, since_days: Mapping[int, int], until: int, texts: PeriodTexts
) -> Iterator[Figures]:
    """Yield what each series has from a day on (days since 1970), up to row `until`; of some a little more."""
    o = observations.c
    for batch in batches(sorted(since_days, key=lambda number: (since_days[number], number)), HISTORY_BATCH):
        since = EPOCH + timedelta(days=since_days[batch[0]])
        chosen = o.series_seq.in_(batch), o.occurred_at >= since, o.seq <= until
        part = _read(connection, _columns(connection).where(*chosen), texts)
        if len(part["numbers"]):
            yield part


def joined(parts: Sequence[Figures]) -> Figures:
    """Return the figures of all parts, those that were read twice once."""
    some = [part for part in parts if len(part["numbers"])]
    if len(some) < 2:
        return some[0] if some else parts[0]
    figures = {name: np.concatenate([part[name] for part in some]) for name in some[0]}
    keys = [figures[name] for name in ("known_us", "numbers", "ids")]  # a figure may become again what it was
    order = np.lexsort(keys)
    again = np.zeros(len(order), dtype=np.bool_)
    again[1:] = np.logical_and.reduce([key[order][1:] == key[order][:-1] for key in keys])
    return where(figures, np.sort(order[~again]))


def _read(
    connection: Connection, query: Select[Any], texts: PeriodTexts, *, numbered: bool = False
) -> Figures:
    """Return the rows of a query over `_columns` as arrays side by side.

    `numbers` of the series, `ids`, `values`, `known_us` (microseconds since 1970), and of the periods the number
    of the text, the day after it as days since 1970 (`ends`) and the kind (`shapes`). A query that is `numbered`
    has the numbers of the `rows` behind them.
    """
    result = connection.execute(query)
    parts = [_arrays((), texts, numbered)]
    # The driver's own tuples: a row object for each of millions of figures would cost more than reading them. A
    # few at a time, so that they are gone before the collector of cycles walks over them and all else.
    while rows := result.cursor.fetchmany(AT_A_TIME):
        parts.append(_arrays(rows, texts, numbered))
    result.close()
    parts = parts[1:] or parts
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _arrays(rows: Sequence[tuple[Any, ...]], texts: PeriodTexts, numbered: bool) -> Figures:
    columns = zip(*rows, strict=True) if rows else ((),) * (5 + numbered)
    numbers, ids, periods, values, known, *places = columns
    figures = {
        "numbers": np.array(numbers, dtype=np.int64),
        "ids": packed_ids(ids),
        "values": np.array(values, dtype=np.float64),  # None becomes NaN
        "known_us": _microseconds(known),
        **texts.read(periods),
    }
    if numbered:
        figures["rows"] = np.array(places[0], dtype=np.int64)
    return figures


def _columns(connection: Connection) -> Select[Any]:
    o = observations.c
    known: Any = type_coerce(o.known_at, String)
    if connection.dialect.name == "postgresql":
        known = cast(extract("epoch", o.known_at) * SECOND_US, BigInteger)
    return select(o.series_seq, o.id, o.period, o.value, known)


def _microseconds(known: Sequence[Any]) -> NDArray[np.int64]:
    """Read PostgreSQL's numbers as they are, SQLite's `YYYY-MM-DD HH:MM:SS.ffffff` each text once."""
    if not known or isinstance(known[0], int):
        return np.array(known, dtype=np.int64)
    number = {text: at for at, text in enumerate(dict.fromkeys(known))}
    read = np.array(list(number), dtype="M8[us]").astype(np.int64)
    microseconds: NDArray[np.int64] = read[np.fromiter(map(number.__getitem__, known), np.int64, len(known))]
    return microseconds
