"""The demonstration: a virtual clock walks through the reconstruction, and the real system does its work.

Nothing here decides anything about an alert. The publishers, the clock and the channels are the
demonstration's own; collecting, assessing, delivering and the digest are the ones `warning run` uses.
"""

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from warning import resources
from warning.app.collecting import collect_due
from warning.app.compose import compose
from warning.app.delivering import DeliveryCounts
from warning.app.demo_catalogue import demo_catalogue
from warning.app.demo_data import Publisher, event_instants, load_publishers, ordinary_instants
from warning.app.demo_page import write_page
from warning.app.demo_report import DemoReport, Tally, demo_report
from warning.app.demo_server import LoopbackResolver, PublishersServer
from warning.app.digests import archive_digest, owe_digest, rendered, write_digest
from warning.app.live import assess_new, collect_round, deliver_round
from warning.app.system import System
from warning.catalog.load import RulebookHolder
from warning.channels.build import build_channels
from warning.collect.fetch import Fetcher
from warning.collect.politeness import Politeness
from warning.errors import SettingsError
from warning.report.week import week_bounds
from warning.settings import Settings

MARK = ".made-by-warning-demo"
READ_AFTER = timedelta(minutes=10)
LONGEST_WAIT = timedelta(days=13)
WEEKEND = timedelta(days=1, hours=6)
DIGEST_WEEKS = ("2023-W27", "2024-W11", "2024-W49", "2025-W14", "2025-W45", "2026-W28")


class VirtualClock:
    """A clock that stands still until it is moved. Calling it tells the time."""

    def __init__(self, start: datetime) -> None:
        self.now = start

    def __call__(self) -> datetime:
        return self.now

    def monotonic(self) -> float:
        """Seconds that pass as the clock is moved."""
        return self.now.timestamp()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one stop of the clock did, for whoever shows progress."""

    number: int
    of: int
    at: datetime
    opened: int
    updated: int
    sent: int
    items: int


def plan_stops(publishers: Sequence[Publisher]) -> list[datetime]:
    """Return when the clock stops: some minutes after each event, and often enough in between.

    Ordinary news gets a stop of its own only when it would wait for about two weeks, by when it would be old news.
    """
    stops: list[datetime] = []
    for at in event_instants(publishers):
        if not stops or at > stops[-1]:
            stops.append(at + READ_AFTER)
    stops += [_digest_time(week) - before for week in DIGEST_WEEKS for before in (timedelta(0), WEEKEND)]
    for at in ordinary_instants(publishers):
        following = min((stop for stop in stops if stop >= at), default=None)
        if following is None or following - at > LONGEST_WAIT:
            stops.append(at + READ_AFTER)
    published = [story.at for p in publishers for story in p.stories]
    stops.append(max(published) + READ_AFTER)
    return sorted({at for at in stops if at >= min(published)})


def _digest_time(week: str) -> datetime:
    """Monday 15:00 UTC after the week: past 08:00 for every desk."""
    _, until = week_bounds(week, "UTC")
    return datetime.combine(until.date(), time(15), UTC)


def fresh_home(home: Path) -> None:
    """Make an empty home, in place of one an earlier demonstration made.

    Raises SettingsError when something else lies there: what we did not make we do not delete.
    """
    if home.exists():
        ours = home.is_dir() and ((home / MARK).is_file() or not any(home.iterdir()))
        if not ours:
            raise SettingsError(f"{home} exists and was not made by `warning demo`: name another with --home")
        shutil.rmtree(home)
    home.mkdir(parents=True)
    (home / MARK).write_text(
        "Made by `warning demo`, which replaces this directory on its next run.\n", "utf-8"
    )


async def run_demo(home: Path, on_step: Callable[[Step], None]) -> DemoReport:
    """Walk through the whole reconstruction and return what came of it.

    The home must be fresh. No setting of the environment is read: a demonstration never posts to a real desk.
    """
    directory = resources.tree("demo")
    publishers = load_publishers(directory)
    stops = plan_stops(publishers)
    clock = VirtualClock(stops[0])
    printed: list[str] = []
    system = _system(home, directory, publishers, clock, printed.append)
    try:
        async with PublishersServer(publishers, clock) as server:
            tally = await _walk(system, clock, stops, server, on_step)
            tally = replace(tally, answers=dict(sorted(server.answers.items())))
        report = demo_report(system, publishers, tally, printed)
        write_page(system, report)
        return report
    finally:
        system.close()


def _system(
    home: Path,
    directory: Path,
    publishers: Sequence[Publisher],
    clock: VirtualClock,
    write: Callable[[str], None],
) -> System:
    """`write` gets every message as the console would have shown it."""
    feeds = demo_catalogue(directory / "feeds", resources.tree("feeds"), home / "feeds")
    # With this file `WARNING_HOME=ews-demo warning alerts list` and the other commands read what the demo left.
    (home / "warning.toml").write_text(f"feeds_dir = {json.dumps(str(feeds.resolve()))}\n", encoding="utf-8")
    settings = Settings(
        home=home,
        feeds_dir=feeds,
        allow_private_hosts=tuple(publisher.host for publisher in publishers),
    )
    channels = build_channels(outbox_dir=home / "outbox", write=write)
    system = compose(settings, clock=clock)
    # The live holder reads the rules again when the day changes, for overlays that end; a demonstration has none
    # and its days pass by the hundred.
    rulebooks = RulebookHolder(system.trees.rules, system.trees.feeds)
    return replace(system, channels=channels, rulebooks=rulebooks)


async def _walk(
    system: System,
    clock: VirtualClock,
    stops: Sequence[datetime],
    server: PublishersServer,
    on_step: Callable[[Step], None],
) -> Tally:
    digest_times = {_digest_time(week): week for week in DIGEST_WEEKS}
    tally = Tally(stops=len(stops))
    async with _fetcher(system, clock, server) as fetcher:
        for number, clock.now in enumerate(stops, start=1):
            collected = await collect_round(system, fetcher)
            assessed = assess_new(system)
            delivered = await _deliver_all(system)
            if clock.now in digest_times:
                await _digests(system, digest_times[clock.now])
            tally = tally.added(collected, assessed, delivered)
            step = Step(
                number=number,
                of=len(stops),
                at=clock.now,
                opened=assessed.opened,
                updated=assessed.updated,
                sent=delivered.sent,
                items=tally.items,
            )
            on_step(step)
        clock.now += timedelta(hours=1)
        again = await collect_due(
            system.sources, system.repository, fetcher, system.clock, settings=system.settings, force=True
        )
    return replace(tally, again_new=again.new_evidence, again_whole=again.fresh)


def _fetcher(system: System, clock: VirtualClock, server: PublishersServer) -> Fetcher:
    """The real fetcher; politeness counts in virtual seconds, so nobody waits."""
    return Fetcher(
        clock,
        allow_private_hosts=system.settings.allow_private_hosts,
        resolver=LoopbackResolver(server.port),
        politeness=Politeness(monotonic=clock.monotonic, sleep=_no_time),
    )


async def _no_time(_seconds: float) -> None:
    """Virtual time passes at the stops only."""


async def _deliver_all(system: System) -> DeliveryCounts:
    """Deliver until nothing more goes out: a round sends a limited number."""
    total = await deliver_round(system)
    while total.claimed:
        more = await deliver_round(system)
        if not more.claimed:
            break
        total = DeliveryCounts(
            claimed=total.claimed + more.claimed,
            sent=total.sent + more.sent,
            retried=total.retried + more.retried,
            unknown=total.unknown + more.unknown,
            dead=total.dead + more.dead,
        )
    return total


async def _digests(system: System, week: str) -> None:
    directory = system.settings.home / "digests"
    directory.mkdir(exist_ok=True)
    book = system.book()
    for desk in book.desks:
        document = write_digest(
            system.repository, book, system.sources, desk.id, week=week, now=system.clock()
        )
        archive_digest(system.repository, document)
        owe_digest(system, document)
        for name, suffix in (("html", "html"), ("text", "txt"), ("pdf", "pdf")):
            path = directory / f"digest-{week}-{desk.id}.{suffix}"
            path.write_bytes(rendered(document, name))
    await deliver_round(system)
