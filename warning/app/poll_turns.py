"""Which polls have begun: a bounded number, so that those of thousands of sources that are due at once wait as next to nothing.

A poll that has begun takes ten kilobytes here and in the process that asks. Nobody waits for what keeps a poll waiting:
one whose source is slow stops counting as soon as that is known, any other after the patience, and those of one host
never fill the places of all. What this program reads and stores is no source's slowness, nor is what keeps a request
waiting for room that other documents take here: patience stands still meanwhile, so long in all as one poll may be read.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

MOST_BEGUN = 256
"""Eight times the requests that are under way at once: asking never waits for polls to begin."""
MOST_OF_HOST = 4
PATIENCE_SECONDS = 10.0
READING_SECONDS = 60.0
"""So long a poll counts while it is read, all its documents together: where readers are busy no others begin, and neither
one document nor a source of many pages holds up all."""


@dataclass(slots=True, eq=False)
class _Waiting:
    source_id: str
    host: str
    let_in: Callable[[], None]
    is_given_up: bool = False


@dataclass(slots=True, eq=False)
class _Counted:
    host: str
    ends: float  # the loop's time at which nobody waits for it any more
    reading_left: float  # seconds
    readings: int = 0
    read_since: float = 0.0
    patience_left: float = 0.0  # seconds, kept while something of it is read


def host_of(url: str) -> str:
    """Return whom polls of this address keep waiting: its host with what stands beside it, or a folder of its own."""
    parts = url.split("/", 3)
    return parts[2] if len(parts) > 2 and not parts[1] else url


class PollTurns:
    """Belongs to one event loop. A poll is known by its source. It counts until `end`, or until it has waited too long."""

    def __init__(
        self,
        most: int = MOST_BEGUN,
        *,
        most_of_host: int = MOST_OF_HOST,
        patience_seconds: float = PATIENCE_SECONDS,
        reading_seconds: float = READING_SECONDS,
    ) -> None:
        self._most = most
        self._most_of_host = most_of_host
        self._patience_seconds = patience_seconds
        self._reading_seconds = reading_seconds
        self._counting: dict[str, _Counted] = {}
        self._of_host: dict[str, int] = {}
        self._ready: deque[_Waiting] = deque()
        self._behind: dict[str, deque[_Waiting]] = {}
        self._waiting: dict[str, _Waiting] = {}
        self._late: set[str] = set()
        self._held_up: dict[str, _Counted] = {}
        self._watch: asyncio.TimerHandle | None = None

    @property
    def counting(self) -> int:
        """How many polls have begun and are waited for."""
        return len(self._counting)

    def begin(self, source_id: str, host: str, let_in: Callable[[], None]) -> None:
        """Call `let_in` when this poll may begin: at once, or as others end, until it is given up.

        One whose source was slow the last time waits for nobody, and nobody for it.
        """
        if source_id in self._late:
            let_in()
            return
        of_host = self._of_host.get(host, 0)
        if of_host < self._most_of_host:
            self._of_host[host] = of_host + 1
            if len(self._counting) < self._most and not self._ready:
                self._count(source_id, host)
                let_in()
                return
        waiting = self._waiting[source_id] = _Waiting(source_id, host, let_in)
        queue = self._ready if of_host < self._most_of_host else self._behind.setdefault(host, deque())
        queue.append(waiting)

    def give_up(self, source_id: str) -> None:
        """The poll is not let in any more. One that does not wait changes nothing."""
        waiting = self._waiting.pop(source_id, None)
        if waiting is not None:
            waiting.is_given_up = True

    def end(self, source_id: str) -> None:
        """The poll is over, or needs no turn any more. A poll that does not count changes nothing."""
        counted = self._counting.pop(source_id, None)
        if counted is not None:
            self._leave(counted.host)
            if self._ready:
                self._admit()

    @contextmanager
    def reading(self, source_id: str) -> Iterator[None]:
        """What came for this poll is read here: until that is over its source's patience stands still.

        Readings of one poll may stand within and beside each other; all together take `reading_seconds` at most. A poll that
        does not count changes nothing.
        """
        counted = self._counting.get(source_id)
        if counted is None:
            yield
            return
        self._stand_still(counted)
        try:
            yield
        finally:
            self._go_on(source_id, counted)

    def waits(self, source_id: str, *, waits: bool) -> None:
        """A request of this poll waits for room that other documents take here, or does no longer: as if it were read."""
        if (
            waits
            and source_id not in self._held_up
            and (counted := self._counting.get(source_id)) is not None
        ):
            self._held_up[source_id] = counted
            self._stand_still(counted)
        elif not waits and (counted := self._held_up.pop(source_id, None)) is not None:
            self._go_on(source_id, counted)

    def _stand_still(self, counted: _Counted) -> None:
        if not counted.readings:
            counted.read_since = now = asyncio.get_running_loop().time()
            counted.patience_left = counted.ends - now
            self._until(counted, now + counted.reading_left)
        counted.readings += 1

    def _go_on(self, source_id: str, counted: _Counted) -> None:
        counted.readings -= 1
        if not counted.readings and self._counting.get(source_id) is counted:
            now = asyncio.get_running_loop().time()
            counted.reading_left -= now - counted.read_since
            self._until(counted, now + counted.patience_left)

    def learn(self, source_id: str, *, late: bool) -> None:
        """The fetcher tells which sources keep it waiting, and which do no longer."""
        if late:
            self._late.add(source_id)
            self.end(source_id)
        else:
            self._late.discard(source_id)

    def forget_late(self) -> None:
        """Who told of slow sources, and of requests that wait, is gone; another learns anew."""
        self._late.clear()
        for source_id in list(self._held_up):
            self.waits(source_id, waits=False)

    def _leave(self, host: str) -> None:
        """The next of the host may stand in the queue of all, or one place of the host is free."""
        behind = self._behind.get(host)
        while behind:
            waiting = behind.popleft()
            if not behind:
                del self._behind[host]
            if not waiting.is_given_up:
                self._ready.append(waiting)
                return
        self._of_host[host] -= 1
        if not self._of_host[host]:
            del self._of_host[host]

    def _admit(self) -> None:
        while self._ready and len(self._counting) < self._most:
            waiting = self._ready.popleft()
            if waiting.is_given_up:
                self._leave(waiting.host)
            else:
                del self._waiting[waiting.source_id]
                self._count(waiting.source_id, waiting.host)
                waiting.let_in()

    def _count(self, source_id: str, host: str) -> None:
        counted = self._counting[source_id] = _Counted(host, 0.0, self._reading_seconds)
        self._until(counted, asyncio.get_running_loop().time() + self._patience_seconds)

    def _until(self, counted: _Counted, ends: float) -> None:
        counted.ends = ends
        if self._watch is not None and ends < self._watch.when():
            self._watch.cancel()
            self._watch = None
        if self._watch is None:
            self._watch = asyncio.get_running_loop().call_at(ends, self._end_patience)

    def _end_patience(self) -> None:
        """One timer serves all: it is set to the first end, which may be put off later."""
        loop = asyncio.get_running_loop()
        self._watch = None
        now = loop.time()
        for source_id in [one for one, counted in self._counting.items() if counted.ends <= now]:
            self.end(source_id)
        if self._watch is not None:  # one that was let in just now has set it for itself
            self._watch.cancel()
            self._watch = None
        if self._counting:
            first = min(counted.ends for counted in self._counting.values())
            self._watch = loop.call_at(first, self._end_patience)
