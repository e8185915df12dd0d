"""The items on which a rule fires before and after an edit: who they are, each once, the last version of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from warning.app.item_lines import timed
from warning.collect.history_files import SEGMENT_ITEMS, HistoryIndex
from warning.collect.mapped_arrays import picked
from warning.core.text.postings import numbers_of

# The arrays of a segment that say what an item is and when it became known.
_ARRAYS = ("ids", "known_at")
# Items of a file that fire after the edit and before, by number; and of such items, one value each: whether they are of
# each side, identity, time, file and number.
OfFile = tuple[int, tuple[BitMap, BitMap]]
Columns = tuple[NDArray[Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FiredItems:
    """Items of some files, each once: the last version of each identity, by identity. Times are microseconds since 1970."""

    ids: NDArray[np.uint64]
    times: NDArray[np.int64]
    files: NDArray[np.int64]
    numbers: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.ids)

    def without(self, others: "FiredItems") -> "FiredItems":
        if others is self:
            return self.at(np.zeros(0, dtype=np.int64))
        return self.at(np.flatnonzero(~_among(self.ids, others.ids)))

    def newest(self, count: int) -> "FiredItems":
        """The last of them by time, then identity, the newest at the end."""
        some = np.arange(len(self))
        if len(self) > count:
            some = np.flatnonzero(self.times >= np.partition(self.times, -count)[-count])
        return self.at(some[np.lexsort((self.ids[some], self.times[some]))[-count:]])

    def last_of_each(self) -> "FiredItems":
        """Each identity once, as it stands first here: the last is to stand first. They are sorted by it."""
        if not len(self):
            return self
        order = np.argsort(self.ids)
        return self.at(np.minimum.reduceat(order, begins_of(self.ids[order])))

    def at(self, places: NDArray[np.int64]) -> "FiredItems":
        return FiredItems(**{name: getattr(self, name)[places] for name in FiredItems.__slots__})


def sides_of(columns: Sequence[Columns]) -> list[FiredItems]:
    """The items of each side. Where both are the same they are sorted once."""
    if not columns:
        none = np.zeros(0, dtype=np.int64)
        return [FiredItems(ids=none.astype(np.uint64), times=none, files=none, numbers=none)] * 2
    *marks, ids, times, files, numbers = (
        np.concatenate(column)[::-1] for column in zip(*columns, strict=True)
    )
    every = FiredItems(ids=ids, times=times, files=files, numbers=numbers)
    after, before = marks
    later = every.at(np.flatnonzero(after)).last_of_each()
    if np.array_equal(after, before):
        return [later, later]
    return [later, every.at(np.flatnonzero(before)).last_of_each()]


def identified(
    index: HistoryIndex, file: int, sides: tuple[BitMap, BitMap], imported_at: datetime
) -> Columns:
    """Return whether items are of each side, and their identities, times, files and numbers."""
    every = numbers_of(BitMap.union(*sides)).astype(np.int64)
    bounds = np.searchsorted(every, np.arange(index.manifest.segments + 1) * SEGMENT_ITEMS).tolist()
    told = [
        [picked(directory / f"{name}.npy", every[begin:end] - number * SEGMENT_ITEMS) for name in _ARRAYS]
        for number, (begin, end) in enumerate(pairwise(bounds))
        if end > begin and (directory := index.segment(number).directory)
    ]
    ids, known_at = (np.concatenate(column) for column in zip(*told, strict=True))
    after, before = (_among(every, numbers_of(side)) for side in sides)
    return after, before, ids, timed(known_at, imported_at), np.full(len(every), file), every


def begins_of(ordered: NDArray[Any]) -> NDArray[np.int64]:
    """Where each of some ordered values stands first. `np.unique` would load masked arrays for it."""
    changes = np.ones(len(ordered), dtype=np.bool_)
    changes[1:] = ordered[1:] != ordered[:-1]
    return np.flatnonzero(changes)


def _among(values: NDArray[Any], ordered: NDArray[Any]) -> NDArray[np.bool_]:
    """Whether each value is one of some ordered ones."""
    if not len(ordered):
        return np.zeros(len(values), dtype=np.bool_)
    places = np.searchsorted(ordered, values)
    found: NDArray[np.bool_] = ordered[np.minimum(places, len(ordered) - 1)] == values
    return found
