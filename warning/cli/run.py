"""`warning run`: the service, or one full round of it."""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, nullcontext
from dataclasses import asdict
from functools import partial
from typing import Any

import click

from warning.app.alarming import owe_to_operators
from warning.app.auditing import audit_and_beat
from warning.app.canary_publisher import CanaryPublisher
from warning.app.compose import compose
from warning.app.doctor import NO_WATCHDOG, WATCHDOG_MEND
from warning.app.history_process import bring_up_to_date
from warning.app.kept_history import history_directory
from warning.app.live import (
    RoundReport,
    assess_new,
    collect_round,
    deliver_round,
    full_round,
    open_asking,
    open_fetcher,
    open_nursery,
    recheck_due,
    watch_desks,
)
from warning.app.long_life import settle_for_long
from warning.app.parse_pool import ParsePool
from warning.app.polling import Asker
from warning.app.refused_catalogue import refusal_lines, tell_refusals
from warning.app.source_telling import tell_source_changes
from warning.app.standing import show_owed
from warning.app.system import System
from warning.app.tidying import Tidying
from warning.app.verdict_basis import rules_name
from warning.catalog.sources import SourceSpec
from warning.cli.output import print_json
from warning.schedule import Job, run_service
from warning.settings import load_settings

ROLES = ("all", "collect", "assess", "deliver", "schedule")

EVERY_SECONDS = {
    "collect": 0.5,
    "assess": 5.0,
    "deliver": 2.0,
    "schedule": 20.0,
    "catalogue": 5.0,
    "audit": 60.0,
    "tidy": 300.0,
    "recheck": 600.0,
    "history": 3_600.0,
}
PATIENCE_SECONDS = 4.0
COLLECT_PATIENCE_SECONDS = 0.2
"""A source that takes longer goes on alone: the next tick asks those that became due meanwhile."""
Action = Callable[[], Awaitable[object]]
GRACE_SECONDS = 10.0


@click.command(
    "run",
    epilog="Exit codes: 0 ok, 1 a source or a delivery failed in --once, 2 configuration, 130 interrupted.",
)
@click.option("--once", is_flag=True, help="One full round of due work of every role, then end.")
@click.option(
    "--role", type=click.Choice(ROLES), default="all", show_default=True, help="What this process does."
)
@click.option("--json", "as_json", is_flag=True, help="With --once: print run/1 on stdout.")
def command(*, once: bool, role: str, as_json: bool) -> None:
    """Collect, assess and deliver, until SIGTERM or Ctrl-C.

    \b
    Examples:
      warning run                       everything in one process
      warning run --once --json         one round, counts on stdout
    """
    if once and role != "all":
        raise click.UsageError("--once does a round of every role; leave --role out")
    if as_json and not once:
        raise click.UsageError("--json needs --once: a service that runs prints no document")
    settings = load_settings()
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for library in ("alembic", "apscheduler"):
        logging.getLogger(library).setLevel(logging.WARNING)
    system = compose(settings, serves=True)
    for line in refusal_lines(system.rulebooks.fatal_problems, system.rulebooks.since):
        click.echo(line, err=True)
    try:
        if once:
            report = asyncio.run(_once(system))
            _print_round(report, as_json=as_json)
            raise click.exceptions.Exit(0 if _clean(report) else 1)
        asyncio.run(_serve(system, role))
    finally:
        system.close()


async def _once(system: System) -> RoundReport:
    async with open_fetcher(system) as fetcher:
        return await full_round(system, fetcher)


async def _serve(system: System, role: str) -> None:
    """Run the jobs of the role until told to stop; what is in flight ends first, what is owed stays owed."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    system.canary.flies = system.settings.canary
    async with AsyncExitStack() as parts:
        besides, let_through = await _canary(system, parts, role)
        born_in = open_nursery(system)
        fetcher: Asker = await parts.enter_async_context(
            open_asking(system, born_in, let_through=let_through)
        )
        pool = await parts.enter_async_context(ParsePool(born_in=born_in))
        system.memory.parser, system.memory.elsewhere = pool.parse, pool.run
        actions: dict[str, Action] = {
            "collect": lambda: collect_round(
                system, fetcher, patience_seconds=COLLECT_PATIENCE_SECONDS, besides=besides
            ),
            "assess": lambda: asyncio.to_thread(assess_new, system),
            "deliver": lambda: deliver_round(system, patience_seconds=PATIENCE_SECONDS),
            "schedule": lambda: _scheduled(system),
        }
        chosen: dict[str, Action] = actions if role == "all" else {role: actions[role]}
        chosen = {**chosen, "catalogue": lambda: tell_refusals(system, partial(owe_to_operators, system))}
        if "collect" in chosen:
            chosen = {**chosen, "recheck": lambda: recheck_due(system, fetcher)}
        if "schedule" in chosen:
            kept_in = history_directory(system.settings.home)
            tidying = Tidying(system.repository, system.settings.keep_raw_days)
            chosen = {
                **chosen,
                "audit": lambda: audit_and_beat(system),
                "tidy": lambda: asyncio.to_thread(tidying.step, system.clock()),
                "history": lambda: bring_up_to_date(kept_in, system.clock(), rules_name(system.book()), stop),
            }
        settle_for_long()
        bells = woken_by(system)
        jobs = [
            Job(name=n, every_seconds=EVERY_SECONDS[n], action=a, woken=bells.get(n))
            for n, a in chosen.items()
        ]
        async with AsyncExitStack() as listeners:
            heard = await listeners.enter_async_context(_receiving(system)) if "deliver" in chosen else ()
            click.echo(f"running {', '.join(chosen)}; stop with Ctrl-C or SIGTERM", err=True)
            for place in heard:
                click.echo(f"listening: {place}", err=True)
            if "audit" in chosen and system.settings.heartbeat_url is None:
                click.echo(f"{NO_WATCHDOG} ({WATCHDOG_MEND})", err=True)
            await run_service(jobs, stop)
        await asyncio.gather(system.memory.drain(GRACE_SECONDS), system.in_flight.drain(GRACE_SECONDS))
    click.echo("stopped; what is owed is kept and goes out at the next start", err=True)


def _receiving(system: System) -> AbstractAsyncContextManager[tuple[str, ...]]:
    if not (system.settings.can_act_in_slack or system.settings.listen):
        return nullcontext(())
    from warning.app.receiving import receiving  # noqa: PLC0415 - 6 MB that only who listens needs

    return receiving(system)


async def _canary(
    system: System, parts: AsyncExitStack, role: str
) -> tuple[tuple[SourceSpec, ...], tuple[str, ...]]:
    """Open the canary's publisher where this process collects; return its source, and its host for the fetcher."""
    if not system.canary.flies or role not in {"all", "collect"}:
        return (), ()
    publisher = await parts.enter_async_context(CanaryPublisher(system.flights, system.clock))
    return (publisher.spec,), (publisher.host,)


def woken_by(system: System) -> Mapping[str, Action]:
    """What makes a role run at once, where another in this process has just brought it work."""
    return {"assess": system.repository.evidence.heard, "deliver": system.repository.owed.heard}


async def _scheduled(system: System) -> None:
    """What the clock brings: reminders, alerts nobody reviewed in time, digests, roll-ups, news of sources."""
    await asyncio.to_thread(watch_desks, system)
    await show_owed(system)
    await tell_source_changes(system, partial(owe_to_operators, system))


def _clean(report: RoundReport) -> bool:
    failed = report.collected.failed if report.collected else 0
    return not failed


def _print_round(report: RoundReport, *, as_json: bool) -> None:
    parts: dict[str, Any] = {
        "collected": report.collected.counts() if report.collected else {},
        "assessed": asdict(report.assessed),
        "delivered": asdict(report.delivered) if report.delivered else {},
    }
    if as_json:
        print_json("run/1", parts)
        return
    for part, counts in parts.items():
        told = ", ".join(f"{k.replace('_', ' ')} {v}" for k, v in counts.items() if isinstance(v, int))
        click.echo(f"{part:<10} {told}")
