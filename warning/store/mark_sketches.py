"""Which marks a place of `item_mark_pages` certainly does not hold, in a few bits each.

A new item is looked for among all its source ever had and is not there. Read from the table, that takes as many pages
as the item has marks. The sketch of a place (a Bloom filter of two bits a mark, one page for two thousand) says "not
here" of 95 to 99 in a hundred of them. What it does not say so of is looked up.
"""

import json
from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from warning.store.mark_pages import Entries, Execute

Marks = NDArray[np.int64]
LEAST_BITS, MOST_BITS = 8, 16
"""Bits a mark: so many when a sketch is full, so many when it is drawn anew."""
MOST_HELD = 1 << 15
"""Of more marks in one place no sketch is kept: it would take more pages than it spares."""
_SPREAD, _SECOND = 0x9E3779B1, 13
"""The second bit stands where the upper digits of the mark times this say (multiplicative hashing, 2^32 over the golden ratio)."""
_MARK = 0xFFFFFFFF


class Sketches:
    """The sketches of some places, as stored, one behind the other."""

    def __init__(self, rows: Iterable[tuple[int, bytes]]) -> None:
        drawn = sorted((place, bits) for place, bits in rows if bits)
        sizes = np.array([len(bits) * 8 for _, bits in drawn], np.int64)
        self._places = np.array([place for place, _ in drawn], np.int64)
        self._masks = sizes - 1
        self._starts = np.cumsum(sizes) - sizes
        self._bits = np.frombuffer(b"".join(bits for _, bits in drawn), np.uint8)

    def doubtful(self, asked: Marks) -> Marks:
        """Return those of the marks (the place in the upper half) that may be held; a place without a sketch may hold any."""
        if not len(self._places):
            return asked
        places = asked >> 32
        at = np.minimum(np.searchsorted(self._places, places), len(self._places) - 1)
        lacks = np.zeros(len(asked), np.bool_)
        for bit in _bits_of(asked & _MARK, self._masks[at]):
            place = self._starts[at] + bit
            lacks |= (self._bits[place >> 3] >> (place & 7) & 1) == 0
        found: Marks = asked[~lacks | (self._places[at] != places)]
        return found


def sketches(execute: Execute, places: Iterable[int]) -> Sketches:
    """Read the sketches of these places."""
    return Sketches(map(tuple, execute(READ, (json.dumps(list(places)),))))


def draw(execute: Execute, place: int, moved: Entries, whole: Callable[[], Entries]) -> None:
    """Draw entries that have moved to a place into its sketch; `whole` gives all that it holds, these among them."""
    row = next(iter(execute("SELECT held, bits FROM item_mark_sketches WHERE place = ?", (place,))), None)
    if row is not None and not row[1]:
        return  # given up
    held = len(moved) + (0 if row is None else row[0])
    if row is not None and held <= len(row[1]) * 8 // LEAST_BITS:
        bits = bytearray(row[1])
        _mark(bits, moved)
    else:
        every = whole()
        held, bits = len(every), sketch_of(every)
    execute(WRITE, (place, held, bytes(bits)))


def sketch_of(entries: Entries) -> bytearray:
    """Return a sketch with room for as many marks again; an empty one of too many."""
    if len(entries) > MOST_HELD:
        return bytearray()
    bits = bytearray((1 << (len(entries) * MOST_BITS - 1).bit_length()) // 8 or 1)
    _mark(bits, entries)
    return bits


def _mark(bits: bytearray, entries: Entries) -> None:
    drawn = np.frombuffer(bits, np.uint8)
    for bit in _bits_of((entries >> np.uint64(32)).astype(np.int64), len(bits) * 8 - 1):
        np.bitwise_or.at(drawn, bit >> 3, (1 << (bit & 7)).astype(np.uint8))


def _bits_of(marks: Marks, mask: Marks | int) -> tuple[Marks, ...]:
    """Return where each mark stands in a sketch of `mask` + 1 bits: its two bits, each for all marks."""
    return marks & mask, (marks * _SPREAD & _MARK) >> _SECOND & mask


READ = "SELECT place, bits FROM item_mark_sketches WHERE place IN (SELECT value FROM json_each(?))"
WRITE = "INSERT OR REPLACE INTO item_mark_sketches (place, held, bits) VALUES (?, ?, ?)"
