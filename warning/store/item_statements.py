"""What storing items asks of each database, in statements that are written once and take a batch whole.

The statements go to the driver as they stand: SQLite takes the wanted keys as one JSON text, PostgreSQL as arrays, and
rows by COPY. What SQLAlchemy would do for each key and each row anew is most of what storing an item costs.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import psycopg
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from warning.core.evidence import Item
from warning.core.identity import Marks
from warning.core.ids import key64
from warning.store.columns import aware, sqlite_instant

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


class Arriving:
    """An item on its way into the store, with what it is known by: each is found once."""

    __slots__ = ("content_hash", "identity", "item", "key", "marks")

    def __init__(self, item: Item) -> None:
        self.item, self.key, self.content_hash = item, key64(item.id), item.content_hash
        self.identity = item.source_id, self.key
        self.marks = NO_MARKS

    def values(self, instant: Callable[[datetime], Any]) -> tuple[Any, ...]:
        return item_values(self.item, self.key, self.content_hash, self.marks.address, instant)


def known_hashes(connection: Connection, keys: Wanted) -> dict[tuple[str, int], str]:
    """Return the hash of the stored text by (source, key)."""
    found = _found(connection, keys, KNOWN)
    return {(source_id, key): content_hash for source_id, key, content_hash in found}


def last_by_address(connection: Connection, addresses: Wanted) -> set[int]:
    """Return the numbers of the items stored last of each source and address."""
    return {seq for (seq,) in _found(connection, addresses, BY_ADDRESS)}


def last_by_text(connection: Connection, hashes: Wanted) -> set[int]:
    """Return the numbers of the items stored last of each source and text."""
    return {seq for (seq,) in _found(connection, hashes, BY_TEXT)}


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
BY_ADDRESS = {
    "sqlite": """
        SELECT max(i.seq) FROM json_each(?) AS s CROSS JOIN json_each(s.value) AS w
        CROSS JOIN items AS i ON i.source_id = s.key AND i.address_key = w.value
        GROUP BY i.source_id, i.address_key""",
    "postgresql": """
        SELECT max(i.seq) FROM unnest(%s::text[], %s::int8[]) AS w(source_id, mark)
        JOIN items AS i ON i.source_id = w.source_id AND i.address_key = w.mark
        GROUP BY i.source_id, i.address_key""",
}
BY_TEXT = {
    "sqlite": """
        SELECT max(i.seq) FROM json_each(?) AS s CROSS JOIN json_each(s.value) AS w
        CROSS JOIN items AS i ON i.source_id = s.key AND i.content_hash = w.value
        GROUP BY i.source_id, i.content_hash""",
    "postgresql": """
        SELECT max(i.seq) FROM unnest(%s::text[], %s::text[]) AS w(source_id, mark)
        JOIN items AS i ON i.source_id = w.source_id AND i.content_hash = w.mark
        GROUP BY i.source_id, i.content_hash""",
}
_NAMES = ", ".join(COLUMNS)
_PLACES = ", ".join("?" * len(COLUMNS))
_INSERT = f"INSERT INTO items ({_NAMES}) VALUES ({_PLACES}) ON CONFLICT DO NOTHING"  # noqa: S608 - the names above
_COPY = f"COPY items ({_NAMES}) FROM STDIN (FORMAT BINARY)"


def insert_items(connection: Connection, new: Sequence[Arriving]) -> None:
    """Insert items whose (source, key) the caller, who alone writes these sources now, has not found stored."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(_INSERT, [one.values(sqlite_instant) for one in new])
    else:
        _copy(connection, [one.values(aware) for one in new])


def _copy(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    try:
        with driver.cursor() as cursor, cursor.copy(_COPY) as copy:
            copy.set_types(list(COLUMNS.values()))
            for row in rows:
                copy.write_row(row)
    except psycopg.Error as wrong:
        raise DBAPIError.instance(_COPY, None, wrong, psycopg.Error, dialect=connection.dialect) from wrong
