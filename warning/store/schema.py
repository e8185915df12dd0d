"""The tables. docs/store.md tells what each is for; alembic/versions holds how they came about.

Times are aware UTC on both databases. Evidence is append-only, apart from the text of an edited item (its old
text becomes a revision) and `assessed_at`, which says whether an assessment has seen the row.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

HEAD = "0001"
"""The newest migration; a test holds it to alembic/versions."""

Key = BigInteger().with_variant(Integer(), "sqlite")


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime. SQLite keeps `YYYY-MM-DD HH:MM:SS.ffffff`, which sorts like the time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value.isoformat()} carries no time zone; the store takes aware times only")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _text(name: str, **options: Any) -> Column[str]:
    return Column(name, Text, nullable=False, **options)


def _instant(name: str, *, optional: bool = False) -> Column[datetime]:
    return Column(name, Instant, nullable=optional)


def _sequence() -> Column[int]:
    return Column("seq", Key, primary_key=True)


def _unassessed(name: str, *columns: Column[Any], assessed_at: Column[datetime]) -> Index:
    """Only the rows no assessment has seen: the queue of the assessor, however large the table is."""
    waiting = assessed_at.is_(None)
    return Index(name, *columns, sqlite_where=waiting, postgresql_where=waiting)


meta = Table("meta", metadata, _text("name", primary_key=True), _text("value"))

source_states = Table(
    "source_states",
    metadata,
    _text("source_id", primary_key=True),
    _text("condition"),
    _instant("next_due_at", optional=True),
    _text("content"),
)

documents = Table(
    "documents",
    metadata,
    _text("digest", primary_key=True),
    Column("size_bytes", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    _instant("stored_at"),
)

fetches = Table(
    "fetches",
    metadata,
    _sequence(),
    Column("digest", Text, ForeignKey("documents.digest"), nullable=False, index=True),
    _text("source_id"),
    _text("url"),
    _text("content_type"),
    _instant("fetched_at"),
    Index("ix_fetches_source_id_fetched_at", "source_id", "fetched_at"),
)

items = Table(
    "items",
    metadata,
    _sequence(),
    _text("source_id"),
    Column("key", BigInteger, nullable=False),
    _text("id"),
    _text("kind"),
    _text("country"),
    _text("language"),
    _text("title"),
    _text("summary"),
    _text("body"),
    _text("url"),
    _text("external_id"),
    _text("archive_hash"),
    _instant("published_at", optional=True),
    _instant("known_at"),
    Column("time_assumed", Boolean, nullable=False),
    Column("marking", Text),
    Column("release_to", Text),
    _text("content_hash"),
    _instant("assessed_at", optional=True),
    UniqueConstraint("source_id", "key"),
    Index("ix_items_known_at", "known_at", "seq"),
)
_unassessed("ix_items_unassessed", items.c.known_at, items.c.seq, assessed_at=items.c.assessed_at)

item_revisions = Table(
    "item_revisions",
    metadata,
    _sequence(),
    Column("item_seq", Key, ForeignKey("items.seq"), nullable=False),
    _text("content_hash"),
    _text("title"),
    _text("summary"),
    _text("body"),
    _text("archive_hash"),
    _instant("known_at"),
    UniqueConstraint("item_seq", "content_hash", "known_at"),
)

series = Table(
    "series",
    metadata,
    _sequence(),
    _text("source_id"),
    Column("key", BigInteger, nullable=False),
    _text("series_id"),
    _text("material"),
    _text("measure"),
    _text("reporter"),
    _text("partner"),
    Column("hs_code", Text),
    _text("unit"),
    Column("currency", Text),
    _text("frequency"),
    UniqueConstraint("source_id", "key"),
    Index("ix_series_source_id_series_id", "source_id", "series_id"),
    Index("ix_series_material", "material"),
)

observations = Table(
    "observations",
    metadata,
    _sequence(),
    Column("series_seq", Key, ForeignKey("series.seq"), nullable=False),
    _text("id"),
    _text("period"),
    _instant("occurred_at"),
    Column("value", Float(53)),
    _instant("known_at"),
    _instant("assessed_at", optional=True),
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
    _sequence(),
    _text("id"),
    _text("source_id"),
    _instant("known_at"),
    _text("url"),
    _text("archive_hash"),
    Column("entry_count", Integer, nullable=False),
    Column("entries", LargeBinary, nullable=False),
    UniqueConstraint("source_id", "known_at", "id"),
)

listing_changes = Table(
    "listing_changes",
    metadata,
    _sequence(),
    Column("listing_seq", Key, ForeignKey("listings.seq"), nullable=False),
    _text("id"),
    _text("source_id"),
    _text("change"),
    _instant("known_at"),
    _text("content"),
    _instant("assessed_at", optional=True),
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

assessments = Table(
    "assessments",
    metadata,
    _text("id", primary_key=True),
    Column("as_of", Instant, nullable=False, index=True),
    _text("book_version"),
    Column("evidence", Integer, nullable=False),
    Column("signals", Integer, nullable=False),
    Column("changes", Integer, nullable=False),
)

traces = Table(
    "traces",
    metadata,
    _sequence(),
    Column("assessment_id", Text, ForeignKey("assessments.id"), nullable=False, index=True),
    _text("rule_id"),
    _text("rule_version"),
    _text("outcome"),
    Column("considered", Integer, nullable=False),
    Column("fired", Integer, nullable=False),
    _text("detail"),
)

signals = Table(
    "signals",
    metadata,
    _text("id", primary_key=True),
    _text("rule_id"),
    _text("evidence_id"),
    _text("source_id"),
    Column("alert_key", Text, index=True),
    Column("known_at", Instant, nullable=False, index=True),
    _text("content"),
)

alerts = Table(
    "alerts",
    metadata,
    _text("key", primary_key=True),
    Column("version", Integer, nullable=False),
    _text("state"),
    _text("rule_id"),
    _text("act"),
    _text("direction"),
    Column("instrument", Text, index=True),
    _text("severity"),
    Column("interrupts", Boolean, nullable=False),
    _instant("opened_at"),
    _instant("updated_at"),
    _instant("last_evidence_at"),
    Index("ix_alerts_state_last_evidence_at", "state", "last_evidence_at"),
    Index("ix_alerts_updated_at", "updated_at"),
)

alert_versions = Table(
    "alert_versions",
    metadata,
    Column("alert_key", Text, ForeignKey("alerts.key"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    _instant("created_at"),
    _text("content"),
    Index("ix_alert_versions_created_at", "created_at"),
)

withheld = Table(
    "withheld",
    metadata,
    _sequence(),
    Column("alert_key", Text, ForeignKey("alerts.key"), nullable=False),
    Column("alert_version", Integer, nullable=False),
    _text("desk_id"),
    _text("channel"),
    _text("address"),
    _text("reason"),
    _text("detail"),
    _instant("at"),
    UniqueConstraint("alert_key", "alert_version", "desk_id", "channel", "address"),
)

outbox = Table(
    "outbox",
    metadata,
    _text("id", primary_key=True),
    Column("alert_key", Text, ForeignKey("alerts.key"), nullable=False),
    Column("alert_version", Integer, nullable=False),
    _text("desk_id"),
    _text("channel"),
    _text("address"),
    _text("reason"),
    _text("severity"),
    _text("state"),
    Column("attempts", Integer, nullable=False),
    _instant("next_attempt_at"),
    _instant("created_at"),
    _instant("updated_at"),
    _instant("lease_until", optional=True),
    _instant("sent_at", optional=True),
    _text("provider_ref"),
    _text("error"),
    UniqueConstraint("alert_key", "desk_id", "channel", "address", "alert_version"),
    CheckConstraint("state IN ('pending', 'sending', 'sent', 'unknown', 'dead')", name="state"),
    Index("ix_outbox_state_created_at", "state", "created_at"),
)

channel_pauses = Table(
    "channel_pauses",
    metadata,
    _text("channel", primary_key=True),
    _text("address", primary_key=True),
    _instant("until"),
)

digests = Table(
    "digests",
    metadata,
    _sequence(),
    _text("desk_id"),
    _text("week"),
    _text("format"),
    Column("content", LargeBinary, nullable=False),
    _instant("created_at"),
    Index("ix_digests_desk_id_week", "desk_id", "week"),
)
