"""How sources do, what was told of it, and the canary that flies through the whole path."""

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    Integer,
    Table,
    UniqueConstraint,
)

from warning.store.columns import (
    instant_column,
    metadata,
    sequence_column,
    text_column,
)

source_states = Table(
    "source_states",
    metadata,
    text_column("source_id", primary_key=True),
    text_column("condition"),
    instant_column("next_due_at", optional=True),
    text_column("content"),
    Index("ix_source_states_next_due_at", "next_due_at"),
)

source_reports = Table(
    "source_reports",
    metadata,
    sequence_column(),
    text_column("source_id"),
    text_column("id"),
    text_column("condition"),
    text_column("cause"),
    instant_column("since"),
    instant_column("known_at"),
    Column("is_read", Boolean, nullable=False),
    UniqueConstraint("source_id", "known_at", "id"),
)

source_notices = Table(
    "source_notices",
    metadata,
    sequence_column(),
    text_column("source_id"),
    text_column("condition"),
    text_column("cause"),
    instant_column("since"),
    instant_column("told_at"),
    Column("late_items", Integer, nullable=False),
    UniqueConstraint("source_id", "told_at"),
)

canary_flights = Table(
    "canary_flights",
    metadata,
    text_column("day", primary_key=True),
    instant_column("started_at"),
    instant_column("landed_at", optional=True),
    instant_column("told_at", optional=True),
)

page_checks = Table(
    "page_checks",
    metadata,
    text_column("url", primary_key=True),
    text_column("source_id"),
    text_column("answer"),
    instant_column("checked_at"),
    instant_column("missing_since", optional=True),
    Column("taken_back", Boolean, nullable=False),
    text_column("etag"),
    text_column("last_modified"),
    text_column("body_hash"),
    Index("ix_page_checks_checked_at", "checked_at"),
)
