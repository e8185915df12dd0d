"""SQLite keeps what items are known by many in a row: a row fills a page, and a poll writes as many whatever is stored.

Revision ID: 0027
"""

import hashlib
import sqlite3
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from alembic import op

revision: str = "0027"
down_revision: str | None = "0026"
branch_labels: str | None = None
depends_on: str | None = None

Entries = NDArray[np.uint64]
# As item_marks.py, mark_pages.py and mark_sketches.py have it.
SPAN_BITS, DROPPED_BITS, HALF, PAGE, AT_A_TIME = 43, 11, np.uint64(32), 500, 200_000
MOST_HELD, BITS, SPREAD, SECOND, LOW = 1 << 15, 16, 0x9E3779B1, 13, 0xFFFFFFFF
MARK_BITS = 42
BACK = (
    """INSERT OR IGNORE INTO item_marks (mark, seq)
    SELECT ews_place('source ids', source_id) | (key & ?) AS mark, seq FROM items ORDER BY mark, seq""",
    """INSERT OR IGNORE INTO item_marks (mark, seq)
    SELECT ews_place('source', source_id) | (address_key & ?) << 1 AS mark, seq FROM items
    WHERE address_key IS NOT NULL ORDER BY mark, seq""",
    """INSERT OR IGNORE INTO item_marks (mark, seq)
    SELECT ews_place('source', source_id) | (ews_number(content_hash) & ?) << 1 | 1 AS mark, seq FROM items
    WHERE CASE WHEN kind IN ('regulatory', 'customs') THEN length(summary) + length(body) >= 160
          ELSE length(title) + length(summary) + length(body) >= 12 END ORDER BY mark, seq""",
)


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return
    for name, key in (("item_marks_recent", "place"), ("item_mark_pages", "first")):
        op.create_table(
            name,
            sa.Column(key, sa.Integer(), nullable=False),
            sa.Column("entries", sa.LargeBinary(), nullable=False),
            sa.PrimaryKeyConstraint(key, name=f"pk_{name}"),
        )
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    driver.execute("DELETE FROM item_mark_sketches")
    for place, entries in _by_place(driver, "item_marks"):
        _write(driver, place, entries)
    recent = "INSERT OR REPLACE INTO item_marks_recent VALUES (?, ?)"
    driver.executemany(
        recent, ((place, entries.tobytes()) for place, entries in _by_place(driver, "item_marks_new"))
    )
    for name in ("item_marks_new", "item_marks"):
        op.drop_table(name)


def _by_place(driver: sqlite3.Connection, table: str) -> Iterator[tuple[int, Entries]]:
    """Yield the entries of each place, in order."""
    cursor = driver.execute(f"SELECT mark, seq FROM {table} ORDER BY mark, seq")  # noqa: S608 - one of two names
    place, parts = -1, [np.empty(0, np.uint64)]
    while rows := cursor.fetchmany(AT_A_TIME):
        marks, seqs = np.array(rows, np.int64).T
        entries = (marks >> DROPPED_BITS & LOW).astype(np.uint64) << HALF | seqs.astype(np.uint64)
        places = marks >> SPAN_BITS
        begins = np.flatnonzero(np.append(True, places[1:] != places[:-1]))
        for at, part in zip(begins.tolist(), np.split(entries, begins[1:]), strict=True):
            if places[at] != place and place >= 0:
                yield place, np.unique(np.concatenate(parts))
            parts = [*parts, part] if places[at] == place else [part]
            place = int(places[at])
    if place >= 0:
        yield place, np.unique(np.concatenate(parts))


def _write(driver: sqlite3.Connection, place: int, entries: Entries) -> None:
    count = -(-len(entries) // PAGE)
    cuts = np.arange(1, count) * len(entries) // count
    cuts = np.unique(np.searchsorted(entries, entries[cuts] >> HALF << HALF))
    rows = (
        (place << 32 | int(part[0] >> HALF), part.tobytes()) for part in np.split(entries, cuts[cuts > 0])
    )
    driver.executemany("INSERT INTO item_mark_pages VALUES (?, ?)", rows)
    driver.execute("INSERT OR IGNORE INTO item_marks_recent VALUES (?, X'')", (place,))
    sketch = (place, len(entries), _sketch(entries))
    driver.execute("INSERT INTO item_mark_sketches (place, held, bits) VALUES (?, ?, ?)", sketch)


def _sketch(entries: Entries) -> bytes:
    if len(entries) > MOST_HELD:
        return b""
    bits = np.zeros((1 << (len(entries) * BITS - 1).bit_length()) // 8 or 1, np.uint8)
    marks = (entries >> HALF).astype(np.int64)
    for bit in (marks & len(bits) * 8 - 1, (marks * SPREAD & LOW) >> SECOND & len(bits) * 8 - 1):
        np.bitwise_or.at(bits, bit >> 3, (1 << (bit & 7)).astype(np.uint8))
    return bits.tobytes()


def downgrade() -> None:
    """A row keeps the upper half of a mark: the whole ones are made of the items anew. Without sketches all is looked up."""
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
    driver.create_function("ews_place", 2, _place, deterministic=True)
    driver.create_function("ews_number", 1, lambda text: int(text.removeprefix("c-"), 16) & _mask(0))
    driver.execute("DELETE FROM item_mark_sketches")
    for number, statement in enumerate(BACK):
        driver.execute(statement, (_mask(number == 0),))
    for name in ("item_marks_recent", "item_mark_pages"):
        op.drop_table(name)


def _mask(is_id: Any) -> int:
    return (1 << (SPAN_BITS if is_id else MARK_BITS)) - 1


@lru_cache(maxsize=16_384)
def _place(of: str, source_id: str) -> int:
    digest = hashlib.blake2b(f"{of}\x1f{source_id}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> (64 - 20) << SPAN_BITS
