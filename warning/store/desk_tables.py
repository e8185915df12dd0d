"""What people did: reviews, approvals, shares, silences, the audit log; and the digests they were sent."""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
)

from warning.store.columns import (
    Key,
    instant_column,
    metadata,
    sequence_column,
    text_column,
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
