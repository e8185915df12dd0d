"""What the collector remembers of each source between two polls, and how much the store holds."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, select
from sqlalchemy.dialects import postgresql, sqlite

from warning.core.health import SourceReport, SourceState, is_well, report_of
from warning.store.rows import from_json, insert_new, storable, to_json
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

COUNTED = (
    documents, fetches, items, item_revisions, series, observations, listings, listing_changes,
    assessments, signals, alerts, alert_versions, outbox, withheld, reviews, silences,
    audit, digests, source_reports,
)  # fmt: skip
WITH_QUEUE = (items, observations, listing_changes)
SIGN_OF_LIFE = timedelta(hours=12)


def source_states_by_id(connection: Connection) -> dict[str, SourceState]:
    """Return what is known of every source that was ever tried, by its id."""
    query = select(source_states.c.content).order_by(source_states.c.source_id)
    found = (from_json(SourceState, row.content) for row in connection.execute(query))
    return {state.source_id: state for state in found}


def save_source_state(connection: Connection, state: SourceState) -> None:
    """Remember how a source is doing, in place of what was known."""
    row = {
        "source_id": state.source_id,
        "condition": state.condition,
        "next_due_at": state.next_due_at,
        "content": storable(to_json(SourceState, state)),
    }
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(source_states).values(row)
    changed = {name: statement.excluded[name] for name in ("condition", "next_due_at", "content")}
    connection.execute(statement.on_conflict_do_update(index_elements=["source_id"], set_=changed))
    report = report_of(state)
    if report is not None and _is_worth_keeping(report, latest_report(connection, state.source_id)):
        add_reports(connection, [report])


def _is_worth_keeping(report: SourceReport, before: SourceReport | None) -> bool:
    """A change, and a sign of life twice a day: one row a poll would be a hundred times as many."""
    if before is None or before.since != report.since:
        return True
    if before.condition != report.condition and not (is_well(before.condition) and is_well(report.condition)):
        return True
    return report.known_at - before.known_at >= SIGN_OF_LIFE


def add_reports(connection: Connection, reports: Iterable[SourceReport]) -> int:
    """Store reports as they are and return how many are new; the same again changes nothing."""
    rows = [_report_row(report) for report in reports]
    if not rows:
        return 0
    statement = insert_new(connection, source_reports).returning(source_reports.c.seq)
    return sum(connection.execute(statement, row).first() is not None for row in rows)


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
