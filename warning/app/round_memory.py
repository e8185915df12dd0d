"""What a running service remembers between two rounds of collecting."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from warning.app.asking import Elsewhere
from warning.app.body_room import BodyRoom
from warning.app.due_sources import DueSources
from warning.app.elevating import Elevated
from warning.app.entry_memory import EntryMemory
from warning.app.mend_queue import MendQueue
from warning.app.poll_turns import PollTurns
from warning.app.reading_budget import POLL_READING_SECONDS, in_thread
from warning.core.documents import Parsed
from warning.core.health import SourceState

PooledParser = Callable[..., Awaitable[Parsed]]
"""Of a document, its format, the source's profile, the marks of entries known, and `spending` (`app/reading_budget.py`)."""


class Running(Protocol):
    """The polls of one round."""

    async def over(self) -> None: ...

    async def cancel(self) -> None: ...


@dataclass(slots=True)
class Memory:
    """What a running service remembers between rounds. Losing it costs one full parse a source, no evidence.

    `entries` is what is known of feed entries already read; `running` holds the sources whose polls wait or go
    on, each with its round.
    `parser` reads documents elsewhere (`ParsePool.parse`); without one a thread does; `elsewhere` calls what else reads
    documents (`ParsePool.run`). All documents of one poll have `reading_seconds` of them. `unsaved` holds states the store would not take: a full disk must not make us ask
    publishers without a pause. `bodies` bounds what waits to be read; a fetcher that is given `bodies.opened` heeds it.
    `mending` holds the sources whose stored items are to be relabelled: no poll waits for it. `turns` bounds the polls that have begun; a fetcher that is given `turns.learn` tells it which sources are slow.
    """

    entries: EntryMemory = field(default_factory=EntryMemory)
    running: dict[str, Running] = field(default_factory=dict)
    unsaved: dict[str, SourceState] = field(default_factory=dict)
    due: DueSources = field(default_factory=DueSources)
    bodies: BodyRoom = field(default_factory=BodyRoom)
    turns: PollTurns = field(default_factory=PollTurns)
    mending: MendQueue = field(default_factory=MendQueue)
    elevated: Elevated = field(default_factory=Elevated)
    parser: PooledParser | None = None
    elsewhere: Elsewhere = in_thread
    reading_seconds: float = POLL_READING_SECONDS

    def __post_init__(self) -> None:
        self.bodies.tell_waits = self.bodies.large.tell_waits = self.turns.waits

    async def drain(self, grace_seconds: float) -> None:
        """Let the sources still running finish, for so long; then cancel them, and what is relabelled behind them."""
        rounds = list(dict.fromkeys(self.running.values()))
        with suppress(TimeoutError):
            async with asyncio.timeout(grace_seconds):
                for one in rounds:
                    await one.over()
        for one in rounds:
            await one.cancel()
        await self.mending.cancel()
        self.running.clear()
