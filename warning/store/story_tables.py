"""Which story each text that a rule fired on tells, and what a later text is compared with to find its own."""

from sqlalchemy import BigInteger, Column, ForeignKey, Table, Text

from warning.store.columns import Key, instant_column, metadata, sequence_column, text_column

stories = Table(
    "stories",
    metadata,
    text_column("evidence_id", primary_key=True),
    text_column("story", index=True),
    instant_column("known_at"),
    instant_column("first_seen_at", optional=True),
)

tellings = Table(
    "tellings",
    metadata,
    sequence_column(),
    Column("evidence_id", Text, nullable=False, unique=True),
    text_column("content"),
)

telling_bands = Table(
    "telling_bands",
    metadata,
    Column("band", BigInteger, primary_key=True, autoincrement=False),
    Column("telling_seq", Key, ForeignKey("tellings.seq"), primary_key=True, autoincrement=False),
)
