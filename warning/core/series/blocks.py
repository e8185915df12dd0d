"""Figures of many series in arrays of one row a series, oldest first, with room to grow at the end."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

FIELDS: Mapping[str, type] = {
    "values": np.float64,
    "ends": np.int32,
    "shapes": np.int8,
    "known_us": np.int64,
    "codes": np.int32,
    "ids": object,
    "periods": object,
}
FIRST_CAPACITY = 16
FULL = 0.9
# Late figures compared with the row they may belong to at a time: 4,096 rows of 1,024 places take 20 MB.
COMPARED = 4_096


class Block:
    """`lengths` says how many places of each row are in use; `field(name)` is a matrix of rows and places."""

    def __init__(self) -> None:
        self.rows = 0
        self.capacity = FIRST_CAPACITY
        self.lengths: Ints = np.zeros(FIRST_CAPACITY, dtype=np.int64)
        self._fields = {name: _empty(FIRST_CAPACITY, FIRST_CAPACITY, kind) for name, kind in FIELDS.items()}

    def field(self, name: str) -> NDArray[Any]:
        return self._fields[name]

    def add_row(self) -> int:
        """Return the number of a new, empty row."""
        if self.rows == len(self.lengths):
            more = len(self.lengths)
            self.lengths = np.concatenate((self.lengths, np.zeros(more, dtype=np.int64)))
            for name, kind in FIELDS.items():
                grown = (self._fields[name], _empty(more, self.capacity, kind))
                self._fields[name] = np.concatenate(grown)
        self.rows += 1
        return self.rows - 1

    def make_room(self, more: Ints, floors: Callable[[], Ints | None]) -> None:
        """Let every row hold so many more figures.

        `floors` gives each row's oldest end worth keeping: what lies before is dropped first.
        """
        if int((self.lengths[: self.rows] + more).max()) <= self.capacity:
            return
        worth = floors()
        if worth is not None:
            self._drop(worth)
        longest = int((self.lengths[: self.rows] + more).max())
        if longest > FULL * self.capacity:
            self._widen(FIRST_CAPACITY + longest + longest // 4)

    def _drop(self, floors: Ints) -> None:
        old = np.zeros(len(self.lengths), dtype=np.int64)
        ends, place = self._fields["ends"][: self.rows], np.arange(self.capacity)
        inside = place < self.lengths[: self.rows, None]
        old[: self.rows] = ((ends < floors[:, None]) & inside).sum(axis=1)
        at = np.minimum(place + old[:, None], self.capacity - 1)
        self.lengths = self.lengths - old
        beyond = place >= self.lengths[:, None]
        for name, kind in FIELDS.items():
            self._fields[name] = np.take_along_axis(self._fields[name], at, axis=1)
            if kind is object:
                self._fields[name][beyond] = None

    def _widen(self, capacity: int) -> None:
        rows, more = len(self.lengths), capacity - self.capacity
        for name, kind in FIELDS.items():
            self._fields[name] = np.concatenate((self._fields[name], _empty(rows, more, kind)), axis=1)
        self.capacity = capacity

    def write(self, rows: Ints, places: Ints, figures: Mapping[str, NDArray[Any]]) -> None:
        for name in FIELDS:
            self._fields[name][rows, places] = figures[name]

    def find(self, rows: Ints, ends: Ints, shapes: NDArray[np.int8]) -> Ints:
        """Return the place of each row's figure of a period; -1 where the row has none."""
        places = self.lengths[rows] - 1
        last = np.maximum(places, 0)
        held_ends, held_shapes = self._fields["ends"], self._fields["shapes"]
        hit = (places >= 0) & (held_ends[rows, last] == ends) & (held_shapes[rows, last] == shapes)
        places = np.where(hit, places, -1)
        missed = np.flatnonzero(~hit)
        for start in range(0, len(missed), COMPARED):
            some = missed[start : start + COMPARED]
            row = rows[some]
            same = (held_ends[row] == ends[some, None]) & (held_shapes[row] == shapes[some, None])
            same &= np.arange(self.capacity) < self.lengths[row, None]
            places[some] = np.where(same.any(axis=1), same.argmax(axis=1), -1)
        return places

    def insert(self, row: int, figures: Mapping[str, NDArray[Any]]) -> None:
        """Put figures of other periods among those of a row; of equal ends the one that was there comes first."""
        held = int(self.lengths[row])
        count = held + len(figures["ends"])
        order = np.argsort(np.concatenate((self._fields["ends"][row, :held], figures["ends"])), kind="stable")
        for name, matrix in self._fields.items():
            matrix[row, :count] = np.concatenate((matrix[row, :held], figures[name]))[order]
        self.lengths[row] = count


def _empty(rows: int, places: int, kind: type) -> NDArray[Any]:
    return np.full((rows, places), None, dtype=object) if kind is object else np.zeros((rows, places), kind)
