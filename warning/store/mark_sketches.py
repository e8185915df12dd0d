"""Which marks a place of `item_marks` certainly does not hold, in a few bits each.

A new item is looked for among all its source ever had and is not there. Read from the table, that takes as many pages
as the item has marks. The sketch of a place (a Bloom filter of two bits a mark, one page for two thousand) says "not
here" of 95 to 99 in a hundred of them. What it does not say so of is looked up.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Execute = Callable[[str, tuple[Any, ...]], Any]
"""Runs one statement of SQLite."""

LEAST_BITS, MOST_BITS = 8, 16
"""Bits a mark: so many when a sketch is full, so many when it is drawn anew."""
MOST_HELD = 1 << 15
"""Of more marks in one place no sketch is kept: it would take more pages than it spares."""
_SECOND = 22
"""The second bit stands where the mark's upper digits say; the lowest digit of a mark is its kind."""


class Sketches:
    """The sketches of some places, as stored, one behind the other."""

    def __init__(self, rows: Iterable[tuple[int, bytes]]) -> None:
        drawn = sorted((place, bits) for place, bits in rows if bits)
        sizes = np.array([len(bits) * 8 for _, bits in drawn], np.int64)
        self._places = np.array([place for place, _ in drawn], np.int64)
        self._masks = sizes - 1
        self._starts = np.cumsum(sizes) - sizes
        self._bits = np.frombuffer(b"".join(bits for _, bits in drawn), np.uint8)

    def doubtful(self, numbers: Sequence[int], span: int) -> list[int]:
        """Return the numbers that may be held; a place without a sketch may hold any."""
        if not len(self._places):
            return list(numbers)
        asked = np.array(numbers, np.int64)
        places = asked // span
        at = np.minimum(np.searchsorted(self._places, places), len(self._places) - 1)
        lacks = np.zeros(len(asked), np.bool_)
        for bit in _bits_of(asked, self._masks[at]):
            place = self._starts[at] + bit
            lacks |= (self._bits[place >> 3] >> (place & 7) & 1) == 0
        found: list[int] = asked[~lacks | (self._places[at] != places)].tolist()
        return found


def sketches(execute: Execute, places: Iterable[int]) -> Sketches:
    """Read the sketches of these places."""
    return Sketches(map(tuple, execute(READ, (json.dumps(list(places)),))))


def draw(execute: Execute, place: int, span: int, moved: Sequence[int]) -> None:
    """Draw marks that have moved to a place into its sketch."""
    row = next(iter(execute("SELECT held, bits FROM item_mark_sketches WHERE place = ?", (place,))), None)
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


def _mark(bits: bytearray, marks: Sequence[int]) -> None:
    drawn = np.frombuffer(bits, np.uint8)
    for bit in _bits_of(np.array(marks, np.int64), len(bits) * 8 - 1):
        np.bitwise_or.at(drawn, bit >> 3, (1 << (bit & 7)).astype(np.uint8))


def _bits_of(marks: NDArray[np.int64], mask: NDArray[np.int64] | int) -> tuple[NDArray[np.int64], ...]:
    """Return where each mark stands in a sketch of `mask` + 1 bits: its two bits, each for all marks."""
    return marks >> 1 & mask, marks >> _SECOND & mask


READ = "SELECT place, bits FROM item_mark_sketches WHERE place IN (SELECT value FROM json_each(?))"
MARKS = "SELECT mark FROM item_marks WHERE mark >= ? AND mark < ? LIMIT ?"
WRITE = "INSERT OR REPLACE INTO item_mark_sketches (place, held, bits) VALUES (?, ?, ?)"
