"""Items into a store that is filling up: inserting and looking for duplicates must not slow down.

    python bench/store_scale.py [--most 1000000] [--sources 2000] [--database URL] [--raw] [--turns N]

Fills the store through `Repository.add_items`, one source after the other, to ten thousand, a hundred thousand, a million
(five million) items. At each mark it times, in processor seconds: 20,000 new items, a thousand in a transaction and 35 of
a source together as a poll brings them, the same once more, and a poll of 35 entries of which one is new. `--raw` puts the same rows
into the same tables of a second SQLite file by sqlite3's `executemany` alone, with the same settings, turn by turn with
ours; it looks for no duplicates but those of the key. What making its rows and their hashes took is told with it and without. SQLite in a temporary folder unless a URL names a database, which must be empty; of a PostgreSQL server
on this machine the processor time is told too. `--turns N` keeps a copy of the SQLite file at each mark and then puts a
thousand new items into each of them in turn, N times, so that what else the machine does falls on all alike.
"""

import argparse
import resource
import shutil
import sqlite3
import statistics
import tempfile
import time
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from warning.app.long_life import settle_for_long
from warning.core.evidence import Item
from warning.core.identity import Marks, address_key
from warning.core.ids import key64
from warning.store import item_marks, migrate
from warning.store.columns import sqlite_instant
from warning.store.engine import open_engine, reading, writing
from warning.store.item_marks import number_of_id, numbers_of
from warning.store.item_statements import COLUMNS, Arriving, insert_items, item_values
from warning.store.repository import Repository

MARKS = (10_000, 100_000, 1_000_000, 5_000_000)
BATCH = 1_000
TIMED = 20
"""Batches timed at each mark."""
POLLED = 35
START = datetime(2021, 1, 1, tzinfo=UTC)
SUMMARY = "The ministry said exporters must apply for licences; shipments of gallium and germanium fell. " * 3
TICKS = 100
Rows = tuple[list[tuple[Any, ...]], list[tuple[int, int]]]
"""Rows of items, and their marks."""


def made(first: int, count: int, sources: int) -> Iterator[Item]:
    """Items as polls bring them: 35 of one source, then 35 of the next."""
    return (one_item(number, number // POLLED % sources) for number in range(first, first + count))


def one_item(number: int, source: int) -> Item:
    at = START + timedelta(seconds=number)
    return Item(
        id=f"i{number:x}", source_id=f"source-{source}", kind="news", country="CN", language="en",
        title=f"Notice {number} on exports of gallium", summary=SUMMARY,
        url=f"https://a.example/{number}", published_at=at, known_at=at, external_id=str(number),
    )  # fmt: skip


class Raw:
    """The same rows into the same tables by sqlite3 alone."""

    def __init__(self, url: str) -> None:
        migrate.upgrade(url)
        engine = open_engine(url)
        self._pooled = engine.raw_connection()  # with the settings of ours
        driver = self._pooled.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        self._connection = driver
        names, places = ",".join(COLUMNS), ",".join("?" * len(COLUMNS))
        self._upsert = f"INSERT INTO items ({names}, seq) VALUES ({places}, ?) ON CONFLICT DO NOTHING"

    def rows(self, items: list[Item]) -> Rows:
        (last,) = self._connection.execute("SELECT ifnull(max(seq), 0) FROM items").fetchone()
        made, held = [], []
        for seq, one in enumerate(items, last + 1):
            content_hash = one.content_hash
            address = address_key(one.url)
            made.append((*item_values(one, key64(one.id), content_hash, address, sqlite_instant), seq))
            held.append((number_of_id(one.source_id, made[-1][1]), seq))
            held += [(number, seq) for number in numbers_of(one.source_id, Marks(address, content_hash))]
        return made, sorted(held)

    def write(self, rows: Rows) -> None:
        items, held = rows
        execute = self._connection.execute
        execute("BEGIN IMMEDIATE")
        self._connection.executemany(self._upsert, items)
        item_marks.put_marks(execute, held)
        execute("COMMIT")

    def put(self, items: list[Item]) -> tuple[float, float]:
        """Return the processor seconds: of making the rows, and of storing them."""
        for known in (address_key, sqlite_instant):  # ours has just read the same addresses and times
            known.cache_clear()
        began = time.process_time()
        rows = self.rows(items)
        made = time.process_time()
        self.write(rows)
        return made - began, time.process_time() - made


class Copied:
    """The rows that the repository writes to PostgreSQL, by COPY and without looking for what is known."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def put(self, items: list[Item]) -> None:
        arriving = [Arriving(one) for one in items]
        for one in arriving:
            one.marks = Marks(address_key(one.item.url), one.content_hash)
        with writing(self._engine) as connection:
            insert_items(connection, arriving)


@dataclass(slots=True)
class Bench:
    repository: Repository
    raw: Raw | None
    filler: Raw | Copied | None
    sources: int
    server: int | None = None
    """The process of PostgreSQL that serves us."""

    def cost(self, items: list[Item]) -> tuple[float, float]:
        """Store items; return our processor seconds, and the server's."""
        served, began = self.served(), time.process_time()
        self.repository.add_items(items)
        return time.process_time() - began, self.served() - served

    def served(self) -> float:
        if self.server is None:
            return 0.0
        fields = Path(f"/proc/{self.server}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def fill(self, stored: int, most: int) -> int:
        """By source: the indexes come out as they would by polls, in a fraction of the time.

        The largest source gets three times as many as the smallest: were all alike, their marks would move at one time.
        Nothing is looked for; what is written is what the repository writes.
        """
        count = most - stored
        ends = list(
            accumulate(0.5 + source * 619 % self.sources / self.sources for source in range(self.sources))
        )
        scale = ends[-1] / count
        for first in range(0, count, BATCH):
            numbers = range(first, min(first + BATCH, count))
            batch = [one_item(stored + number, bisect(ends, number * scale)) for number in numbers]
            if isinstance(self.filler, Copied):
                self.filler.put(batch)
                continue
            assert self.filler is not None
            rows = self.filler.rows(batch)
            for one in (self.filler, self.raw):
                if one:
                    one.write(rows)
        return most

    def at_mark(self, stored: int) -> int:
        new = again = bare = making = served = 0.0
        wall = time.perf_counter()
        for number in range(TIMED):
            batch = list(made(stored + number * BATCH, BATCH, self.sources))
            cost = self.cost(batch)
            new, served = new + cost[0], served + cost[1]
            if self.raw:
                raw = self.raw.put(batch)
                making, bare = making + raw[0], bare + raw[1]
            again += self.cost(batch)[0]
        wall = time.perf_counter() - wall
        stored += TIMED * BATCH
        count = TIMED * BATCH
        told = [f"{count / new:>7.0f} new items a processor second"]
        if self.raw:
            whole = making + bare
            told.append(
                f"{count / whole:.0f} by sqlite3 alone ({whole / new:.2f}), {count / bare:.0f} made before"
            )
        if self.server:
            told.append(f"{served / count * 1e6:.0f} us of the server an item")
        told.append(f"{count / again:.0f} known ones")
        steady, polls = self.polls(stored)
        told.append(f"{steady:.2f} ms a poll of {POLLED} with one new")
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        told.append(f"{self.size() / (stored + polls):.0f} bytes an item, {memory:.0f} MB of memory")
        print(f"{stored:>9} stored: " + ", ".join(told), flush=True)
        return stored + polls

    def keep(self, copy: Path) -> None:
        """Copy the file as it stands."""
        with reading(self.repository.engine) as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy(str(self.repository.engine.url.database), copy)

    def polls(self, stored: int) -> tuple[float, int]:
        """Milliseconds of processor time a poll, and how many there were."""
        count, cost = 50, 0.0
        for number in range(count):
            first = stored - (number + 2) * POLLED
            first -= first % POLLED
            known = list(made(first, POLLED - 1, self.sources))
            fresh = replace(next(made(stored + number, 1, self.sources)), source_id=known[0].source_id)
            cost += self.cost([fresh, *known])[0]
        return cost / count * 1000, count

    def size(self) -> int:
        with reading(self.repository.engine) as connection:
            if connection.dialect.name == "postgresql":
                query = "SELECT pg_database_size(current_database())"
            else:
                query = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
            return int(connection.execute(text(query)).scalar_one())


def turns(kept: dict[int, Path], sources: int, count: int) -> None:
    """Store a thousand items in each file in turn; tell what each takes an item, and its rate by the first's."""
    benches = {
        mark: Bench(Repository(open_engine(f"sqlite:///{file}")), None, None, sources)
        for mark, file in kept.items()
    }
    taken: dict[int, list[float]] = {mark: [] for mark in kept}
    for number in range(count):
        for mark, bench in benches.items():
            batch = list(made(mark + 2 * TIMED * BATCH + number * BATCH, BATCH, sources))
            taken[mark].append(bench.cost(batch)[0])
    least = min(kept)
    for mark, costs in taken.items():
        benches[mark].repository.close()
        microseconds = sum(costs) / count / BATCH * 1e6
        print(
            f"{mark:>9} stored, by turns: {microseconds:.1f} us a new item, {statistics.median(costs) / BATCH * 1e6:.1f}"
            f" in the median; {sum(taken[least]) / sum(costs):.2f} of the rate at {least}",
            flush=True,
        )


def backend(repository: Repository) -> int | None:
    if repository.engine.dialect.name != "postgresql":
        return None
    with reading(repository.engine) as connection:
        process = int(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())
    return process if Path(f"/proc/{process}/stat").exists() else None


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--most", type=int, default=1_000_000)
    asked.add_argument("--sources", type=int, default=2_000)
    asked.add_argument("--database", default="")
    asked.add_argument("--raw", action="store_true")
    asked.add_argument("--turns", type=int, default=0)
    options = asked.parse_args()
    settle_for_long()  # as the service does
    with tempfile.TemporaryDirectory() as home:
        url = options.database or f"sqlite:///{home}/items.sqlite3"
        migrate.upgrade(url)
        repository = Repository(open_engine(url))
        raw = Raw(f"sqlite:///{home}/raw.sqlite3") if options.raw else None
        filler = Raw(url) if url.startswith("sqlite") else Copied(repository.engine)
        bench = Bench(repository, raw, filler, options.sources, backend(repository))
        stored, kept = 0, {}
        for mark in (m for m in MARKS if m <= options.most):
            stored = bench.at_mark(bench.fill(stored, mark))
            if options.turns and mark > MARKS[0]:
                kept[mark] = Path(home, f"{mark}.sqlite3")
                bench.keep(kept[mark])
        repository.close()
        if kept:
            turns(kept, options.sources, options.turns)


if __name__ == "__main__":
    main()
