"""The tables. docs/store.md tells what each is for; alembic/versions holds how they came about.

Times are aware UTC on both databases. Evidence is append-only, apart from the text of an edited item (its old
text becomes a revision) and `assessed_at`, which says whether an assessment has seen the row.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from warning.store.columns import (
    Instant,
    Key,
    instant_column,
    metadata,
    sequence_column,
    text_column,
)

HEAD = "0015"
"""The newest migration; a test holds it to alembic/versions."""


def _unassessed(name: str, *columns: Column[Any], assessed_at: Column[datetime]) -> Index:
    """Only the rows no assessment has seen: the queue of the assessor, however large the table is."""
    waiting = assessed_at.is_(None)
    return Index(name, *columns, sqlite_where=waiting, postgresql_where=waiting)


def _partial(name: str, *columns: Column[Any], where: str) -> Index:
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


meta = Table("meta", metadata, text_column("name", primary_key=True), text_column("value"))

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

withdrawals = Table(
    "withdrawals",
    metadata,
    sequence_column(),
    text_column("id"),
    text_column("evidence_id"),
    text_column("source_id"),
    text_column("action"),
    text_column("reason"),
    text_column("actor"),
    instant_column("known_at"),
    instant_column("assessed_at", optional=True),
    UniqueConstraint("id"),
)
_unassessed("ix_withdrawals_unassessed", withdrawals.c.known_at, assessed_at=withdrawals.c.assessed_at)

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

documents = Table(
    "documents",
    metadata,
    text_column("digest", primary_key=True),
    Column("size_bytes", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    instant_column("stored_at"),
    Column("base", Text),
    instant_column("packed_at", optional=True),
)
_partial("ix_documents_unpacked", documents.c.stored_at, where="packed_at IS NULL")
_partial("ix_documents_base", documents.c.base, where="base IS NOT NULL")

fetches = Table(
    "fetches",
    metadata,
    sequence_column(),
    Column("digest", Text, ForeignKey("documents.digest"), nullable=False, index=True),
    text_column("source_id"),
    text_column("url"),
    text_column("content_type"),
    instant_column("fetched_at"),
    Index("ix_fetches_source_id_fetched_at", "source_id", "fetched_at"),
)

items = Table(
    "items",
    metadata,
    sequence_column(),
    text_column("source_id"),
    Column("key", BigInteger, nullable=False),
    text_column("id"),
    text_column("kind"),
    text_column("country"),
    text_column("language"),
    text_column("title"),
    text_column("summary"),
    text_column("body"),
    text_column("url"),
    text_column("external_id"),
    text_column("archive_hash"),
    instant_column("published_at", optional=True),
    instant_column("known_at"),
    Column("time_assumed", Boolean, nullable=False),
    Column("marking", Text),
    Column("release_to", Text),
    text_column("content_hash"),
    instant_column("assessed_at", optional=True),
    Column("address_key", BigInteger),
    UniqueConstraint("source_id", "key"),
    Index("ix_items_known_at", "known_at", "seq"),
    Index("ix_items_source_id_address_key", "source_id", "address_key"),
    Index("ix_items_source_id_content_hash", "source_id", "content_hash"),
)
_unassessed("ix_items_unassessed", items.c.known_at, items.c.seq, assessed_at=items.c.assessed_at)

item_revisions = Table(
    "item_revisions",
    metadata,
    sequence_column(),
    Column("item_seq", Key, ForeignKey("items.seq"), nullable=False),
    text_column("content_hash"),
    text_column("title"),
    text_column("summary"),
    text_column("body"),
    text_column("archive_hash"),
    instant_column("known_at"),
    UniqueConstraint("item_seq", "content_hash", "known_at"),
)

series = Table(
    "series",
    metadata,
    sequence_column(),
    text_column("source_id"),
    Column("key", BigInteger, nullable=False),
    text_column("series_id"),
    text_column("material"),
    text_column("measure"),
    text_column("reporter"),
    text_column("partner"),
    Column("hs_code", Text),
    text_column("unit"),
    Column("currency", Text),
    text_column("frequency"),
    UniqueConstraint("source_id", "key"),
    Index("ix_series_source_id_series_id", "source_id", "series_id"),
    Index("ix_series_material", "material"),
)

observations = Table(
    "observations",
    metadata,
    sequence_column(),
    Column("series_seq", Key, ForeignKey("series.seq"), nullable=False),
    text_column("id"),
    text_column("period"),
    instant_column("occurred_at"),
    Column("value", Float(53)),
    instant_column("known_at"),
    instant_column("assessed_at", optional=True),
    UniqueConstraint("series_seq", "period", "known_at", "id"),
    Index("ix_observations_series_seq_occurred_at", "series_seq", "occurred_at"),
)
_unassessed(
    "ix_observations_unassessed",
    observations.c.known_at,
    observations.c.seq,
    assessed_at=observations.c.assessed_at,
)
_unassessed("ix_observations_unassessed_id", observations.c.id, assessed_at=observations.c.assessed_at)

listings = Table(
    "listings",
    metadata,
    sequence_column(),
    text_column("id"),
    text_column("source_id"),
    instant_column("known_at"),
    text_column("url"),
    text_column("archive_hash"),
    Column("entry_count", Integer, nullable=False),
    Column("entries", LargeBinary, nullable=False),
    UniqueConstraint("source_id", "known_at", "id"),
)

listing_changes = Table(
    "listing_changes",
    metadata,
    sequence_column(),
    Column("listing_seq", Key, ForeignKey("listings.seq"), nullable=False),
    text_column("id"),
    text_column("source_id"),
    text_column("change"),
    instant_column("known_at"),
    text_column("content"),
    instant_column("assessed_at", optional=True),
    UniqueConstraint("listing_seq", "id"),
    Index("ix_listing_changes_id", "id"),
    Index("ix_listing_changes_known_at", "known_at"),
)
_unassessed(
    "ix_listing_changes_unassessed",
    listing_changes.c.known_at,
    listing_changes.c.seq,
    assessed_at=listing_changes.c.assessed_at,
)

list_memories = Table(
    "list_memories",
    metadata,
    text_column("source_id", primary_key=True),
    Column("content", LargeBinary, nullable=False),
    instant_column("held_until", optional=True),
)

assessments = Table(
    "assessments",
    metadata,
    text_column("id", primary_key=True),
    Column("as_of", Instant, nullable=False, index=True),
    text_column("book_version"),
    Column("evidence", Integer, nullable=False),
    Column("signals", Integer, nullable=False),
    Column("changes", Integer, nullable=False),
)

traces = Table(
    "traces",
    metadata,
    sequence_column(),
    Column("assessment_id", Text, ForeignKey("assessments.id"), nullable=False, index=True),
    text_column("rule_id"),
    text_column("rule_version"),
    text_column("outcome"),
    Column("considered", Integer, nullable=False),
    Column("fired", Integer, nullable=False),
    text_column("detail"),
)

signals = Table(
    "signals",
    metadata,
    text_column("id", primary_key=True),
    text_column("rule_id"),
    Column("evidence_id", Text, nullable=False, index=True),
    text_column("source_id"),
    Column("alert_key", Text, index=True),
    Column("known_at", Instant, nullable=False, index=True),
    text_column("content"),
)

alerts = Table(
    "alerts",
    metadata,
    text_column("key", primary_key=True),
    Column("version", Integer, nullable=False),
    text_column("state"),
    text_column("rule_id"),
    text_column("act"),
    text_column("direction"),
    Column("instrument", Text, index=True),
    text_column("severity"),
    Column("interrupts", Boolean, nullable=False),
    instant_column("opened_at"),
    instant_column("updated_at"),
    instant_column("last_evidence_at"),
    Column("instrument_key", Text, index=True),
    text_column("story", server_default=""),
    Column("effective", Text),
    Column("expires", Text),
    text_column("digest", server_default=""),
    instant_column("ended_at", optional=True),
    text_column("ended_because", server_default=""),
    Index("ix_alerts_state_last_evidence_at", "state", "last_evidence_at"),
    Index("ix_alerts_updated_at", "updated_at"),
    Index("ix_alerts_opened_at", "opened_at"),
    Index("ix_alerts_last_evidence_at", "last_evidence_at"),
)
_partial("ix_alerts_story", alerts.c.story, where="story != ''")
_partial("ix_alerts_effective", alerts.c.effective, where="effective IS NOT NULL")
_partial("ix_alerts_expires", alerts.c.expires, where="expires IS NOT NULL")

alert_versions = Table(
    "alert_versions",
    metadata,
    Column("alert_key", Text, ForeignKey("alerts.key"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    instant_column("created_at"),
    text_column("content"),
    Index("ix_alert_versions_created_at", "created_at"),
)

withheld = Table(
    "withheld",
    metadata,
    sequence_column(),
    Column("alert_key", Text, ForeignKey("alerts.key"), nullable=False),
    Column("alert_version", Integer, nullable=False),
    text_column("desk_id"),
    text_column("channel"),
    text_column("address"),
    text_column("reason"),
    text_column("detail"),
    instant_column("at"),
    UniqueConstraint("alert_key", "alert_version", "desk_id", "channel", "address"),
    Index("ix_withheld_at", "at"),
)
_partial(
    "ix_withheld_awaiting_review", withheld.c.alert_key, withheld.c.at, where="reason = 'awaiting_review'"
)
_partial("ix_withheld_over_budget", withheld.c.desk_id, withheld.c.at, where="reason = 'over_budget'")

notices = Table(
    "notices",
    metadata,
    text_column("id", primary_key=True),
    text_column("kind"),
    text_column("desk_id"),
    text_column("subject"),
    text_column("marking"),
    text_column("content"),
    instant_column("created_at"),
    Index("ix_notices_desk_id_kind", "desk_id", "kind", "created_at"),
)

outbox = Table(
    "outbox",
    metadata,
    text_column("id", primary_key=True),
    Column("alert_key", Text, ForeignKey("alerts.key"), nullable=True),
    Column("alert_version", Integer, nullable=False),
    text_column("desk_id"),
    text_column("channel"),
    text_column("address"),
    text_column("reason"),
    text_column("severity"),
    text_column("state"),
    Column("attempts", Integer, nullable=False),
    instant_column("next_attempt_at"),
    instant_column("created_at"),
    instant_column("updated_at"),
    instant_column("lease_until", optional=True),
    instant_column("sent_at", optional=True),
    text_column("provider_ref"),
    text_column("error"),
    Column("step", Integer, nullable=False, server_default="0"),
    instant_column("hold_until", optional=True),
    text_column("hold_reason", server_default=""),
    Column("notice_id", Text, ForeignKey("notices.id"), nullable=True),
    UniqueConstraint("alert_key", "desk_id", "channel", "address", "alert_version", "step"),
    CheckConstraint("state IN ('pending', 'sending', 'sent', 'unknown', 'dead')", name="state"),
    Index("ix_outbox_state_created_at", "state", "created_at"),
    Index("ix_outbox_created_at", "created_at"),
)
_partial("ix_outbox_notice_id", outbox.c.notice_id, where="notice_id IS NOT NULL")

channel_pauses = Table(
    "channel_pauses",
    metadata,
    text_column("channel", primary_key=True),
    text_column("address", primary_key=True),
    instant_column("until"),
    text_column("cause", server_default=""),
    Column("failures", Integer, nullable=False, server_default="0"),
    instant_column("since", optional=True),
)

digests = Table(
    "digests",
    metadata,
    sequence_column(),
    text_column("desk_id"),
    text_column("week"),
    text_column("format"),
    Column("content", LargeBinary, nullable=False),
    instant_column("created_at"),
    Index("ix_digests_desk_id_week", "desk_id", "week"),
)

reviews = Table(
    "reviews",
    metadata,
    sequence_column(),
    Column("alert_key", Text, ForeignKey("alerts.key"), nullable=False),
    Column("alert_version", Integer, nullable=False),
    text_column("severity"),
    text_column("desk_id"),
    text_column("actor"),
    instant_column("at"),
    text_column("action"),
    text_column("reason"),
    Column("verdict", Text, nullable=True),
    text_column("assignee"),
    instant_column("until", optional=True),
    Index("ix_reviews_alert_key_desk_id", "alert_key", "desk_id"),
    Index("ix_reviews_desk_id", "desk_id"),
    Index("ix_reviews_action_at", "action", "at"),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", Key, primary_key=True, autoincrement=False),
    instant_column("at"),
    text_column("kind"),
    text_column("actor"),
    text_column("subject"),
    text_column("content"),
    text_column("previous"),
    text_column("hash"),
    Index("ix_audit_subject", "subject"),
    Index("ix_audit_at", "at"),
)

shares = Table(
    "shares",
    metadata,
    sequence_column(),
    Column("alert_key", Text, ForeignKey("alerts.key"), nullable=False, index=True),
    Column("alert_version", Integer, nullable=False),
    text_column("from_desk"),
    text_column("to_desk"),
    text_column("marking"),
    text_column("actor"),
    text_column("confirmed_by"),
    text_column("reason"),
    instant_column("asked_at"),
    instant_column("shared_at", optional=True),
)

approvals = Table(
    "approvals",
    metadata,
    sequence_column(),
    Column("alert_key", Text, ForeignKey("alerts.key"), nullable=False, index=True),
    Column("alert_version", Integer, nullable=False),
    text_column("decision"),
    text_column("actor"),
    text_column("reason"),
    instant_column("at"),
    text_column("severity"),
)

silences = Table(
    "silences",
    metadata,
    text_column("id", primary_key=True),
    text_column("desk_id"),
    text_column("matchers"),
    text_column("severity"),
    Column("mute", Boolean, nullable=False),
    text_column("actor"),
    text_column("reason"),
    instant_column("created_at"),
    instant_column("until"),
    instant_column("expired_at", optional=True),
    text_column("expired_by"),
)
