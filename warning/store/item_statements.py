"""What storing items asks of each database, in statements that are written once and take a batch whole.

The statements go to the driver as they stand: SQLite takes the wanted keys as one JSON text, PostgreSQL as arrays, and
rows by COPY. What SQLAlchemy would do for each key and each row anew is most of what storing an item costs.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from warning.core.evidence import Item
from warning.core.identity import Marks, marks_of
from warning.core.ids import key64
from warning.store.columns import aware, sqlite_instant
from warning.store.item_marks import add_marks, last_by_mark, numbers_of, take_marks

Wanted = Mapping[str, Sequence[int | str]]
"""Keys or hashes that are looked for, by source."""

COLUMNS = {
    "source_id": "text", "key": "int8", "id": "text", "kind": "text", "country": "text", "language": "text",
    "title": "text", "summary": "text", "body": "text", "url": "text", "external_id": "text", "archive_hash": "text",
    "published_at": "timestamptz", "known_at": "timestamptz", "time_assumed": "bool", "marking": "text",
    "release_to": "text", "content_hash": "text", "assessed_at": "timestamptz", "address_key": "int8",
}  # fmt: skip
"""The columns of a row in its order, with PostgreSQL's types."""


def item_values(
    item: Item,
    key: int,
    content_hash: str,
    address_key: int | None,
    instant: Callable[[datetime], Any] = aware,
) -> tuple[Any, ...]:
    """Return the row of an item that no assessment has seen, in the order of `COLUMNS`; `instant` writes its times."""
    published_at = item.published_at
    return (
        item.source_id, key, item.id, item.kind, item.country, item.language,
        item.title, item.summary, item.body, item.url, item.external_id, item.archive_hash,
        None if published_at is None else instant(published_at), instant(item.known_at), item.time_assumed,
        None if item.marking is None else item.marking.value,
        None if item.release_to is None else ",".join(sorted(item.release_to)),
        content_hash, None, address_key,
    )  # fmt: skip


NO_MARKS = Marks(None, None)
NO_NUMBERS: Sequence[int] = ()


class Arriving:
    """An item on its way into the store, with what it is known by: each is found once."""

    __slots__ = ("content_hash", "identity", "item", "key", "marks", "numbers")

    def __init__(self, item: Item) -> None:
        self.item, self.key, self.content_hash = item, key64(item.id), item.content_hash
        self.identity = item.source_id, self.key
        self.marks, self.numbers = NO_MARKS, NO_NUMBERS

    def values(self, instant: Callable[[datetime], Any]) -> tuple[Any, ...]:
        return item_values(self.item, self.key, self.content_hash, self.marks.address, instant)


def known_hashes(connection: Connection, keys: Wanted) -> dict[tuple[str, int], str]:
    """Return the hash of the stored text by (source, key)."""
    found = _found(connection, keys, KNOWN)
    return {(source_id, key): content_hash for source_id, key, content_hash in found}


def last_alike(connection: Connection, new: Sequence[Arriving]) -> set[int]:
    """Return the numbers of the items stored last of each source and address, and of each source and text.

    On SQLite there may be others among them: who asks compares the marks.
    """
    if connection.dialect.name == "sqlite":
        return last_by_mark(connection, [number for one in new for number in one.numbers])
    addresses = [(one.item.source_id, one.marks.address) for one in new if one.marks.address is not None]
    texts = [(one.item.source_id, one.marks.text) for one in new if one.marks.text is not None]
    return {
        seq
        for pairs, statement in ((addresses, BY_ADDRESS), (texts, BY_TEXT))
        if pairs
        for (seq,) in connection.exec_driver_sql(statement, tuple(map(list, zip(*pairs, strict=True))))
    }


def _found(connection: Connection, wanted: Wanted, statement: Mapping[str, str]) -> Iterable[Any]:
    if not wanted:
        return ()
    if connection.dialect.name == "sqlite":
        asked: tuple[Any, ...] = (json.dumps(dict(wanted)),)
        return connection.exec_driver_sql(statement["sqlite"], asked)
    pairs = [(source_id, mark) for source_id, marks in wanted.items() for mark in marks]
    asked = ([source_id for source_id, _ in pairs], [mark for _, mark in pairs])
    return connection.exec_driver_sql(statement["postgresql"], asked)


# CROSS JOIN keeps SQLite to this order: each wanted mark is one step down the index.
KNOWN = {
    "sqlite": """
        SELECT i.source_id, i.key, i.content_hash FROM json_each(?) AS s CROSS JOIN json_each(s.value) AS w
        CROSS JOIN items AS i ON i.source_id = s.key AND i.key = w.value""",
    "postgresql": """
        SELECT i.source_id, i.key, i.content_hash FROM unnest(%s::text[], %s::int8[]) AS w(source_id, mark)
        JOIN items AS i ON i.source_id = w.source_id AND i.key = w.mark""",
}
BY_ADDRESS = """
    SELECT max(i.seq) FROM unnest(%s::text[], %s::int8[]) AS w(source_id, mark)
    JOIN items AS i ON i.source_id = w.source_id AND i.address_key = w.mark
    GROUP BY i.source_id, i.address_key"""
BY_TEXT = """
    SELECT max(i.seq) FROM unnest(%s::text[], %s::text[]) AS w(source_id, mark)
    JOIN items AS i ON i.source_id = w.source_id AND i.content_hash = w.mark
    GROUP BY i.source_id, i.content_hash"""
"""PostgreSQL alone: SQLite has marks (item_marks.py)."""
_NAMES = ", ".join(COLUMNS)
_PLACES = ", ".join("?" * len(COLUMNS))
_INSERT = f"INSERT INTO items ({_NAMES}, seq) VALUES ({_PLACES}, ?)"  # noqa: S608 - the names above
_COPY = f"COPY items ({_NAMES}) FROM STDIN (FORMAT BINARY)"


def insert_items(connection: Connection, new: Sequence[Arriving]) -> None:
    """Insert items whose (source, key) the caller, who alone writes these sources now, has not found stored.

    What is alike was asked for before (`last_alike`).
    """
    if connection.dialect.name != "sqlite":
        _copy(connection, [one.values(aware) for one in new])
        return
    last = connection.exec_driver_sql("SELECT ifnull(max(seq), 0) FROM items").scalar_one()
    numbered = list(enumerate(new, last + 1))  # nobody else writes now
    connection.exec_driver_sql(_INSERT, [(*one.values(sqlite_instant), seq) for seq, one in numbered])
    held = [(mark, seq) for seq, one in numbered for mark in one.numbers]
    add_marks(connection, held, {one.item.source_id for one in new})


def remark(connection: Connection, seq: int, before: Item, now: Item | None) -> None:
    """Say that an item has other marks than before, or is taken out."""
    if connection.dialect.name != "sqlite":
        return
    old = set(numbers_of(before.source_id, marks_of(before)))
    new = set(numbers_of(now.source_id, marks_of(now))) if now else set()
    take_marks(connection, [(mark, seq) for mark in old - new])
    add_marks(connection, [(mark, seq) for mark in new - old], {before.source_id})


def _copy(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    import psycopg  # noqa: PLC0415 - 8 MB that a process on SQLite can do without

    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    try:
        with driver.cursor() as cursor, cursor.copy(_COPY) as copy:
            copy.set_types(list(COLUMNS.values()))
            for row in rows:
                copy.write_row(row)
    except psycopg.Error as wrong:
        raise DBAPIError.instance(_COPY, None, wrong, psycopg.Error, dialect=connection.dialect) from wrong
