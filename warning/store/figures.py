"""Observations: every vintage of every figure, append-only, under the series they belong to."""

import json
from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Executable, Select, TextClause, select, text

from warning.core.evidence import Observation
from warning.store.columns import aware
from warning.store.copying import copy_rows
from warning.store.engine import numbering, serialise
from warning.store.items import Stored
from warning.store.rows import (
    batches,
    insert_new,
    observation_of,
    series_row,
    storable_observation,
)
from warning.store.schema import observations, series

LOOKUP_BATCH = 500
Named = tuple[str, str]
Labels = tuple[str, ...]
Cell = tuple[Named, str]
# When it became known, its id, what it says of its series, its value: in this order vintages follow one another.
Vintage = tuple[datetime, str, Labels, float | None]

# What `Observation.labels` says, in its order.
LABELS = tuple(
    series.c[name]
    for name in (
        "source_id", "material", "measure", "reporter", "partner", "hs_code", "unit", "currency", "frequency",
    )
)  # fmt: skip

JOINED: Select[Any] = select(
    series, observations.c.id, observations.c.period, observations.c.occurred_at,
    observations.c.value, observations.c.known_at, observations.c.series_seq,
    observations.c.seq.label("observation_seq"),
).join(series, observations.c.series_seq == series.c.seq)  # fmt: skip


def add_observations(
    connection: Connection, batch: Iterable[Observation], seen_at: datetime | None = None
) -> Stored[Observation]:
    """Store the vintages that say something new.

    A figure with the value and the labels of the one that was the latest at its `known_at` is unchanged, whatever a series
    was described as in between. `revised` holds figures of a period that was known before. With `seen_at` (when they were
    fetched) a revised figure is known from then on: back-filled history is dated by its publisher's lag, and a revision is
    no history.
    """
    figures = sorted(map(storable_observation, batch), key=lambda o: (o.known_at, o.id))
    numbering(connection, "figures")
    serialise(connection, *(f"figures {o.source_id}" for o in figures))
    labels = [figure.labels for figure in figures]
    numbers = _numbers(connection, figures, labels)
    vintages = _vintages(connection, {_cell(o) for o in figures}, numbers)
    new: list[Observation] = []
    revised: list[Observation] = []
    rows: list[tuple[Any, ...]] = []
    for written, said in zip(figures, labels, strict=True):
        known = vintages[_cell(written)]
        figure = written if seen_at is None or not known else _as_seen(written, said, known, seen_at)
        vintage = figure.known_at, figure.id, said, figure.value
        if not _is_new(vintage, known):
            continue
        (revised if known else new).append(figure)
        insort(known, vintage, key=_vintage_order)
        rows.append(_row(numbers[_named(figure)][said], figure))
    _insert(connection, rows)
    return Stored(new=tuple(new), revised=tuple(revised), unchanged=len(figures) - len(rows))


def _named(figure: Observation) -> Named:
    return figure.source_id, figure.series_id


def _cell(figure: Observation) -> Cell:
    return _named(figure), figure.period


def _vintage_order(vintage: Vintage) -> tuple[datetime, str, Labels]:
    return vintage[:3]


def _is_new(figure: Vintage, known: list[Vintage]) -> bool:
    if any(vintage[:3] == figure[:3] for vintage in known):
        return False
    before = bisect_right(known, figure[0], key=lambda vintage: vintage[0])
    return before == 0 or known[before - 1][2:] != figure[2:]


def _as_seen(figure: Observation, labels: Labels, known: list[Vintage], seen_at: datetime) -> Observation:
    """A figure fetched now of a period known before: the same one as ever, or a revision known from now on."""
    at = known[-1][0] if known[-1][2:] == (labels, figure.value) else seen_at
    return replace(figure, known_at=max(figure.known_at, at))


COLUMNS = {
    "series_seq": "int8", "id": "text", "period": "text", "occurred_at": "timestamptz", "value": "float8",
    "known_at": "timestamptz",
}  # fmt: skip
"""The columns of a row that no assessment has seen, with PostgreSQL's types."""


def _row(series_seq: int, figure: Observation) -> tuple[Any, ...]:
    return series_seq, figure.id, figure.period, figure.occurred_at, figure.value, aware(figure.known_at)


def _insert(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert vintages of which none is stored: the caller alone writes these sources now, and has looked."""
    if not rows:
        return
    if connection.dialect.name != "sqlite":
        copy_rows(connection, "observations", COLUMNS, rows)
    else:
        connection.execute(
            insert_new(connection, observations), [dict(zip(COLUMNS, row, strict=True)) for row in rows]
        )


def _numbers(
    connection: Connection, figures: Sequence[Observation], labels: Sequence[Labels]
) -> Mapping[Named, Mapping[Labels, int]]:
    """Return the numbers of all that the figures' series were ever described as; a new description is added."""
    named = {_named(figure) for figure in figures}
    numbers = _known_numbers(connection, named)
    missing = {
        (_named(figure), said): figure
        for figure, said in zip(figures, labels, strict=True)
        if said not in numbers[_named(figure)]
    }
    if missing:
        connection.execute(insert_new(connection, series), list(map(series_row, missing.values())))
        numbers = _known_numbers(connection, named)
    return numbers


def _known_numbers(connection: Connection, named: Collection[Named]) -> defaultdict[Named, dict[Labels, int]]:
    found: defaultdict[Named, dict[Labels, int]] = defaultdict(dict)
    for source_id, series_id, seq, *said in _stored(connection, _DESCRIBED, sorted(named)):
        found[source_id, series_id][tuple(one or "" for one in said)] = seq
    return found


def _vintages(
    connection: Connection, cells: set[Cell], numbers: Mapping[Named, Mapping[Labels, int]]
) -> defaultdict[Cell, list[Vintage]]:
    """Return what is known of each figure, under whatever description, in the order of vintages."""
    found: defaultdict[Cell, list[Vintage]] = defaultdict(list)
    described = {seq: (named, labels) for named, known in numbers.items() for labels, seq in known.items()}
    places = sorted((seq, period) for named, period in cells for seq in numbers[named].values())
    for seq, period, known_at, identity, value in _stored(connection, _AT_PLACES, places):
        named, labels = described[seq]
        found[named, period].append((known_at, identity, labels, value))
    for known in found.values():
        known.sort(key=_vintage_order)
    return found


def _stored(
    connection: Connection, question: Mapping[str, Executable], pairs: Sequence[tuple[Any, str]]
) -> Iterable[Any]:
    """Return all that a question finds at these pairs, however many they are: they go to the database as one value.

    A condition on each is more than PostgreSQL's stack holds from some thousands on, and its plans for a few hundred
    at a time may read a whole source for each few hundred.
    """
    if not pairs:
        return ()
    if connection.dialect.name == "sqlite":
        return connection.execute(question["sqlite"], {"pairs": json.dumps(pairs)})
    firsts, seconds = map(list, zip(*pairs, strict=True))
    return connection.execute(question["postgresql"], {"firsts": firsts, "seconds": seconds})


def _asked(columns: str, table: str, first: str, kind: str, second: str) -> dict[str, TextClause]:
    """Return a question after the rows of a table that have one of the pairs in two of its columns."""
    found = f"SELECT {columns} FROM"
    keys = f"unnest(CAST(:firsts AS {kind}[]), CAST(:seconds AS text[])) AS w(a, b)"
    return {
        "sqlite": text(f"""{found} json_each(:pairs) AS w CROSS JOIN {table} AS t
            ON t.{first} = json_extract(w.value, '$[0]') AND t.{second} = json_extract(w.value, '$[1]')"""),
        "postgresql": text(f"{found} {keys} JOIN {table} AS t ON t.{first} = w.a AND t.{second} = w.b"),
    }


_SAID = ", ".join(f"t.{label.name}" for label in LABELS)
_DESCRIBED = _asked(f"t.source_id, t.series_id, t.seq, {_SAID}", "series", "source_id", "text", "series_id")
_VINTAGE = "t.series_seq, t.period, t.known_at, t.id, t.value"
_AT_PLACES = {
    dialect: question.columns(known_at=observations.c.known_at.type)
    for dialect, question in _asked(_VINTAGE, "observations", "series_seq", "int8", "period").items()
}


def figures_between(
    connection: Connection,
    since: datetime,
    until: datetime,
    *,
    materials: Sequence[str] = (),
    source_id: str | None = None,
) -> tuple[Observation, ...]:
    """Return all vintages of periods that ended after `since` and not after `until`, by series and period.

    `Window(observations=...).as_known(as_of)` turns them into series.
    """
    query = JOINED.where(observations.c.occurred_at > since, observations.c.occurred_at <= until)
    if materials:
        query = query.where(series.c.material.in_(materials))
    if source_id is not None:
        query = query.where(series.c.source_id == source_id)
    query = query.order_by(series.c.series_id, observations.c.occurred_at, observations.c.known_at)
    return tuple(observation_of(row) for row in connection.execute(query))


def latest_figures(
    connection: Connection, *, material: str | None = None, as_of: datetime | None = None
) -> tuple[Observation, ...]:
    """Return the newest period of each series, in its latest vintage known at `as_of`, by series id."""
    query = JOINED.order_by(observations.c.occurred_at, observations.c.known_at, observations.c.id)
    if material is not None:
        query = query.where(series.c.material == material)
    if as_of is not None:
        query = query.where(observations.c.known_at <= as_of)
    newest = {row.series_id: observation_of(row) for row in connection.execute(query)}
    return tuple(newest[series_id] for series_id in sorted(newest))


def series_owners(connection: Connection, series_ids: Collection[str]) -> dict[str, str]:
    """Return whose each of these series is, as far as any source has brought it: that of the source which did so first."""
    owners: dict[str, str] = {}
    for batch in batches(series_ids, LOOKUP_BATCH):
        query = select(series.c.series_id, series.c.source_id).where(series.c.series_id.in_(batch))
        for row in connection.execute(query.order_by(series.c.seq)):
            owners.setdefault(row.series_id, row.source_id)
    return owners
