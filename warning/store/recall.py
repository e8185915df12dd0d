"""What rules remember, read from the store: earlier signals, last arrivals, how sources did."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, func, or_, select

from warning.core.arrivals import Arrival, Awaited
from warning.core.evidence import Observation
from warning.core.health import Vitals
from warning.core.recall import Recall, Recalled
from warning.core.series.select import selects
from warning.core.signals import Signal
from warning.core.terms import Terms
from warning.store.item_statements import by_source
from warning.store.near_signals import signals_near
from warning.store.rows import from_json
from warning.store.schema import (
    assessments,
    audit,
    items,
    listings,
    observations,
    series,
    signals,
    source_reports,
)
from warning.store.sources import latest_report
from warning.store.withdrawals import waiting


def recalled(connection: Connection, wanted: Recall, as_of: datetime) -> Recalled:
    """Return what a rulebook wants remembered, as known at `as_of`, and nothing more."""
    # Read before the signals: what is committed in between is then certain to be noticed.
    seen = _last_record(connection) if wanted.signals else None
    arrivals = ((one, _arrival(connection, one, as_of)) for one in wanted.awaited)
    return Recalled(
        signals=tuple(_signals(connection, wanted, as_of)),
        arrivals={one: arrival for one, arrival in arrivals if arrival is not None},
        vitals={source_id: _vitals(connection, source_id, as_of) for source_id in wanted.sources},
        withdrawals=waiting(connection, as_of),
        seen=seen,
    )


def overtaken(connection: Connection, seen: int | None) -> bool:
    """Whether an assessment committed signals after the remembered ones were read.

    Two assessors that each hold half of a sequence would both commit without seeing the other half. Ask under the
    lock that lets one assessment at a time commit.
    """
    if seen is None:
        return False
    since = (
        select(audit.c.seq)
        .join(assessments, assessments.c.id == audit.c.subject)
        .where(audit.c.seq > seen, audit.c.kind == "assessment", assessments.c.signals > 0)
    )
    return connection.execute(since.limit(1)).first() is not None


def _last_record(connection: Connection) -> int:
    last: int | None = connection.execute(select(func.max(audit.c.seq))).scalar()
    return last or 0


def _signals(connection: Connection, wanted: Recall, as_of: datetime) -> Iterator[Signal]:
    """Every signal that is wanted, once: those wanted whole, then what is near to something."""
    whole = {signal.id: signal for signal in _whole(connection, wanted, as_of)}
    yield from whole.values()
    near = ((need, need.near) for need in wanted.signals if need.near is not None)
    yield from (signal for signal in signals_near(connection, near, as_of) if signal.id not in whole)


def _whole(connection: Connection, wanted: Recall, as_of: datetime) -> Iterator[Signal]:
    needed = [
        and_(
            signals.c.rule_id.in_(sorted(need.rule_ids)),
            signals.c.known_at >= as_of - timedelta(days=need.days),
        )
        for need in wanted.signals
        if need.rule_ids and need.near is None
    ]
    if not needed:
        return
    # Said once for all: within an "or" no database sees that the oldest signals are of no account.
    oldest = as_of - timedelta(days=max(need.days for need in wanted.signals if need.near is None))
    query = select(signals.c.content).where(
        or_(*needed), signals.c.known_at >= oldest, signals.c.known_at <= as_of
    )
    for row in connection.execute(query.order_by(signals.c.known_at, signals.c.id)):
        yield from_json(Signal, row.content)


def _arrival(connection: Connection, awaited: Awaited, as_of: datetime) -> Arrival | None:
    if awaited.expects == "figures":
        return _figures_arrival(connection, awaited, as_of)
    if awaited.expects == "items":
        known_at = _last(connection, items.c.known_at, by_source(connection, awaited.source_id), as_of)
    else:
        known_at = _last(connection, listings.c.known_at, listings.c.source_id == awaited.source_id, as_of)
    return None if known_at is None else Arrival(known_at=known_at)


def _figures_arrival(connection: Connection, awaited: Awaited, as_of: datetime) -> Arrival | None:
    """The newest period of any series the rule selects. `awaited` names descendants of its materials itself."""
    newest = func.max(observations.c.occurred_at).label("newest")
    last = func.max(observations.c.known_at).label("last")
    query = (
        select(series, newest, last)
        .join(observations, observations.c.series_seq == series.c.seq)
        .where(series.c.source_id == awaited.source_id, observations.c.known_at <= as_of)
        .group_by(series.c.seq)
    )
    for name in ("measures", "reporters", "partners", "frequencies"):
        if wanted := getattr(awaited.select, name):
            column = {"frequencies": "frequency"}.get(name, name.removesuffix("s"))
            query = query.where(series.c[column].in_(wanted))
    arrival: Arrival | None = None
    for row in connection.execute(query):
        if selects(awaited.select, _described(row), Terms()):
            arrival = Arrival(known_at=row.last, period_end=row.newest).or_later(arrival)
    return arrival


def _described(row: Row[Any]) -> Observation:
    """A series as the selection sees it; its figure is of no account."""
    return Observation(
        id="",
        source_id=row.source_id,
        series_id=row.series_id,
        material=row.material,
        measure=row.measure,
        reporter=row.reporter,
        partner=row.partner,
        hs_code=row.hs_code,
        unit=row.unit,
        frequency=row.frequency,
        period="",
        value=None,
        known_at=row.last,
    )


def _vitals(connection: Connection, source_id: str, as_of: datetime) -> Vitals:
    figures = (
        select(func.max(observations.c.known_at))
        .join(series)
        .where(series.c.source_id == source_id, observations.c.known_at <= as_of)
    )
    read = source_reports.c
    seen = [
        _last(connection, items.c.known_at, by_source(connection, source_id), as_of),
        _last(connection, listings.c.known_at, listings.c.source_id == source_id, as_of),
        _last(connection, read.known_at, and_(read.source_id == source_id, read.is_read), as_of),
        connection.execute(figures).scalar(),
    ]
    return Vitals(
        read_at=max((t for t in seen if t is not None), default=None),
        report=latest_report(connection, source_id, as_of),
    )


def _last(connection: Connection, known_at: Any, condition: Any, as_of: datetime) -> datetime | None:
    found: datetime | None = connection.execute(
        select(func.max(known_at)).where(condition, known_at <= as_of)
    ).scalar()
    return found
