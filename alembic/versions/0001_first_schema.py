"""The first schema: evidence, assessments, alerts, the outbox and what the collector remembers.

Revision ID: 0001
"""

import sqlalchemy as sa

from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None

SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _create_meta()
    _create_source_states()
    _create_documents()
    _create_fetches()
    _create_items()
    _create_item_revisions()
    _create_series()
    _create_observations()
    _create_listings()
    _create_listing_changes()
    _create_assessments()
    _create_traces()
    _create_signals()
    _create_alerts()
    _create_alert_versions()
    _create_withheld()
    _create_outbox()
    _create_channel_pauses()
    _create_digests()


def downgrade() -> None:
    for name in (
        "digests",
        "channel_pauses",
        "outbox",
        "withheld",
        "alert_versions",
        "alerts",
        "signals",
        "traces",
        "assessments",
        "listing_changes",
        "listings",
        "observations",
        "series",
        "item_revisions",
        "items",
        "fetches",
        "documents",
        "source_states",
        "meta",
    ):
        op.drop_table(name)


def _create_meta() -> None:
    op.create_table(
        "meta",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_meta")),
    )


def _create_source_states() -> None:
    op.create_table(
        "source_states",
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("condition", sa.Text(), nullable=False),
        sa.Column("next_due_at", INSTANT, nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_source_states")),
    )


def _create_documents() -> None:
    op.create_table(
        "documents",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("stored_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_documents")),
    )


def _create_fetches() -> None:
    op.create_table(
        "fetches",
        sa.Column("seq", SEQUENCE, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("fetched_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["digest"], ["documents.digest"], name=op.f("fk_fetches_digest")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_fetches")),
    )
    op.create_index(op.f("ix_fetches_digest"), "fetches", ["digest"], unique=False)
    op.create_index("ix_fetches_source_id_fetched_at", "fetches", ["source_id", "fetched_at"], unique=False)


def _create_items() -> None:
    op.create_table(
        "items",
        sa.Column("seq", SEQUENCE, nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("archive_hash", sa.Text(), nullable=False),
        sa.Column("published_at", INSTANT, nullable=True),
        sa.Column("known_at", INSTANT, nullable=False),
        sa.Column("time_assumed", sa.Boolean(), nullable=False),
        sa.Column("marking", sa.Text(), nullable=True),
        sa.Column("release_to", sa.Text(), nullable=True),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("assessed_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_items")),
        sa.UniqueConstraint("source_id", "key", name=op.f("uq_items_source_id_key")),
    )
    op.create_index("ix_items_known_at", "items", ["known_at", "seq"], unique=False)
    op.create_index(
        "ix_items_unassessed",
        "items",
        ["known_at", "seq"],
        unique=False,
        sqlite_where=sa.text("assessed_at IS NULL"),
        postgresql_where=sa.text("assessed_at IS NULL"),
    )


def _create_item_revisions() -> None:
    op.create_table(
        "item_revisions",
        sa.Column("seq", SEQUENCE, nullable=False),
        sa.Column("item_seq", SEQUENCE, nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("archive_hash", sa.Text(), nullable=False),
        sa.Column("known_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["item_seq"], ["items.seq"], name=op.f("fk_item_revisions_item_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_item_revisions")),
        sa.UniqueConstraint(
            "item_seq",
            "content_hash",
            "known_at",
            name=op.f("uq_item_revisions_item_seq_content_hash_known_at"),
        ),
    )


def _create_series() -> None:
    op.create_table(
        "series",
        sa.Column("seq", SEQUENCE, nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("series_id", sa.Text(), nullable=False),
        sa.Column("material", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("reporter", sa.Text(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("hs_code", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("frequency", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_series")),
        sa.UniqueConstraint("source_id", "key", name=op.f("uq_series_source_id_key")),
    )
    op.create_index("ix_series_material", "series", ["material"], unique=False)
    op.create_index("ix_series_source_id_series_id", "series", ["source_id", "series_id"], unique=False)


def _create_observations() -> None:
    op.create_table(
        "observations",
        sa.Column("seq", SEQUENCE, nullable=False),
        sa.Column("series_seq", SEQUENCE, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("occurred_at", INSTANT, nullable=False),
        sa.Column("value", sa.Float(precision=53), nullable=True),
        sa.Column("known_at", INSTANT, nullable=False),
        sa.Column("assessed_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["series_seq"], ["series.seq"], name=op.f("fk_observations_series_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_observations")),
        sa.UniqueConstraint(
            "series_seq",
            "period",
            "known_at",
            "id",
            name=op.f("uq_observations_series_seq_period_known_at_id"),
        ),
    )
    op.create_index(
        "ix_observations_series_seq_occurred_at", "observations", ["series_seq", "occurred_at"], unique=False
    )
    op.create_index(
        "ix_observations_unassessed",
        "observations",
        ["known_at", "seq"],
        unique=False,
        sqlite_where=sa.text("assessed_at IS NULL"),
        postgresql_where=sa.text("assessed_at IS NULL"),
    )
    op.create_index(
        "ix_observations_unassessed_id",
        "observations",
        ["id"],
        unique=False,
        sqlite_where=sa.text("assessed_at IS NULL"),
        postgresql_where=sa.text("assessed_at IS NULL"),
    )


def _create_listings() -> None:
    op.create_table(
        "listings",
        sa.Column("seq", SEQUENCE, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("known_at", INSTANT, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("archive_hash", sa.Text(), nullable=False),
        sa.Column("entry_count", sa.Integer(), nullable=False),
        sa.Column("entries", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_listings")),
        sa.UniqueConstraint("source_id", "known_at", "id", name=op.f("uq_listings_source_id_known_at_id")),
    )


def _create_listing_changes() -> None:
    op.create_table(
        "listing_changes",
        sa.Column("seq", SEQUENCE, nullable=False),
        sa.Column("listing_seq", SEQUENCE, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("known_at", INSTANT, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("assessed_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["listing_seq"], ["listings.seq"], name=op.f("fk_listing_changes_listing_seq")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_listing_changes")),
        sa.UniqueConstraint("listing_seq", "id", name=op.f("uq_listing_changes_listing_seq_id")),
    )
    op.create_index("ix_listing_changes_id", "listing_changes", ["id"], unique=False)
    op.create_index("ix_listing_changes_known_at", "listing_changes", ["known_at"], unique=False)
    op.create_index(
        "ix_listing_changes_unassessed",
        "listing_changes",
        ["known_at", "seq"],
        unique=False,
        sqlite_where=sa.text("assessed_at IS NULL"),
        postgresql_where=sa.text("assessed_at IS NULL"),
    )


def _create_assessments() -> None:
    op.create_table(
        "assessments",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("as_of", INSTANT, nullable=False),
        sa.Column("book_version", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Integer(), nullable=False),
        sa.Column("signals", sa.Integer(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessments")),
    )
    op.create_index(op.f("ix_assessments_as_of"), "assessments", ["as_of"], unique=False)


def _create_traces() -> None:
    op.create_table(
        "traces",
        sa.Column("seq", SEQUENCE, nullable=False),
        sa.Column("assessment_id", sa.Text(), nullable=False),
        sa.Column("rule_id", sa.Text(), nullable=False),
        sa.Column("rule_version", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("considered", sa.Integer(), nullable=False),
        sa.Column("fired", sa.Integer(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessments.id"], name=op.f("fk_traces_assessment_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_traces")),
    )
    op.create_index(op.f("ix_traces_assessment_id"), "traces", ["assessment_id"], unique=False)


def _create_signals() -> None:
    op.create_table(
        "signals",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("rule_id", sa.Text(), nullable=False),
        sa.Column("evidence_id", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("alert_key", sa.Text(), nullable=True),
        sa.Column("known_at", INSTANT, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signals")),
    )
    op.create_index(op.f("ix_signals_alert_key"), "signals", ["alert_key"], unique=False)
    op.create_index(op.f("ix_signals_known_at"), "signals", ["known_at"], unique=False)


def _create_alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("rule_id", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("instrument", sa.Text(), nullable=True),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("interrupts", sa.Boolean(), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("last_evidence_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_alerts")),
    )
    op.create_index(op.f("ix_alerts_instrument"), "alerts", ["instrument"], unique=False)
    op.create_index("ix_alerts_state_last_evidence_at", "alerts", ["state", "last_evidence_at"], unique=False)
    op.create_index("ix_alerts_updated_at", "alerts", ["updated_at"], unique=False)


def _create_alert_versions() -> None:
    op.create_table(
        "alert_versions",
        sa.Column("alert_key", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["alert_key"], ["alerts.key"], name=op.f("fk_alert_versions_alert_key")),
        sa.PrimaryKeyConstraint("alert_key", "version", name=op.f("pk_alert_versions")),
    )
    op.create_index("ix_alert_versions_created_at", "alert_versions", ["created_at"], unique=False)


def _create_withheld() -> None:
    op.create_table(
        "withheld",
        sa.Column("seq", SEQUENCE, nullable=False),
        sa.Column("alert_key", sa.Text(), nullable=False),
        sa.Column("alert_version", sa.Integer(), nullable=False),
        sa.Column("desk_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["alert_key"], ["alerts.key"], name=op.f("fk_withheld_alert_key")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_withheld")),
        sa.UniqueConstraint(
            "alert_key",
            "alert_version",
            "desk_id",
            "channel",
            "address",
            name=op.f("uq_withheld_alert_key_alert_version_desk_id_channel_address"),
        ),
    )


def _create_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("alert_key", sa.Text(), nullable=False),
        sa.Column("alert_version", sa.Integer(), nullable=False),
        sa.Column("desk_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", INSTANT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("lease_until", INSTANT, nullable=True),
        sa.Column("sent_at", INSTANT, nullable=True),
        sa.Column("provider_ref", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('pending', 'sending', 'sent', 'unknown', 'dead')", name=op.f("ck_outbox_state")
        ),
        sa.ForeignKeyConstraint(["alert_key"], ["alerts.key"], name=op.f("fk_outbox_alert_key")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint(
            "alert_key",
            "desk_id",
            "channel",
            "address",
            "alert_version",
            name=op.f("uq_outbox_alert_key_desk_id_channel_address_alert_version"),
        ),
    )
    op.create_index("ix_outbox_state_created_at", "outbox", ["state", "created_at"], unique=False)


def _create_channel_pauses() -> None:
    op.create_table(
        "channel_pauses",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("channel", "address", name=op.f("pk_channel_pauses")),
    )


def _create_digests() -> None:
    op.create_table(
        "digests",
        sa.Column("seq", SEQUENCE, nullable=False),
        sa.Column("desk_id", sa.Text(), nullable=False),
        sa.Column("week", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_digests")),
    )
    op.create_index("ix_digests_desk_id_week", "digests", ["desk_id", "week"], unique=False)
