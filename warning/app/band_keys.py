"""Millions of keys, each with numbers of what has them, in eight bytes an entry: half of a key tells nearly as much.

Whoever asks looks again at what is found: one in some hundred thousand entries has another key.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Words = NDArray[np.uint64]
Numbers = NDArray[np.int64]
# A layer is merged into the one before it once that is less than so many times its size.
_GROWTH = 4
# Nor does a layer grow beyond so many entries, 8 MB: merging two takes the room of both once more.
MOST_TOGETHER = 1 << 20
_NUMBER = np.uint64((1 << 32) - 1)
_FACTOR = np.uint64(0x9E37_79B9_7F4A_7C15)
_NONE = np.zeros(0, dtype=np.int64)


class BandKeys:
    """Numbers below 2**32 by key (64 bits, signed). Entries stand sorted, in layers that grow in size towards the first."""

    def __init__(self, most_together: int = MOST_TOGETHER) -> None:
        self._most = most_together
        self._layers: list[Words] = []
        self._least = 0

    def add(self, keys: ArrayLike, numbers: ArrayLike) -> None:
        """Add entries, one number a key."""
        layer = _upper(keys) | np.asarray(numbers, dtype=np.uint64)
        if not len(layer):
            return
        layer.sort()
        while self._layers and self._may_merge(self._layers[-1], layer):
            layer = self._merged(self._layers.pop(), layer)
        self._layers.append(layer)

    def let_go(self, least: int) -> None:
        """Forget entries with a lesser number; their room is free once their layer is merged, or has no others."""
        self._least = least
        while len(self._layers) > 1 and not ((self._layers[0] & _NUMBER) >= least).any():
            del self._layers[0]

    def of(self, keys: ArrayLike) -> tuple[Numbers, Numbers]:
        """Return (place in `keys`, number) of every entry of these keys, in no order, and perhaps some of others."""
        asked = _upper(keys)
        order = np.argsort(asked, kind="stable")  # neighbours are found near one another
        wanted = asked[order]
        places, numbers = [_NONE], [_NONE]
        for held in self._layers:
            begins = np.searchsorted(held, wanted, side="left")
            counts = np.searchsorted(held, wanted | _NUMBER, side="right") - begins
            found = np.flatnonzero(counts)
            if not len(found):
                continue
            counts = counts[found]
            steps = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
            places.append(np.repeat(order[found], counts))
            entries = held[np.repeat(begins[found], counts) + steps]
            numbers.append((entries & _NUMBER).astype(np.int64))
        place, number = np.concatenate(places), np.concatenate(numbers)
        standing = number >= self._least
        return place[standing], number[standing]

    def _may_merge(self, one: Words, other: Words) -> bool:
        return len(one) < _GROWTH * len(other) and len(one) + len(other) <= self._most

    def _merged(self, one: Words, other: Words) -> Words:
        both = np.concatenate((one, other))
        if self._least:
            both = both[(both & _NUMBER) >= self._least]
        both.sort()
        return both


def _upper(keys: ArrayLike) -> Words:
    """The upper half of keys whose bits were mixed: those of a band differ in the lower ones."""
    mixed: Words = np.asarray(keys, dtype=np.int64).view(np.uint64) * _FACTOR
    return mixed & ~_NUMBER
