"""Assessments, the alerts they made, and what is owed to whom."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from warning.store.columns import (
    Instant,
    instant_column,
    metadata,
    partial_index,
    sequence_column,
    text_column,
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
    text_column("day", server_default=""),
    text_column("materials", server_default=""),
    text_column("act", server_default=""),
    text_column("actors", server_default=""),
    Index(
        "ix_signals_rule_id_day", "rule_id", "day", "known_at", "act", "actors", "materials", "evidence_id"
    ),
)

signal_grounds = Table(
    "signal_grounds",
    metadata,
    text_column("evidence_id", primary_key=True),
    text_column("signal_id", primary_key=True),
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
    Index("ix_alerts_state_updated_at", "state", "updated_at"),
    Index("ix_alerts_updated_at", "updated_at"),
    Index("ix_alerts_opened_at", "opened_at"),
    Index("ix_alerts_last_evidence_at", "last_evidence_at"),
)
partial_index("ix_alerts_story", alerts.c.story, where="story != ''", by_prefix=True)
partial_index("ix_alerts_effective", alerts.c.effective, where="effective IS NOT NULL")
partial_index("ix_alerts_expires", alerts.c.expires, where="expires IS NOT NULL")

alert_versions = Table(
    "alert_versions",
    metadata,
    Column("alert_key", Text, ForeignKey("alerts.key"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    instant_column("created_at"),
    text_column("content"),
    Index("ix_alert_versions_created_at", "created_at"),
)

narrowed_alerts = Table(
    "narrowed_alerts",
    metadata,
    Column("alert_key", Text, ForeignKey("alerts.key"), primary_key=True),
    Column("at", Instant, primary_key=True),
    Index("ix_narrowed_alerts_at", "at"),
)
"""When versions of an alert were narrowed."""

wider_versions = Table(
    "wider_versions",
    metadata,
    Column("alert_key", Text, ForeignKey("alerts.key"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    text_column("content"),
)
"""How a version stood before evidence joined it that fewer may see: ways out that may not carry that show this."""

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
partial_index(
    "ix_withheld_awaiting_review", withheld.c.alert_key, withheld.c.at, where="reason = 'awaiting_review'"
)
partial_index("ix_withheld_over_budget", withheld.c.desk_id, withheld.c.at, where="reason = 'over_budget'")

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
    # Asked for the oldest that waits, PostgreSQL would walk over all that was ever sent.
    Index(
        "ix_outbox_waiting",
        "created_at",
        "alert_version",
        "id",
        postgresql_where=text("state IN ('pending', 'unknown')"),
        info={"only": "postgresql"},
    ).ddl_if("postgresql"),
)
partial_index("ix_outbox_notice_id", outbox.c.notice_id, where="notice_id IS NOT NULL")

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
