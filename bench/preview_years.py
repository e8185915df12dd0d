"""How long `warning rules preview` takes, from the start of the command, over an installation's own history of years.

    python bench/preview_years.py DIRECTORY [--items 300000] [--months 60] [--runs 3]

Makes a home with so many months, each so many documents of the mixed corpus (EWS_SHARED_DATA) under ids and times of its
own: 60 months of 300,000 are five years of 10,000 a day, 18 million items. One month is read, folded, searched and judged;
the others are copies of its blocks and arrays, so that no question to them is answered from pages another month brought
into memory; lines, texts and kept verdicts are linked. Then the command runs as an operator runs it, for each of some
edits, and tells CPU seconds, wall seconds and the most memory held. The directory is made once and used again.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path

import numpy as np
from backtest_scale import loosened, shipped, widened, write
from ruamel.yaml import YAML

from warning.app.history_judging import Judging
from warning.app.indexed_history import ready_index
from warning.app.kept_history import KeptHistory, KeptMonth, history_directory, write_list
from warning.collect.history_index import index_directory
from warning.core.rulebook import Rulebook
from warning.core.text_rules import TextRule

NOW = datetime(2026, 1, 1, tzinfo=UTC)
_LINKED = ("lines", "texts", "others", "set*_sentences.npy", "set*_starts.npy", "verdicts.db")
_TURN = 0x9E37_79B9_7F4A_7C15
_DAY_MICROSECONDS = 86_400_000_000
_COMMAND = (sys.executable, "-c", "from warning.cli.main import main; main()")


def month(path: Path, items: int, book: Rulebook) -> Path:
    """One month read, indexed and judged. What is there already is not made again."""
    if not path.exists():
        write(path, items)
    ready = ready_index(path, book, make=True)
    assert ready is not None
    for _ in Judging([(path, ready[0])], book, NOW).fired():
        pass
    return path


def months(base: Path, home: Path, count: int, items: int) -> None:
    """A kept history of so many months, each of them the same stretch of days later than the one before."""
    directory = history_directory(home)
    directory.mkdir(parents=True)
    kept = []
    for number in range(count):
        name = f"{2021 + number // 12}-{number % 12 + 1:02}"
        file = directory / f"{name}.jsonl"
        file.hardlink_to(base)
        _copied(index_directory(base), index_directory(file), number, _span(base) * number)
        kept.append(KeptMonth(month=name, file=file.name, items=items, newest=number))
        print(".", end="", flush=True)
    print()
    write_list(KeptHistory(directory=directory, kept_at=NOW, months=tuple(kept)))


def _span(base: Path) -> int:
    """Whole days of the base, in microseconds."""
    segments = sorted(index_directory(base).glob("[0-9]*"))
    times = np.concatenate([np.load(segment / "known_at.npy") for segment in segments])
    return int(-(-(times.max() - times.min()) // _DAY_MICROSECONDS)) * _DAY_MICROSECONDS


def _copied(base: Path, target: Path, number: int, later: int) -> None:
    for place, _, files in os.walk(base):
        own = target / Path(place).relative_to(base)
        own.mkdir()
        for name in files:
            is_linked = any(fnmatch(name, pattern) for pattern in _LINKED)
            (os.symlink if is_linked else shutil.copyfile)(Path(place) / name, own / name)
    turned = np.uint64(number * _TURN & 0xFFFF_FFFF_FFFF_FFFF)
    for segment in sorted(target.glob("[0-9]*")):
        np.save(segment / "ids.npy", np.load(segment / "ids.npy") ^ turned)
        np.save(segment / "known_at.npy", np.load(segment / "known_at.npy") + later)


def edits(book: Rulebook, directory: Path) -> Iterator[tuple[str, Path]]:
    """Drafts: nothing but a title, one act more, the words that bar taken out, and a rule under a new id."""
    running = next(rule for rule in book.rules if rule.id == "prc-export-control-press")
    assert isinstance(running, TextRule)
    drafts = {
        "another title": running.model_copy(update={"title": f"{running.title} (edited)"}),
        "one act more": widened(book),
        "bars taken out": loosened(book),
        "a new id": widened(book).model_copy(update={"id": "a-rule-of-our-own"}),
    }
    for name, rule in drafts.items():
        path = directory / f"{name.replace(' ', '-')}.yaml"
        with path.open("w") as file:
            YAML().dump(rule.model_dump(mode="json", by_alias=True, exclude_defaults=True), file)
        yield name, path


def timed(draft: Path, home: Path) -> tuple[float, float, float, str]:
    """Run the command; return CPU seconds, wall seconds, MB held and what it said first."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [*_COMMAND, "rules", "preview", str(draft)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=_environment(home),
    )  # fmt: skip
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    if status:
        raise SystemExit(said)
    told = [line for line in said.splitlines() if line.startswith((draft_id(said), "Estimated"))]
    return usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024, "\n    ".join(told)


def _environment(home: Path) -> dict[str, str]:
    """As installed: the program's bytecode is kept, beside it or in the home."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {"PYTHONPYCACHEPREFIX": str(home / "bytecode"), **kept, "WARNING_HOME": str(home)}


def draft_id(said: str) -> str:
    """The id that the answer begins with, on its second line."""
    return said.splitlines()[1].partition(":")[0]


def main(directory: Path, items: int, count: int, runs: int) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    book, home = shipped(), directory / f"home-{items}-{count}"
    base = month(directory / f"base-{items}.jsonl", items, book)
    if not home.exists():
        months(base, home, count, items)
    print(f"{items * count:,} items of {count} months", flush=True)
    for name, draft in edits(book, directory):
        for run in range(runs):
            cpu, wall, held, said = timed(draft, home)
            print(
                f"{name}, run {run + 1}: CPU {cpu:.2f} s, wall {wall:.2f} s, {held:.0f} MB\n    {said}",
                flush=True,
            )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=Path)
    parser.add_argument("--items", type=int, default=300_000)
    parser.add_argument("--months", type=int, default=60)
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    main(given.directory, given.items, given.months, given.runs)
