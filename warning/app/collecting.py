"""One round of collecting: every source that is due is asked, read, stored, and its health written down.

What a poll brings is stored whole or not at all: raw bytes, evidence, and the source's state with the validators.
A process that dies before asks again. Polls that end at about the same time share a transaction.
"""

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial

from warning.app.collected import CollectReport
from warning.app.document_reading import Parser
from warning.app.parse_pool import parse_known
from warning.app.polling import Asker, Evidence, Polls
from warning.app.round_memory import Memory
from warning.app.round_polls import RoundPolls
from warning.app.source_requests import key_of
from warning.app.source_timing import in_burst, is_due, is_due_in_burst
from warning.catalog.sources import SourceSpec
from warning.core.health import SourceState
from warning.settings import Settings


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
    rounds that are given the same `memory`, and so does the relabelling of mended sources. No failure of a source is raised: it becomes the source's state.
    A store that cannot even write the state down raises. `elevated` are the sources in a burst.
    """
    memory = memory or Memory()
    now = clock()
    named = None if only is None else frozenset(only)
    look = memory.due.all if force or named is not None else partial(memory.due.at, now, elevated)
    poller = Polls(repository, fetcher, clock, settings, memory, parser)
    polls = RoundPolls(poller.poll, memory)
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
                    polls.add(spec, state)
        report = await polls.report(patience_seconds)
        if patience_seconds is None:
            await memory.mending.over()
        return report.with_relabelled(poller.relabelled)
    except asyncio.CancelledError:
        await polls.cancel()
        raise
    except Exception:  # those that are asked already go on where what is known of the others cannot be read
        polls.leave()
        raise


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
