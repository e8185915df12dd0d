"""Bringing the kept history of a live store up to date: what came or changed is written, indexed and judged."""

import fcntl
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from warning.app.history_judging import Judging
from warning.app.indexed_history import ready_index
from warning.app.kept_history import LIST, KeptHistory, KeptMonth, kept_history, write_list
from warning.app.verdict_basis import rules_name
from warning.collect.history_files import HistoryIndex
from warning.collect.history_index import index_directory
from warning.collect.index_lock import lock_file
from warning.collect.interchange import write_evidence
from warning.core.rulebook import Rulebook
from warning.errors import ConfigError
from warning.store.export import ItemMonth, export_items, item_months, month_mark
from warning.store.repository import Repository

LOCK = "lock"


def keep_history(repository: Repository, directory: Path, book: Rulebook, now: datetime) -> list[str]:
    """Bring the kept files up to date with the store; return the months that were written.

    Stopped at any instant it leaves what was kept. A file it replaces stands until the next time for whoever still
    reads it, but for one with an item that changed: it goes at once, fewer may be allowed to see that item now.
    Raises ConfigError while another process does the same.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(directory):
        kept = kept_history(directory)
        before = {month.month: month for month in kept.months} if kept else {}
        _clear(directory, before.values())
        months: list[KeptMonth] = []
        written: list[str] = []
        right: list[KeptMonth] = []
        for stored in item_months(repository.engine):
            held = before.get(_name(stored))
            if held and month_mark(repository.engine, stored, held.newest) == held.mark:
                right.append(held)
            month = held if held in right and _as_many(stored, held) else _month(repository, stored)
            if month is not held or not (directory / month.file).exists():
                write_evidence(
                    directory / month.file, export_items(repository.engine, stored.since, stored.until)
                )
                written.append(month.month)
            months.append(month)
        files = [(path, _indexed(path, book)) for path in (directory / month.file for month in months)]
        for _ in Judging(files, book, now).fired():
            pass  # what the running rules say is kept beside each file
        write_list(
            KeptHistory(directory=directory, kept_at=now, months=tuple(months), rules=rules_name(book))
        )
        _clear(directory, (*months, *right))
    return written


def _name(stored: ItemMonth) -> str:
    return f"{stored.since:%Y-%m}"


def _as_many(stored: ItemMonth, held: KeptMonth) -> bool:
    return (stored.items, stored.newest) == (held.items, held.newest)


def _month(repository: Repository, stored: ItemMonth) -> KeptMonth:
    """A month to write. Its mark is read first: what changes while it is written is seen the next time."""
    mark = month_mark(repository.engine, stored, stored.newest)
    return KeptMonth(
        month=_name(stored),
        file=f"{_name(stored)}-{stored.items}-{stored.newest}-{mark}.jsonl.zst",
        items=stored.items,
        newest=stored.newest,
        mark=mark,
    )


def _indexed(path: Path, book: Rulebook) -> HistoryIndex:
    ready = ready_index(path, book, make=True)
    assert ready is not None
    return ready[0]


def _clear(directory: Path, current: Iterable[KeptMonth]) -> None:
    """Remove files that are in force no more."""
    names = {month.file for month in current}
    indexes = [index_directory(directory / name) for name in names]
    named = names | {path.name for index in indexes for path in (index, lock_file(index))} | {LIST, LOCK}
    for path in directory.iterdir():
        if path.name in named:
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    with (directory / LOCK).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as taken:
            raise ConfigError(
                f"{directory}: another process brings this history up to date; wait until it is done"
            ) from taken
        yield
