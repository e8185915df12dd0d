"""What the collector remembers of each source between two polls, and how much the store holds."""

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects import postgresql, sqlite

from warning.core.health import SourceState
from warning.store.rows import from_json, storable, to_json
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
    source_states,
    withheld,
)

COUNTED = (
    documents, fetches, items, item_revisions, series, observations, listings, listing_changes,
    assessments, signals, alerts, alert_versions, outbox, withheld, reviews, silences,
    audit, digests,
)  # fmt: skip
WITH_QUEUE = (items, observations, listing_changes)


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
