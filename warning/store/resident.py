"""Figures that stay in memory between assessments of one process, so that a new day reads only its own rows.

What is held is what the store holds up to a watermark, the greatest row number that was certainly committed
(rows are never changed or taken away; a store in which some are missing is read anew). Whatever it was not told
of, it reads: a series seen for the first time, history further back than it has, too much at once.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, func, select

from warning.core.evidence import Observation, Window
from warning.core.rulebook import Need
from warning.core.series.columns import EPOCH, Ints, microseconds
from warning.core.series.figure_batch import Figures, Packed, where
from warning.core.series.known import ColumnsWindow
from warning.core.series.ledger import NOT_KEPT, Ledger
from warning.core.series.punctual import may_correct
from warning.core.signals import Signal
from warning.store.engine import committed
from warning.store.figure_rows import QueuedFigures, history, joined, queue_rows, since_rows
from warning.store.schema import observations, series
from warning.store.told_figures import told_figures

# More new rows than this are not followed one by one: what is needed of them is read as after a start.
MOST_NEW = 200_000
# History is read so many days further back than asked for, so that a late figure rarely asks again.
SPARE_DAYS = 14
UNREAD = np.iinfo(np.int64).max


@dataclass(slots=True, kw_only=True)
class _Held:
    """What was read so far: up to row `until`, for the lines in `since_day` from that day on."""

    needs: Sequence[Need]
    ledger: Ledger
    until: int
    first: int
    as_of: datetime
    series_until: int = 0
    lines: Ints = field(default_factory=lambda: np.full(1, NOT_KEPT, dtype=np.int64))
    codes: Ints = field(default_factory=lambda: np.zeros(1, dtype=np.int64))
    numbers: defaultdict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    since_day: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    future: Figures | None = None
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
        held = self._current(needs, as_of, first, until)
        fresh, rows = queue_rows(connection, as_of, until, limit, held.ledger.texts)
        if not len(fresh["numbers"]):
            return plain
        self._held = None  # only what was brought up to date whole is used again
        _learn_series(connection, held)
        batch = _packed(held, fresh)
        is_all = len(fresh["numbers"]) < limit
        others = int(np.count_nonzero(rows > held.until)) < until - held.until
        _bring_up_to_date(connection, held, fresh, batch, as_of, until, is_all=is_all, others=others)
        held.until, held.as_of = until, as_of
        self._held = held
        return _window(connection, held, plain, fresh, batch, rows)

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
    rows = connection.execute(query).all()
    if not rows:
        return
    last = rows[-1].seq
    if last >= len(held.lines):
        more = last + 1 - len(held.lines)
        held.lines = np.concatenate((held.lines, np.full(more, NOT_KEPT, dtype=np.int64)))
        held.codes = np.concatenate((held.codes, np.zeros(more, dtype=np.int64)))
    for row in rows:
        like = Observation(
            id="", source_id=row.source_id, series_id=row.series_id, material=row.material,
            measure=row.measure, reporter=row.reporter, partner=row.partner, hs_code=row.hs_code,
            unit=row.unit, currency=row.currency, frequency=row.frequency, period="", value=None,
            known_at=EPOCH,
        )  # fmt: skip
        line, held.codes[row.seq] = held.ledger.line(like)
        held.lines[row.seq] = line
        held.numbers[line].append(row.seq)
        if 0 <= line < len(held.since_day):
            held.since_day[line] = UNREAD  # another description of a series: its history is read anew
    held.series_until = last
    new = int(held.lines.max()) + 1 - len(held.since_day)
    held.since_day = np.concatenate((held.since_day, np.full(max(new, 0), UNREAD, dtype=np.int64)))


def _packed(held: _Held, figures: Figures) -> Packed:
    """Return figures as the ledger takes them, without those of series that are not kept."""
    numbers = figures["numbers"]
    lines = held.lines[numbers]
    taken = {name: column for name, column in figures.items() if name != "numbers"}
    packed = Packed({**taken, "lines": lines, "codes": held.codes[numbers].astype(np.int32)})
    return packed if (lines != NOT_KEPT).all() else packed.where(lines != NOT_KEPT)


def _bring_up_to_date(
    connection: Connection,
    held: _Held,
    fresh: Figures,
    batch: Packed,
    as_of: datetime,
    until: int,
    *,
    is_all: bool,
    others: bool,
) -> None:
    """Read what came since, and the history of the lines that this assessment is the first to look at.

    `others` says whether rows may have come since that are not among the fresh ones.
    """
    now_us, texts = microseconds(as_of), held.ledger.texts
    reach = lines, days = held.ledger.reach(batch)
    before = held.since_day != UNREAD
    short = held.since_day[lines] > days
    wanted, oldest = lines[short], days[short] - SPARE_DAYS
    held.since_day[wanted] = oldest
    parts = [] if held.future is None else [held.future]
    if others:
        came = since_rows(connection, held.until, until, texts, assessed_or_after=as_of if is_all else None)
        parts.append(_of(came, before, held))
    asked = np.ones(len(before), dtype=np.bool_)
    asked[wanted] = False
    parts.append(_of(fresh, asked, held))
    numbers = zip(wanted.tolist(), oldest.tolist(), strict=True)
    since = {number: day for line, day in numbers for number in held.numbers[line]}
    for part in history(connection, since, until, texts):
        known = part["known_us"] <= now_us
        parts.append(where(part, ~known))
        _put(held, _packed(held, where(part, known)), reach)
    rows = joined(parts)
    known = rows["known_us"] <= now_us
    held.future = where(rows, ~known)
    # Most days nothing else came: the ledger finds a batch again at once where it put that very one.
    is_batch = rows is fresh and known.all()
    _put(held, batch if is_batch else _packed(held, where(rows, known)), reach)
    if is_all and held.earlier:
        ids = {one.decode() for one in fresh["ids"].tolist()}
        held.earlier = {name: one for name, one in held.earlier.items() if name in ids}


def _of(figures: Figures, chosen: NDArray[np.bool_], held: _Held) -> Figures:
    """Return the figures of the kept lines that are chosen."""
    lines = held.lines[figures["numbers"]]
    kept = lines != NOT_KEPT
    kept[kept] = chosen[lines[kept]]
    return figures if kept.all() else where(figures, kept)


def _put(held: _Held, figures: Packed, reach: tuple[Ints, Ints]) -> None:
    held.ledger.put(figures, reach)
    for line, day in held.ledger.forgotten.items():
        if held.since_day[line] != UNREAD:
            held.since_day[line] = max(held.since_day[line], day)
    held.earlier |= held.ledger.replaced


def _window(
    connection: Connection, held: _Held, plain: Window, fresh: Figures, batch: Packed, rows: Ints
) -> Window:
    placed, ids = held.ledger.find(batch)
    names = map(bytes.decode, ids.tolist()) if held.earlier else ()
    earlier = [held.earlier[name] for name in names if name in held.earlier]
    figures = QueuedFigures(
        held.ledger.roster.metas, held.ledger.texts.texts, held.codes[fresh["numbers"]], fresh, rows
    )
    return ColumnsWindow(
        items=plain.items,
        listing_changes=plain.listing_changes,
        observations=figures,
        fresh=plain.fresh | frozenset(figures.ids),
        recalled=plain.recalled,
        columns=held.ledger.columns(batch, placed),
        earlier=tuple(sorted(earlier, key=lambda o: (o.series_id, o.occurred_at, o.known_at))),
        told_figures=_told_before(connection, held, fresh) if earlier else {},
    )


def _told_before(connection: Connection, held: _Held, fresh: Figures) -> Mapping[str, tuple[Signal, ...]]:
    """What was told of the vintages that late ones of the fresh figures replaced."""
    frequencies = held.ledger.roster.frequencies(held.codes[fresh["numbers"]])
    late = may_correct(fresh["known_us"], fresh["ends"], frequencies)
    names = (name.decode() for name in fresh["ids"][late].tolist())
    return told_figures(connection, (held.earlier[name].id for name in names if name in held.earlier))
