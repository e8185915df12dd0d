"""Figures that stay in memory between assessments of one process, so that a new day reads only its own rows.

What is held is what the store holds up to a watermark, the greatest row number that was certainly committed
(rows are never changed or taken away; a store in which some are missing is read anew). Whatever it was not told
of, it reads: a series seen for the first time, history further back than it has, too much at once. What is held is kept in a
file for the next start (`ledger_file.py`), as of a moment at which all of it was assessed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from threading import Lock

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, func, select

from warning.core.evidence import Observation, Window
from warning.core.rulebook import Need
from warning.core.series.columns import Ints, microseconds
from warning.core.series.figure_batch import Figures, Packed, where
from warning.core.series.known import ColumnsWindow
from warning.core.series.ledger import NOT_KEPT, Ledger
from warning.core.signals import Signal
from warning.store.engine import committed
from warning.store.figure_rows import QueuedFigures, any_queued, history, joined, queue_rows, since_rows
from warning.store.held_figures import UNREAD, Held, learn_series
from warning.store.kept_figures import read_kept, write_kept
from warning.store.ledger_file import LedgerFile
from warning.store.schema import observations
from warning.store.told_figures import told_figures
from warning.store.unread_figures import unread_revisions

# More new rows than this are not followed one by one: what is needed of them is read as after a start.
MOST_NEW = 200_000
# History is read so many days further back than asked for, so that a late figure rarely asks again.
SPARE_DAYS = 14
# So many figures take a second to read, and so many new rows next to nothing.
WORTH_KEEPING = 200_000
MAY_LACK = 50_000


class Resident:
    """Used by one assessor at a time: who finds it taken reads the store as if there were none."""

    def __init__(
        self,
        file: LedgerFile | None = None,
        *,
        worth_keeping: int = WORTH_KEEPING,
        may_lack: int = MAY_LACK,
    ) -> None:
        """Hold nothing yet; what is kept in the file is held when it is asked for.

        The file is written once so many figures are held, and again when more rows have come than it may lack.
        """
        self._lock = Lock()
        self._held: Held | None = None
        self._file, self._worth_keeping, self._may_lack = file, worth_keeping, may_lack

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
        if self._held is None and not any_queued(connection, as_of, until):
            return plain
        held = self._current(connection, needs, as_of, first, until)
        fresh, rows = queue_rows(connection, as_of, until, limit, held.ledger.texts)
        if not len(fresh["numbers"]):
            self._keep(connection, held)
            return plain
        self._held = None  # only what was brought up to date whole is used again
        learn_series(connection, held)
        batch = _packed(held, fresh)
        is_all = len(fresh["numbers"]) < limit
        others = int(np.count_nonzero(rows > held.until)) < until - held.until
        _bring_up_to_date(connection, held, fresh, batch, as_of, until, is_all=is_all, others=others)
        held.until, held.as_of = until, as_of
        self._held = held
        return _window(connection, held, plain, fresh, batch, rows)

    def _current(
        self, connection: Connection, needs: Sequence[Need], as_of: datetime, first: int, until: int
    ) -> Held:
        """What is held, or kept, where it is of this store and these needs and not too old; else nothing so far."""
        held = self._held
        if held is None and self._file is not None:
            held = read_kept(self._file, connection, needs)
        if (
            held is not None
            and held.needs == needs
            and held.first == first
            and held.as_of <= as_of
            and held.until <= until <= held.until + MOST_NEW
        ):
            return held
        return Held(needs=needs, ledger=Ledger(needs, forgets=True), until=until, first=first, as_of=as_of)

    def _keep(self, connection: Connection, held: Held) -> None:
        """Keep what is held, where it is much and the file has not most of it: all of it is assessed."""
        if self._file is None or held is not self._held or held.ledger.size < self._worth_keeping:
            return
        if held.kept is None or held.until > held.kept + self._may_lack:
            held.kept = held.until
            write_kept(self._file, connection, held)


def _extent(connection: Connection) -> tuple[int, int]:
    """Return the first and the last row number of figures, up to which everything is committed."""
    # Asked for side by side, each is the end of an index; in one SELECT of both, SQLite reads every row.
    ends = (select(pick(observations.c.seq)).scalar_subquery() for pick in (func.min, func.max))
    query = select(*ends)
    with committed(connection, "figures"):
        first, last = connection.execute(query).one()
    return first or 0, last or 0


def _packed(held: Held, figures: Figures) -> Packed:
    """Return figures as the ledger takes them, without those of series that are not kept."""
    numbers = figures["numbers"]
    lines = held.lines[numbers]
    taken = {name: column for name, column in figures.items() if name != "numbers"}
    packed = Packed({**taken, "lines": lines, "codes": held.codes[numbers].astype(np.int32)})
    return packed if (lines != NOT_KEPT).all() else packed.where(lines != NOT_KEPT)


def _bring_up_to_date(
    connection: Connection,
    held: Held,
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


def _of(figures: Figures, chosen: NDArray[np.bool_], held: Held) -> Figures:
    """Return the figures of the kept lines that are chosen."""
    lines = held.lines[figures["numbers"]]
    kept = lines != NOT_KEPT
    kept[kept] = chosen[lines[kept]]
    return figures if kept.all() else where(figures, kept)


def _put(held: Held, figures: Packed, reach: tuple[Ints, Ints]) -> None:
    held.ledger.put(figures, reach)
    for line, day in held.ledger.forgotten.items():
        if held.since_day[line] != UNREAD:
            held.since_day[line] = max(held.since_day[line], day)
    held.earlier |= held.ledger.replaced


def _window(
    connection: Connection, held: Held, plain: Window, fresh: Figures, batch: Packed, rows: Ints
) -> Window:
    placed, ids = held.ledger.find(batch)
    names = map(bytes.decode, ids.tolist()) if held.earlier else ()
    earlier = [held.earlier[name] for name in names if name in held.earlier]
    figures = QueuedFigures(
        held.ledger.roster.metas, held.ledger.texts.texts, held.codes[fresh["numbers"]], fresh, rows
    )
    unread = unread_revisions(connection, rows[held.lines[fresh["numbers"]] == NOT_KEPT].tolist())
    return ColumnsWindow(
        items=plain.items,
        listing_changes=plain.listing_changes,
        observations=figures,
        fresh=plain.fresh | frozenset(figures.ids),
        recalled=plain.recalled,
        columns=held.ledger.columns(batch, placed),
        earlier=tuple(sorted(earlier, key=lambda o: (o.series_id, o.occurred_at, o.known_at))),
        unread=unread,
        told_figures=_told(connection, (*earlier, *(was for was, _ in unread))),
    )


def _told(connection: Connection, earlier: Iterable[Observation]) -> Mapping[str, tuple[Signal, ...]]:
    """What was told of the series of which figures were replaced, from the oldest of these on."""
    since: dict[str, datetime] = {}
    for one in earlier:
        since[one.series_id] = min(one.occurred_at, since.get(one.series_id, one.occurred_at))
    return told_figures(connection, since) if since else {}
