"""What was told of figures of series of which one has come anew: the signals on any vintage."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, select

from warning.core.signals import Figure, Signal
from warning.store.rows import batches, from_json
from warning.store.schema import observations, series, signals

BATCH = 500


def told_figures(connection: Connection, since: Mapping[str, datetime]) -> Mapping[str, tuple[Signal, ...]]:
    """Return the signals on figures of these series that ended at that time or later, by series.

    What was told before signals named their figure gets the period it was told of.
    """
    found: defaultdict[str, dict[str, Signal]] = defaultdict(dict)
    o = observations.c
    told = (
        select(series.c.series_id, o.period, o.occurred_at, signals.c.id, signals.c.content)
        .join(observations, o.series_seq == series.c.seq)
        .join(signals, signals.c.evidence_id == o.id)
    )
    for some in batches(sorted(since), BATCH):
        oldest = min(since[name] for name in some)
        query = told.where(series.c.series_id.in_(some), o.occurred_at >= oldest).order_by(signals.c.id)
        for row in connection.execute(query):
            if row.occurred_at >= since[row.series_id] and row.id not in found.get(row.series_id, ()):
                one = from_json(Signal, row.content)
                found[row.series_id][row.id] = one if one.figure else _named(one, row.series_id, row.period)
    return {name: tuple(some.values()) for name, some in found.items()}


def _named(signal: Signal, series_id: str, period: str) -> Signal:
    return replace(signal, figure=Figure(series_id="", period=period, published=series_id))
