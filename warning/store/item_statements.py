"""What storing items asks of each database, in statements that are written once and take a batch whole.

The statements go to the driver as they stand: SQLite takes the wanted keys as one JSON text, PostgreSQL as arrays, and
rows by COPY. What SQLAlchemy would do for each key and each row anew is most of what storing an item costs.
"""

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, select

from warning.core.evidence import Item
from warning.core.identity import Marks, marks_of
from warning.core.ids import key64
from warning.core.relabelling import Labels
from warning.store.columns import aware, sqlite_instant
from warning.store.copying import copy_rows
from warning.store.engine import asked_of_sqlite
from warning.store.evidence_tables import items
from warning.store.item_marks import (
    add_marks,
    holders,
    last_by_mark,
    number_of_id,
    numbers_anywhere,
    numbers_of,
    of_source,
    take_marks,
)

Identity = tuple[str, int]
"""A source, and the 64-bit key of an id of its."""

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


Known = tuple[str, Labels]
"""The hash of a stored text, and its labels."""


def known_texts(connection: Connection, identities: Collection[Identity]) -> dict[Identity, Known]:
    """Return what is known of those that are stored. There may be others among them."""
    found = _stored(connection, identities)
    return {
        (source_id, key): (content_hash, tuple(labels)) for source_id, key, content_hash, _, *labels in found
    }


def numbers_stored(connection: Connection, identities: Collection[Identity]) -> dict[Identity, int]:
    """Return the number (`seq`) of the row of those that are stored."""
    wanted = set(identities)
    found = (((source_id, key), seq) for source_id, key, _, seq, *_ in _stored(connection, wanted))
    return {identity: seq for identity, seq in found if identity in wanted}


def by_source(connection: Connection, source_id: str) -> ColumnElement[bool]:
    """The items of one source, by index."""
    own = items.c.source_id == source_id
    if connection.dialect.name != "sqlite":
        return own
    held = func.json_each(json.dumps(of_source(connection, source_id))).table_valued("value")
    return and_(own, items.c.seq.in_(select(held.c.value)))


def numbers_of_id(connection: Connection, item_id: str) -> Sequence[int]:
    """Return the numbers of the rows that an id may have, in any source: who asks compares the id."""
    key = key64(item_id)
    if connection.dialect.name == "sqlite":
        return sorted(holders(connection, numbers_anywhere(connection, key)))
    sources = connection.exec_driver_sql(SOURCES).scalars()
    return sorted(numbers_stored(connection, [(source_id, key) for source_id in sources]).values())


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


def _stored(connection: Connection, wanted: Collection[Identity]) -> Iterable[Any]:
    """Yield source, key, hash, number, kind, country and language."""
    if not wanted:
        return ()
    if connection.dialect.name == "sqlite":
        found = holders(connection, [number_of_id(source_id, key) for source_id, key in wanted])
        return asked_of_sqlite(connection, KNOWN["sqlite"], (json.dumps(sorted(found)),)) if found else ()
    asked = ([source_id for source_id, _ in wanted], [key for _, key in wanted])
    return connection.exec_driver_sql(KNOWN["postgresql"], asked)


# Who asks compares the whole keys.
KNOWN = {
    "sqlite": """
        SELECT i.source_id, i.key, i.content_hash, i.seq, i.kind, i.country, i.language
        FROM json_each(?) AS w CROSS JOIN items AS i ON i.seq = w.value""",
    "postgresql": """
        SELECT i.source_id, i.key, i.content_hash, i.seq, i.kind, i.country, i.language
        FROM unnest(%s::text[], %s::int8[]) AS w(source_id, mark)
        JOIN items AS i ON i.source_id = w.source_id AND i.key = w.mark""",
}
SOURCES = """
    WITH RECURSIVE held(source_id) AS (
        SELECT min(source_id) FROM items
        UNION ALL
        SELECT (SELECT min(i.source_id) FROM items AS i WHERE i.source_id > held.source_id)
        FROM held WHERE held.source_id IS NOT NULL)
    SELECT source_id FROM held WHERE source_id IS NOT NULL"""
"""PostgreSQL alone: each source is one step down the index of ids."""
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


def insert_items(connection: Connection, new: Sequence[Arriving]) -> None:
    """Insert items whose (source, key) the caller, who alone writes these sources now, has not found stored.

    What is alike was asked for before (`last_alike`).
    """
    if connection.dialect.name != "sqlite":
        copy_rows(connection, "items", COLUMNS, [one.values(aware) for one in new])
        return
    ((last,),) = asked_of_sqlite(connection, "SELECT ifnull(max(seq), 0) FROM items", ())
    numbered = list(enumerate(new, last + 1))  # nobody else writes now
    connection.exec_driver_sql(_INSERT, [(*one.values(sqlite_instant), seq) for seq, one in numbered])
    held = [(number_of_id(*one.identity), seq) for seq, one in numbered]
    held += [(mark, seq) for seq, one in numbered for mark in one.numbers]
    add_marks(connection, held)


def remark(connection: Connection, seq: int, before: Item, now: Item | None) -> None:
    """Say that an item has other marks than before, or is taken out."""
    if connection.dialect.name != "sqlite":
        return
    old, new = _numbers(before), _numbers(now) if now else set()
    take_marks(connection, [(mark, seq) for mark in old - new])
    add_marks(connection, [(mark, seq) for mark in new - old])


def _numbers(item: Item) -> set[int]:
    marks = numbers_of(item.source_id, marks_of(item))
    return {number_of_id(item.source_id, key64(item.id)), *marks}
