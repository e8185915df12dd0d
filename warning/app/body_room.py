"""How many bytes of fetched documents may wait to be read and stored: asking pauses while readers catch up.

Fetching is faster than reading. Without a bound the first round of a large catalogue holds every document in memory.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from warning.app.long_life import Returning
from warning.collect.fetch_values import MEBIBYTE
from warning.collect.large_bodies import LargeBodies, TellWaits, waiting

MOST_BYTES = MEBIBYTE
MOST_BYTES_OF_ONE = MEBIBYTE // 4
PATIENCE_SECONDS = 10.0


class BodyRoom:
    """Belongs to one event loop. A poll takes room for what came and gives it back when that is stored.

    A large document counts as `MOST_BYTES_OF_ONE` and nobody waits longer than the patience: documents that hang
    their readers must not end the asking of sources that only answer "not modified". What is large has a bound of its
    own (`large`), from its coming until it is stored. `tell` hears when there is room again and when there is none, for
    who asks in another process, and `tell_waits` whose request waits for it.
    """

    def __init__(self, *, most_bytes: int = MOST_BYTES, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._most_bytes = most_bytes
        self._patience_seconds = patience_seconds
        self._held_bytes = 0
        self.large = LargeBodies()
        self._returning = Returning()
        self.tell: Callable[[bool], None] | None = None
        self.tell_waits: TellWaits | None = None
        self._open = asyncio.Event()
        self._open.set()

    async def opened(self, source_id: str) -> None:
        """Return when there is room for more, or after the patience."""
        if not self._open.is_set():
            with waiting(self.tell_waits, source_id), suppress(TimeoutError):
                await asyncio.wait_for(self._open.wait(), self._patience_seconds)

    def take(self, size_bytes: int) -> int:
        """Count a document that came; return what is to be given back for it."""
        counted = min(size_bytes, MOST_BYTES_OF_ONE)
        self._held_bytes += counted
        self._settle()
        return counted

    def give_back(self, counted_bytes: int) -> None:
        if not counted_bytes:
            return
        self._held_bytes -= counted_bytes
        self._returning.gone(counted_bytes)
        self._settle()

    @property
    def is_open(self) -> bool:
        return self._open.is_set()

    def _settle(self) -> None:
        is_open = self._held_bytes < self._most_bytes and not self.large.is_full
        if is_open != self.is_open and self.tell is not None:
            self.tell(is_open)
        if is_open:
            self._open.set()
        else:
            self._open.clear()
