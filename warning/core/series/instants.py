"""When figures became known, as numbers of two bytes each: the figures of a day mostly share their instant."""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Numbers = NDArray[np.uint16]
MOST = 1 << 16


class Instants:
    """Microseconds since 1970 by number, in the order in which they were first met."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._numbers: dict[int, int] = {}
        # Number 0 stands in places without a figure, before any instant was met.
        self._known_us: Ints = np.zeros(1, dtype=np.int64)

    def numbers(self, known_us: Ints) -> Numbers | None:
        """Return the numbers of instants; None, and nothing is learnt, when there would be more than two bytes can tell."""
        met, places = np.unique(known_us, return_inverse=True)
        new = [known for known in met.tolist() if known not in self._numbers]
        if len(self._numbers) + len(new) > self._most:
            return None
        if new:
            self._numbers |= zip(new, range(len(self._numbers), len(self._numbers) + len(new)), strict=True)
            self._known_us = np.array(list(self._numbers), dtype=np.int64)
        return np.array([self._numbers[known] for known in met.tolist()], dtype=np.uint16)[places]

    def known_us(self, numbers: Numbers) -> Ints:
        found: Ints = self._known_us[numbers]
        return found

    @property
    def met(self) -> Ints:
        """All instants that have a number, in the order of the numbers."""
        return np.array(list(self._numbers), dtype=np.int64)

    def meet(self, known_us: Ints) -> None:
        """Number these instants from 0 on; nothing was met before."""
        self._numbers = {known: number for number, known in enumerate(known_us.tolist())}
        self._known_us = known_us if len(known_us) else self._known_us
