"""One round of collecting: every source that is due is asked, read, stored, and its health written down.

What a poll brings is stored whole or not at all: raw bytes, evidence, and the source's state with the validators.
A process that dies before asks again. Polls that end at about the same time share a transaction.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from operator import attrgetter

from warning.app.collected import CollectReport, SourceOutcome
from warning.app.document_reading import Parser
from warning.app.parse_pool import parse_known
from warning.app.polling import Asker, Evidence, Polls
from warning.app.round_memory import Memory
from warning.app.source_requests import key_of
from warning.app.source_timing import in_burst, is_due, is_due_in_burst
from warning.catalog.sources import SourceSpec
from warning.core.health import SourceState
from warning.settings import Settings

log = logging.getLogger(__name__)


async def collect_due(
    sources: Iterable[SourceSpec],
    repository: Evidence,
    fetcher: Asker,
    clock: Callable[[], datetime],
    *,
    settings: Settings,
    only: Iterable[str] | None = None,
    force: bool = False,
    memory: Memory | None = None,
    patience_seconds: float | None = None,
    parser: Parser = parse_known,
    elevated: frozenset[str] = frozenset(),
) -> CollectReport:
    """Poll what is due (with `force` everything enabled, with `only` nothing else) and store what it yields.

    Returns after `patience_seconds` at the latest; sources still running go on and are left alone by the next
    rounds that are given the same `memory`. No failure of a source is raised: it becomes the source's state.
    A store that cannot even write the state down raises. `elevated` are the sources in a burst.
    """
    memory = memory or Memory()
    now = clock()
    named = None if only is None else frozenset(only)
    look = memory.due.all if force or named is not None else partial(memory.due.at, now, elevated)
    round_ = Polls(repository, fetcher, clock, settings, memory, parser)
    tasks: dict[str, asyncio.Task[SourceOutcome]] = {}
    parts = look(sources, repository)
    try:
        while (asked := await asyncio.to_thread(next, parts, None)) is not None:
            asked.reverse()
            while asked:  # a poll that is over leaves nothing of what was known before
                usual, known = asked.pop()
                spec, state = in_burst(usual, elevated), memory.unsaved.get(usual.id, known)
                hurried = spec is not usual and is_due_in_burst(spec, state, now)
                wanted = _is_wanted(spec, state, now, settings, named, force or hurried)
                if wanted and spec.id in memory.running:
                    memory.due.look_again(spec.id)
                elif wanted:
                    task = asyncio.create_task(round_.poll(spec, state), name=f"collect {spec.id}")
                    tasks[spec.id] = memory.running[spec.id] = task
    except asyncio.CancelledError:
        await _cancelled(tasks, memory)
        raise
    except (
        Exception
    ):  # what is known of the others cannot be read: those that are asked already go on by themselves
        for name, task in tasks.items():
            task.add_done_callback(partial(_forget, memory, name))
        raise
    return await _gathered(tasks, memory, patience_seconds)


def _is_wanted(
    spec: SourceSpec,
    state: SourceState,
    now: datetime,
    settings: Settings,
    named: frozenset[str] | None,
    force: bool,
) -> bool:
    if named is not None:
        return spec.id in named and (force or is_due(spec, state, now))
    key_arrived = state.condition == "unconfigured" and key_of(spec, settings.source_keys) is not None
    return spec.enabled and (force or key_arrived or is_due(spec, state, now))


async def _gathered(
    tasks: Mapping[str, "asyncio.Task[SourceOutcome]"], memory: Memory, patience_seconds: float | None
) -> CollectReport:
    if not tasks:
        return CollectReport()
    try:
        done, late = await asyncio.wait(tasks.values(), timeout=patience_seconds)
    except asyncio.CancelledError:
        await _cancelled(tasks, memory)
        raise
    finally:
        for name, task in tasks.items():
            if task.done():
                memory.running.pop(name, None)
            else:
                task.add_done_callback(partial(_forget, memory, name))
    outcomes = sorted((task.result() for task in done), key=attrgetter("source_id"))
    running = tuple(sorted(name for name, task in tasks.items() if task in late))
    return CollectReport(outcomes=tuple(outcomes), still_running=running)


async def _cancelled(tasks: Mapping[str, "asyncio.Task[SourceOutcome]"], memory: Memory) -> None:
    """A round that breaks off leaves no poll behind; what one had not stored is asked for again."""
    for task in tasks.values():
        task.cancel()
    await asyncio.gather(*tasks.values(), return_exceptions=True)
    for name in tasks:
        memory.running.pop(name, None)


def _forget(memory: Memory, name: str, task: "asyncio.Task[SourceOutcome]") -> None:
    memory.running.pop(name, None)
    if not task.cancelled() and (failure := task.exception()) is not None:
        log.error("collecting %s failed after its round: %s", name, failure)
