"""What one assessment looks at: the evidence no assessment has seen, and the history the rules need."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from warning.core.evidence import Item, ListingChange, Observation, Window
from warning.core.rulebook import Need
from warning.store.figures import JOINED
from warning.store.rows import batches, from_json, item_of, observation_of
from warning.store.schema import items, listing_changes, observations, series

SERIES_BATCH = 500


def unassessed(connection: Connection, needs: Sequence[Need], as_of: datetime, limit: int) -> Window:
    """Return at most `limit` unassessed records of each kind, oldest known first, with their history.

    History is loaded for the series that have an unassessed figure: detectors fire on fresh evidence only.
    It reaches back from the oldest of these figures by as many days as any rule that may look at the series
    asks for.
    """
    fresh_items = _fresh_items(connection, as_of, limit)
    fresh_figures = _fresh_figures(connection, as_of, limit)
    changes = _fresh_changes(connection, as_of, limit)
    figures = _with_history(connection, fresh_figures, needs, as_of)
    fresh = [item.id for item in fresh_items]
    fresh += [row.id for row in fresh_figures]
    fresh += [change.id for change in changes]
    return Window(items=fresh_items, observations=figures, listing_changes=changes, fresh=frozenset(fresh))


def _fresh_items(connection: Connection, as_of: datetime, limit: int) -> tuple[Item, ...]:
    query = (
        select(items)
        .where(items.c.assessed_at.is_(None), items.c.known_at <= as_of)
        .order_by(items.c.known_at, items.c.seq)
        .limit(limit)
    )
    return tuple(item_of(row) for row in connection.execute(query))


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
    for reach in _reaches(fresh, needs):
        by_days[reach.days].append(reach)
    for reaches in by_days.values():
        for batch in batches(reaches, SERIES_BATCH):
            query = JOINED.where(
                series.c.seq.in_([reach.series_seq for reach in batch]),
                observations.c.occurred_at >= min(reach.since for reach in batch),
                observations.c.known_at <= as_of,
            )
            found |= {row.observation_seq: observation_of(row) for row in connection.execute(query)}
    return tuple(found[seq] for seq in sorted(found))


def _reaches(fresh: Sequence[Row[Any]], needs: Sequence[Need]) -> Iterable[_Reach]:
    oldest: dict[int, Row[Any]] = {}
    for row in fresh:
        first = oldest.setdefault(row.series_seq, row)
        if row.occurred_at < first.occurred_at:
            oldest[row.series_seq] = row
    for series_seq, row in oldest.items():
        days = max((need.days for need in needs if _may_look_at(need, row)), default=0)
        if days:
            yield _Reach(series_seq=series_seq, days=days, since=row.occurred_at - timedelta(days=days))


def _may_look_at(need: Need, row: Row[Any]) -> bool:
    """Whether a rule may want this series. Materials are left to the rule: their families are its to know."""
    chosen = need.select
    pairs = (
        (chosen.measures, row.measure),
        (chosen.reporters, row.reporter),
        (chosen.partners, row.partner),
        (chosen.frequencies, row.frequency),
        (chosen.sources, row.source_id),
    )
    if any(wanted and value not in wanted for wanted, value in pairs):
        return False
    return not chosen.hs_codes or (row.hs_code or "").startswith(tuple(chosen.hs_codes))
