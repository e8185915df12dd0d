"""Figures of many series in arrays of one row a series, oldest first, with room to grow at the end."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from warning.core.series.figure_batch import PeriodTexts
from warning.core.series.held_ids import Names, keys_of, names_of

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

# Periods are numbers of a list of texts, ids numbers too as long as all of them are of the form that can be.
FIELDS: Mapping[str, str] = {"values": "f8", "known_us": "i8", "codes": "i4", "ids": "u8", "periods": "i4"}
FIRST_CAPACITY = 16
FULL = 0.95
# Late figures compared with the row they may belong to at a time: 4,096 rows of 1,024 places take 20 MB.
COMPARED = 4_096


class Block:
    """`lengths` says how many places of each row are in use; `field(name)` is a matrix of rows and places.

    Ids are asked for by `ids_at`: `field` gives them as they are held.

    `lowest` is no higher than the lowest figure a row ever held: what most rows need not be searched for is a zero.
    """

    def __init__(self, texts: PeriodTexts) -> None:
        self._texts = texts
        self.rows = 0
        self.capacity = FIRST_CAPACITY
        self.lengths: Ints = np.zeros(FIRST_CAPACITY, dtype=np.int64)
        self.lowest: NDArray[np.float64] = np.full(FIRST_CAPACITY, np.inf)
        shape = FIRST_CAPACITY, FIRST_CAPACITY
        self._fields: dict[str, NDArray[Any]] = {name: np.zeros(shape, kind) for name, kind in FIELDS.items()}

    def field(self, name: str) -> NDArray[Any]:
        return self._fields[name]

    def add_row(self) -> int:
        """Return the number of a new, empty row."""
        if self.rows == len(self.lengths):
            more = len(self.lengths)
            self.lengths = np.concatenate((self.lengths, np.zeros(more, dtype=np.int64)))
            self.lowest = np.concatenate((self.lowest, np.full(more, np.inf)))
            self._grow(len(self.lengths), self.capacity)
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
            self._grow(len(self.lengths), FIRST_CAPACITY + longest + longest // 8)

    def before(self, rows: Ints, floors: Ints) -> Ints:
        """Return how many figures of each row ended before its floor."""
        low, high = np.zeros(len(rows), dtype=np.int64), self.lengths[rows]
        while (low < high).any():
            middle = (low + high) // 2
            older = (low < high) & (self.ends_at(rows, np.minimum(middle, self.capacity - 1)) < floors)
            low, high = np.where(older, middle + 1, low), np.where(older, high, np.minimum(high, middle))
        return low

    def _drop(self, floors: Ints) -> None:
        old = np.zeros(len(self.lengths), dtype=np.int64)
        old[: self.rows] = self.before(np.arange(self.rows), floors)
        at = np.minimum(np.arange(self.capacity) + old[:, None], self.capacity - 1)
        self.lengths = self.lengths - old
        for name, matrix in self._fields.items():
            self._fields[name] = np.take_along_axis(matrix, at, axis=1)
        used = np.arange(self.capacity) < self.lengths[:, None]
        self.lowest = np.fmin.reduce(np.where(used, self._fields["values"], np.inf), axis=1)

    def _grow(self, rows: int, capacity: int) -> None:
        for name, matrix in self._fields.items():
            grown = np.zeros((rows, capacity), matrix.dtype)
            grown[: len(matrix), : self.capacity] = matrix
            self._fields[name] = grown  # one field after the other: only one is held twice
        self.capacity = capacity

    def write(self, rows: Ints, places: Ints, figures: Mapping[str, NDArray[Any]]) -> None:
        for name, column in self._fitting(figures).items():
            self._fields[name][rows, places] = column
        np.fmin.at(self.lowest, rows, figures["values"])

    def ends_at(self, rows: Ints, places: Ints) -> NDArray[np.int32]:
        """Return the day after each figure's period as days since 1970."""
        return self._texts.ends(self._fields["periods"][rows, places])

    def shapes_of(self, row: int, first: int) -> NDArray[np.int8]:
        """Return the kinds of the periods of a row from a place on."""
        return self._texts.shapes(self._fields["periods"][row, first : self.lengths[row]])

    def ids_at(self, rows: Ints, places: Ints) -> Names:
        """Return ids as UTF-8."""
        held = self._fields["ids"][rows, places]
        return names_of(held) if held.dtype == np.uint64 else held

    def hold(self, rows: Ints, places: Ints, ids: Names) -> Bools:
        """Say which of the figures at these places have these ids."""
        held = self._fields["ids"][rows, places]
        keys = keys_of(ids) if held.dtype == np.uint64 else ids
        return np.zeros(len(rows), dtype=np.bool_) if keys is None else np.asarray(held == keys)

    def _fitting(self, figures: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        """Return the fields of what comes as they are held; ids of another form make all of them texts."""
        found = {name: figures[name] for name in FIELDS}
        held = self._fields["ids"]
        if held.dtype == np.uint64:
            keys = keys_of(figures["ids"])
            if keys is not None:
                return {**found, "ids": keys}
            held = self._fields["ids"] = names_of(held)
        if figures["ids"].dtype.itemsize > held.dtype.itemsize:
            self._fields["ids"] = held.astype(figures["ids"].dtype)
        return found

    def find(self, rows: Ints, ends: Ints, shapes: NDArray[np.int8]) -> Ints:
        """Return the place of each row's figure of a period; -1 where the row has none."""
        places = self.lengths[rows] - 1
        last = np.maximum(places, 0)
        periods = self._fields["periods"]
        newest = periods[rows, last]
        hit = (places >= 0) & (self._texts.ends(newest) == ends) & (self._texts.shapes(newest) == shapes)
        places = np.where(hit, places, -1)
        missed = np.flatnonzero(~hit)
        for start in range(0, len(missed), COMPARED):
            some = missed[start : start + COMPARED]
            row = rows[some]
            same = self._texts.ends(periods[row]) == ends[some, None]
            same &= self._texts.shapes(periods[row]) == shapes[some, None]
            same &= np.arange(self.capacity) < self.lengths[row, None]
            places[some] = np.where(same.any(axis=1), same.argmax(axis=1), -1)
        return places

    def insert(self, row: int, figures: Mapping[str, NDArray[Any]]) -> None:
        """Put figures of other periods among those of a row; of equal ends the one that was there comes first."""
        held = int(self.lengths[row])
        count = held + len(figures["ends"])
        ends = self._texts.ends(self._fields["periods"][row, :held])
        order = np.argsort(np.concatenate((ends, figures["ends"])), kind="stable")
        for name, column in self._fitting(figures).items():
            matrix = self._fields[name]
            matrix[row, :count] = np.concatenate((matrix[row, :held], column))[order]
        self.lengths[row] = count
        self.lowest[row] = np.fmin(self.lowest[row], np.fmin.reduce(figures["values"]))
