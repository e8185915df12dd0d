"""Raw documents, items, figures, lists, and what was taken back.

Evidence is append-only, apart from the text of an edited item (its old text becomes a revision) and `assessed_at`, which
says whether an assessment has seen the row.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from warning.store.columns import (
    Key,
    instant_column,
    metadata,
    partial_index,
    sequence_column,
    text_column,
    unassessed_index,
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
partial_index("ix_documents_unpacked", documents.c.stored_at, where="packed_at IS NULL")
partial_index("ix_documents_base", documents.c.base, where="base IS NOT NULL")

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
    Index("ix_items_known_at", "known_at", "seq"),
    UniqueConstraint("source_id", "key", info={"only": "postgresql"}).ddl_if("postgresql"),
    Index("ix_items_source_id_address_key", "source_id", "address_key", info={"only": "postgresql"}).ddl_if(
        "postgresql"
    ),
    Index("ix_items_source_id_content_hash", "source_id", "content_hash", info={"only": "postgresql"}).ddl_if(
        "postgresql"
    ),
)
unassessed_index("ix_items_unassessed", items.c.known_at, items.c.seq, assessed_at=items.c.assessed_at)


def _marks(name: str, key: str) -> Table:
    """What items are known by, many marks in a row, on SQLite alone (item_marks.py)."""
    return Table(
        name,
        metadata,
        Column(key, Key, primary_key=True, autoincrement=False),
        Column("entries", LargeBinary, nullable=False),
        info={"only": "sqlite"},
    )


item_marks_recent, item_mark_pages = _marks("item_marks_recent", "place"), _marks("item_mark_pages", "first")
item_mark_sketches = Table(
    "item_mark_sketches",
    metadata,
    Column("place", Key, primary_key=True, autoincrement=False),
    Column("held", Integer, nullable=False),
    Column("bits", LargeBinary, nullable=False),
    info={"only": "sqlite"},
)

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

item_labels = Table(
    "item_labels",
    metadata,
    Column("item_seq", Key, ForeignKey("items.seq"), primary_key=True, autoincrement=False),
    text_column("source_id"),
    Column("is_own", Boolean, nullable=False),
    Column("kind", Text),
    Column("country", Text),
    Column("language", Text),
    Index("ix_item_labels_source_id", "source_id"),
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
    Index("ix_series_series_id", "series_id"),
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
unassessed_index(
    "ix_observations_unassessed",
    observations.c.known_at,
    observations.c.seq,
    assessed_at=observations.c.assessed_at,
)

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
    Column("read_anew", Boolean, nullable=False, server_default=false()),
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
unassessed_index(
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
unassessed_index("ix_withdrawals_unassessed", withdrawals.c.known_at, assessed_at=withdrawals.c.assessed_at)
