"""A hundred thousand sources on one process: how late they are asked, and what the schedule itself costs.

    python bench/source_schedule.py [--sources 100000] [--every 3600] [--seconds 60]

The sources' times are spread over one interval, as in a service that has run for a while. The real tick asks the real
store (SQLite) what is due and collects it; only the network is left out: every answer is "not modified", at once.
Printed: polls, lateness (start of the poll after its time), share of one processor, microseconds a poll, peak memory,
and for comparison what APScheduler takes for a run of one job a source.
"""

import argparse
import asyncio
import random
import resource
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from catalogue_entry import spec

from warning.app.collecting import Memory, collect_due
from warning.cli.run import COLLECT_PATIENCE_SECONDS, EVERY_SECONDS
from warning.collect.fetch_values import Fetched, FetchRequest
from warning.core.health import SourceState
from warning.schedule import Job, Service
from warning.settings import Settings
from warning.store import migrate
from warning.store.engine import open_engine
from warning.store.repository import Repository


def now() -> datetime:
    return datetime.now(UTC)


class Timed(Repository):
    """A store that notes when each source it gives out was due."""

    due: dict[str, datetime]

    def due_source_states(self, at, also=()):
        found = super().due_source_states(at, also)
        self.due |= {name: state.next_due_at for name, state in found.items()}
        return found


class Silent:
    """A network on which nothing is new. It notes how late each source was asked."""

    def __init__(self, repository: Timed) -> None:
        self._repository = repository
        self.late_seconds: list[float] = []

    async def fetch(self, request: FetchRequest) -> Fetched:
        due = self._repository.due.pop(request.source_id, None)
        if due is not None:
            self.late_seconds.append((now() - due).total_seconds())
        return Fetched(status="not_modified", document=None, validators=request.validators)


def filled(repository: Repository, count: int, every: timedelta) -> None:
    spread = random.Random(1)
    begun = now()
    for first in range(0, count, 10_000):
        states = [
            SourceState(
                source_id=f"source-{number}",
                condition="not_modified",
                etag='"1"',
                fetched_url=f"https://p{number}.example/feed",
                last_success_at=begun,
                since=begun,
                next_due_at=begun + every * spread.random(),
            )
            for number in range(first, min(first + 10_000, count))
        ]
        repository.together([lambda writer, s=states: [writer.save_source_state(one) for one in s]])


async def scheduled(options: argparse.Namespace, home: Path) -> None:
    database = f"sqlite:///{home}/bench.sqlite3"
    migrate.upgrade(database)
    repository = Timed(open_engine(database))
    every = timedelta(seconds=options.every)
    began = time.perf_counter()
    proto = spec("source-0", "https://p0.example/feed", {"format": "rss"}, every=f"{options.every}s")
    sources = tuple(
        proto.model_copy(update={"id": f"source-{number}", "url": f"https://p{number}.example/feed"})
        for number in range(options.sources)
    )
    filled(repository, options.sources, every)
    memory, settings = Memory(), Settings(home=home)
    repository.due = {}
    network = Silent(repository)
    polled = 0

    async def tick() -> None:
        nonlocal polled
        report = await collect_due(
            sources, repository, network, now,
            settings=settings, memory=memory, patience_seconds=COLLECT_PATIENCE_SECONDS,
        )  # fmt: skip
        polled += report.polled

    await tick()
    await memory.drain(600)
    repository.due.clear()
    await tick()  # what became due meanwhile
    await memory.drain(600)
    print(
        f"{options.sources} sources ready after {time.perf_counter() - began:.1f} s, the first look at all of them included"
    )
    network.late_seconds.clear()
    service = Service([Job(name="collect", every_seconds=EVERY_SECONDS["collect"], action=tick)])
    cpu, began = time.process_time(), time.perf_counter()
    running = asyncio.create_task(service.run())
    await asyncio.sleep(options.seconds)
    service.stop()
    await running
    cpu, seconds = time.process_time() - cpu, time.perf_counter() - began
    late, polled = sorted(network.late_seconds), len(network.late_seconds)
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{polled} polls in {seconds:.0f} s")
    print(
        f"late: median {statistics.median(late):.2f} s, p99 {late[int(len(late) * 0.99)]:.2f} s, worst {late[-1]:.2f} s"
    )
    print(
        f"processor {100 * cpu / seconds:.1f} % of one, {cpu / polled * 1e6:.0f} us a poll with its state stored; peak memory {memory_mb:.0f} MB"
    )


async def one_job_a_source(count: int = 2_000) -> None:
    """What APScheduler takes for a run, a job for each source, all due at once."""
    done = 0
    finished = asyncio.Event()

    async def run() -> None:
        nonlocal done
        done += 1
        if done == count:
            finished.set()

    scheduler = AsyncIOScheduler(timezone=UTC)
    scheduler.start(paused=True)
    for number in range(count):
        scheduler.add_job(
            run, "interval", seconds=3600, id=str(number), next_run_time=now(), misfire_grace_time=None
        )
    cpu = time.process_time()
    scheduler.resume()
    await finished.wait()
    print(
        f"APScheduler, one job a source: {(time.process_time() - cpu) / count * 1e6:.0f} us a run, nothing fetched or stored"
    )
    scheduler.shutdown()


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--sources", type=int, default=100_000)
    asked.add_argument("--every", type=int, default=3600, help="seconds between two polls of a source")
    asked.add_argument("--seconds", type=float, default=60.0)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as home:
        asyncio.run(scheduled(options, Path(home)))
    asyncio.run(one_job_a_source())


if __name__ == "__main__":
    main()
