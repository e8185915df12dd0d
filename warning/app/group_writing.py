"""One writer to the store for all polls: what comes in while a transaction runs goes together into the next.

A commit for every poll would be most of the work of a round in which nothing is new. Such a poll also waits a moment for
others of its like: each transaction is done by another thread, and takes the interpreter from the asking.
"""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, Protocol, TypeVar

from warning.store.evidence_writer import EvidenceWriter

T = TypeVar("T")
MOST_TOGETHER = 200
LINGER_SECONDS = 0.05


class Store(Protocol):
    """What group writing needs of the store."""

    def together(self, works: Iterable[Callable[[EvidenceWriter], Any]]) -> list[Any]: ...


class GroupWriter:
    """Belongs to one event loop. Work is done in another thread, in the order in which it came."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: list[tuple[Callable[[EvidenceWriter], Any], asyncio.Future[Any]]] = []
        self._writing: asyncio.Task[None] | None = None
        self._is_wanted = asyncio.Event()

    async def write(self, work: Callable[[EvidenceWriter], T], *, may_wait: bool = False) -> T:
        """Return what the work gave, once it is stored: at once, or where it `may_wait` within `LINGER_SECONDS`.

        Raises what the work raised (nothing of it is stored then), or StoreError when the transaction failed.
        A caller that is cancelled does not take its work back.
        """
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((work, answer))
        if not may_wait or len(self._waiting) >= MOST_TOGETHER:
            self._is_wanted.set()
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_all())
        return await answer

    async def _write_all(self) -> None:
        try:
            while self._waiting:
                await self._linger()
                group, self._waiting = self._waiting[:MOST_TOGETHER], self._waiting[MOST_TOGETHER:]
                if not self._waiting:
                    self._is_wanted.clear()
                await self._write_group([work for work, _ in group], [answer for _, answer in group])
        finally:
            self._writing = None
            if self._waiting:  # the loop ends while work waits for others: it was given, so it is done
                group, self._waiting = self._waiting, []
                _answer([answer for _, answer in group], self._results([work for work, _ in group]))

    async def _linger(self) -> None:
        if not self._is_wanted.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._is_wanted.wait(), LINGER_SECONDS)

    async def _write_group(
        self, works: list[Callable[[EvidenceWriter], Any]], answers: list["asyncio.Future[Any]"]
    ) -> None:
        _answer(answers, await asyncio.to_thread(self._results, works))

    def _results(self, works: list[Callable[[EvidenceWriter], Any]]) -> list[Any]:
        try:
            return list(self._store.together(works))
        except Exception as wrong:  # noqa: BLE001 - every caller hears why its work was not stored
            return [wrong] * len(works)


def _answer(answers: "list[asyncio.Future[Any]]", results: list[Any]) -> None:
    for answer, result in zip(answers, results, strict=True):
        if answer.done():  # its caller was cancelled
            continue
        if isinstance(result, Exception):
            answer.set_exception(result)
        else:
            answer.set_result(result)
