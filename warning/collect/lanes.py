"""Places for requests: a source that keeps us waiting loses its place to the next, and waits among its like next time."""

import asyncio
from typing import Protocol, Self

SLOW_PLACES = 8
PATIENCE_SECONDS = 2.0


class Lends(Protocol):
    """What a request holds besides its place, and gives to others when it takes long."""

    def lend(self) -> None: ...


class Lanes:
    """Belongs to one event loop. `places` requests are under way at once.

    One that takes longer than `patience_seconds` goes on beside them, twice `places` such requests at most, and its source
    is remembered: until it answers in time, it has one of `slow_places` places only, shared with its like.
    """

    def __init__(
        self, places: int, *, slow_places: int = SLOW_PLACES, patience_seconds: float = PATIENCE_SECONDS
    ) -> None:
        self.usual = asyncio.Semaphore(places)
        self.slow = asyncio.Semaphore(slow_places)
        self.left_beside = 2 * places
        self.patience_seconds = patience_seconds
        self._late: set[str] = set()

    def is_slow(self, source_id: str) -> bool:
        return source_id in self._late

    def place(self, source_id: str, besides: Lends | None = None) -> "Place":
        """Wait for a place, as `async with lanes.place(...) as place`; the patience counts from `place.start()`."""
        return Place(self, source_id, besides)

    def learn(self, source_id: str, *, late: bool) -> None:
        if late:
            self._late.add(source_id)
        else:
            self._late.discard(source_id)


class Place:
    """One request's place. A class, as this is done for every request."""

    __slots__ = ("_besides", "_gate", "_is_late", "_lanes", "_source_id", "_timer")

    def __init__(self, lanes: Lanes, source_id: str, besides: Lends | None) -> None:
        self._lanes = lanes
        self._source_id = source_id
        self._besides = besides
        self._gate: asyncio.Semaphore | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._is_late = False

    async def __aenter__(self) -> Self:
        lanes = self._lanes
        self._gate = lanes.slow if lanes.is_slow(self._source_id) else lanes.usual
        await self._gate.acquire()
        return self

    def start(self) -> None:
        """The request is sent now."""
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(self._lanes.patience_seconds, self._grow_late)

    def _grow_late(self) -> None:
        lanes = self._lanes
        self._is_late = True
        lanes.learn(self._source_id, late=True)
        if self._besides is not None:
            self._besides.lend()
        if self._gate is lanes.usual and lanes.left_beside:
            lanes.left_beside -= 1
            self._gate.release()
            self._gate = None

    async def __aexit__(self, *_: object) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._lanes.learn(self._source_id, late=self._is_late)
        if self._gate is None:
            self._lanes.left_beside += 1
        else:
            self._gate.release()
