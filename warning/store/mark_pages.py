"""The older marks of a place in rows of a page each, in order: what one statement reads and writes at a time.

A row is named after its place and the lowest mark it may hold. Entries of one mark always stand in one row, so that a mark
is looked for in the one row that is named before it.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Execute = Callable[[str, tuple[Any, ...]], Any]
"""Runs one statement of SQLite."""
Entries = NDArray[np.uint64]
"""The mark in the upper half of each, the number of the item in the lower; in order."""
PAGE = 500
"""Entries of a row: four kilobytes are a page of the file, some bytes of which SQLite keeps for itself."""
_HALF = np.uint64(32)


def entries_of(blob: bytes) -> Entries:
    return np.frombuffer(blob, np.uint64)


def merged(*parts: Entries) -> Entries:
    """Return the entries of all parts in order, each once; each part is in order."""
    together = np.concatenate(parts)
    together.sort(kind="stable")  # finds what is in order already
    again = together[1:] == together[:-1]
    return together[np.append(True, ~again)] if again.any() else together


def whole_place(execute: Execute, place: int) -> Entries:
    """Return all entries of a place, in order."""
    rows = execute(OF_PLACE, (place << 32, place + 1 << 32))
    return np.concatenate([np.empty(0, np.uint64), *(entries_of(blob) for _, blob in rows)])


def pages_with(execute: Execute, keys: Sequence[int]) -> Iterator[tuple[int, Entries]]:
    """Yield the rows, by name, in which marks (place and mark together) would stand, each once."""
    if keys:
        for first, blob in dict(map(tuple, execute(BY_MARK, (json.dumps(keys),)))).items():
            yield first, entries_of(blob)


def put_among_pages(execute: Execute, place: int, entries: Entries) -> None:
    """Put entries where they belong; rows side by side that all take some are filled evenly."""
    names = [first for (first,) in execute(NAMES, (place << 32, place + 1 << 32))]
    if not names:
        _write(execute, place, entries)
        return
    marks = (entries >> _HALF).astype(np.int64) | place << 32
    at = np.maximum(np.searchsorted(np.array(names, np.int64), marks, side="right") - 1, 0)
    taking = np.unique(at)
    for stretch in np.split(taking, np.flatnonzero(np.diff(taking) > 1) + 1):
        low, high = int(stretch[0]), int(stretch[-1])
        span = names[low], names[high] + 1
        held = [entries_of(blob) for _, blob in execute(OF_PLACE, span)]
        execute(EMPTY, span)
        _write(execute, place, merged(*held, entries[(at >= low) & (at <= high)]))


def _write(execute: Execute, place: int, entries: Entries) -> None:
    """Write entries as rows of equal size; those of one mark stay together."""
    count = -(-len(entries) // PAGE)
    cuts = np.arange(1, count) * len(entries) // count
    cuts = np.unique(np.searchsorted(entries, entries[cuts] >> _HALF << _HALF))
    for part in np.split(entries, cuts[cuts > 0]):
        execute(WRITE, (place << 32 | int(part[0] >> _HALF), part.tobytes()))


def take_from_page(execute: Execute, place: int, entry: np.uint64) -> None:
    """Take one entry away where it stands."""
    for first, entries in pages_with(execute, [place << 32 | int(entry >> _HALF)]):
        if first >> 32 == place and (entries == entry).any():
            execute(WRITE, (first, entries[entries != entry].tobytes()))


OF_PLACE = "SELECT first, entries FROM item_mark_pages WHERE first >= ? AND first < ? ORDER BY first"
NAMES = "SELECT first FROM item_mark_pages WHERE first >= ? AND first < ? ORDER BY first"
EMPTY = "DELETE FROM item_mark_pages WHERE first >= ? AND first < ?"
WRITE = "INSERT OR REPLACE INTO item_mark_pages (first, entries) VALUES (?, ?)"
# CROSS JOIN keeps SQLite to this order: each wanted mark is one step down the table, to the row named before it.
BY_MARK = """
    SELECT p.first, p.entries FROM json_each(?) AS w CROSS JOIN item_mark_pages AS p
    ON p.first = (SELECT max(q.first) FROM item_mark_pages AS q WHERE q.first <= w.value)"""
