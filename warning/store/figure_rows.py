"""Rows of figures as bare columns: no time is parsed and no object made that nobody looks at."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import BigInteger, Connection, Select, String, cast, extract, or_, select, type_coerce

from warning.core.series.columns import EPOCH, end_and_shape
from warning.core.series.ledger import objects
from warning.store.rows import batches
from warning.store.schema import observations

HISTORY_BATCH = 200
ROWS_AT_A_TIME = 10_000
SECOND_US = 1_000_000


class FigureRow(NamedTuple):
    """One vintage of one figure; `known_us` is microseconds since 1970."""

    series_seq: int
    id: str
    period: str
    value: float | None
    known_us: int


def queue_rows(connection: Connection, as_of: datetime, until: int, limit: int) -> list[FigureRow]:
    """Return the unassessed figures up to row `until`, oldest known first."""
    o = observations.c
    query = _columns(connection).where(o.assessed_at.is_(None), o.known_at <= as_of, o.seq <= until)
    return list(figure_rows(connection, query.order_by(o.known_at, o.seq).limit(limit)))


def since_rows(
    connection: Connection, after: int, until: int, *, assessed_or_after: datetime | None
) -> list[FigureRow]:
    """Return the rows behind `after` up to `until`.

    With `assessed_or_after` the unassessed ones known by then are left out: the queue has given them.
    """
    if until <= after:
        return []
    o = observations.c
    query = _columns(connection).where(o.seq > after, o.seq <= until)
    if assessed_or_after is not None:
        query = query.where(or_(o.assessed_at.is_not(None), o.known_at > assessed_or_after))
    return list(figure_rows(connection, query))


def history(
    connection: Connection, since_days: Mapping[int, int], until: int
) -> Iterator[dict[str, NDArray[Any]]]:
    """Yield what each series has from a day on (days since 1970), up to row `until`; of some a little more.

    Each stretch is arrays side by side: `numbers` of the series, `ids`, `values`, `known_us`, and of the periods
    the text, the day after it as days since 1970 (`ends`) and the kind (`shapes`).
    """
    o = observations.c
    periods = _Periods()
    for batch in batches(sorted(since_days, key=lambda number: (since_days[number], number)), HISTORY_BATCH):
        since = EPOCH + timedelta(days=since_days[batch[0]])
        chosen = o.series_seq.in_(batch), o.occurred_at >= since, o.seq <= until
        rows = connection.execute(_columns(connection).where(*chosen)).all()
        if rows:
            numbers, ids, texts, values, known = zip(*rows, strict=True)
            yield {
                "numbers": np.array(numbers, dtype=np.int64),
                "ids": objects(ids),
                "values": np.array(values, dtype=np.float64),  # None becomes NaN
                "known_us": _microseconds(known),
                **periods.read(texts),
            }


class _Periods(dict[str, int]):
    """Numbers the periods seen, so that each is read once and stands in memory once."""

    def __init__(self) -> None:
        self._ended: list[tuple[int, int]] = []

    def __missing__(self, period: str) -> int:
        self._ended.append(end_and_shape(period))
        self[period] = len(self)
        return self[period]

    def read(self, texts: Sequence[str]) -> dict[str, NDArray[Any]]:
        at = np.fromiter(map(self.__getitem__, texts), dtype=np.int64, count=len(texts))
        ended = np.array(self._ended, dtype=np.int32)[at]
        return {
            "periods": objects(list(self))[at],
            "ends": ended[:, 0],
            "shapes": ended[:, 1].astype(np.int8),
        }


def figure_rows(connection: Connection, query: Select[Any]) -> Iterator[FigureRow]:
    """Yield the rows of a query over `_columns`."""
    result = connection.execute(query)
    while rows := result.fetchmany(ROWS_AT_A_TIME):
        numbers, ids, periods, values, known = zip(*rows, strict=True)
        yield from map(FigureRow, numbers, ids, periods, values, _microseconds(known).tolist())


def _columns(connection: Connection) -> Select[Any]:
    o = observations.c
    known: Any = type_coerce(o.known_at, String)
    if connection.dialect.name == "postgresql":
        known = cast(extract("epoch", o.known_at) * SECOND_US, BigInteger)
    return select(o.series_seq, o.id, o.period, o.value, known)


def _microseconds(known: Sequence[Any]) -> NDArray[np.int64]:
    """Read PostgreSQL's numbers as they are, SQLite's `YYYY-MM-DD HH:MM:SS.ffffff` all at once."""
    if isinstance(known[0], int):
        return np.array(known, dtype=np.int64)
    microseconds: NDArray[np.int64] = np.array(known, dtype="M8[us]").astype(np.int64)
    return microseconds
