"""The process that asks publishers for the service: requests come by a socket, and answers go back by it.

It holds the fetcher with its lanes, its politeness and its connections, and nothing that could be lost. It is forked
as reading processes are (`app/parse_nursery.py`), and ends when its socket does.
"""

import asyncio
import os
import socket
from contextlib import suppress
from dataclasses import asdict
from typing import Any, NoReturn

from warning.app.asking_line import Line, Manner, Told, standing
from warning.app.body_room import PATIENCE_SECONDS
from warning.app.compose import system_clock
from warning.app.long_life import Returning, settle_for_long
from warning.collect.fetch import Fetcher
from warning.collect.fetch_values import MEBIBYTE, Fetched, FetchRequest
from warning.collect.large_bodies import LargeBodies, counted, waiting
from warning.errors import FetchError

MOST_UNHEARD_BYTES = MEBIBYTE // 2
"""So much of what came may be on its way to the service before more is asked for."""
NEVER_CAME = "the request cannot be packed: it never came to the process that asks"
LARGE_BYTES = 16 * 1024
"""A document of so many bytes goes to the service by itself."""


class Asking:
    """Answers what comes by the line until that ends. The first message is the manner."""

    def __init__(self) -> None:
        self.line = Line(self._heard, self._end, self._unsaid)
        self.manner: asyncio.Future[Manner] = asyncio.get_running_loop().create_future()
        self.fetcher: Fetcher | None = None
        self.large = LargeBodies()
        self.large.tell_waits = self._tell_waits
        self._returning = Returning()
        self.is_ended = asyncio.Event()
        self._is_open = True
        self._unheard_bytes = 0
        self._open = asyncio.Event()
        self._open.set()
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._told = Told()

    async def serve(self) -> None:
        manner = await self.manner
        async with Fetcher(
            system_clock, room=self._room, large=self.large, tell_late=self._tell_late, **asdict(manner)
        ) as self.fetcher:
            self.line.say(("ready",))
            await self.is_ended.wait()

    async def _room(self, source_id: str) -> None:
        if not self._open.is_set():
            with waiting(self._tell_waits, source_id), suppress(TimeoutError):
                await asyncio.wait_for(self._open.wait(), PATIENCE_SECONDS)

    def _tell_late(self, source_id: str, *, late: bool) -> None:
        self.line.say(("late", source_id, late))

    def _tell_waits(self, source_id: str, *, waits: bool) -> None:
        self.line.say(("waits", source_id, waits))

    def _heard(self, message: tuple[Any, ...]) -> None:
        match message:
            case ("ask", number, request):
                self._told.hear(number, request)
                self._tasks[number] = asyncio.create_task(self._ask(number, request))
            case ("again", number, source_id, told):
                request = self._told.told_by(told, source_id)
                if request is None:
                    self.line.say(("failure", number, RuntimeError, NEVER_CAME, {}))
                else:
                    self._tasks[number] = asyncio.create_task(self._ask(number, request))
            case ("drop", number):
                if task := self._tasks.pop(number, None):
                    task.cancel()
            case ("room", is_open):
                self._is_open = is_open
                self._settle()
            case ("heard", source_id, size_bytes):
                self._let_go(source_id, size_bytes)
            case ("kept", kept):
                self.large.keep_elsewhere(kept)
            case ("manner", manner):
                self.manner.set_result(manner)

    async def _ask(self, number: int, request: FetchRequest) -> None:
        try:
            assert self.fetcher is not None, "it is ready before it is asked"
            fetched = await self.fetcher.fetch(request)
            if fetched.status == "not_modified" and fetched.validators is request.validators:
                self.line.say(("same", number, standing(fetched)))
            else:
                self._answer(number, fetched)
        except FetchError as failure:
            self.line.say(("failure", number, type(failure), str(failure), vars(failure)))
        except Exception as surprise:  # noqa: BLE001 - the service decides what a fault of ours costs
            self.line.say(("failure", number, RuntimeError, repr(surprise), {}))
        finally:
            self._tasks.pop(number, None)

    def _answer(self, number: int, fetched: Fetched) -> None:
        size_bytes = 0
        if fetched.document is not None:
            size_bytes = len(fetched.document.body)
            self._unheard_bytes += size_bytes
            self.large.keep(fetched.document.source_id, size_bytes)
            self._settle()
        self.line.say(("answer", number, fetched), is_large=size_bytes >= LARGE_BYTES)

    def _let_go(self, source_id: str, size_bytes: int) -> None:
        self._unheard_bytes -= size_bytes
        self._returning.gone(size_bytes)
        self.large.let_go(source_id, counted(size_bytes))
        self._settle()

    def _unsaid(self, message: tuple[Any, ...], wrong: Exception) -> None:
        """Tell the one who waits for what could not be packed; where not even that can be told, another process takes over."""
        match message:
            case ("answer", number, fetched):
                if fetched.document is not None:
                    self._let_go(fetched.document.source_id, len(fetched.document.body))
                self.line.say(
                    ("failure", number, RuntimeError, f"the answer cannot be packed: {wrong!r}", {})
                )
            case ("failure", number, kind, text, more) if more or kind is not RuntimeError:
                self.line.say(("failure", number, RuntimeError, str(text), {}))
            case _:
                self.line.close()

    def _settle(self) -> None:
        is_open = self._is_open and self._unheard_bytes < MOST_UNHEARD_BYTES
        (self._open.set if is_open else self._open.clear)()

    def _end(self) -> None:
        self.is_ended.set()


def serve_socket(descriptor: int) -> NoReturn:
    """Answer by this socket until its other end is gone."""
    try:
        settle_for_long()
        asyncio.run(_served(descriptor))
    finally:
        os._exit(0)


async def _served(descriptor: int) -> NoReturn:
    asking = Asking()
    loop = asyncio.get_running_loop()
    await loop.create_connection(lambda: asking.line, sock=socket.socket(fileno=descriptor))
    serving = asyncio.create_task(asking.serve())
    ending = asyncio.create_task(asking.is_ended.wait())
    await asyncio.wait([serving, ending], return_when=asyncio.FIRST_COMPLETED)
    os._exit(0)  # what is under way belongs to nobody any more
