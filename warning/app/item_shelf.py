"""Items that later ones of a rehearsal may be versions of, all but the last in a file.

Their words are ten kilobytes each, and of years of them a few are asked for again.
"""

import pickle
from collections import deque

from warning.app.put_by import PutBy
from warning.core.evidence import Item

MOST_HELD = 512


class ItemShelf:
    """Items by number, from 0 in the order in which they were put."""

    def __init__(self, most_held: int = MOST_HELD) -> None:
        self._most = most_held
        self._held: deque[Item] = deque()  # those after the ones in the file
        self._file = PutBy()

    def put(self, item: Item) -> int:
        """Keep an item; return the number by which it is asked for."""
        self._held.append(item)
        number = len(self._file) + len(self._held) - 1
        if len(self._held) > self._most:
            first = [self._held.popleft() for _ in range((self._most + 1) // 2)]
            self._file.put(pickle.dumps(one, pickle.HIGHEST_PROTOCOL) for one in first)
        return number

    def get(self, number: int) -> Item:
        """Return an item."""
        behind = number - len(self._file)
        if behind >= 0:
            return self._held[behind]
        item: Item = pickle.loads(self._file.get(number))  # noqa: S301 - written above, to a file without a name
        return item
