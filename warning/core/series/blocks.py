"""Figures of many series in arrays of one row a series, oldest first, with room to grow at the end."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from warning.core.series.figure_batch import PeriodTexts
from warning.core.series.held_ids import Names, keys_of, names_of
from warning.core.series.instants import Instants

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

# Periods are numbers of a list of texts, ids numbers too as long as all of them are of the form that can be, and instants as
# long as they are few.
KNOWN = "known_us"
FIELDS: Mapping[str, str] = {"values": "f8", KNOWN: "u2", "ids": "u8", "periods": "u2"}
CODES, UNKNOWN = "codes", -1
SHORT = np.iinfo(np.uint16).max
FIRST_CAPACITY = 16
FULL = 0.95
# So many rows are moved at a time: what stands beside them meanwhile is small.
MOVED = 256
# Late figures compared with the row they may belong to at a time: 4,096 rows of 1,024 places take 20 MB.
COMPARED = 4_096


class Block:
    """`lengths` says how many places of each row are in use; `field(name)` is a matrix of rows and places.

    Ids are asked for by `ids_at` and instants by `known_at`: `field` gives them as they are held. Descriptions are asked for by `codes_at`: as long as
    all figures of a row are described alike, one number stands for them.

    `redescribed` are the rows whose figures are not all described alike. `lowest` is no higher than the lowest figure a row ever held: what most rows need not be searched for is a zero.
    """

    def __init__(self, texts: PeriodTexts) -> None:
        self._texts, self._instants = texts, Instants()
        self.rows = 0
        self.capacity = FIRST_CAPACITY
        self.lengths: Ints = np.zeros(FIRST_CAPACITY, dtype=np.int64)
        self.lowest: NDArray[np.float64] = np.full(FIRST_CAPACITY, np.inf)
        shape = FIRST_CAPACITY, FIRST_CAPACITY
        self._fields: dict[str, NDArray[Any]] = {name: np.zeros(shape, kind) for name, kind in FIELDS.items()}
        self._codes: NDArray[np.int32] = np.full(FIRST_CAPACITY, UNKNOWN, dtype=np.int32)
        self.redescribed: set[int] = set()

    def field(self, name: str) -> NDArray[Any]:
        return self._fields[name]

    def add_row(self) -> int:
        """Return the number of a new, empty row."""
        if self.rows == len(self.lengths):
            more = max(FIRST_CAPACITY, len(self.lengths) // 4)
            self.lengths = np.concatenate((self.lengths, np.zeros(more, dtype=np.int64)))
            self._codes = np.concatenate((self._codes, np.full(more, UNKNOWN, dtype=np.int32)))
            self.lowest = np.concatenate((self.lowest, np.full(more, np.inf)))
            self._grow(len(self.lengths), self.capacity)
        self.rows += 1
        return self.rows - 1

    def parts(self) -> dict[str, NDArray[Any]]:
        """Return all that the block holds, as arrays by name; they are the block's own."""
        redescribed = np.array(sorted(self.redescribed), dtype=np.int64)
        own: dict[str, NDArray[Any]] = {
            "lengths": self.lengths,
            "lowest": self.lowest,
            "described": self._codes,
        }
        return own | {"redescribed": redescribed, "instants": self._instants.met} | self._fields

    def put_back(self, parts: Mapping[str, NDArray[Any]]) -> None:
        """Hold what `parts` gave of a block of as many rows: these arrays are the block's from now on."""
        self.lengths, self.lowest, self._codes = parts["lengths"], parts["lowest"], parts["described"]
        self.redescribed = set(parts["redescribed"].tolist())
        self._instants.meet(parts["instants"])
        self._fields = {name: parts[name] for name in (*FIELDS, CODES) if name in parts}
        self.capacity = self._fields["values"].shape[1]

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
        self.lengths = self.lengths - old
        moved = np.flatnonzero(old)
        for rows in (moved[begin : begin + MOVED] for begin in range(0, len(moved), MOVED)):
            at = np.minimum(np.arange(self.capacity) + old[rows, None], self.capacity - 1)
            for matrix in self._fields.values():
                matrix[rows] = np.take_along_axis(matrix[rows], at, axis=1)
            used = np.arange(self.capacity) < self.lengths[rows, None]
            lowest = np.fmin.reduce(np.where(used, self._fields["values"][rows], np.inf), axis=1)
            self.lowest[rows] = lowest

    def _grow(self, rows: int, capacity: int) -> None:
        for name in list(self._fields):  # one field after the other, so that at most one is held twice
            self._fields[name] = _grown(self._fields.pop(name), rows, capacity)
        self.capacity = capacity

    def write(self, rows: Ints, places: Ints, figures: Mapping[str, NDArray[Any]]) -> None:
        self._describe(rows, figures[CODES])
        for name, column in self._fitting(figures).items():
            self._fields[name][rows, places] = column
        np.fmin.at(self.lowest, rows, figures["values"])

    def _describe(self, rows: Ints, codes: NDArray[Any]) -> None:
        """Note the descriptions of rows; from the first row with two on, each figure has its own."""
        new = self._codes[rows] == UNKNOWN
        self._codes[rows[new]] = codes[new]
        others = self._codes[rows] != codes
        if not others.any():
            return
        self.redescribed.update(rows[others].tolist())
        if CODES not in self._fields:
            self._fields[CODES] = np.repeat(self._codes[:, None], self.capacity, axis=1)

    def codes_at(self, rows: Ints, places: Ints) -> NDArray[np.int32]:
        """Return the numbers of the figures' descriptions."""
        codes: NDArray[np.int32] = (
            self._fields[CODES][rows, places] if CODES in self._fields else self._codes[rows]
        )
        return codes

    def ends_at(self, rows: Ints, places: Ints) -> NDArray[np.int32]:
        """Return the day after each figure's period as days since 1970."""
        return self._texts.ends(self._fields["periods"][rows, places])

    def known_at(self, rows: Ints, places: Ints) -> Ints:
        """Return when figures became known, in microseconds since 1970."""
        held = self._fields[KNOWN][rows, places]
        return self._instants.known_us(held) if held.dtype == np.uint16 else held

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
        found = {name: figures[name] for name in self._fields}
        if self._fields["periods"].dtype == np.uint16 and figures["periods"].max(initial=0) > SHORT:
            self._fields["periods"] = self._fields["periods"].astype(np.int32)
        found[KNOWN] = self._fitting_instants(found[KNOWN])
        held = self._fields["ids"]
        if held.dtype == np.uint64:
            keys = keys_of(figures["ids"])
            if keys is not None:
                return {**found, "ids": keys}
            held = self._fields["ids"] = names_of(held)
        if figures["ids"].dtype.itemsize > held.dtype.itemsize:
            self._fields["ids"] = held.astype(figures["ids"].dtype)
        return found

    def _fitting_instants(self, known_us: NDArray[Any]) -> NDArray[Any]:
        """Return instants as they are held; beyond those that numbers tell each stands as it is."""
        held = self._fields[KNOWN]
        if held.dtype != np.uint16:
            return known_us
        numbers = self._instants.numbers(known_us)
        if numbers is None:
            self._fields[KNOWN] = self._instants.known_us(held)
            return known_us
        return numbers

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
        self._describe(np.full(count - held, row), figures[CODES])
        for name, column in self._fitting(figures).items():
            matrix = self._fields[name]
            matrix[row, :count] = np.concatenate((matrix[row, :held], column))[order]
        self.lengths[row] = count
        self.lowest[row] = np.fmin(self.lowest[row], np.fmin.reduce(figures["values"]))


def _grown(matrix: NDArray[Any], rows: int, capacity: int) -> NDArray[Any]:
    """Return the matrix with more rows and places, zeros in the new ones: in its own memory where nobody else looks at it."""
    count, size = matrix.shape
    try:
        matrix.resize((rows, capacity))
    except ValueError:  # somebody does
        grown = np.zeros((rows, capacity), matrix.dtype)
        grown[:count, :size] = matrix
        return grown
    places = matrix.reshape(-1)
    for row in range(count - 1, 0, -1) if capacity > size else ():
        places[row * capacity : row * capacity + size] = places[row * size : (row + 1) * size]
    matrix[:count, size:] = np.zeros((), matrix.dtype)
    return matrix
