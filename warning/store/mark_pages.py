"""The older marks of a place in rows of a page each, in order: what one statement reads and writes at a time.

A row is named after its place and the lowest mark it may hold. Entries of one mark always stand in one row, so that a mark
is looked for in the one row that is named before it. How marks come here is told in mark_moves.py.
"""

import json
from array import array
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

Execute = Callable[[str, tuple[Any, ...]], Any]
"""Runs one statement of SQLite."""
Entries: TypeAlias = "array[int]"
"""Whole numbers of 64 bits: the mark in the upper half of each, the number of the item in the lower; in order."""


def entries_of(blob: bytes) -> Entries:
    entries = array("Q")
    entries.frombytes(blob)
    return entries


def whole_place(execute: Execute, place: int) -> Entries:
    """Return all entries of a place, in order."""
    return entries_of(b"".join(blob for _, blob in execute(OF_PLACE, (place << 32, place + 1 << 32))))


def pages_with(execute: Execute, keys: Sequence[int]) -> Iterator[tuple[int, Entries]]:
    """Yield the rows, by name, in which marks (place and mark together) would stand, each once."""
    if keys:
        for first, blob in dict(map(tuple, execute(BY_MARK, (json.dumps(keys),)))).items():
            yield first, entries_of(blob)


def take_from_page(execute: Execute, place: int, entry: int) -> None:
    """Take one entry away where it stands."""
    for first, entries in pages_with(execute, [place << 32 | entry >> 32]):
        if first >> 32 == place and entry in entries:
            entries.remove(entry)
            execute(WRITE, (first, entries.tobytes()))


OF_PLACE = "SELECT first, entries FROM item_mark_pages WHERE first >= ? AND first < ? ORDER BY first"
WRITE = "INSERT OR REPLACE INTO item_mark_pages (first, entries) VALUES (?, ?)"
# CROSS JOIN keeps SQLite to this order: each wanted mark is one step down the table, to the row named before it.
BY_MARK = """
    SELECT p.first, p.entries FROM json_each(?) AS w CROSS JOIN item_mark_pages AS p
    ON p.first = (SELECT max(q.first) FROM item_mark_pages AS q WHERE q.first <= w.value)"""
