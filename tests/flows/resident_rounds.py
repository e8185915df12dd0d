"""Rounds of a service over figures, each by a process of its own that has nothing but the file that the last one kept.

python resident_rounds.py URL FOLDER ROUND EVENT     one round, killed where it is about to `open` or `os.rename` its file
"""

import os
import random
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from tests.core.test_series_ledger import COMBINED
from tests.flows.test_replayed_figures import late_revisions
from warning.core.assess import State, compose, decide, notice
from warning.store.engine import open_engine, reading
from warning.store.ledger_file import LedgerFile
from warning.store.repository import Repository
from warning.store.resident import Resident
from warning.store.schema import signals, traces

RECORDS = late_revisions(random.Random(2))
STEP = timedelta(days=500)
FIRST = RECORDS[0].known_at
ROUNDS = (RECORDS[-1].known_at - FIRST) // STEP + 1


def one_round(url: str, number: int, resident: Resident) -> None:
    """Take in what becomes known until the end of the next round, assess what is known by the end of this one, and keep."""
    repository = Repository(open_engine(url))
    as_of = FIRST + (number + 1) * STEP
    begin, end = (as_of if number else FIRST), as_of + STEP
    repository.add_observations([one for one in RECORDS if begin <= one.known_at < end])
    window = repository.unassessed(COMBINED.needs(), as_of, 10_000, resident)
    decided = decide(COMBINED, compose(COMBINED, notice(COMBINED, window, (), as_of), as_of), State(), as_of)
    repository.commit_assessment(replace(decided, changes=()), window, book_version="b")
    repository.unassessed(COMBINED.needs(), as_of, 10_000, resident)
    repository.engine.dispose()


def resident_of(folder: Path) -> Resident:
    """A process that has just begun, and keeps what it holds after each round."""
    return Resident(LedgerFile(folder), worth_keeping=1, may_lack=0)


def told(url: str) -> tuple[Sequence[object], Sequence[object]]:
    """All that was ever signalled, and what each rule did at each time."""
    engine = open_engine(url)
    columns = [column for column in traces.c if column.name != "seq"]
    with reading(engine) as connection:
        found = connection.execute(select(signals).order_by(signals.c.id)).all()
        done = connection.execute(select(*columns).order_by(*columns)).all()
    engine.dispose()
    return [tuple(row) for row in found], [tuple(row) for row in done]


def main(url: str, folder: str, number: str, event: str) -> None:
    def kill(done: str, about: tuple[object, ...]) -> None:
        if done == event and str(about[0]).endswith(".part"):
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(kill)
    one_round(url, int(number), resident_of(Path(folder)))


if __name__ == "__main__":
    main(*sys.argv[1:])
