"""Revised figures of series that no rule reads: something may have been told of them by a rule that is gone."""

from collections.abc import Collection

from sqlalchemy import Connection, select

from warning.core.evidence import Observation, vintage_order
from warning.store.figures import JOINED
from warning.store.rows import batches, observation_of
from warning.store.schema import observations, signals

BATCH = 500


def unread_revisions(
    connection: Connection, rows: Collection[int]
) -> tuple[tuple[Observation, Observation], ...]:
    """Return those of these rows that replaced a vintage which says something else, as it was and is.

    Of cells of which nothing was told none is returned.
    """
    now, was = observations.alias("now"), observations.alias("was")
    told = (
        select(now.c.seq, was.c.seq)
        .join(was, (was.c.series_seq == now.c.series_seq) & (was.c.period == now.c.period))
        .where(was.c.known_at <= now.c.known_at, was.c.seq != now.c.seq)
    )
    cells: dict[int, list[int]] = {}
    for some in batches(sorted(rows), BATCH):
        for seq, earlier in connection.execute(told.where(now.c.seq.in_(some))):
            cells.setdefault(seq, []).append(earlier)
    figures, said = _figures(connection, {seq for pair in cells.items() for seq in (pair[0], *pair[1])})
    found = []
    for seq in sorted(cells):
        one = figures[seq]
        before = [e for e in cells[seq] if vintage_order(figures[e]) < vintage_order(one)]
        if not before or not said.intersection(figures[e].id for e in before):
            continue
        last = max((figures[e] for e in before), key=vintage_order)
        if (last.value, last.labels) != (one.value, one.labels):
            found.append((last, one))
    return tuple(found)


def _figures(connection: Connection, rows: Collection[int]) -> tuple[dict[int, Observation], set[str]]:
    """Return these figures by row, and the ids of those on which something was told."""
    figures: dict[int, Observation] = {}
    said: set[str] = set()
    for some in batches(sorted(rows), BATCH):
        for row in connection.execute(JOINED.where(observations.c.seq.in_(some))):
            figures[row.observation_seq] = observation_of(row)
    for names in batches(sorted(one.id for one in figures.values()), BATCH):
        said |= set(
            connection.execute(
                select(signals.c.evidence_id).where(signals.c.evidence_id.in_(names))
            ).scalars()
        )
    return figures, said
