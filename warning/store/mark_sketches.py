"""Which marks a place of `item_marks` certainly does not hold, in a few bits each.

A new item is looked for among all its source ever had and is not there. Read from the table, that takes as many pages
as the item has marks. The sketch of a place (a Bloom filter of two bits a mark, one page for two thousand) says "not
here" of 95 to 99 in a hundred of them. What it does not say so of is looked up.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

Execute = Callable[[str, tuple[Any, ...]], Any]
"""Runs one statement of SQLite."""

LEAST_BITS, MOST_BITS = 8, 16
"""Bits a mark: so many when a sketch is full, so many when it is drawn anew."""
MOST_HELD = 1 << 15
"""Of more marks in one place no sketch is kept: it would take more pages than it spares."""
_SECOND = 22
"""The second bit stands where the mark's upper digits say; the lowest digit of a mark is its kind."""


class Sketches:
    """The sketches of some places, as stored."""

    def __init__(self, rows: Iterable[tuple[int, bytes]]) -> None:
        self._bits = dict(rows)

    def doubtful(self, numbers: Iterable[int], span: int) -> list[int]:
        """Return the numbers that may be held; a place without a sketch may hold any."""
        found = []
        for number in numbers:
            bits = self._bits.get(number // span)
            if not bits:
                found.append(number)
                continue
            last = len(bits) * 8 - 1
            first, second = number >> 1 & last, number >> _SECOND & last
            if bits[first >> 3] >> (first & 7) & 1 and bits[second >> 3] >> (second & 7) & 1:
                found.append(number)
        return found


def sketches(execute: Execute, places: Iterable[int]) -> Sketches:
    """Read the sketches of these places."""
    return Sketches(map(tuple, execute(READ, (json.dumps(list(places)),))))


def draw(execute: Execute, place: int, span: int, moved: Sequence[int]) -> None:
    """Draw marks that have moved to a place into its sketch."""
    row = execute("SELECT held, bits FROM item_mark_sketches WHERE place = ?", (place,)).fetchone()
    if row is not None and not row[1]:
        return  # given up
    held = len(moved) + (0 if row is None else row[0])
    if row is not None and held <= len(row[1]) * 8 // LEAST_BITS:
        bits = bytearray(row[1])
        _mark(bits, moved)
    else:
        every = [mark for (mark,) in execute(MARKS, (place * span, (place + 1) * span, MOST_HELD + 1))]
        held, bits = len(every), sketch_of(every)
    execute(WRITE, (place, held, bytes(bits)))


def sketch_of(marks: Sequence[int]) -> bytearray:
    """Return a sketch with room for as many marks again; an empty one of too many."""
    if len(marks) > MOST_HELD:
        return bytearray()
    bits = bytearray((1 << (len(marks) * MOST_BITS - 1).bit_length()) // 8 or 1)
    _mark(bits, marks)
    return bits


def _mark(bits: bytearray, marks: Iterable[int]) -> None:
    last = len(bits) * 8 - 1
    for mark in marks:
        first, second = mark >> 1 & last, mark >> _SECOND & last
        bits[first >> 3] |= 1 << (first & 7)
        bits[second >> 3] |= 1 << (second & 7)


READ = "SELECT place, bits FROM item_mark_sketches WHERE place IN (SELECT value FROM json_each(?))"
MARKS = "SELECT mark FROM item_marks WHERE mark >= ? AND mark < ? LIMIT ?"
WRITE = "INSERT OR REPLACE INTO item_mark_sketches (place, held, bits) VALUES (?, ?, ?)"
