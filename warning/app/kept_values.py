"""Signals, or what texts told, put by in a file until somebody asks for one: most never are."""

import pickle
from collections.abc import Iterable
from itertools import islice
from typing import Generic, TypeVar

from warning.app.put_by import PutBy
from warning.app.side_by_side import apart, together

# Side by side so many take a fifth of the time that each would take alone; to read one all of them are read.
TOGETHER = 32
Value = TypeVar("Value")


class KeptValues(Generic[Value]):
    """Values of one kind by number: the later one put by has the higher number."""

    def __init__(self) -> None:
        self._pieces = PutBy()
        self._read: tuple[int, tuple[Value, ...]] = -1, ()

    def put(self, values: Iterable[Value]) -> list[int]:
        """Keep some values; return the numbers by which they are asked for."""
        numbers: list[int] = []
        stream = iter(values)
        while some := list(islice(stream, TOGETHER)):
            for piece in self._pieces.put([pickle.dumps(apart(some), pickle.HIGHEST_PROTOCOL)]):
                numbers += range(piece * TOGETHER, piece * TOGETHER + len(some))
        return numbers

    def get(self, number: int) -> Value:
        """Return a value."""
        piece, place = divmod(number, TOGETHER)
        if self._read[0] != piece:
            self._read = piece, together(pickle.loads(self._pieces.get(piece)))  # noqa: S301 - written above, to a file without a name
        return self._read[1][place]
