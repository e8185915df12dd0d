"""SQLite finds items by id, too, through the tables of marks, in place of a unique index over all items.

That index took each new item into a page of its own, the more so the more items its source has. A sketch of each place of
`item_marks` says of most marks that they are not there.

The table is written anew, as SQLite takes no constraint from a table; room for it twice over must be free on the disk.

Revision ID: 0024
"""

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby

import sqlalchemy as sa

from alembic import op

revision: str = "0024"
down_revision: str | None = "0023"
branch_labels: str | None = None
depends_on: str | None = None

TEXTS_BEFORE = (
    "id", "kind", "country", "language", "title", "summary", "body", "url", "external_id", "archive_hash",
)  # fmt: skip
# As `number_of_id` in item_marks.py has it.
SOURCE_BITS, MARK_BITS = 20, 42
SPAN = 1 << MARK_BITS + 1
FILL = """
    INSERT OR IGNORE INTO item_marks (mark, seq)
    SELECT ews_number(source_id) | (key & ?) AS mark, seq FROM items ORDER BY mark, seq
"""
# As `sketch_of` in mark_sketches.py has it.
MOST_HELD, BITS, SECOND = 1 << 15, 16, 22
INDEXES = {"ix_items_known_at": None, "ix_items_unassessed": "assessed_at IS NULL"}


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return
    driver = _numbering(connection)
    driver.execute(FILL, (SPAN - 1,))
    op.create_table(
        "item_mark_sketches",
        sa.Column("place", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("bits", sa.LargeBinary(), nullable=False),
    )
    driver.executemany("INSERT INTO item_mark_sketches VALUES (?, ?, ?)", _sketches(driver))
    _rewrite(unique=False)


def downgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return
    op.drop_table("item_mark_sketches")
    driver = _numbering(connection)
    for table in ("item_marks_new", "item_marks"):
        driver.execute(
            f"DELETE FROM {table} WHERE (mark, seq) IN"  # noqa: S608 - one of the two names above
            " (SELECT ews_number(source_id) | (key & ?), seq FROM items)",
            (SPAN - 1,),
        )
    _rewrite(unique=True)


def _numbering(connection: sa.Connection) -> sqlite3.Connection:
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    driver.create_function("ews_number", 1, _place, deterministic=True)
    return driver


@lru_cache(maxsize=16_384)
def _place(source_id: str) -> int:
    digest = hashlib.blake2b(f"source ids\x1f{source_id}".encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "big") >> (64 - SOURCE_BITS)) * SPAN


def _sketches(driver: sqlite3.Connection) -> Iterator[tuple[int, int, bytes]]:
    every = (mark for (mark,) in driver.execute("SELECT mark FROM item_marks ORDER BY mark"))
    for place, marks in groupby(every, key=lambda mark: mark // SPAN):
        held = list(marks)
        yield place, len(held), _sketch(held)


def _sketch(marks: Sequence[int]) -> bytes:
    if len(marks) > MOST_HELD:
        return b""
    bits = bytearray((1 << (len(marks) * BITS - 1).bit_length()) // 8 or 1)
    last = len(bits) * 8 - 1
    for mark in marks:
        for bit in (mark >> 1 & last, mark >> SECOND & last):
            bits[bit >> 3] |= 1 << (bit & 7)
    return bytes(bits)


def _rewrite(*, unique: bool) -> None:
    """Write the items into a table with or without the constraint, and their revisions into one that refers to it.

    The old table is dropped when nothing refers to it any more: SQLite would delete its rows one by one otherwise.
    """
    connection = op.get_bind()
    (secure,) = connection.exec_driver_sql("PRAGMA secure_delete").one()
    connection.exec_driver_sql("PRAGMA secure_delete = 0")  # a page that is freed is not written once more
    for name in INDEXES:
        op.drop_index(name, "items")
    for table in ("items", "item_revisions"):
        op.rename_table(table, f"{table}_before")
    _create_items(unique=unique)
    _create_revisions()
    for table in ("items", "item_revisions"):
        connection.exec_driver_sql(f"INSERT INTO {table} SELECT * FROM {table}_before")  # noqa: S608 - named above
    for table in ("item_revisions", "items"):
        op.drop_table(f"{table}_before")
    for name, where in INDEXES.items():
        condition = None if where is None else sa.text(where)
        op.create_index(name, "items", ["known_at", "seq"], sqlite_where=condition)
    connection.exec_driver_sql(f"PRAGMA secure_delete = {secure}")


def _create_items(*, unique: bool) -> None:
    constraints = [sa.UniqueConstraint("source_id", "key", name="uq_items_source_id_key")] if unique else []
    op.create_table(
        "items",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in TEXTS_BEFORE),
        sa.Column("published_at", sa.DateTime()),
        sa.Column("known_at", sa.DateTime(), nullable=False),
        sa.Column("time_assumed", sa.Boolean(), nullable=False),
        sa.Column("marking", sa.Text()),
        sa.Column("release_to", sa.Text()),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("assessed_at", sa.DateTime()),
        sa.Column("address_key", sa.BigInteger()),
        sa.PrimaryKeyConstraint("seq", name="pk_items"),
        *constraints,
    )


def _create_revisions() -> None:
    op.create_table(
        "item_revisions",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("item_seq", sa.Integer(), nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("content_hash", "title", "summary", "body", "archive_hash")
        ),
        sa.Column("known_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_item_revisions"),
        sa.ForeignKeyConstraint(["item_seq"], ["items.seq"], name="fk_item_revisions_item_seq"),
        sa.UniqueConstraint(
            "item_seq", "content_hash", "known_at", name="uq_item_revisions_item_seq_content_hash_known_at"
        ),
    )
