"""How many bytes of large documents may be in memory at once, over all sources: those that grow past it wait their turn.

Sources that flood are under way a hundred at a time. Each alone is bound by its `max_size`, all together by this. What
counts is what has come, while it comes by steps of `STEP_BYTES` at least. One poll at a time goes on where there is no
room left, so that none waits for itself, nor two for each other: all that is held is `most_bytes` and the documents of
that one poll, less than a step more.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from warning.collect.fetch_values import MEBIBYTE

MOST_BYTES = 64 * MEBIBYTE
LARGE_BYTES = MEBIBYTE // 4
"""What a document may take without a turn: nearly all do."""
STEP_BYTES = 64 * 1024
PATIENCE_SECONDS = 2.0
"""While others wait, who takes longer than this for a step is given up, where its request had its time."""


class Grows(Protocol):
    """The request whose document grows."""

    def pause(self) -> None: ...

    def resume(self) -> None: ...

    def may_be_given_up(self, now: float) -> bool: ...

    def give_up(self, now: float) -> None: ...


class TellWaits(Protocol):
    """Hears when a request of a source begins to wait for room, and when it does no longer."""

    def __call__(self, source_id: str, *, waits: bool) -> None: ...


@contextmanager
def waiting(tell: TellWaits | None, source_id: str) -> Iterator[None]:
    """Tell that a request of a source waits for room here, until this is over."""
    if tell is not None:
        tell(source_id, waits=True)
    try:
        yield
    finally:
        if tell is not None:
            tell(source_id, waits=False)


@dataclass(slots=True, eq=False)
class _Turn:
    source_id: str
    size_bytes: int
    is_let_in: asyncio.Future[None]


def counted(size_bytes: int) -> int:
    """Return how much of a document counts: all or nothing."""
    return size_bytes if size_bytes > LARGE_BYTES else 0


class LargeBodies:
    """Belongs to one event loop. A poll is known by its source; it holds what comes and what it keeps until it is over.

    `tell_kept` hears what polls keep, by source, whenever that changes, for who asks in another process; `tell_waits`
    whose document waits for room.
    """

    def __init__(self, most_bytes: int = MOST_BYTES, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._most_bytes = most_bytes
        self._patience_seconds = patience_seconds
        self._held: dict[str, int] = {}  # who has held longest comes first
        self._kept: dict[str, int] = {}
        self._kept_elsewhere: Mapping[str, int] = {}
        self._waiting: list[_Turn] = []
        self._shares: set[Share] = set()
        self._ahead: str | None = None
        self._watch: asyncio.TimerHandle | None = None
        self.tell_kept: Callable[[Mapping[str, int]], None] | None = None
        self.tell_waits: TellWaits | None = None

    @property
    def held_bytes(self) -> int:
        return sum(self._held.values())

    @property
    def is_full(self) -> bool:
        """Whether what came and is not stored yet leaves no room."""
        return bool(self._kept) and sum(self._kept.values()) >= self._most_bytes

    @property
    def kept(self) -> Mapping[str, int]:
        return self._kept

    def share(self, source_id: str, request: Grows | None = None) -> "Share":
        """Room for a document while it comes, as `with bodies.share(...) as share`."""
        return Share(self, source_id, request)

    def takes_at_once(self, source_id: str, size_bytes: int) -> bool:
        """Hold so much more where nobody is to be waited for; return whether."""
        is_free = self._ahead == source_id or (not self._waiting and self._fits(size_bytes))
        if is_free:
            self._take(source_id, size_bytes)
        return is_free

    async def hold(self, source_id: str, size_bytes: int) -> None:
        """Return when there is room for so much more, or when this poll is the one that goes on without."""
        if self.takes_at_once(source_id, size_bytes):
            return
        turn = _Turn(source_id, size_bytes, asyncio.get_running_loop().create_future())
        self._waiting.append(turn)
        self._admit()
        self._look_again()
        try:
            await turn.is_let_in
        except asyncio.CancelledError:
            if turn in self._waiting:
                self._waiting.remove(turn)
                self._admit()
            elif not turn.is_let_in.cancelled():  # let in and cancelled in the same moment
                self.give_back(source_id, size_bytes)
            raise

    def keep(self, source_id: str, size_bytes: int) -> int:
        """Count a document that has come, in place of the room it had while it came; return what is to be let go."""
        kept = counted(size_bytes)
        if kept:
            self._take(source_id, kept)
            self._kept[source_id] = self._kept.get(source_id, 0) + kept
            self._tell()
        return kept

    def let_go(self, source_id: str, kept_bytes: int) -> None:
        """What was kept is stored, or dropped."""
        if kept_bytes:
            self._kept[source_id] -= kept_bytes
            if not self._kept[source_id]:
                del self._kept[source_id]
            self.give_back(source_id, kept_bytes)
            self._tell()

    def keep_elsewhere(self, kept: Mapping[str, int]) -> None:
        """What polls keep in the process that asked for their documents, in place of what it was before."""
        for source_id, size_bytes in self._kept_elsewhere.items():
            self.give_back(source_id, size_bytes)
        for source_id, size_bytes in kept.items():
            self._take(source_id, size_bytes)
        self._kept_elsewhere = kept

    def give_back(self, source_id: str, size_bytes: int) -> None:
        """Others are let in a moment later: what has come is counted by the one who keeps it before."""
        self._held[source_id] -= size_bytes
        asyncio.get_running_loop().call_soon(self._settle)

    def enter(self, share: "Share") -> None:
        self._shares.add(share)

    def leave(self, share: "Share") -> None:
        self._shares.discard(share)

    def _take(self, source_id: str, size_bytes: int) -> None:
        self._held[source_id] = self._held.get(source_id, 0) + size_bytes

    def _tell(self) -> None:
        if self.tell_kept is not None:
            self.tell_kept(self._kept)

    def _fits(self, size_bytes: int) -> bool:
        return self.held_bytes + size_bytes <= self._most_bytes

    def _settle(self) -> None:
        for source_id in [one for one, size in self._held.items() if not size]:
            del self._held[source_id]
        if self._ahead is not None and (self._ahead not in self._held or self._fits(0)):
            self._ahead = None
        self._admit()

    def _admit(self) -> None:
        """Who is ahead goes on, then who has held longest, then who asked first."""
        ages = {source_id: age for age, source_id in enumerate(self._held)}
        self._waiting.sort(
            key=lambda turn: (turn.source_id != self._ahead, ages.get(turn.source_id, len(ages)))
        )
        while self._waiting:
            turn = self._waiting[0]
            if not self._fits(turn.size_bytes):
                if self._ahead not in {None, turn.source_id}:
                    return
                self._ahead = turn.source_id
            del self._waiting[0]
            if not turn.is_let_in.done():
                self._take(turn.source_id, turn.size_bytes)
                turn.is_let_in.set_result(None)

    def _look_again(self) -> None:
        if self._waiting and self._watch is None:
            loop = asyncio.get_running_loop()
            self._watch = loop.call_later(self._patience_seconds, self._end_slowest)

    def _end_slowest(self) -> None:
        self._watch = None
        if self._waiting:
            now = asyncio.get_running_loop().time()
            slow = [one for one in self._shares if one.is_slow(now, self._patience_seconds)]
            if slow:
                min(slow, key=lambda one: one.grown_at).give_up(now)
        self._look_again()


class Share:
    """The room of one document while it comes. `is_waited_for` while it stands in the queue, and when it ended there.

    `grown_at` is the loop's time of its last step.
    """

    __slots__ = ("_bodies", "_held_bytes", "_request", "_source_id", "grown_at", "is_waited_for")

    def __init__(self, bodies: LargeBodies, source_id: str, request: Grows | None) -> None:
        self._bodies = bodies
        self._source_id = source_id
        self._request = request
        self._held_bytes = 0
        self.grown_at = 0.0
        self.is_waited_for = False

    async def grow(self, size_bytes: int) -> int:
        """The document comes to `size_bytes`: return when there is room, and how large it may be before it asks again."""
        more = max(size_bytes - self._held_bytes, STEP_BYTES)
        if not self._bodies.takes_at_once(self._source_id, more):
            await self._wait(more)
        self._bodies.enter(self)
        self._held_bytes += more
        self.grown_at = asyncio.get_running_loop().time()
        return self._held_bytes

    async def _wait(self, more: int) -> None:
        """The time spent here is no lateness of the source."""
        self.is_waited_for = True
        if self._request is not None:
            self._request.pause()
        with waiting(self._bodies.tell_waits, self._source_id):
            await self._bodies.hold(self._source_id, more)
        if self._request is not None:
            self._request.resume()
        self.is_waited_for = False

    def is_slow(self, now: float, patience_seconds: float) -> bool:
        if self._request is None or self.is_waited_for or self.grown_at + patience_seconds > now:
            return False
        return self._request.may_be_given_up(now)

    def give_up(self, now: float) -> None:
        assert self._request is not None, "only what is slow is given up"
        self._request.give_up(now)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bodies.leave(self)
        if self._held_bytes:
            self._bodies.give_back(self._source_id, self._held_bytes)
