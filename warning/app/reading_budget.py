"""How long one poll may keep the processes that read documents: all its documents and pages share it."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from time import monotonic
from typing import TypeVar

from warning.errors import ReadingSpent

POLL_READING_SECONDS = 180.0
"""A document has 60 s of its own: a page behind a list is always read whatever stood before it."""

FOLLOWS = "the rest follows at the next poll"
T = TypeVar("T")
Spending = Callable[[], AbstractContextManager[None]]


class ReadingBudget:
    """Seconds for which readers are kept, without those of waiting for one that is free.

    Nothing begins to be read once they are used up; what has begun has its own limit.
    """

    __slots__ = ("_left", "_seconds")

    def __init__(self, seconds: float = POLL_READING_SECONDS) -> None:
        self._seconds = self._left = seconds

    @property
    def is_spent(self) -> bool:
        return self._left <= 0

    def check(self) -> None:
        """Raises ReadingSpent when nothing more may begin."""
        if self.is_spent:
            raise ReadingSpent(
                f"reading took the {self._seconds:g} s that all documents of a poll have: {FOLLOWS}"
            )

    def has_taken(self, seconds: float) -> bool:
        return self._seconds - self._left >= seconds

    @contextmanager
    def spending(self) -> Iterator[None]:
        began = monotonic()
        try:
            yield
        finally:
            self._left -= monotonic() - began


async def in_thread(function: Callable[..., T], *arguments: object, spending: Spending = nullcontext) -> T:
    """Call what reads documents where there are no processes for it."""
    with spending():
        return await asyncio.to_thread(function, *arguments)
