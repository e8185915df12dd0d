"""What one assessment looks at: the evidence no assessment has seen, and the history the rules need."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Connection, Row, literal, select, tuple_, union_all

from warning.core.evidence import Item, ListingChange, Observation, Window
from warning.core.rulebook import Need
from warning.core.series.kinship import Looks
from warning.core.series.roster import Described
from warning.core.signals import Signal
from warning.store.companions import with_companions
from warning.store.figures import JOINED
from warning.store.resident import Resident
from warning.store.rows import batches, from_json, item_of, observation_of
from warning.store.schema import items, listing_changes, observations, series
from warning.store.told_figures import told_figures
from warning.store.unread_figures import unread_revisions

SERIES_BATCH = 500
RECENT = timedelta(days=1)
KEPT_FOR_OLD = 4
"""A quarter of the items of a window are kept for what waits longer, where there is more of both than it holds."""
_Figure = tuple[Row[Any], datetime]
_Table = tuple[str, str, str, str, str]


def unassessed(
    connection: Connection,
    needs: Sequence[Need],
    as_of: datetime,
    limit: int,
    resident: Resident | None,
    most_items: int | None = None,
) -> Window:
    """Return at most `limit` unassessed records of each kind (`most_items` items), oldest known first, with their history.

    Where more items wait, those that became known within the last day go before others: relabelled ones, or history that
    was imported, are not judged before what has just come.
    History is loaded for the series that have an unassessed figure (detectors fire on fresh evidence only) and,
    where a rule reads absent rows, for the other series of their tables.
    It reaches back from the oldest of these figures by as many days as any rule that may look at the series
    asks for. A resident keeps it from one time to the next.
    """
    fresh_items = _fresh_items(connection, as_of, limit if most_items is None else most_items)
    changes = _fresh_changes(connection, as_of, limit)
    if resident:
        ids = frozenset([*(item.id for item in fresh_items), *(change.id for change in changes)])
        plain = Window(items=fresh_items, listing_changes=changes, fresh=ids)
        return resident.window(connection, plain, needs, as_of, limit)
    fresh_figures = _fresh_figures(connection, as_of, limit)
    figures = _with_history(connection, fresh_figures, needs, as_of)
    fresh = [item.id for item in fresh_items]
    fresh += [row.id for row in fresh_figures]
    fresh += [change.id for change in changes]
    return Window(
        items=fresh_items,
        observations=figures,
        listing_changes=changes,
        fresh=frozenset(fresh),
        told_figures=_told(connection, fresh_figures, figures),
    )


def _fresh_items(connection: Connection, as_of: datetime, limit: int) -> tuple[Item, ...]:
    """Which ones is asked in one statement: between two, an edit takes an item out of what is old into what is recent."""
    i = items.c
    waiting = (
        select(i.known_at, i.seq).where(i.assessed_at.is_(None)).order_by(i.known_at, i.seq).limit(limit)
    )
    recent = waiting.where(i.known_at > as_of - RECENT, i.known_at <= as_of).subquery()
    old = waiting.where(i.known_at <= as_of - RECENT).subquery()
    asked = union_all(select(recent, literal(0)), select(old, literal(1)))
    parts: tuple[list[int], list[int]] = [], []
    for _, seq, part in sorted(tuple(row) for row in connection.execute(asked)):
        parts[part].append(seq)
    new, waited = parts[0], parts[1][: max(limit - len(parts[0]), limit // KEPT_FOR_OLD)]
    chosen = [*waited, *new[: limit - len(waited)]]
    standing = select(items).where(i.assessed_at.is_(None), i.known_at <= as_of)
    found = {
        row.seq: item_of(row)
        for some in batches(chosen, SERIES_BATCH)
        for row in connection.execute(standing.where(i.seq.in_(some)))
    }
    return tuple(found[seq] for seq in chosen if seq in found)


def _fresh_changes(connection: Connection, as_of: datetime, limit: int) -> tuple[ListingChange, ...]:
    query = (
        select(listing_changes.c.content)
        .where(listing_changes.c.assessed_at.is_(None), listing_changes.c.known_at <= as_of)
        .order_by(listing_changes.c.known_at, listing_changes.c.seq)
        .limit(limit)
    )
    return tuple(from_json(ListingChange, row.content) for row in connection.execute(query))


def _fresh_figures(connection: Connection, as_of: datetime, limit: int) -> Sequence[Row[Any]]:
    query = (
        JOINED.where(observations.c.assessed_at.is_(None), observations.c.known_at <= as_of)
        .order_by(observations.c.known_at, observations.c.seq)
        .limit(limit)
    )
    return connection.execute(query).all()


def _told(
    connection: Connection, fresh: Sequence[Row[Any]], figures: Iterable[Observation]
) -> Mapping[str, tuple[Signal, ...]]:
    """What was told of series of which a fresh figure has vintages before it."""
    vintages = Counter((one.series_id, one.period) for one in figures)
    since: dict[str, datetime] = {}
    for row in fresh:
        if vintages[row.series_id, row.period] > 1:
            since[row.series_id] = min(row.occurred_at, since.get(row.series_id, row.occurred_at))
    return told_figures(connection, since) if since else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reach:
    """How far back the history of one series goes."""

    series_seq: int
    days: int
    since: datetime


def _with_history(
    connection: Connection, fresh: Sequence[Row[Any]], needs: Sequence[Need], as_of: datetime
) -> tuple[Observation, ...]:
    found = {row.observation_seq: observation_of(row) for row in fresh}
    by_days: defaultdict[int, list[_Reach]] = defaultdict(list)
    figures = _as_ever_described(connection, _oldest_figures(fresh))
    if any(need.whole_tables for need in needs):
        figures = _tables_figures(connection, figures)
    figures = with_companions(connection, figures, [need for need in needs if need.companions])
    figures = _as_ever_described(connection, figures)
    for reach in _reaches(figures, needs):
        by_days[reach.days].append(reach)
    for reaches in by_days.values():
        for batch in batches(reaches, SERIES_BATCH):
            query = JOINED.where(
                series.c.seq.in_([reach.series_seq for reach in batch]),
                observations.c.occurred_at >= min(reach.since for reach in batch),
                observations.c.known_at <= as_of,
            )
            since = {reach.series_seq: reach.since for reach in batch}
            found |= {
                row.observation_seq: observation_of(row)
                for row in connection.execute(query)
                if row.occurred_at >= since[row.series_seq]  # whoever shares a batch, the history is the same
            }
    read = {reach.series_seq for reaches in by_days.values() for reach in reaches}
    unread = [row.observation_seq for row in fresh if row.series_seq not in read]
    before = tuple(was for was, _ in unread_revisions(connection, unread))
    return (*before, *(found[seq] for seq in sorted(found)))


def _oldest_figures(fresh: Sequence[Row[Any]]) -> dict[int, _Figure]:
    oldest: dict[int, _Figure] = {}
    for row in fresh:
        first = oldest.setdefault(row.series_seq, (row, row.occurred_at))
        if row.occurred_at < first[1]:
            oldest[row.series_seq] = row, row.occurred_at
    return oldest


def _as_ever_described(connection: Connection, figures: Mapping[int, _Figure]) -> dict[int, _Figure]:
    """The same with all that these series were ever described as, each as of its series' oldest figure."""
    oldest: dict[str, datetime] = {}
    for row, since in figures.values():
        oldest[row.series_id] = min(since, oldest.get(row.series_id, since))
    found: dict[int, _Figure] = {}
    for batch in batches(sorted(oldest), SERIES_BATCH):
        for row in connection.execute(select(series).where(series.c.series_id.in_(batch))):
            found[row.seq] = row, oldest[row.series_id]
    return found


def _tables_figures(connection: Connection, figures: Mapping[int, _Figure]) -> dict[int, _Figure]:
    """Every series of the tables that have one of the figures, each as of its table's oldest.

    A table is one source, flow, reporter, commodity and frequency, as in `core/series/track.py`.
    """
    oldest: dict[_Table, datetime] = {}
    for row, since in figures.values():
        table = _table(row)
        oldest[table] = min(since, oldest.get(table, since))
    found: dict[int, _Figure] = {}
    wide = tuple_(series.c.source_id, series.c.measure, series.c.reporter, series.c.frequency)
    for batch in batches(sorted({(t[0], t[1], t[2], t[4]) for t in oldest}), SERIES_BATCH):
        for row in connection.execute(select(series).where(wide.in_(batch))):
            begins = oldest.get(_table(row))
            if begins is not None:
                found[row.seq] = row, begins
    return found


def _table(row: Row[Any]) -> _Table:
    return row.source_id, row.measure, row.reporter, row.hs_code or row.material, row.frequency


def _reaches(figures: Mapping[int, _Figure], needs: Sequence[Need]) -> Iterable[_Reach]:
    days: defaultdict[str, int] = defaultdict(int)
    looks = Looks(needs)
    for row, _ in figures.values():
        days[row.series_id] = max(days[row.series_id], looks.days(cast("Described", row)))
    for series_seq, (row, oldest) in figures.items():
        asked = days[row.series_id]
        if asked:
            yield _Reach(series_seq=series_seq, days=asked, since=oldest - timedelta(days=asked))
