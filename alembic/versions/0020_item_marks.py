"""SQLite keeps what items are known by in two tables of whole numbers in place of two indexes over all items.

An index over random marks makes each new item dearer the more items its source has. PostgreSQL keeps its indexes.

Revision ID: 0020
"""

import hashlib
import sqlite3
from functools import lru_cache

import sqlalchemy as sa

from alembic import op

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: str | None = None
depends_on: str | None = None

INDEXES = {
    "ix_items_source_id_address_key": ["source_id", "address_key"],
    "ix_items_source_id_content_hash": ["source_id", "content_hash"],
}
# As `numbers_of` in item_marks.py and `marks_of` in identity.py have it.
SOURCE_BITS, MARK_BITS = 20, 42
FILL = """
    INSERT INTO item_marks (mark, seq)
    SELECT mark, seq FROM (
        SELECT ews_mark(source_id, address_key) AS mark, seq FROM items WHERE address_key IS NOT NULL
        UNION ALL
        SELECT ews_mark(source_id, content_hash), seq FROM items
        WHERE CASE WHEN kind IN ('regulatory', 'customs') THEN length(summary) + length(body) >= 160
              ELSE length(title) + length(summary) + length(body) >= 12 END
    ) ORDER BY mark, seq
"""


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return
    for name in ("item_marks_new", "item_marks"):
        op.create_table(
            name,
            sa.Column("mark", sa.Integer(), primary_key=True, autoincrement=False),
            sa.Column("seq", sa.Integer(), primary_key=True, autoincrement=False),
            sqlite_with_rowid=False,
        )
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    driver.create_function("ews_mark", 2, _mark, deterministic=True)
    connection.exec_driver_sql(FILL)
    for name in INDEXES:
        op.drop_index(name, "items")


@lru_cache(maxsize=16_384)
def _place(source_id: str) -> int:
    digest = hashlib.blake2b(f"source\x1f{source_id}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> (64 - SOURCE_BITS)


def _mark(source_id: str, mark: int | str) -> int:
    number, kind = (int(mark.removeprefix("c-"), 16), 1) if isinstance(mark, str) else (mark, 0)
    return _place(source_id) << MARK_BITS + 1 | (number & (1 << MARK_BITS) - 1) << 1 | kind


def downgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    for name, columns in INDEXES.items():
        op.create_index(name, "items", columns)
    op.drop_table("item_marks")
    op.drop_table("item_marks_new")
