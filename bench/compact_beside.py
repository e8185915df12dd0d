"""What packing and forgetting raw documents costs in a large store, and how long it keeps a collector waiting.

    python bench/compact_beside.py [--items 1000000] [--documents 30000] [--database URL]

Fills a store with items and with raw documents of 200 sources, the polls of four years, one in ten of which stands
behind a signal. Then everything `warning db compact` does is done (730 days are kept), while a collector beside it, in
a process of its own, stores a poll with one new item again and again. Told are the processor time a document, the
longest that one step held the store, and the longest that a poll waited; SQLite would give a writer up after 30 s.
"""

import argparse
import hashlib
import multiprocessing
import random
import tempfile
import time
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event

import zstandard
from sqlalchemy import insert

from bench.store_scale import BATCH, made
from warning.app import tidying
from warning.app.tidying import Tidying
from warning.store import archive, migrate
from warning.store.engine import open_engine, writing
from warning.store.repository import Repository
from warning.store.schema import documents, fetches, signals

SOURCES = 200
NOW = datetime(2026, 1, 1, tzinfo=UTC)
YEARS = 4
KEEP_DAYS = 730
WORDS = 4_000
SHOWN = 400
"""Words of a source that one poll shows: about 3,000 characters, nine tenths as in the poll before."""


def fill_items(repository: Repository, count: int) -> None:
    for first in range(0, count, BATCH):
        repository.add_items(made(first, BATCH, SOURCES))


def fill_documents(repository: Repository, count: int) -> None:
    chance = random.Random(7)
    words = [[f"{chance.getrandbits(28):x}" for _ in range(WORDS)] for _ in range(SOURCES)]
    step = timedelta(days=YEARS * 365) / count
    for first in range(0, count, 500):
        kept, given, told = [], [], []
        for number in range(first, min(first + 500, count)):
            source, at = number % SOURCES, NOW - timedelta(days=YEARS * 365) + number * step
            start = number // SOURCES * (SHOWN // 10) % (WORDS - SHOWN)
            raw = " ".join([str(number), *words[source][start : start + SHOWN]]).encode()
            source_id, digest = f"source-{source}", hashlib.sha256(raw).hexdigest()
            content = zstandard.compress(raw, archive.COMPRESSION_LEVEL)
            kept.append({"digest": digest, "size_bytes": len(raw), "content": content, "stored_at": at})
            given.append(
                {"digest": digest, "source_id": source_id, "url": "https://a.example/feed", "content_type": "text/xml",
                 "fetched_at": at}
            )  # fmt: skip
            if number % 10 == 0:
                told.append(
                    {"id": f"s{number}", "rule_id": "r", "evidence_id": f"i{number:x}", "source_id": source_id,
                     "known_at": at, "content": "{}"}
                )  # fmt: skip
        with writing(repository.engine) as connection:  # as archiving does one by one, in a tenth of the time
            connection.execute(insert(documents), kept)
            connection.execute(insert(fetches), given)
            connection.execute(insert(signals), told)


def collect_beside(url: str, first: int, stop: Event, answer: Connection) -> None:
    """Store polls until told to stop; answer how many, and the longest and the mean wait in seconds."""
    repository, waits = Repository(open_engine(url)), []
    answer.send("ready")
    while not stop.is_set():
        poll = list(made(first + len(waits), 1, SOURCES))
        began = time.perf_counter()
        repository.add_items(poll)
        waits.append(time.perf_counter() - began)
        time.sleep(0.02)
    answer.send((len(waits), max(waits), sum(waits) / len(waits)))


class Held:
    """Measures how long each writing step holds the store."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._writing = tidying.writing

    def writing(self, engine):
        outer = self

        class Timed:
            def __enter__(self):
                self.block = outer._writing(engine)
                connection = self.block.__enter__()
                self.began = time.perf_counter()
                return connection

            def __exit__(self, *wrong):
                try:
                    return self.block.__exit__(*wrong)
                finally:
                    outer.longest = max(outer.longest, time.perf_counter() - self.began)

        return Timed()


def compact(url: str, repository: Repository, items: int, name: str) -> None:
    stop, (ours, theirs) = multiprocessing.Event(), multiprocessing.Pipe()
    beside = multiprocessing.Process(target=collect_beside, args=(url, items, stop, theirs))
    beside.start()
    ours.recv()
    held = Held()
    tidying.writing = held.writing
    cpu, began = time.process_time(), time.perf_counter()
    done = Tidying(repository, KEEP_DAYS).all(NOW)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - began
    stop.set()
    polls, longest, mean = ours.recv()
    beside.join()
    looked = done.packed.documents + done.forgotten.looked_at
    print(
        f"{name}: packed {done.packed.documents} documents ({done.packed.bytes_before / 1e6:.1f} MB -> "
        f"{done.packed.bytes_after / 1e6:.1f}), looked at {done.forgotten.looked_at} old ones, forgot "
        f"{done.forgotten.documents}; {cpu / max(1, looked) * 1e3:.2f} ms of processor time each, {wall:.0f} s in all, the store held "
        f"{held.longest * 1000:.0f} ms at most; beside it {polls} polls waited {mean * 1000:.0f} ms on average and {longest:.2f} s at most",
        flush=True,
    )


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--items", type=int, default=1_000_000)
    asked.add_argument("--documents", type=int, default=30_000)
    asked.add_argument("--database", default="")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as home:
        url = options.database or f"sqlite:///{home}/store.sqlite3"
        migrate.upgrade(url)
        repository = Repository(open_engine(url))
        fill_items(repository, options.items)
        fill_documents(repository, options.documents)
        compact(url, repository, options.items, "first")
        compact(url, repository, options.items + 1_000_000, "again")
        repository.close()


if __name__ == "__main__":
    multiprocessing.set_start_method("spawn")
    main()
