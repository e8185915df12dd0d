"""What every job of the service costs with many alerts in store, the most of them over long ago.

    python -m bench.stored_alerts [--alerts 10000 100000 1000000] [--a-day 25] [--rounds 4] [--postgresql] [--profile assess]

Of the alerts `a-day` came in on each of the last 400 days; what is left lies in the nine years before. Each has two
to five signals, one to three versions, deliveries to two desks, acknowledgements and closings, as `bench/alert_store.py` writes
them; about one in seven of the last weeks is open. Every round brings a notice nobody knows and a report of it, then runs
what the service runs. Printed are the seconds of this process's CPU and of the clock: of the first round, in which memory
is empty, and the median of the others.
"""

import argparse
import asyncio
import cProfile
import pstats
import resource
import shutil
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.alert_store import Stored, fill
from bench.history_records import FEEDS
from bench.kill_deliveries import database
from bench.near_duplicates import TOKEN, rules_without_register
from bench.one_event import NOTICE_TEXT, NOTICE_TITLE
from tests.adapters import slack_stub
from warning.app.assessing import assess_new
from warning.app.auditing import audit_deliveries
from warning.app.compose import compose
from warning.app.delivering import deliver_due
from warning.app.digests import owe_due_digests, write_digest
from warning.app.elevating import bursts
from warning.app.ending import end_due
from warning.app.listing_alerts import Listed, listed_alerts
from warning.app.operations import tell_operations
from warning.app.out_feed import desk_feed
from warning.app.publishing import publish_overdue, review_queue
from warning.app.rechecking import recheck_due
from warning.app.reminding import remind_due
from warning.app.rolling_up import owe_due_rollups
from warning.app.system import System
from warning.app.triage import Act, act, desk_called, reviews_at
from warning.app.watching import watches_now
from warning.core.desks import Desk
from warning.core.evidence import Item
from warning.settings import Settings
from warning.store.statistics import learn_tables

NOW = datetime(2026, 7, 6, 1, tzinfo=UTC)  # a Monday morning in Seoul and Tokyo
Job = Callable[[], object]


class Times:
    """Seconds by job, of the CPU and of the clock, round by round."""

    def __init__(self, profiled: str) -> None:
        self._profiled = profiled
        self._taken: dict[str, list[tuple[float, float]]] = defaultdict(list)

    def of(self, name: str, job: Job) -> object:
        profile = cProfile.Profile() if name == self._profiled else None
        begun, cpu = time.perf_counter(), time.process_time()
        done = profile.runcall(job) if profile else job()
        self._taken[name].append((time.process_time() - cpu, time.perf_counter() - begun))
        if profile:
            pstats.Stats(profile).sort_stats("cumulative").print_stats(45)
        return done

    def median(self) -> dict[str, float]:
        """CPU seconds by job, without the first round where there are more."""
        return {
            name: statistics.median(cpu for cpu, _ in taken[1:] or taken)
            for name, taken in self._taken.items()
        }

    def lines(self) -> list[str]:
        said = [f"  {'job':<16} {'CPU':>8} {'clock':>8}   first: CPU    clock"]
        for name, taken in self._taken.items():
            (first_cpu, first_clock), *later = taken
            cpu = statistics.median(one for one, _ in later or taken)
            clock = statistics.median(one for _, one in later or taken)
            said.append(f"  {name:<16} {cpu:8.3f} {clock:8.3f} {first_cpu:12.3f} {first_clock:8.3f}")
        return said


async def rounds(stored: Stored, rules: Path, wanted: argparse.Namespace, url: str) -> dict[str, float]:
    """Run the rounds on a store of this size, filled where it is empty; return CPU seconds by job."""
    home = Path(tempfile.mkdtemp(dir=wanted.place))
    try:
        async with slack_stub.running(NOW.timestamp()) as stub:
            settings = Settings(
                home=home, rules_dir=rules, feeds_dir=FEEDS, slack_bot_token=TOKEN, slack_base_url=stub.url,
                **({"database_url": url} if url else {}),
            )  # fmt: skip
            now = [NOW]
            system = compose(settings, clock=lambda: now[0])
            if not system.repository.alerts(limit=1):
                begun = time.perf_counter()
                counted = fill(system.repository.engine, stored)
                learn_tables(system.repository.engine)  # as whoever opens a restored store does
                said = ", ".join(f"{count:,} {name}" for name, count in counted.items())
                print(f"{said}; stored in {time.perf_counter() - begun:.0f} s", flush=True)
            times = Times(wanted.profile)
            for number in range(wanted.first, wanted.first + wanted.rounds):
                now[0] = NOW + timedelta(minutes=10 * number)
                await _round(system, times, number, wanted.jobs)
            print("\n".join(times.lines()))
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            print(f"  {memory} MB at most", flush=True)
            system.close()
            return times.median()
    finally:
        shutil.rmtree(home)


async def _round(system: System, times: Times, number: int, wanted: list[str]) -> None:
    notice = _notice(number, system.clock())
    system.repository.add_items([notice])
    for name, job in _jobs(system).items():
        if wanted and name not in wanted:
            continue
        await asyncio.to_thread(times.of, name, job)
        if name == "assess":
            system.repository.add_items([_report(notice)])
            await asyncio.to_thread(times.of, "assess a report", lambda: assess_new(system))
    await asyncio.to_thread(times.of, "deliver 20", lambda: asyncio.run(_deliver(system)))


async def _deliver(system: System) -> None:
    """By a loop of its own: the stub answers in the other one."""
    await deliver_due(
        system.outbox, system.repository, system.channels, system.book(), system.clock, limit=20
    )


def _jobs(system: System) -> dict[str, Job]:
    """What runs by the clock, each by itself, then what people ask for."""
    store, book, now = system.repository, system.book(), system.clock()
    desk = desk_called(book, "kr")
    return {
        "assess": lambda: assess_new(system),
        "end": lambda: end_due(system),
        "publish": lambda: publish_overdue(system),
        "remind": lambda: remind_due(system),
        "owe digests": lambda: owe_due_digests(system),
        "owe roll-ups": lambda: owe_due_rollups(system),
        "audit": lambda: tell_operations(system, audit_deliveries(system).accounts),
        "recheck": lambda: asyncio.run(_recheck(system)),
        "bursts": lambda: bursts(system.sources, watches_now(store, book, now, answers=False)),
        "watches": lambda: watches_now(store, book, now),
        "canary": lambda: system.flights.sweep(now),
        "next due": system.outbox.next_due_at,
        "list": lambda: listed_alerts(system, None, Listed()),
        "show": lambda: _show(system, desk),
        "list ended": lambda: listed_alerts(system, None, Listed(state="closed")),
        "list open": lambda: listed_alerts(system, None, Listed(state="open")),
        "list at a desk": lambda: listed_alerts(system, desk, Listed(state="open")),
        "list closed": lambda: listed_alerts(system, desk, Listed(state="closed")),
        "queue": lambda: review_queue(system),
        "digest": lambda: write_digest(store, book, system.sources, "kr", week=None, now=now),
        "out-feed": lambda: desk_feed(system, "kr"),
        "acknowledge": lambda: _acknowledge(system),
        "assess nothing": lambda: assess_new(system),
    }


def _show(system: System, desk: Desk) -> None:
    """What the page of an alert, and the command, read of it."""
    (alert,) = system.repository.alerts(limit=1)
    system.repository.alert_versions(alert.key)
    system.repository.deliveries_of(alert.key)
    system.repository.withheld_of(alert.key)
    system.repository.review_events(alert_key=alert.key)
    reviews_at(system.repository, desk, [alert], system.clock)


def _acknowledge(system: System) -> None:
    newest, *_ = system.repository.alerts(states=("open",), limit=1)
    wanted = Act(alert_key=newest.key, desk_id="kr", actor="a.kim", action="ack")
    act(system.repository, system.book(), wanted, system.clock)


async def _recheck(system: System) -> None:
    """As far as what is due; no page is asked for."""
    await recheck_due(system, None, most=0)  # type: ignore[arg-type]  # nothing is fetched


def _notice(number: int, now: datetime) -> Item:
    title = NOTICE_TITLE.replace("71", str(9171 + number))
    return Item(
        id=f"i-{number}", source_id="cn-mofcom-announcements", kind="regulatory", country="CN", language="zh",
        title=title, body=NOTICE_TEXT, known_at=now, published_at=now,
    )  # fmt: skip


def _report(notice: Item) -> Item:
    """The same act in another register: it joins the alert of the notice."""
    return replace(notice, id=f"{notice.id}-again", source_id="cn-mofcom-policy")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--alerts", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--a-day", type=int, default=25, help="how many came in on each of the last 400 days")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--postgresql", action="store_true", help="a throw-away server instead of SQLite")
    parser.add_argument("--place", help="where the databases lie: about 14 GB for a million alerts")
    parser.add_argument("--store", default="", help="a SQLite file that is kept, and filled when it is empty")
    parser.add_argument(
        "--first",
        type=int,
        default=0,
        help="the number of the first round: go on where a kept store was left",
    )
    parser.add_argument("--jobs", nargs="*", default=[], help="only these")
    parser.add_argument("--profile", default="", help="the job to profile")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        rules = rules_without_register(Path(place))
        taken: dict[int, dict[str, float]] = {}
        for alerts in wanted.alerts:
            stored = Stored(alerts=alerts, a_day=wanted.a_day, now=NOW)
            if not wanted.postgresql:
                url = f"sqlite:///{wanted.store}" if wanted.store else ""
                taken[alerts] = asyncio.run(rounds(stored, rules, wanted, url))
                continue
            with database(postgresql=True) as url:
                taken[alerts] = asyncio.run(rounds(stored, rules, wanted, url))
    print("\n".join(table(taken)))


def table(taken: dict[int, dict[str, float]]) -> list[str]:
    """One line a job: CPU seconds at each size, and how often those of the smallest."""
    sizes = sorted(taken)
    said = ["", "CPU seconds by job" + "".join(f"{size:>16,}" for size in sizes)]
    for name, least in taken[sizes[0]].items():
        cells = [f"{taken[size][name]:9.3f} ({taken[size][name] / max(least, 1e-4):4.1f})" for size in sizes]
        said.append(f"  {name:<16}" + "".join(cells))
    return said


if __name__ == "__main__":
    main()
