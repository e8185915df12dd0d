"""What the collector remembers of each source between two polls, and how much the store holds."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, bindparam, func, or_, select

from warning.core.health import (
    LastReport,
    SourceCondition,
    SourceReport,
    SourceState,
    is_well,
    report_of,
)
from warning.store.known_states import known_states
from warning.store.rows import batches, insert_new, storable
from warning.store.schema import (
    alert_versions,
    alerts,
    assessments,
    audit,
    digests,
    documents,
    fetches,
    item_revisions,
    items,
    listing_changes,
    listings,
    observations,
    outbox,
    reviews,
    series,
    signals,
    silences,
    source_reports,
    source_states,
    withheld,
)
from warning.store.state_rows import save_states, states_of

COUNTED = (
    documents, fetches, items, item_revisions, series, observations, listings, listing_changes,
    assessments, signals, alerts, alert_versions, outbox, withheld, reviews, silences,
    audit, digests, source_reports,
)  # fmt: skip
WITH_QUEUE = (items, observations, listing_changes)
SIGN_OF_LIFE = timedelta(hours=12)
LOOKUP_BATCH = 500
_READ = (source_states.c.source_id, source_states.c.content)
FAR_AHEAD = timedelta(days=7)
"""No pace and no pause is longer: a time further ahead is looked at too."""


def source_states_by_id(connection: Connection) -> dict[str, SourceState]:
    """Return what is known of every source that was ever tried, by its id."""
    query = select(*_READ).order_by(source_states.c.source_id)
    return _by_id(connection, connection.execute(query))


def source_states_of(connection: Connection, source_ids: Collection[str]) -> dict[str, SourceState]:
    """Return what is known of these sources, by id; one that was never tried is not among them."""
    return {state.source_id: state for state in states_of(connection, source_ids)}


def source_state_held(connection: Connection, source_id: str) -> SourceState | None:
    """Return what is known of a source, None where it was never tried; nobody else writes it until the transaction ends."""
    query = select(*_READ).where(source_states.c.source_id == source_id).with_for_update()
    return _by_id(connection, connection.execute(query)).get(source_id)


def due_source_states(
    connection: Connection, now: datetime, also: Collection[str] = ()
) -> dict[str, SourceState]:
    """Return the states whose time has come, or lies so far ahead that a wrong clock must have set it, and `also`."""
    due = source_states.c.next_due_at
    query = select(*_READ).where(or_(due.is_(None), due <= now, due > now + FAR_AHEAD))
    return _by_id(connection, connection.execute(query)) | source_states_of(connection, also)


def _by_id(connection: Connection, rows: Iterable[Row[Any]]) -> dict[str, SourceState]:
    known = known_states(connection.engine)
    return {row.source_id: known.read(row.source_id, row.content) for row in rows}


def save_source_state(connection: Connection, state: SourceState) -> None:
    """Remember how a source is doing, in place of what was known."""
    save_source_states(connection, [state])


def save_source_states(connection: Connection, states: Iterable[SourceState]) -> None:
    """Remember how sources are doing, each in place of what was known; at most one state a source."""
    save_states(connection, _with_reports_kept(connection, states))


def _with_reports_kept(connection: Connection, states: Iterable[SourceState]) -> list[SourceState]:
    """Store what the states report where that is worth keeping; return them with the last report that was kept.

    A state that stands as its last report says costs no look into the reports: most polls bring such a one.
    """
    states = list(states)
    changing = [state for state in states if not _stands_as_reported(state)]
    reports = [report for state in changing if (report := report_of(state)) is not None]
    last = _latest_reports(connection, [report.source_id for report in reports])
    kept = [r for r in reports if _is_worth_keeping(r, last.get(r.source_id))]
    add_reports(connection, kept)
    last |= {report.source_id: report for report in kept}
    known = {
        name: LastReport(known_at=r.known_at, condition=r.condition, since=r.since)
        for name, r in last.items()
    }
    marked = {state.source_id: replace(state, reported=known.get(state.source_id)) for state in changing}
    return [marked.get(state.source_id, state) for state in states]


def _stands_as_reported(state: SourceState) -> bool:
    known, polled_at = state.reported, state.polled_at
    if known is None or polled_at is None:
        return False
    return not _differs(state.condition, state.since or polled_at, polled_at, known)


def _latest_reports(connection: Connection, source_ids: Sequence[str]) -> dict[str, SourceReport]:
    """The last report of each source that has one."""
    found: dict[str, SourceReport] = {}
    for batch in batches(source_ids, LOOKUP_BATCH):
        for row in connection.execute(_last_reports_query(), {"sources": batch}):
            found[row.source_id] = report_of_row(row)
    return found


@cache
def _last_reports_query() -> Select[Any]:
    """Built once: a round in which every source has news asks it for every few of them."""
    r = source_reports.c
    last = (
        select(r.source_id, func.max(r.known_at).label("known_at"))
        .where(r.source_id.in_(bindparam("sources", expanding=True)))
        .group_by(r.source_id)
        .subquery()
    )
    at_last = and_(r.source_id == last.c.source_id, r.known_at == last.c.known_at)
    return select(source_reports).join(last, at_last).order_by(r.id)


def _is_worth_keeping(report: SourceReport, before: SourceReport | None) -> bool:
    return before is None or _differs(report.condition, report.since, report.known_at, before)


def _differs(
    condition: SourceCondition, since: datetime, known_at: datetime, before: SourceReport | LastReport
) -> bool:
    """A change, and a sign of life twice a day: one row a poll would be a hundred times as many."""
    if before.since != since:
        return True
    if before.condition != condition and not (is_well(before.condition) and is_well(condition)):
        return True
    return known_at - before.known_at >= SIGN_OF_LIFE


def add_reports(connection: Connection, reports: Iterable[SourceReport]) -> int:
    """Store reports as they are and return how many are new; the same again changes nothing."""
    rows = [_report_row(report) for report in reports]
    if not rows:
        return 0
    statement = insert_new(connection, source_reports).returning(source_reports.c.seq)
    return sum(connection.execute(statement, row).first() is not None for row in rows)


def first_report(connection: Connection) -> datetime | None:
    """Return the time of the first report of any source."""
    return connection.execute(select(func.min(source_reports.c.known_at))).scalar()


def latest_report(
    connection: Connection, source_id: str, as_of: datetime | None = None
) -> SourceReport | None:
    """Return the last report of a source, as known at an instant."""
    r = source_reports.c
    query = select(source_reports).where(r.source_id == source_id)
    if as_of is not None:
        query = query.where(r.known_at <= as_of)
    row = connection.execute(query.order_by(r.known_at.desc(), r.id.desc()).limit(1)).first()
    return None if row is None else report_of_row(row)


def report_of_row(row: Row[Any]) -> SourceReport:
    return SourceReport(
        id=row.id,
        source_id=row.source_id,
        condition=row.condition,
        cause=row.cause,
        since=row.since,
        known_at=row.known_at,
    )


def _report_row(report: SourceReport) -> dict[str, Any]:
    return {
        "source_id": report.source_id,
        "id": report.id,
        "condition": report.condition,
        "cause": storable(report.cause),
        "since": report.since,
        "known_at": report.known_at,
        "is_read": report.is_read,
    }


def counts(connection: Connection) -> dict[str, int]:
    """Return how many rows each kind has, and how much evidence waits for an assessment (`unassessed`)."""
    found = {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in COUNTED
    }
    waiting = [
        connection.execute(
            select(func.count()).select_from(table).where(table.c.assessed_at.is_(None))
        ).scalar_one()
        for table in WITH_QUEUE
    ]
    return {**found, "unassessed": sum(waiting)}
