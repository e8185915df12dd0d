"""The polls of one round: each is a task from its turn on, and before that no more than its source and what is known of it."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import partial
from operator import attrgetter
from typing import Any

from warning.app.collected import CollectReport, SourceOutcome
from warning.app.poll_turns import host_of
from warning.app.round_memory import Memory
from warning.catalog.sources import SourceSpec
from warning.core.health import SourceState

Poll = Callable[[SourceSpec, SourceState], Coroutine[Any, Any, SourceOutcome]]
log = logging.getLogger(__name__)


class RoundPolls:
    """Belongs to one event loop. A source is among the running ones of `memory` until its poll is over."""

    def __init__(self, poll: Poll, memory: Memory) -> None:
        self._poll = poll
        self._memory = memory
        self._waiting: set[str] = set()
        self._tasks: dict[str, asyncio.Task[SourceOutcome]] = {}
        self._outcomes: list[SourceOutcome] = []
        self._failures: list[BaseException] = []
        self._is_left = False
        self._over = asyncio.Event()
        self._over.set()

    def add(self, spec: SourceSpec, state: SourceState) -> None:
        """Poll the source at its turn."""
        self._memory.running[spec.id] = self
        self._waiting.add(spec.id)
        self._over.clear()
        self._memory.turns.begin(spec.id, host_of(spec.url), partial(self._begin, spec, state))

    async def over(self) -> None:
        """Return when no poll is left."""
        await self._over.wait()

    async def report(self, patience_seconds: float | None) -> CollectReport:
        """Return what came within the patience; the others go on. Raises what a poll raised."""
        with suppress(TimeoutError):
            async with asyncio.timeout(patience_seconds):
                await self._over.wait()
        self.leave()
        if self._failures:
            raise self._failures[0]
        outcomes = sorted(self._outcomes, key=attrgetter("source_id"))
        running = tuple(sorted((*self._tasks, *self._waiting)))
        return CollectReport(outcomes=tuple(outcomes), still_running=running)

    def leave(self) -> None:
        """Nobody waits for the polls any more: they go on by themselves."""
        self._is_left = True

    async def cancel(self) -> None:
        """Leave no poll behind; what one had not stored is asked for again."""
        for name in self._waiting:
            self._memory.turns.give_up(name)
            self._memory.running.pop(name, None)
        self._waiting.clear()
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._over.set()

    def _begin(self, spec: SourceSpec, state: SourceState) -> None:
        self._waiting.discard(spec.id)
        task = asyncio.create_task(self._poll(spec, state), name=f"collect {spec.id}")
        self._tasks[spec.id] = task
        task.add_done_callback(partial(self._ended, spec.id))

    def _ended(self, name: str, task: "asyncio.Task[SourceOutcome]") -> None:
        """Also of a poll that was cancelled before its first step."""
        self._memory.turns.end(name)
        self._memory.running.pop(name, None)
        del self._tasks[name]
        if not task.cancelled():
            failure = task.exception()
            if failure is None:
                self._outcomes.append(task.result())
            elif self._is_left:
                log.error("collecting %s failed after its round: %s", name, failure)
            else:
                self._failures.append(failure)
        if not self._tasks and not self._waiting:
            self._over.set()
