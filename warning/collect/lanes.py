"""Places for requests: a source that keeps us waiting loses its place to the next, and waits among its like next time."""

import asyncio
from collections.abc import Callable
from typing import Protocol, Self

from warning.collect.gates import Gate

SLOW_PLACES = 8
PATIENCE_SECONDS = 2.0
PATIENCES_SILENT = 3
PATIENCES_COMING = 10
"""How many patiences a request may take before it is given up for those that wait: if nothing comes, and if something does."""
COMING_BYTES_A_SECOND = 1024


class Arrives(Protocol):
    """What comes of a request: `total_bytes` until now."""

    total_bytes: int


class Waits(Protocol):
    """Room for a large body."""

    is_waited_for: bool


class TellLate(Protocol):
    """Hears when a source becomes slow, and when it is no longer."""

    def __call__(self, source_id: str, *, late: bool) -> None: ...


class Lends(Protocol):
    """What a request holds besides its place, and gives to others when it takes long."""

    def lend(self) -> None: ...

    def step_out(self) -> None: ...


class Lanes:
    """Belongs to one event loop. `places` requests are under way at once.

    One that takes longer than `patience_seconds` goes on beside them, twice `places` such requests at most, and its source
    is remembered: until it answers in time, it has one of `slow_places` places only, shared with its like, where it
    may take all its time. While others wait and all room beside is taken, the slowest of those beside is given up.
    `tell_late` hears of it.
    """

    def __init__(
        self, places: int, *, slow_places: int = SLOW_PLACES, patience_seconds: float = PATIENCE_SECONDS
    ) -> None:
        self.usual = Gate(places)
        self.slow = Gate(slow_places)
        self.left_beside = 2 * places
        self.patience_seconds = patience_seconds
        self.waiting = 0
        self.beside: set[Place] = set()
        self._late: set[str] = set()
        self.tell_late: TellLate | None = None
        self._in_time: dict[Place, None] = {}
        self._watch: asyncio.TimerHandle | None = None

    def is_slow(self, source_id: str) -> bool:
        return source_id in self._late

    def place(self, source_id: str, besides: Lends | None = None) -> "Place":
        """Wait for a place, as `async with lanes.place(...) as place`; the patience counts from `place.start()`."""
        return Place(self, source_id, besides)

    def learn(self, source_id: str, *, late: bool) -> None:
        if late == (source_id in self._late):
            return
        if late:
            self._late.add(source_id)
        else:
            self._late.discard(source_id)
        if self.tell_late is not None:
            self.tell_late(source_id, late=late)

    def watch(self, place: "Place") -> None:
        """Tell the place when its patience is over. All have the same, so one timer for the oldest serves them all."""
        self._in_time[place] = None
        if self._watch is None:
            self._watch_oldest()

    def unwatch(self, place: "Place") -> None:
        self._in_time.pop(place, None)

    def _watch_oldest(self) -> None:
        oldest = next(iter(self._in_time), None)
        self._watch = None
        if oldest is not None:
            loop = asyncio.get_running_loop()
            self._watch = loop.call_at(oldest.started + self.patience_seconds, self._end_patience)

    def _end_patience(self) -> None:
        now = asyncio.get_running_loop().time()
        for place in [one for one in self._in_time if one.started + self.patience_seconds <= now]:
            del self._in_time[place]
            place.grow_late()
        self._watch_oldest()


class Place:
    """One request's place. A class, as this is done for every request. `arriving` is what comes, once something does;
    `share` is its room where that is large.

    `started` is the loop's time at which the request was sent.
    """

    __slots__ = (
        "_besides",
        "_deadline",
        "_gate",
        "_is_late",
        "_lanes",
        "_listen",
        "_paused_at",
        "_seconds",
        "_source_id",
        "_timer",
        "arriving",
        "share",
        "started",
        "was_given_up",
    )

    def __init__(self, lanes: Lanes, source_id: str, besides: Lends | None) -> None:
        self._lanes = lanes
        self._source_id = source_id
        self._besides = besides
        self._gate: Gate | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._deadline: asyncio.Timeout | None = None
        self._seconds = 0.0
        self.started = 0.0
        self._paused_at = 0.0
        self._is_late = False
        self._listen: Callable[[], None] | None = None
        self.arriving: Arrives | None = None
        self.share: Waits | None = None
        self.was_given_up = False

    async def __aenter__(self) -> Self:
        lanes = self._lanes
        gate = lanes.slow if lanes.is_slow(self._source_id) else lanes.usual
        if not gate.enter_now():
            is_usual = gate is lanes.usual
            lanes.waiting += is_usual
            try:
                await gate.enter()
            finally:
                lanes.waiting -= is_usual
        self._gate = gate
        return self

    def start(self, deadline: asyncio.Timeout | None = None, seconds: float = 0.0) -> None:
        """The request is sent now. Where it has a `deadline`, that comes after `seconds`.

        It can be given up there too: it ends at once, and `was_given_up`. A deadline longer than the patience is set
        when that is over: nearly all requests end before, and need no timer of their own.
        """
        self._deadline, self._seconds = deadline, seconds
        self.started = asyncio.get_running_loop().time()
        self._lanes.watch(self)
        if seconds <= self._lanes.patience_seconds:
            self._set_deadline()

    def _set_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.reschedule(self.started + self._seconds)

    def listens(self, listen: Callable[[], None], seconds: float) -> None:
        """It waits for an answer on one connection: `listen` counts its silence, `seconds` at most.

        Silence longer than the patience is counted from the end of that: nearly all answers come before.
        """
        if self._is_late or seconds <= self._lanes.patience_seconds:
            listen()
        else:
            self._listen = listen

    def has_heard(self) -> None:
        """What it listened to belongs to others now."""
        self._listen = None

    def pause(self) -> None:
        """It waits for something of ours from now on: `seconds` at most, and its own time does not pass."""
        self._paused_at = asyncio.get_running_loop().time()
        self._lanes.unwatch(self)
        if self._deadline is not None:
            self._deadline.reschedule(self._paused_at + self._seconds)
        if self._besides is not None:
            self._besides.step_out()
        if self._timer is None:
            self._make_way()

    def resume(self) -> None:
        """What it waited for is there. `started` moves by the time that took."""
        self.started += asyncio.get_running_loop().time() - self._paused_at
        if self._is_late or self._seconds <= self._lanes.patience_seconds:
            self._set_deadline()
            return
        if self._deadline is not None:
            self._deadline.reschedule(None)
        self._lanes.watch(self)

    def bytes_a_second(self, now: float) -> float:
        come = self.arriving.total_bytes if self.arriving is not None else 0
        return come / max(now - self.started, 1e-9)

    def may_be_given_up(self, now: float) -> bool:
        """Whether it had its time, and is not about to end already."""
        is_coming = self.bytes_a_second(now) >= COMING_BYTES_A_SECOND
        patiences = PATIENCES_COMING if is_coming else PATIENCES_SILENT
        had_its_time = now - self.started >= patiences * self._lanes.patience_seconds
        return had_its_time and self._deadline is not None and not self._deadline.expired()

    def grow_late(self) -> None:
        """Its patience is over."""
        self._is_late = True
        if self._listen is not None:
            self._listen()
        if self._seconds > self._lanes.patience_seconds:
            self._set_deadline()
        self._lanes.learn(self._source_id, late=True)
        if self._timer is None:
            self._make_way()

    def _make_way(self) -> None:
        """Go on beside the others; every patience more in which there was no room for that, look again."""
        lanes = self._lanes
        if self._besides is not None:
            self._besides.lend()
        if self._gate is not lanes.usual:
            return
        loop = asyncio.get_running_loop()
        if not lanes.left_beside:
            self._give_up_another(loop.time())
        if lanes.left_beside:
            self._step_beside()
        else:
            self._timer = loop.call_later(lanes.patience_seconds, self._make_way)

    def _step_beside(self) -> None:
        self._lanes.left_beside -= 1
        self._lanes.beside.add(self)
        self._lanes.usual.leave()
        self._gate = None

    def _give_up_another(self, now: float) -> None:
        lanes = self._lanes
        able = [one for one in lanes.beside if one.may_be_given_up(now)] if lanes.waiting else []
        if able:
            min(able, key=lambda one: (one.bytes_a_second(now), one.started)).give_up(now)

    def give_up(self, now: float) -> None:
        """Its request ends at once, and the room it took beside is free."""
        assert self._deadline is not None, "only what may be given up is"
        self.was_given_up = True
        self._deadline.reschedule(now)
        self._leave_beside()

    def _leave_beside(self) -> None:
        if self in self._lanes.beside:
            self._lanes.beside.discard(self)
            self._lanes.left_beside += 1

    async def __aexit__(self, *_: object) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._lanes.unwatch(self)
        if self.started:
            self._lanes.learn(self._source_id, late=self._is_late)
        if self._gate is None:
            self._leave_beside()
        else:
            self._gate.leave()
