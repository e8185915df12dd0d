"""Which marks a place of `item_mark_pages` certainly does not hold, in a few bits each.

A new item is looked for among all its source ever had and is not there. Read from the table, that takes as many pages
as the item has marks. The sketch of a place (a Bloom filter of two bits a mark, one page for two thousand) says "not
here" of 95 to 99 in a hundred of them. What it does not say so of is looked up. mark_moves.py draws them.
"""

import json
from collections.abc import Mapping, Sequence

from warning.store.mark_pages import Execute

SPREAD, SECOND = 0x9E3779B1, 13
"""The second bit stands where the upper digits of the mark times this say (multiplicative hashing, 2^32 over the golden ratio)."""
MARK = 0xFFFFFFFF


def doubtful(execute: Execute, asked: Mapping[int, Sequence[int]]) -> list[int]:
    """Return those of the marks, asked by place, that may be held; a place without a sketch may hold any."""
    drawn: dict[int, bytes] = dict(map(tuple, execute(READ, (json.dumps(list(asked)),))))
    found: list[int] = []
    for place, marks in asked.items():
        bits = drawn.get(place)
        found += [mark for mark in marks if _may_be_in(bits, mark & MARK)] if bits else marks
    return found


def _may_be_in(bits: bytes, mark: int) -> bool:
    """A sketch has a power of two of bits; a mark its two: where it says itself, and where its spreading does."""
    mask = len(bits) * 8 - 1
    first, second = mark & mask, (mark * SPREAD & MARK) >> SECOND & mask
    return bool(bits[first >> 3] >> (first & 7) & bits[second >> 3] >> (second & 7) & 1)


READ = "SELECT place, bits FROM item_mark_sketches WHERE place IN (SELECT value FROM json_each(?))"
