"""Documents are read in processes of their own: on every core, and one that hangs or bursts ends alone."""

import asyncio
import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from types import TracebackType
from typing import Any, Self, TypeVar

from warning.app.parse_nursery import Nursery, Worker, nursery
from warning.app.reading_budget import Spending
from warning.collect.parse import parse
from warning.core.documents import Document, Parsed
from warning.core.formats import Format
from warning.core.sources import SourceProfile
from warning.errors import ParseError

WORKERS = 2
SPARE_WORKERS = 4
PARSE_SECONDS = 120.0
PATIENCE_SECONDS = 5.0

READY = pickle.dumps((len, ((),)))

T = TypeVar("T")


def parse_known(document: Document, format_: Format, profile: SourceProfile, known: frozenset[str]) -> Parsed:
    return parse(document, format_, profile, known=known)


class ParsePool:
    """Use as `async with ParsePool() as pool`; give `pool.parse` to `Memory.parser` and `pool.run` to `Memory.elsewhere`.

    A worker starts with its first document and serves until the pool closes. After a document that outlasts
    `seconds`, or ends its worker, the next document gets a new one. A document that takes longer than
    `patience_seconds` does not hold up the others: a spare worker takes its place, and it is the last of its own.
    """

    def __init__(
        self,
        *,
        workers: int = WORKERS,
        seconds: float = PARSE_SECONDS,
        patience_seconds: float = PATIENCE_SECONDS,
        born_in: Nursery | None = None,
    ) -> None:
        self._nursery = born_in or nursery()
        self._seconds = seconds
        self._patience_seconds = patience_seconds
        self._threads = ThreadPoolExecutor(workers + SPARE_WORKERS, thread_name_prefix="parse")
        self._idle: asyncio.LifoQueue[Worker | None] = asyncio.LifoQueue()
        self._workers = workers
        self._slow: set[_Turn] = set()
        self._is_closed = False

    async def __aenter__(self) -> Self:
        for _ in range(self._workers):
            self._idle.put_nowait(None)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        for _ in range(self._workers):
            worker = await self._idle.get()
            if worker is not None:
                worker.stop()
        for turn in self._slow:
            turn.stop()
        self._is_closed = True
        self._idle.put_nowait(None)  # whoever still waits is told, one after the other
        self._nursery.close()
        self._threads.shutdown()

    async def parse(
        self,
        document: Document,
        format_: Format,
        profile: SourceProfile,
        known: frozenset[str],
        *,
        spending: Spending = nullcontext,
    ) -> Parsed:
        """Read one document in the next free worker, as `collect.parse.parse` does; raises as `run` does."""
        return await self.run(parse_known, document, format_, profile, known, spending=spending)

    async def run(
        self, function: Callable[..., T], *arguments: object, spending: Spending = nullcontext
    ) -> T:
        """Call a function of a module in the next free worker; `spending` holds for as long as the worker is kept.

        Raises ParseError as the function does, also when it takes too long or ends its worker; RuntimeError for a
        fault of ours.
        """
        turn = _Turn(await self._idle.get())
        if self._is_closed:
            self._idle.put_nowait(None)
            raise ParseError("the processes that read documents have been stopped")
        lend: asyncio.TimerHandle | None = None
        try:
            worker = await self._worker_of(turn)
            lend = asyncio.get_running_loop().call_later(self._patience_seconds, self._lend, turn)
            with spending():
                answer = await self._asked(worker, pickle.dumps((function, arguments)))
        except BaseException:
            turn.stop()
            raise
        finally:
            if lend is not None:
                lend.cancel()
            self._give_back(turn)
        return _unpacked(answer)  # type: ignore[no-any-return]  # what the function gave, through a pickle

    async def _worker_of(self, turn: "_Turn") -> Worker:
        """The turn's worker, ready: a new one takes as long as a slow document to load what it reads with."""
        if turn.worker is None:
            turn.worker = self._nursery.worker()
            await self._asked(turn.worker, READY)
        return turn.worker

    def _lend(self, turn: "_Turn") -> None:
        if len(self._slow) < SPARE_WORKERS:
            self._slow.add(turn)
            self._idle.put_nowait(None)

    def _give_back(self, turn: "_Turn") -> None:
        if turn in self._slow:
            self._slow.discard(turn)
            turn.stop()
        else:
            self._idle.put_nowait(turn.worker)

    async def _asked(self, worker: Worker, task: bytes) -> bytes:
        loop = asyncio.get_running_loop()
        try:
            return await asyncio.wait_for(
                loop.run_in_executor(self._threads, worker.ask, task), self._seconds
            )
        except TimeoutError as slow:
            raise ParseError(f"reading the document took longer than {self._seconds:g} s") from slow
        except (EOFError, OSError) as ended:
            raise ParseError("the document ended the process that read it (too much memory?)") from ended


class _Turn:
    """One task and the worker that does it, None before it is started and after it was stopped."""

    def __init__(self, worker: Worker | None) -> None:
        self.worker = worker

    def stop(self) -> None:
        if self.worker is not None:
            self.worker.stop()
        self.worker = None


def _unpacked(answer: bytes) -> Any:
    given, drifted, fault = pickle.loads(answer)  # noqa: S301 - written by our own worker
    if drifted:
        raise ParseError(drifted)
    if fault:
        raise RuntimeError(fault)
    return given
