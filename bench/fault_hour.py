"""An hour of faults: publishers that misbehave, collectors killed with SIGKILL, a full disk, a held database.

    python bench/fault_hour.py                  # 200 sources on SQLite, some three minutes
    python bench/fault_hour.py --postgresql     # the same on a throw-away PostgreSQL (cut connections for a full disk)

Time is virtual: a collector's clock goes on by a minute a round. Afterwards the publishers behave, and every entry
that any of them published has to be stored, once; every state has to be well; and nobody inside was asked.
"""

import argparse
import asyncio
import random
import resource
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from bench.fault_publishers import Publishers
from warning.app.collecting import Memory, collect_due
from warning.app.parse_pool import ParsePool
from warning.catalog.sources import SourceSpec
from warning.collect.fetch import Fetcher
from warning.errors import EwsError
from warning.settings import Settings
from warning.store import migrate
from warning.store.engine import open_engine
from warning.store.repository import Repository

START = datetime(2026, 2, 1, tzinfo=UTC)
WELL = {"ok", "not_modified", "frozen"}
TROUBLES = ("full disk", "held", "none")
ROOM_BYTES = 96 * 1024


def address(number: int) -> str:
    return f"127.3.{number // 200}.{number % 200 + 1}"


def spec_of(number: int, port: int) -> SourceSpec:
    return SourceSpec.model_validate(
        {
            "id": f"s-{number:03}", "title": "t", "url": f"http://{address(number)}:{port}/{number}", "kind": "regulatory",
            "country": "CN", "language": "en", "publisher": "p", "publisher_title": "P", "official": "yes",
            "reliability": "A", "licence": "none", "every": "3m", "spacing": "0s", "jitter": "0s", "timeout": "1s",
            "idle_timeout": "1s", "verified": "never", "parse": {"format": "rss"}, "max_size": "2MiB",
        }
    )  # fmt: skip


async def collect(url: str, port: int, count: int, minutes: range) -> None:
    """What a killed process runs: a round a minute, each told when it is over."""
    sources = [spec_of(number, port) for number in range(count)]
    hosts = tuple(f"{address(number)}:{port}" for number in range(count))
    engine = open_engine(url)
    minute = minutes.start

    def clock() -> datetime:
        return START + timedelta(minutes=minute)

    async with Fetcher(clock, allow_private_hosts=hosts, concurrency=64) as fetcher, ParsePool() as pool:
        memory = Memory(parser=pool.parse, elsewhere=pool.run)
        print("ready", flush=True)
        for minute in minutes:
            try:
                report = await collect_due(
                    sources, Repository(engine), fetcher, clock, settings=Settings(), memory=memory, patience_seconds=4
                )  # fmt: skip
                said = f"{len(report.outcomes)} polls, {sum(o.items_new for o in report.outcomes)} new"
            except EwsError as wrong:
                said = f"unstored {wrong}"
            print(f"minute {minute} {said}", flush=True)
        await memory.drain(5)
    engine.dispose()


@dataclass
class Hour:
    """One run: where it stores, what was done to it, what came of it."""

    url: str
    publishers: Publishers
    minutes: int = 60
    kills: int = 20
    killed_within_seconds: float = 4.0
    seed: int = 1
    did: Counter[str] = field(default_factory=Counter)
    polls: int = 0

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)

    @property
    def is_sqlite(self) -> bool:
        return self.url.startswith("sqlite")

    async def run(self) -> None:
        server = await self.publishers.serve()
        async with server:
            while self.publishers.minute < self.minutes:
                trouble = TROUBLES[self.did["lives"] % len(TROUBLES)]
                is_killed = self.did["killed"] < self.kills
                await self._lived(
                    range(self.publishers.minute, self.minutes),
                    trouble,
                    self.dice.uniform(0.05, self.killed_within_seconds) if is_killed else None,
                )
            self.publishers.moody = False
            for day in (2, 9):  # whatever was waited for is due by then
                then = self.minutes + day * 1_440
                await self._lived(range(then, then + 1), "none", None)

    async def _lived(self, minutes: range, trouble: str, killed_after: float | None) -> None:
        """Run a collector until it is done, or killed so many seconds after it began to collect."""
        limit = self._file_limit() if trouble == "full disk" and self.is_sqlite else 0
        numbers = (self.publishers.port, self.publishers.count, minutes.start, minutes.stop, limit)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bench.fault_hour", "--collect", self.url, *map(str, numbers),
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL, cwd=Path(__file__).parents[1],
        )  # fmt: skip
        assert process.stdout is not None
        await process.stdout.readline()
        self.did.update(["lives", trouble])
        troubled = asyncio.create_task(asyncio.to_thread(self._trouble, trouble))
        reading = asyncio.create_task(self._read(process.stdout))
        try:
            await asyncio.wait_for(asyncio.shield(reading), killed_after)
        except TimeoutError:
            process.kill()
            self.did["killed"] += 1
        await process.wait()
        await reading
        await troubled

    async def _read(self, said: asyncio.StreamReader) -> None:
        async for line in said:
            words = line.decode().split()
            if self.publishers.moody:
                self.publishers.minute = int(words[1]) + 1
            if words[2] == "unstored":
                self.did["rounds the store refused"] += 1
            else:
                self.polls += int(words[2])

    def _file_limit(self) -> int:
        """A little more than the database has now: the disk is full soon."""
        path = Path(self.url.removeprefix("sqlite:///"))
        sizes = [p.stat().st_size for p in path.parent.glob(f"{path.name}*") if p.exists()]
        return max(sizes) + ROOM_BYTES

    def _trouble(self, trouble: str) -> None:
        if trouble == "none" or (trouble == "full disk" and self.is_sqlite):
            return
        time.sleep(self.dice.uniform(0, 1))
        with suppress(sqlite3.Error, psycopg.Error):
            if self.is_sqlite:
                self._hold_sqlite()
            else:
                self._disturb_postgresql(cut=trouble == "full disk")

    def _hold_sqlite(self) -> None:
        held = sqlite3.connect(self.url.removeprefix("sqlite:///"), timeout=5, isolation_level=None)
        held.execute("BEGIN IMMEDIATE")
        time.sleep(1)
        held.close()

    def _disturb_postgresql(self, *, cut: bool) -> None:
        with psycopg.connect(self.url.replace("+psycopg", "")) as connection:
            if cut:
                query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                connection.execute(query)
            else:
                connection.execute("LOCK TABLE items, source_states IN ACCESS EXCLUSIVE MODE")
                time.sleep(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the store holds against what was published."""

    published: int
    stored: int
    missing: tuple[str, ...]
    doubled: tuple[str, ...]
    strange: tuple[str, ...]
    without_bytes: int
    unwell: tuple[str, ...]

    @property
    def is_right(self) -> bool:
        return not (self.missing or self.doubled or self.strange or self.without_bytes or self.unwell)


def judge(hour: Hour) -> Outcome:
    engine = open_engine(hour.url)
    repository = Repository(engine)
    items = list(repository.items_between(START - timedelta(days=900), START + timedelta(days=900)))
    stored = Counter(item.external_id for item in items)
    wanted = {f"{n}-{e}" for n in range(hour.publishers.count) for e in hour.publishers.entries(n)}
    states = repository.source_states()
    outcome = Outcome(
        published=len(wanted),
        stored=len(items),
        missing=tuple(sorted(wanted - stored.keys())),
        doubled=tuple(sorted(name for name, count in stored.items() if count > 1)),
        strange=tuple(sorted(stored.keys() - wanted)),
        without_bytes=sum(not repository.archived(item.archive_hash) for item in items),
        unwell=tuple(
            f"{name}: {state.condition} {state.cause}" for name, state in sorted(states.items()) if state.condition not in WELL
        ) + tuple(f"s-{n:03}: never polled" for n in range(hour.publishers.count) if f"s-{n:03}" not in states),
    )  # fmt: skip
    engine.dispose()
    return outcome


def told(hour: Hour, outcome: Outcome, seconds: float) -> str:
    rows = [
        ("sources", hour.publishers.count),
        ("minutes of virtual time", hour.minutes),
        ("ways to misbehave", sum(mood != "well" for mood in hour.publishers.seen)),
        ("answers that misbehaved", sum(n for mood, n in hour.publishers.seen.items() if mood != "well")),
        ("polls of rounds that ended", hour.polls),
        ("collectors killed", hour.did["killed"]),
        ("runs into a full disk" if hour.is_sqlite else "runs with cut connections", hour.did["full disk"]),
        ("runs with the database held", hour.did["held"]),
        ("rounds the store refused", hour.did["rounds the store refused"]),
        ("entries published", outcome.published),
        ("entries stored", outcome.stored),
        ("entries lost", len(outcome.missing)),
        ("entries doubled", len(outcome.doubled)),
        ("entries nobody published", len(outcome.strange)),
        ("entries without their raw bytes", outcome.without_bytes),
        ("sources not well afterwards", len(outcome.unwell)),
        ("requests to forbidden addresses", hour.publishers.inside),
        ("seconds", round(seconds)),
    ]
    return "\n".join(f"{name:34} {value:>8}" for name, value in rows)


@contextmanager
def database(home: Path, *, postgresql: bool) -> Iterator[str]:
    if not postgresql:
        yield f"sqlite:///{home / 'store.sqlite3'}"
        return
    from tests.conftest import PostgresServer, _postgres_binaries  # noqa: PLC0415 - only for this database

    binaries = _postgres_binaries()
    assert binaries is not None, "PostgreSQL was not found on this machine"
    server = PostgresServer(binaries)
    try:
        server.start()
        yield server.url(server.create_database())
    finally:
        server.stop()


def main() -> None:
    if sys.argv[1:2] == ["--collect"]:
        url, *numbers = sys.argv[2:]
        port, count, first, end, limit = map(int, numbers)
        if limit:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        asyncio.run(collect(url, port, count, range(first, end)))
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=int, default=200)
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postgresql", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as home, database(Path(home), postgresql=given.postgresql) as url:
        migrate.upgrade(url)
        publishers = Publishers(count=given.sources, seed=given.seed)
        hour = Hour(url=url, publishers=publishers, minutes=given.minutes, kills=given.kills, seed=given.seed)
        started = time.monotonic()
        asyncio.run(hour.run())
        outcome = judge(hour)
        print(told(hour, outcome, time.monotonic() - started))
        for line in (*outcome.missing[:5], *outcome.doubled[:5], *outcome.strange[:5], *outcome.unwell[:5]):
            print(" ", line)
        sys.exit(not outcome.is_right)


if __name__ == "__main__":
    main()
