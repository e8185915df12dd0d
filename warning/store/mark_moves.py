"""How marks move from the recent ones of their place into its pages and its sketch.

It takes numpy, and the whole place where marks go everywhere. Apart, so that a service in which nothing moves yet does
without that library.
"""

import numpy as np
from numpy.typing import NDArray

from warning.store.mark_pages import OF_PLACE, WRITE, Entries, Execute, whole_place
from warning.store.mark_sketches import MARK, SECOND, SPREAD

Numbers = NDArray[np.uint64]
"""Entries (mark_pages.py)."""
PAGE = 500
"""Entries of a row: four kilobytes are a page of the file, some bytes of which SQLite keeps for itself."""
LEAST_BITS, MOST_BITS = 8, 16
"""Bits a mark: so many when a sketch is full, so many when it is drawn anew."""
MOST_HELD = 1 << 15
"""Of more marks in one place no sketch is kept: it would take more pages than it spares."""
_HALF = np.uint64(32)


def move(execute: Execute, place: int, moving: Entries) -> None:
    """Put the entries of a place into its pages and its sketch."""
    entries = np.frombuffer(moving.tobytes(), np.uint64)
    put_among_pages(execute, place, entries)
    draw(execute, place, entries)


def put_among_pages(execute: Execute, place: int, entries: Numbers) -> None:
    """Put entries where they belong; rows side by side that all take some are filled evenly."""
    names = [first for (first,) in execute(NAMES, (place << 32, place + 1 << 32))]
    if not names:
        _write(execute, place, entries)
        return
    marks = (entries >> _HALF).astype(np.int64) | place << 32
    at = np.maximum(np.searchsorted(np.array(names, np.int64), marks, side="right") - 1, 0)
    taking = _once(at)
    for stretch in np.split(taking, np.flatnonzero(np.diff(taking) > 1) + 1):
        low, high = int(stretch[0]), int(stretch[-1])
        span = names[low], names[high] + 1
        held = [np.frombuffer(blob, np.uint64) for _, blob in execute(OF_PLACE, span)]
        execute(EMPTY, span)
        _write(execute, place, merged(*held, entries[(at >= low) & (at <= high)]))


def _write(execute: Execute, place: int, entries: Numbers) -> None:
    """Write entries as rows of equal size; those of one mark stay together."""
    count = -(-len(entries) // PAGE)
    cuts = np.arange(1, count) * len(entries) // count
    cuts = _once(np.searchsorted(entries, entries[cuts] >> _HALF << _HALF))
    for part in np.split(entries, cuts[cuts > 0]):
        execute(WRITE, (place << 32 | int(part[0] >> _HALF), part.tobytes()))


def merged(*parts: Numbers) -> Numbers:
    """Return the entries of all parts in order, each once; each part is in order."""
    together = np.concatenate(parts)
    together.sort(kind="stable")  # finds what is in order already
    again = together[1:] == together[:-1]
    return together[np.append(True, ~again)] if again.any() else together


def _once(ordered: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return what stands in order, each once; numpy's own way loads 3 MB of arrays with gaps."""
    rest = ordered[1:]
    return np.append(ordered[:1], rest[rest != ordered[:-1]])


def draw(execute: Execute, place: int, moved: Numbers) -> None:
    """Draw entries that have moved to a place into its sketch."""
    row = next(iter(execute("SELECT held, bits FROM item_mark_sketches WHERE place = ?", (place,))), None)
    if row is not None and not row[1]:
        return  # given up
    held = len(moved) + (0 if row is None else row[0])
    if row is not None and held <= len(row[1]) * 8 // LEAST_BITS:
        bits = bytearray(row[1])
        _mark(bits, moved)
    else:
        every = np.frombuffer(whole_place(execute, place).tobytes(), np.uint64)
        held, bits = len(every), sketch_of(every)
    execute(DRAW, (place, held, bytes(bits)))


def sketch_of(entries: Numbers) -> bytearray:
    """Return a sketch with room for as many marks again; an empty one of too many."""
    if len(entries) > MOST_HELD:
        return bytearray()
    bits = bytearray((1 << (len(entries) * MOST_BITS - 1).bit_length()) // 8 or 1)
    _mark(bits, entries)
    return bits


def _mark(bits: bytearray, entries: Numbers) -> None:
    drawn = np.frombuffer(bits, np.uint8)
    for bit in _bits_of((entries >> np.uint64(32)).astype(np.int64), len(bits) * 8 - 1):
        np.bitwise_or.at(drawn, bit >> 3, (1 << (bit & 7)).astype(np.uint8))


def _bits_of(marks: NDArray[np.int64], mask: int) -> tuple[NDArray[np.int64], ...]:
    """Return where each mark stands in a sketch of `mask` + 1 bits: its two bits, each for all marks."""
    return marks & mask, (marks * SPREAD & MARK) >> SECOND & mask


NAMES = "SELECT first FROM item_mark_pages WHERE first >= ? AND first < ? ORDER BY first"
EMPTY = "DELETE FROM item_mark_pages WHERE first >= ? AND first < ?"
DRAW = "INSERT OR REPLACE INTO item_mark_sketches (place, held, bits) VALUES (?, ?, ?)"
