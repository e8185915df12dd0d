"""What was told of figures of series of which one has come anew: the signals on any vintage."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, and_, or_, select

from warning.core.signals import Figure, Signal
from warning.store.rows import batches, from_json
from warning.store.schema import observations, series, signals

BATCH = 500
# So many spans of time are asked for in one statement; of a day's figures nearly all begin in one month.
SPANS = 20
_Span = tuple[datetime, Sequence[int]]


def told_figures(connection: Connection, since: Mapping[str, datetime]) -> Mapping[str, tuple[Signal, ...]]:
    """Return the signals on figures of these series that ended at that time or later, by series.

    Each series is read from its own time on, whatever the others are asked for. What was told before signals named their
    figure gets the period it was told of.
    """
    found: defaultdict[str, dict[str, Signal]] = defaultdict(dict)
    names = _names(connection, since)
    o = observations.c
    told = select(o.series_seq, o.period, signals.c.id, signals.c.content).join(
        signals, signals.c.evidence_id == o.id
    )
    for spans in batches(list(_spans(names, since)), SPANS):
        asked = or_(*(and_(o.series_seq.in_(numbers), o.occurred_at >= oldest) for oldest, numbers in spans))
        for row in connection.execute(told.where(asked)):
            name = names[row.series_seq]
            if row.id not in found.get(name, ()):
                one = from_json(Signal, row.content)
                found[name][row.id] = one if one.figure else _named(one, name, row.period)
    return {name: tuple(found[name][key] for key in sorted(found[name])) for name in sorted(found)}


def _names(connection: Connection, wanted: Iterable[str]) -> Mapping[int, str]:
    """Return the series by the numbers of all that each was ever described as."""
    query = select(series.c.seq, series.c.series_id)
    return {
        row.seq: row.series_id
        for some in batches(sorted(wanted), BATCH)
        for row in connection.execute(query.where(series.c.series_id.in_(some)))
    }


def _spans(names: Mapping[int, str], since: Mapping[str, datetime]) -> Iterator[_Span]:
    """Yield from when on which series are asked for, the oldest first."""
    by_time: defaultdict[datetime, list[int]] = defaultdict(list)
    for number in sorted(names):
        by_time[since[names[number]]].append(number)
    for oldest in sorted(by_time):
        for some in batches(by_time[oldest], BATCH):
            yield oldest, some


def _named(signal: Signal, series_id: str, period: str) -> Signal:
    return replace(signal, figure=Figure(series_id="", period=period, published=series_id))
