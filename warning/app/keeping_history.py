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
from warning.collect.history_files import HistoryIndex
from warning.collect.history_index import index_directory
from warning.collect.interchange import write_evidence
from warning.core.rulebook import Rulebook
from warning.errors import ConfigError
from warning.store.export import ItemMonth, export_items, item_months
from warning.store.repository import Repository

LOCK = "lock"


def keep_history(repository: Repository, directory: Path, book: Rulebook, now: datetime) -> list[str]:
    """Bring the kept files up to date with the store; return the months that were written.

    Stopped at any instant it leaves what was kept. Raises ConfigError while another process does the same.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(directory):
        held = kept_history(directory)
        before = {month.month: month for month in held.months} if held else {}
        _clear(directory, before.values())
        months: list[KeptMonth] = []
        written: list[str] = []
        for stored in item_months(repository.engine):
            month = _month(stored)
            if before.get(month.month) != month or not (directory / month.file).exists():
                write_evidence(
                    directory / month.file, export_items(repository.engine, stored.since, stored.until)
                )
                written.append(month.month)
            months.append(month)
        files = [(path, _indexed(path, book)) for path in (directory / month.file for month in months)]
        for _ in Judging(files, book, now).fired():
            pass  # what the running rules say is kept beside each file
        write_list(KeptHistory(directory=directory, kept_at=now, months=tuple(months)))
    return written


def _month(stored: ItemMonth) -> KeptMonth:
    name = f"{stored.since:%Y-%m}"
    return KeptMonth(
        month=name,
        file=f"{name}-{stored.items}-{stored.newest}.jsonl.zst",
        items=stored.items,
        newest=stored.newest,
    )


def _indexed(path: Path, book: Rulebook) -> HistoryIndex:
    ready = ready_index(path, book, make=True)
    assert ready is not None
    return ready[0]


def _clear(directory: Path, current: Iterable[KeptMonth]) -> None:
    """Remove files that are in force no more."""
    names = {month.file for month in current}
    named = names | {index_directory(directory / name).name for name in names} | {LIST, LOCK}
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
