"""What was told of figures that have come anew: the signals on the vintages before."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, select

from warning.core.signals import Signal
from warning.store.rows import batches, from_json
from warning.store.schema import signals

BATCH = 500


def told_figures(connection: Connection, ids: Iterable[str]) -> Mapping[str, tuple[Signal, ...]]:
    """Return the signals on these figures, by the id of the figure."""
    s = signals.c
    found: defaultdict[str, list[Signal]] = defaultdict(list)
    for some in batches(sorted(set(ids)), BATCH):
        query = select(s.evidence_id, s.content).where(s.evidence_id.in_(some))
        for row in connection.execute(query):
            found[row.evidence_id].append(from_json(Signal, row.content))
    return {name: tuple(told) for name, told in found.items()}
