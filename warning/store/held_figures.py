"""What a process holds of the store's figures, and the series they are of."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from sqlalchemy import Connection, select

from warning.core.evidence import Observation
from warning.core.rulebook import Need
from warning.core.series.columns import EPOCH, Ints
from warning.core.series.figure_batch import Figures
from warning.core.series.ledger import NOT_KEPT, Ledger
from warning.store.schema import series

UNREAD = np.iinfo(np.int64).max


@dataclass(slots=True, kw_only=True)
class Held:
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
    kept: int | None = None
    """The row up to which the file holds the same; None where it does not."""


def learn_series(connection: Connection, held: Held, until: int | None = None) -> None:
    """Place the series that came since, up to a number."""
    query = select(series).where(series.c.seq > held.series_until).order_by(series.c.seq)
    if until is not None:
        query = query.where(series.c.seq <= until)
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
