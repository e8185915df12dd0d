"""Run as a program: tidies a store, or keeps its history, again and again, each time killed a little later.

    killed_keeping.py tidy URL
    killed_keeping.py index URL DIRECTORY

Each try runs in a forked process that sends itself SIGKILL, before a statement of the database or before a file of
the history is opened, renamed or removed. After each, one JSON line says what a process that begins then finds. The
last try is the one that nobody killed; a store is tidied once more after it.
"""

import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from sqlalchemy import event, select

from warning.app import tidying
from warning.app.keeping_history import keep_history
from warning.app.kept_history import kept_history
from warning.app.tidying import Tidying
from warning.catalog.load import load_rulebook
from warning.collect.interchange import read_evidence
from warning.errors import EvidenceMissing
from warning.resources import tree
from warning.store.engine import open_engine, reading
from warning.store.repository import Repository
from warning.store.schema import documents, fetches

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
KEEP_DAYS = 730
FILES = ("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "shutil.rmtree")
STEP = 37
"""Of the files touched, each so many is died at."""


def main(errand: str, url: str, *rest: str) -> None:
    if errand == "tidy":
        tidying.MOST_AT_ONCE = 12
        each_killed(lambda left: tidied_until(url, left), lambda: documents_held(url), count(1, 2))
        # What others were written against that went in the same walk goes in the next.
        tidied_until(url, 0)
        sys.stdout.write(json.dumps(documents_held(url)) + "\n")
        return
    directory = Path(rest[0])
    whole = load_rulebook(tree("rules"), tree("feeds"))
    few = {"prc-export-control-press", "context-materials", "prc-measure-eased"}
    book = replace(whole, measures=(), rules=tuple(rule for rule in whole.rules if rule.id in few))

    def keep(left: int) -> None:
        with opened(url) as repository:
            counted = [left]
            sys.addaudithook(
                lambda name, of: (
                    die_in_turn(counted) if name in FILES and str(of[0]).startswith(rest[0]) else None
                )
            )
            keep_history(repository, directory, book, NOW)

    each_killed(keep, lambda: history_held(directory), count(1, STEP))


def each_killed(work: Callable[[int], None], held: Callable[[], object], places: Iterator[int]) -> None:
    for place in places:
        child = os.fork()
        if child == 0:
            work(place)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(json.dumps(held()) + "\n")
        sys.stdout.flush()
        if os.WIFEXITED(status):
            if status:
                sys.exit(os.WEXITSTATUS(status))
            return


def die_in_turn(left: list[int]) -> None:
    left[0] -= 1
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)


def tidied_until(url: str, place: int) -> None:
    with opened(url) as repository:
        left = [place]
        for name in ("before_cursor_execute", "commit"):
            event.listen(repository.engine, name, lambda *_: die_in_turn(left))
        Tidying(repository, KEEP_DAYS).all(NOW, rest=lambda _: None)


def documents_held(url: str) -> dict[str, object]:
    """Documents that can be read to the byte, those that cannot, fetches without a document, and what takes less room."""
    with opened(url) as repository:
        with reading(repository.engine) as connection:
            kept = connection.execute(
                select(documents.c.digest, documents.c.packed_at, documents.c.base)
            ).all()
            given = set(connection.execute(select(fetches.c.digest)).scalars())
        broken = [row.digest for row in kept if not readable(repository, row.digest)]
    digests = {row.digest for row in kept}
    return {
        "held": sorted(digests), "broken": broken, "unfetched": sorted(digests - given), "lost": sorted(given - digests),
        "bases": sorted({row.base for row in kept if row.base}), "packed": sum(row.packed_at is not None for row in kept),
    }  # fmt: skip


def readable(repository: Repository, digest: str) -> bool:
    try:
        return bool(repository.archived(digest))
    except EvidenceMissing:
        return False


def history_held(directory: Path) -> list[str] | None:
    """The ids of all items in the files in force, in their order; None while nothing is kept."""
    kept = kept_history(directory)
    if kept is None:
        return None
    return [item.id for path in kept.paths for item in read_evidence(path, imported_at=NOW)]


@contextmanager
def opened(url: str) -> Iterator[Repository]:
    with closing(Repository(open_engine(url))) as repository:
        yield repository


if __name__ == "__main__":
    main(*sys.argv[1:])
