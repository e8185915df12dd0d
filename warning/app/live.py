"""The live use cases: one round of collecting, assessing and delivering. Rehearsals call the same core."""

import asyncio
from dataclasses import dataclass, field
from functools import partial

from warning.app.alarming import owe_to_operators
from warning.app.asking_apart import AskingApart, is_worth_it
from warning.app.asking_line import Manner
from warning.app.assessing import AssessReport, assess_new
from warning.app.collected import CollectReport
from warning.app.collecting import collect_due
from warning.app.compose import system_clock
from warning.app.delivering import DeliveryCounts, deliver_due
from warning.app.digests import owe_due_digests
from warning.app.ending import end_due
from warning.app.notice_check import as_may_be_told
from warning.app.parse_nursery import Forked, Nursery, can_fork, nursery
from warning.app.polling import Asker
from warning.app.publishing import publish_overdue
from warning.app.rechecking import recheck_due
from warning.app.refused_catalogue import tell_refusals
from warning.app.reminding import remind_due
from warning.app.rolling_up import owe_due_rollups
from warning.app.source_telling import tell_source_changes
from warning.app.system import System
from warning.catalog.sources import SourceSpec
from warning.collect.fetch import Fetcher

__all__ = [
    "AssessReport",
    "RoundReport",
    "assess_new",
    "collect_round",
    "deliver_round",
    "full_round",
    "open_asking",
    "open_fetcher",
    "open_nursery",
    "recheck_due",
    "watch_desks",
]


@dataclass(slots=True, kw_only=True)
class RoundReport:
    """One full round, for `warning run --once`."""

    collected: CollectReport | None = None
    assessed: AssessReport = field(default_factory=AssessReport)
    delivered: DeliveryCounts | None = None


def open_fetcher(system: System, *, let_through: tuple[str, ...] = ()) -> Fetcher:
    """Return the network reader the settings describe, with more hosts let through; use it as an async context."""
    return Fetcher(
        system.clock,
        contact=system.settings.user_agent_contact,
        allow_private_hosts=(*system.settings.allow_private_hosts, *let_through),
        concurrency=system.settings.fetch_concurrency,
        room=system.memory.bodies.opened,
        large=system.memory.bodies.large,
        tell_late=system.memory.turns.learn,
    )


def open_nursery(system: System) -> Nursery:
    """Return where the service's processes come from; it bears one that asks where a large catalogue is worth that."""
    is_apart = can_fork() and system.clock is system_clock and is_worth_it(len(system.sources))
    formats = {spec.parse.format for spec in system.sources}
    return Forked(formats=formats, asks=True) if is_apart else nursery(formats)


def open_asking(
    system: System, born_in: Nursery, *, let_through: tuple[str, ...] = ()
) -> Fetcher | AskingApart:
    """Return what asks for a service: a fetcher of its own, or one in a process that the nursery bears."""
    if not (isinstance(born_in, Forked) and born_in.asks):
        return open_fetcher(system, let_through=let_through)
    settings = system.settings
    manner = Manner(
        contact=settings.user_agent_contact,
        allow_private_hosts=(*settings.allow_private_hosts, *let_through),
        concurrency=settings.fetch_concurrency,
    )
    return AskingApart(born_in, manner, system.memory.bodies, turns=system.memory.turns)


async def collect_round(
    system: System,
    fetcher: Asker,
    *,
    patience_seconds: float | None = None,
    besides: tuple[SourceSpec, ...] = (),
) -> CollectReport:
    """Poll every source that is due, of the catalogue and `besides`, and store what it yields.

    Returns after `patience_seconds` at the latest: a source that hangs goes on alone and delays nobody.
    """
    elevated = await asyncio.to_thread(_elevated, system)
    return await collect_due(
        (*system.sources, *besides),
        system.repository,
        fetcher,
        system.clock,
        settings=system.settings,
        memory=system.memory,
        patience_seconds=patience_seconds,
        elevated=elevated,
    )


def _elevated(system: System) -> frozenset[str]:
    if not any(spec.burst for spec in system.sources):
        return frozenset()
    now = system.clock()
    return system.memory.elevated.now(system.sources, system.repository, system.book(), now)


async def deliver_round(system: System, *, patience_seconds: float | None = None) -> DeliveryCounts:
    """Send what is owed and due; after `patience_seconds` the destinations still busy go on alone."""
    book = await asyncio.to_thread(system.live_book)
    return await deliver_due(
        system.outbox,
        system.repository,
        system.channels,
        book,
        system.clock,
        in_flight=system.in_flight,
        patience_seconds=patience_seconds,
        mail_from=system.settings.mail_from,
        renewed=partial(as_may_be_told, system),
    )


def watch_desks(system: System) -> int:
    """End what is over, publish what nobody reviewed in time, owe reminders, digests and roll-ups; return how many."""
    end_due(system)
    watched = publish_overdue(system) + remind_due(system)
    return watched + owe_due_digests(system) + owe_due_rollups(system)


async def full_round(system: System, fetcher: Fetcher) -> RoundReport:
    """Collect, assess, look after the desks, tell of sources, deliver: one after the other."""
    report = RoundReport()
    report.collected = await collect_round(system, fetcher)
    report.assessed = assess_new(system)
    watch_desks(system)
    await tell_source_changes(system, partial(owe_to_operators, system))
    await tell_refusals(system, partial(owe_to_operators, system))
    report.delivered = await deliver_round(system)
    return report
