"""Items into a store that is filling up: inserting and looking for duplicates must not slow down.

    python bench/store_scale.py [--most 1000000] [--database URL] [--raw]

Fills the store through `Repository.add_items`, a thousand items at a time from two hundred sources, to ten thousand,
a hundred thousand, a million (five million) items. At each mark it times, in processor seconds: 20,000 new items, 20,000
that are stored already, and a poll of 35 entries of which one is new. `--raw` beside it: the same rows by a plain
sqlite3 upsert into the same table, in a file of its own. SQLite in a temporary folder unless a URL names a database,
which must be empty.
"""

import argparse
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from warning.core.evidence import Item
from warning.store import migrate
from warning.store.engine import open_engine
from warning.store.repository import Repository
from warning.store.rows import item_row

MARKS = (10_000, 100_000, 1_000_000, 5_000_000)
TIMED = 20_000
SOURCES = 200
START = datetime(2021, 1, 1, tzinfo=UTC)
SUMMARY = "The ministry said exporters must apply for licences; shipments of gallium and germanium fell. " * 3


def made(first: int, count: int) -> Iterator[Item]:
    for number in range(first, first + count):
        at = START + timedelta(seconds=number)
        yield Item(
            id=f"i{number:x}", source_id=f"source-{number // 35 % SOURCES}", kind="news", country="CN", language="en",
            title=f"Notice {number} on exports of gallium", summary=SUMMARY,
            url=f"https://a.example/{number}", published_at=at, known_at=at, external_id=str(number),
        )  # fmt: skip


def rate(repository: Repository, items: list[Item]) -> tuple[float, float]:
    """Items a processor second, and items a second."""
    cpu, began = time.process_time(), time.perf_counter()
    repository.add_items(items)
    return len(items) / (time.process_time() - cpu), len(items) / (time.perf_counter() - began)


def at_mark(repository: Repository, stored: int) -> int:
    new = list(made(stored, TIMED))
    inserted, inserted_wall = rate(repository, new)
    again, _ = rate(repository, new)
    polls = 50
    cpu = time.process_time()
    for number in range(polls):
        poll = [*made(stored + TIMED + number, 1), *new[number * 35 : number * 35 + 34]]
        source = poll[1].source_id
        repository.add_items([replace(item, source_id=source) for item in poll])
    steady = (time.process_time() - cpu) / polls * 1000
    print(
        f"{stored:>9} stored: {inserted:>7.0f} new items a processor second ({inserted_wall:.0f} a second), "
        f"{again:>7.0f} known ones, {steady:.2f} ms a poll of 35 with one new",
        flush=True,
    )
    return stored + TIMED + polls


def raw_rate(most: int) -> None:
    """Rows a processor second by sqlite3 alone, at the same size."""
    with tempfile.TemporaryDirectory() as home:
        path = f"{home}/raw.sqlite3"
        migrate.upgrade(f"sqlite:///{path}")
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        columns = list(item_row(next(made(0, 1)), ""))
        names, places = ",".join(columns), ",".join("?" * len(columns))
        statement = f"INSERT INTO items ({names}) VALUES ({places}) ON CONFLICT DO NOTHING"

        def rows(first: int, count: int) -> list[tuple[object, ...]]:
            plain = (item_row(item, item.content_hash) for item in made(first, count))
            return [tuple(str(v) if isinstance(v, datetime) else v for v in row.values()) for row in plain]

        for first in range(0, most, 10_000):
            connection.execute("BEGIN")
            connection.executemany(statement, rows(first, 10_000))
            connection.execute("COMMIT")
        timed = rows(most, TIMED)
        cpu = time.process_time()
        for first in range(0, TIMED, 1_000):
            connection.execute("BEGIN")
            connection.executemany(statement, timed[first : first + 1_000])
            connection.execute("COMMIT")
        print(
            f"{most:>9} stored: {TIMED / (time.process_time() - cpu):>7.0f} rows a processor second by sqlite3 alone, the rows made before"
        )
        connection.close()


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--most", type=int, default=1_000_000)
    asked.add_argument("--database", default="")
    asked.add_argument("--raw", action="store_true")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as home:
        url = options.database or f"sqlite:///{home}/items.sqlite3"
        migrate.upgrade(url)
        repository = Repository(open_engine(url))
        stored = 0
        for mark in (m for m in MARKS if m <= options.most):
            while stored < mark:
                count = min(1_000, mark - stored)
                repository.add_items(made(stored, count))
                stored += count
            stored = at_mark(repository, stored)
        repository.close()
    if options.raw:
        raw_rate(min(options.most, 100_000))


if __name__ == "__main__":
    main()
