"""What of a ledger's blocks an assessment looks at, as columns that read the blocks when they are asked."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from warning.core.evidence import Observation
from warning.core.series.blocks import Block
from warning.core.series.columns import Floats, Ints
from warning.core.series.figure_batch import PeriodTexts
from warning.core.series.roster import Roster
from warning.core.series.slots import ending_at
from warning.core.series.vintages import point_of

Taken = TypeVar("Taken", np.float64, np.int64)
Reading = Callable[[Block, Ints, Ints], NDArray[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """The lines as arrays: where each lives, its reach in days, and its place among all series ids."""

    blocks: Ints
    rows: Ints
    days: Ints
    late_days: Ints
    ranks: Ints


@dataclass(frozen=True, slots=True)
class Shown:
    """Series i is row rows[i] of block blocks[i] from firsts[i] on; its places begin at offsets[i]."""

    held: Sequence[Block]
    roster: Roster
    texts: PeriodTexts
    offsets: Ints
    blocks: Ints
    rows: Ints
    firsts: Ints

    def ends_at(self, places: Ints) -> Ints:
        numbers = self._take(_field("periods"), places, np.empty(len(places), dtype=np.int64))
        return self.texts.ends(numbers).astype(np.int64)

    def known_at(self, places: Ints) -> Ints:
        return self._take(Block.known_at, places, np.empty(len(places), dtype=np.int64))

    def codes_at(self, places: Ints) -> Ints:
        return self._take(Block.codes_at, places, np.empty(len(places), dtype=np.int64))

    def values_at(self, places: Ints) -> Floats:
        return self._take(_field("values"), places, np.empty(len(places), dtype=np.float64))

    def window(self, tracks: Ints, places: Ints, width: int) -> Floats:
        """Return the figures of some series that end at a place of each, as `Slots` does."""
        blocks = self.blocks[tracks]
        if len(tracks) and (blocks == blocks[0]).all():
            return self._tails(int(blocks[0]), tracks, places, width)
        found = np.empty((len(tracks), width))
        for number in _numbers(blocks):
            here = np.flatnonzero(blocks == number)
            found[here] = self._tails(number, tracks[here], places[here], width)
        return found

    def _tails(self, number: int, tracks: Ints, places: Ints, width: int) -> Floats:
        block = self.held[number]
        ends = self.rows[tracks] * block.capacity + self.firsts[tracks] + places
        return ending_at(block.field("values").ravel(), ends, places, width)

    def whole(self, track: int) -> Floats:
        first, size = int(self.firsts[track]), int(self.offsets[track + 1] - self.offsets[track])
        matrix = self.held[self.blocks[track]].field("values")
        values: Floats = matrix[self.rows[track], first : first + size].copy()  # the next figure moves them
        return values

    def lowest(self, tracks: Ints) -> Floats:
        found = np.empty(len(tracks))
        blocks = self.blocks[tracks]
        for number in _numbers(blocks):
            here = np.flatnonzero(blocks == number)
            found[here] = self.held[number].lowest[self.rows[tracks[here]]]
        return found

    def _take(self, read: Reading, places: Ints, taken: NDArray[Taken]) -> NDArray[Taken]:
        owners = self._owners(places)
        inside = self.firsts[owners] + places - self.offsets[owners]
        rows, blocks = self.rows[owners], self.blocks[owners]
        for number in _numbers(self.blocks):
            here = np.flatnonzero(blocks == number)
            taken[here] = read(self.held[number], rows[here], inside[here])
        return taken

    def _owners(self, places: Ints) -> Ints:
        """Return the series of each place; where the places ascend, a look-up of each series finds all of them."""
        if len(places) < len(self.offsets) or (places[1:] < places[:-1]).any():
            return np.searchsorted(self.offsets, places, side="right") - 1
        return np.repeat(np.arange(len(self.offsets) - 1), np.diff(np.searchsorted(places, self.offsets)))

    def point(self, place: int) -> Observation:
        owner = bisect_right(self.offsets, place) - 1
        inside = int(self.firsts[owner]) + place - int(self.offsets[owner])
        block = self.held[self.blocks[owner]]
        return point_of(block, int(self.rows[owner]), inside, self.roster, self.texts.texts)


def _field(name: str) -> Reading:
    return lambda block, rows, places: block.field(name)[rows, places]


def _numbers(blocks: Ints) -> list[int]:
    """Return the numbers that occur, each once."""
    found: list[int] = np.flatnonzero(np.bincount(blocks)).tolist()
    return found
