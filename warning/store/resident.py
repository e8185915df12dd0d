"""Figures that stay in memory between assessments of one process, so that a new day reads only its own rows.

What is held is what the store holds up to a watermark, the greatest row number that was certainly committed
(rows are never changed or taken away; a store in which some are missing is read anew). Whatever it was not told
of, it reads: a series seen for the first time, history further back than it has, too much at once.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from math import isnan
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, func, select

from warning.core.evidence import Observation, Window
from warning.core.rulebook import Need
from warning.core.series.columns import EPOCH, Ints, instant, microseconds
from warning.core.series.known import ColumnsWindow
from warning.core.series.ledger import NOT_KEPT, Batch, Ledger, Packed
from warning.store.engine import committed
from warning.store.figure_rows import FigureRow, history, queue_rows, since_rows
from warning.store.schema import observations, series

# More new rows than this are not followed one by one: what is needed of them is read as after a start.
MOST_NEW = 200_000
# History is read so many days further back than asked for, so that a late figure rarely asks again.
SPARE_DAYS = 14


@dataclass(slots=True, kw_only=True)
class _Held:
    """What was read so far: up to row `until`, for the lines in `since_day` from that day on."""

    needs: Sequence[Need]
    ledger: Ledger
    until: int
    first: int
    as_of: datetime
    series_until: int = 0
    places: dict[int, tuple[int, int]] = field(default_factory=dict)
    numbers: defaultdict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    since_day: dict[int, int] = field(default_factory=dict)
    future: list[FigureRow] = field(default_factory=list)
    earlier: dict[str, Observation] = field(default_factory=dict)


class Resident:
    """Used by one assessor at a time: who finds it taken reads the store as if there were none."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._held: _Held | None = None

    @contextmanager
    def taken(self) -> Iterator["Resident | None"]:
        """Give the figures to the caller, or None when somebody else has them."""
        if not self._lock.acquire(blocking=False):
            yield None
            return
        try:
            yield self
        finally:
            self._lock.release()

    def window(
        self, connection: Connection, plain: Window, needs: Sequence[Need], as_of: datetime, limit: int
    ) -> Window:
        """Return `plain` with the unassessed figures and their history.

        The window is valid until the next one is asked for.
        """
        first, until = _extent(connection)
        fresh = queue_rows(connection, as_of, until, limit)
        if not fresh:
            return plain
        held = self._current(needs, as_of, first, until)
        self._held = None  # only what was brought up to date whole is used again
        _learn_series(connection, held)
        batch = _batch(held, fresh)
        _bring_up_to_date(connection, held, fresh, batch, as_of, until, is_all=len(fresh) < limit)
        held.until, held.as_of = until, as_of
        self._held = held
        return _window(held, plain, fresh, batch)

    def _current(self, needs: Sequence[Need], as_of: datetime, first: int, until: int) -> _Held:
        held = self._held
        if (
            held is not None
            and held.needs == needs
            and held.first == first
            and held.as_of <= as_of
            and held.until <= until <= held.until + MOST_NEW
        ):
            return held
        return _Held(needs=needs, ledger=Ledger(needs, forgets=True), until=until, first=first, as_of=as_of)


def _extent(connection: Connection) -> tuple[int, int]:
    """Return the first and the last row number of figures, up to which everything is committed."""
    # Asked for side by side, each is the end of an index; in one SELECT of both, SQLite reads every row.
    ends = (select(pick(observations.c.seq)).scalar_subquery() for pick in (func.min, func.max))
    query = select(*ends)
    with committed(connection, "figures"):
        first, last = connection.execute(query).one()
    return first or 0, last or 0


def _learn_series(connection: Connection, held: _Held) -> None:
    query = select(series).where(series.c.seq > held.series_until).order_by(series.c.seq)
    for row in connection.execute(query):
        like = Observation(
            id="", source_id=row.source_id, series_id=row.series_id, material=row.material,
            measure=row.measure, reporter=row.reporter, partner=row.partner, hs_code=row.hs_code,
            unit=row.unit, currency=row.currency, frequency=row.frequency, period="", value=None,
            known_at=EPOCH,
        )  # fmt: skip
        line, code = held.ledger.line(like)
        held.places[row.seq] = line, code
        held.numbers[line].append(row.seq)
        held.since_day.pop(line, None)  # another description of a series: its history is read anew
        held.series_until = row.seq


def _batch(held: _Held, rows: Iterable[FigureRow]) -> Batch:
    batch = Batch()
    for row in rows:
        line, code = held.places[row.series_seq]
        if line != NOT_KEPT:
            batch.add(line, code, row.period, row.value, row.known_us, row.id)
    return batch


def _bring_up_to_date(
    connection: Connection,
    held: _Held,
    fresh: Sequence[FigureRow],
    batch: Batch,
    as_of: datetime,
    until: int,
    *,
    is_all: bool,
) -> None:
    """Read what came since, and the history of the lines that this assessment is the first to look at."""
    now_us = microseconds(as_of)
    lines, days = held.ledger.reach(batch)
    reach = dict(zip(lines.tolist(), days.tolist(), strict=True))
    before = set(held.since_day)
    wanted = {line: day for line, day in reach.items() if held.since_day.get(line, day + 1) > day}
    came = since_rows(connection, held.until, until, assessed_or_after=as_of if is_all else None)
    rows = [row for row in came if held.places[row.series_seq][0] in before]
    rows += [row for row in fresh if held.places[row.series_seq][0] not in wanted]
    asked = {number: day - SPARE_DAYS for line, day in wanted.items() for number in held.numbers[line]}
    held.since_day |= {line: day - SPARE_DAYS for line, day in wanted.items()}
    for part in history(connection, asked, until):
        rows += _later_rows(part, now_us)
        _put(held, _packed(held, part, now_us), (lines, days))
    rows = list(dict.fromkeys([*rows, *held.future]))  # some were read twice
    held.future = [row for row in rows if row.known_us > now_us]
    _put(held, _batch(held, (row for row in rows if row.known_us <= now_us)), (lines, days))
    if is_all:
        ids = {row.id for row in fresh}
        held.earlier = {name: one for name, one in held.earlier.items() if name in ids}


def _put(held: _Held, figures: Batch | Packed, reach: tuple[Ints, Ints]) -> None:
    held.ledger.put(figures, reach)
    for line, day in held.ledger.forgotten.items():
        held.since_day[line] = max(held.since_day.get(line, day), day)
    held.earlier |= held.ledger.replaced


def _packed(held: _Held, part: Mapping[str, NDArray[Any]], now_us: int) -> Packed:
    """Return what of a stretch of history is known by now, as the ledger takes it."""
    known = part["known_us"] <= now_us
    figures = {name: column[known] for name, column in part.items()}
    numbers, at = np.unique(figures.pop("numbers"), return_inverse=True)
    places = np.array([held.places[number] for number in numbers.tolist()], dtype=np.int64).reshape(-1, 2)
    return Packed({**figures, "lines": places[at, 0], "codes": places[at, 1].astype(np.int32)})


def _later_rows(part: Mapping[str, NDArray[Any]], now_us: int) -> list[FigureRow]:
    later = np.flatnonzero(part["known_us"] > now_us)
    columns = (part[name][later].tolist() for name in ("numbers", "ids", "periods", "values", "known_us"))
    return [
        row._replace(value=None if isnan(row.value or 0) else row.value) for row in map(FigureRow, *columns)
    ]


def _window(held: _Held, plain: Window, fresh: Sequence[FigureRow], batch: Batch) -> Window:
    placed, ids = held.ledger.find(batch)
    earlier = [held.earlier[name] for name in ids if name in held.earlier]
    metas = held.ledger.roster.metas
    figures = tuple(_observation(metas[held.places[row.series_seq][1]], row) for row in fresh)
    return ColumnsWindow(
        items=plain.items,
        listing_changes=plain.listing_changes,
        observations=figures,
        fresh=plain.fresh | {row.id for row in fresh},
        recalled=plain.recalled,
        columns=held.ledger.columns(batch, placed),
        earlier=tuple(sorted(earlier, key=lambda o: (o.series_id, o.occurred_at, o.known_at))),
    )


def _observation(like: Observation, row: FigureRow) -> Observation:
    return Observation(
        id=row.id,
        source_id=like.source_id,
        series_id=like.series_id,
        material=like.material,
        measure=like.measure,
        reporter=like.reporter,
        partner=like.partner,
        hs_code=like.hs_code,
        unit=like.unit,
        currency=like.currency,
        frequency=like.frequency,
        period=row.period,
        value=row.value,
        known_at=instant(row.known_us),
    )
