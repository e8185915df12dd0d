"""The sources whose stored items wait to be relabelled, each once: one task works them off behind the polls.

Polls of mended sources end at about the same time. Were each to try but once whether it has the turn, one of a whole
round would get it, and a source that is asked daily would wait for weeks. A process that dies loses the queue: the
state of a source tells its next poll to go on.
"""

import asyncio
from collections.abc import Awaitable, Callable

from warning.app.stored_labels import Relabelling

Work = Callable[[Relabelling], Awaitable[None]]
"""Relabels what stands stored of one source, as far as it can; raises nothing but what ends the task."""


class MendQueue:
    """Belongs to one event loop while something waits. It holds names and labels, and no document."""

    def __init__(self) -> None:
        self._waiting: dict[str, tuple[Relabelling, Work]] = {}
        self._task: asyncio.Task[None] | None = None

    def add(self, relabels: Relabelling, work: Work) -> None:
        """Have the source relabelled behind those that wait; one that waits keeps its place."""
        waits = self._waiting.get(relabels.source_id)
        wanted = relabels if waits is None else relabels.with_those_of(waits[0])
        self._waiting[relabels.source_id] = wanted, work
        if self._task is None or self._task.done():  # one that has ended learns so a step later
            self._task = asyncio.create_task(self._work_off(), name="relabel")
            self._task.add_done_callback(self._ended)

    async def over(self) -> None:
        """Return when nothing waits any more."""
        while self._task is not None:
            await asyncio.wait({self._task})

    async def cancel(self) -> None:
        """Leave the rest to the next polls of the sources."""
        while self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _work_off(self) -> None:
        while self._waiting:
            relabels, work = self._waiting.pop(next(iter(self._waiting)))
            await work(relabels)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        """Also where it was cancelled before its first step. What another task works off by now stays."""
        if task is self._task:
            self._task = None
            self._waiting.clear()
