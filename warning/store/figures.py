"""Observations: every vintage of every figure, append-only, under the series they belong to."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, select, tuple_

from warning.core.evidence import Observation
from warning.store.engine import numbering, serialise
from warning.store.items import Stored
from warning.store.rows import batches, insert_new, observation_of, series_row, storable_observation
from warning.store.schema import observations, series

Cell = tuple[int, str]
Vintage = tuple[datetime, str, float | None]
LOOKUP_BATCH = 500

JOINED: Select[Any] = select(
    series, observations.c.id, observations.c.period, observations.c.occurred_at,
    observations.c.value, observations.c.known_at, observations.c.series_seq,
    observations.c.seq.label("observation_seq"),
).join(series, observations.c.series_seq == series.c.seq)  # fmt: skip


def add_observations(
    connection: Connection, batch: Iterable[Observation], seen_at: datetime | None = None
) -> Stored[Observation]:
    """Store the vintages that say something new.

    A figure equal to the one that was the latest at its `known_at` is unchanged. `revised` holds figures of a
    period that had another value before. With `seen_at` (when they were fetched) a revised figure is known from then
    on: back-filled history is dated by its publisher's lag, and a revision is no history.
    """
    figures = [storable_observation(o) for o in batch]
    numbering(connection, "figures")
    serialise(connection, *(f"figures {o.source_id}" for o in figures))
    placed = list(zip(_series_of(connection, figures), figures, strict=True))
    vintages = _vintages(connection, {(seq, o.period) for seq, o in placed})
    new: list[Observation] = []
    revised: list[Observation] = []
    rows: list[dict[str, Any]] = []
    for seq, written in placed:
        known = vintages[seq, written.period]
        figure = written if seen_at is None or not known else _as_seen(written, known, seen_at)
        if not _is_new(figure, known):
            continue
        (revised if known else new).append(figure)
        known.append((figure.known_at, figure.id, figure.value))
        known.sort(key=_vintage_order)
        rows.append(_row(seq, figure))
    if rows:
        connection.execute(insert_new(connection, observations), rows)
    return Stored(new=tuple(new), revised=tuple(revised), unchanged=len(figures) - len(rows))


def _is_new(figure: Observation, known: list[Vintage]) -> bool:
    if any(vintage[:2] == (figure.known_at, figure.id) for vintage in known):
        return False
    before = bisect_right(known, figure.known_at, key=lambda vintage: vintage[0])
    return before == 0 or known[before - 1][2] != figure.value


def _as_seen(figure: Observation, known: list[Vintage], seen_at: datetime) -> Observation:
    """A figure fetched now of a period known before: the same one as ever, or a revision known from now on."""
    at = known[-1][0] if known[-1][2] == figure.value else seen_at
    return replace(figure, known_at=max(figure.known_at, at))


def _vintage_order(vintage: Vintage) -> tuple[datetime, str]:
    return vintage[:2]


def _row(series_seq: int, figure: Observation) -> dict[str, Any]:
    return {
        "series_seq": series_seq,
        "id": figure.id,
        "period": figure.period,
        "occurred_at": figure.occurred_at,
        "value": figure.value,
        "known_at": figure.known_at,
        "assessed_at": None,
    }


def _series_of(connection: Connection, figures: Sequence[Observation]) -> list[int]:
    """Return the series number of each figure; a series seen for the first time is added."""
    rows = [series_row(figure) for figure in figures]
    keys = [(row["source_id"], row["key"]) for row in rows]
    numbers = _series_numbers(connection, keys)
    missing = {key: row for key, row in zip(keys, rows, strict=True) if key not in numbers}
    if missing:
        connection.execute(insert_new(connection, series), list(missing.values()))
        numbers |= _series_numbers(connection, list(missing))
    return [numbers[key] for key in keys]


def _series_numbers(connection: Connection, keys: Sequence[tuple[str, int]]) -> dict[tuple[str, int], int]:
    wanted = list(dict.fromkeys(keys))
    query = select(series.c.source_id, series.c.key, series.c.seq).where(
        tuple_(series.c.source_id, series.c.key).in_(wanted)
    )
    return {(row.source_id, row.key): row.seq for row in connection.execute(query)} if wanted else {}


def _vintages(connection: Connection, cells: set[Cell]) -> defaultdict[Cell, list[Vintage]]:
    found: defaultdict[Cell, list[Vintage]] = defaultdict(list)
    if not cells:
        return found
    o = observations.c
    query = (
        select(o.series_seq, o.period, o.known_at, o.id, o.value)
        .where(tuple_(o.series_seq, o.period).in_(sorted(cells)))
        .order_by(o.known_at, o.id)
    )
    for seq, period, known_at, identity, value in connection.execute(query):
        found[seq, period].append((known_at, identity, value))
    return found


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
