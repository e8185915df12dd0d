"""A fetcher whose work is done in a process of its own: in a large round asking and judging have a core each.

What is under way when that process ends fails with a cause, as polls do, and the next request starts another.
"""

import asyncio
import logging
import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from itertools import count
from socket import socket
from types import TracebackType
from typing import Any, Self

from warning.app.asking_line import Line, Manner, Standing, Told, stands
from warning.app.body_room import BodyRoom
from warning.app.parse_nursery import Forked
from warning.app.poll_turns import PollTurns
from warning.collect.fetch_values import Fetched, FetchRequest
from warning.errors import FetchError

LEAST_SOURCES = 1_000
"""With fewer sources a second process costs more memory than the time it saves is worth."""
READY_SECONDS = 60.0
PAUSE_SECONDS = 1.0
"""A process that ends as soon as it is asked is not started more often than this."""
ENDED = "the process that asks has ended while this was under way; another takes its place"

log = logging.getLogger(__name__)


def is_worth_it(sources: int) -> bool:
    return sources >= LEAST_SOURCES and (os.cpu_count() or 1) > 1


class _Process:
    """One process that asks: its number with those who made it, our end of its line, and what is under way there."""

    line: Line

    def __init__(self, number: bytes, ready: "asyncio.Future[None]") -> None:
        self.number = number
        self.ready = ready
        self.told = Told()
        self.under_way: dict[int, asyncio.Future[Fetched | Standing]] = {}

    def answer(self, number: int, told: Fetched | Standing) -> None:
        if (waiting := self.under_way.get(number)) is not None and not waiting.done():
            waiting.set_result(told)


class AskingApart:
    """Use as `async with AskingApart(...) as fetcher`; it takes what `Fetcher.fetch` takes and gives what that gives.

    Processes come from `nursery`, which is closed by the one who made it. `room` holds what was fetched until it is read,
    `turns` hears which sources are slow, and whose requests wait for room.
    """

    def __init__(
        self,
        nursery: Forked,
        manner: Manner,
        room: BodyRoom,
        *,
        turns: PollTurns | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._nursery = nursery
        self._manner = manner
        self._room = room
        self._turns = turns or PollTurns()
        self._monotonic = monotonic
        self._numbers = count(1)
        self._process: _Process | None = None
        self._starting: asyncio.Task[_Process] | None = None
        self._next_start = 0.0

    async def __aenter__(self) -> Self:
        self._room.tell = self._tell_room
        self._room.large.tell_kept = self._tell_kept
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._room.tell = self._room.large.tell_kept = None
        if self._starting is not None:
            self._starting.cancel()
            await asyncio.gather(self._starting, return_exceptions=True)
        if self._process is not None:
            self._process.line.close()

    async def fetch(self, request: FetchRequest) -> Fetched:
        """Raises FetchError as the fetcher does, and when the process that asks has ended."""
        process = self._process or await self._started()
        line = process.line
        if not line.is_open:  # it ended between its start and this poll's turn
            raise FetchError(ENDED)
        number, answer = next(self._numbers), asyncio.get_running_loop().create_future()
        process.under_way[number] = answer
        line.say(process.told.tell(number, request))
        try:
            told: Fetched | Standing = await answer
        except asyncio.CancelledError:
            line.say(("drop", number))
            raise
        finally:
            process.under_way.pop(number, None)
        return told if isinstance(told, Fetched) else stands(request, told)

    async def _started(self) -> _Process:
        """All polls that need the process wait for one start of it, which goes on when any of them is given up."""
        if self._starting is None:
            if self._monotonic() < self._next_start:
                raise FetchError(ENDED)
            self._next_start = self._monotonic() + PAUSE_SECONDS
            self._starting = asyncio.create_task(self._start_in_time())
            self._starting.add_done_callback(self._start_is_over)
        return await asyncio.shield(self._starting)

    def _start_is_over(self, starting: "asyncio.Task[_Process]") -> None:
        self._starting = None
        if not starting.cancelled():
            starting.exception()  # told to those who wait; there may be none any more

    async def _start_in_time(self) -> _Process:
        try:
            return await asyncio.wait_for(self._start(), READY_SECONDS)
        except (OSError, TimeoutError) as wrong:
            raise FetchError("the process that asks could not be started") from wrong

    async def _start(self) -> _Process:
        loop = asyncio.get_running_loop()
        number, ours = await self._born()
        process = _Process(number, loop.create_future())
        process.line = line = Line(
            partial(self._heard, process), partial(self._ended, process), partial(self._unsaid, process)
        )
        try:
            await loop.create_connection(lambda: line, sock=ours)
            line.say(("manner", self._manner))
            await process.ready
        except BaseException:
            process.ready.cancel()
            line.close()
            ours.close()
            self._nursery.end(number)
            raise
        if line.is_open:  # it may have ended as soon as it was ready
            self._process = process
            self._tell_room(self._room.is_open)
            self._tell_kept(self._room.large.kept)
        return process

    async def _born(self) -> tuple[bytes, socket]:
        """Have a process made; one that is there when nobody waits for it any more is ended."""
        birth = asyncio.ensure_future(asyncio.to_thread(self._nursery.asker))
        try:
            return await asyncio.shield(birth)
        except asyncio.CancelledError:
            with suppress(OSError):
                number, ours = await birth
                ours.close()
                self._nursery.end(number)
            raise

    def _heard(self, process: _Process, message: tuple[Any, ...]) -> None:
        match message:
            case ("same", number, told):
                process.answer(number, told)
            case ("answer", number, fetched):
                if fetched.document is not None:
                    process.line.say(("heard", fetched.document.source_id, len(fetched.document.body)))
                process.answer(number, fetched)
            case ("failure", number, kind, text, more):
                if (answer := process.under_way.get(number)) is not None and not answer.done():
                    answer.set_exception(kind(text, **more))
            case ("late", source_id, late):
                self._turns.learn(source_id, late=late)
            case ("waits", source_id, waits):
                self._turns.waits(source_id, waits=waits)
            case ("ready",):
                if not process.ready.done():
                    process.ready.set_result(None)

    def _unsaid(self, process: _Process, message: tuple[Any, ...], wrong: Exception) -> None:
        """A request that could not be packed fails alone; without any other message that process would be of no use."""
        match message:
            case ("ask", number, _):
                if (answer := process.under_way.get(number)) is not None and not answer.done():
                    answer.set_exception(RuntimeError(f"the request cannot be packed: {wrong!r}"))
            case _:
                process.line.close()

    def _ended(self, process: _Process) -> None:
        """What was under way there fails; another process may have taken its place already."""
        if process.under_way:
            log.error("the process that asks has ended; %d requests were under way", len(process.under_way))
        if self._process is process:
            self._process = None
            self._turns.forget_late()
        if not process.ready.done():
            process.ready.set_exception(OSError("it ended before it was ready"))
        for answer in process.under_way.values():
            if not answer.done():
                answer.set_exception(FetchError(ENDED))
        self._nursery.end(process.number)

    def _tell_room(self, is_open: bool) -> None:
        if self._process is not None:
            self._process.line.say(("room", is_open))

    def _tell_kept(self, kept: Mapping[str, int]) -> None:
        """Both processes share one room of large documents."""
        if self._process is not None:
            self._process.line.say(("kept", dict(kept)))
