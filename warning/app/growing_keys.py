"""Millions of keys, each with one or more whole numbers, in sorted arrays: sixteen bytes an entry, whatever is added.

A dictionary of as many would take ten times the room. Entries stand in layers that grow in size towards the first, and
are asked for many at a time.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Keys = NDArray[np.int64]
_NONE = np.zeros(0, dtype=np.int64)
# A layer is merged into the one before it once that is less than so many times its size.
_GROWTH = 4
# Nor does a layer grow beyond so many entries, 4 MB: merging two takes three times the room of both once more.
MOST_TOGETHER = 1 << 18


class GrowingKeys:
    """Numbers by key (64 bits, signed). A key may be added again with another number: it then has both."""

    def __init__(self, most_together: int = MOST_TOGETHER) -> None:
        self._most = most_together
        self._layers: list[tuple[Keys, Keys]] = []
        self._least = np.iinfo(np.int64).min

    def __len__(self) -> int:
        return sum(len(keys) for keys, _ in self._layers)

    def add(self, keys: ArrayLike, numbers: ArrayLike) -> None:
        """Add entries, one number a key."""
        layer = _sorted(np.asarray(keys, dtype=np.int64), np.asarray(numbers, dtype=np.int64))
        if not len(layer[0]):
            return
        while self._layers and self._may_merge(len(self._layers[-1][0]), len(layer[0])):
            before = self._layers.pop()
            layer = self._kept(*(np.concatenate(pair) for pair in zip(before, layer, strict=True)))
        self._layers.append(layer)

    def let_go(self, least: int) -> None:
        """Forget entries with a lesser number; their room is free once their layer is merged, or has no others."""
        self._least = least
        while len(self._layers) > 1 and not (self._layers[0][1] >= least).any():
            del self._layers[0]

    def of(self, keys: ArrayLike) -> tuple[Keys, Keys]:
        """Return (place in `keys`, number) of every entry of these keys, in no order."""
        asked = np.asarray(keys, dtype=np.int64)
        order = np.argsort(asked, kind="stable")  # neighbours are found near one another
        places, numbers = [_NONE], [_NONE]
        for held, values in self._layers:
            begins = np.searchsorted(held, asked[order], side="left")
            counts = np.searchsorted(held, asked[order], side="right") - begins
            found = np.flatnonzero(counts)
            if not len(found):
                continue
            counts = counts[found]
            steps = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
            places.append(np.repeat(order[found], counts))
            numbers.append(values[np.repeat(begins[found], counts) + steps])
        place, number = np.concatenate(places), np.concatenate(numbers)
        standing = number >= self._least
        return place[standing], number[standing]

    def _may_merge(self, before: int, size: int) -> bool:
        return before < _GROWTH * size and before + size <= self._most

    def _kept(self, keys: Keys, numbers: Keys) -> tuple[Keys, Keys]:
        standing = numbers >= self._least
        return _sorted(keys[standing], numbers[standing])


def _sorted(keys: Keys, numbers: Keys) -> tuple[Keys, Keys]:
    order = np.argsort(keys, kind="stable")
    return keys[order], numbers[order]
