"""What rules said of the segments of an indexed history, kept beside it: content by rule and segment.

Only time is saved by it. What cannot be read or written is judged again, and whoever deletes the file loses
nothing else.
"""

import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import TypeVar

import numpy as np
import zstandard
from pyroaring import BitMap

from warning.core.text.postings import numbers_of, set_of

FILE = "verdicts.db"
# A second set of as many rules is kept: those before the edit that is being weighed.
SETS_KEPT = 2
_LONGEST_WAIT_SECONDS = 10.0
# A file with another number has not all of the layout: it is that of an earlier version, or new.
_LAYOUT_NUMBER = 2
_LAYOUT = f"""
create table if not exists used (rule text primary key, run integer not null);
create table if not exists verdicts (
    segment integer, rule text, basis text, content blob, primary key (segment, rule)
);
create index if not exists verdicts_of_rules on verdicts (rule);
create table if not exists fired (
    rule text, segment integer, basis text, numbers blob, primary key (rule, segment)
) without rowid;
pragma user_version={_LAYOUT_NUMBER};
"""
# Numbers stand beside what was said on the same basis; a version that kept none of them judged under other names.
_FIRED = """
select v.segment, v.basis, f.numbers, case when f.numbers is null then v.content end from verdicts v
left join fired f on f.rule = v.rule and f.segment = v.segment and f.basis = v.basis where v.rule = ?
order by v.segment
"""
T = TypeVar("T")


class KeptVerdicts:
    """`rule` names a rule's content with all that its verdict rests on, `basis` what differs by segment."""

    def __init__(self, directory: Path) -> None:
        self._base: sqlite3.Connection | None = None
        try:
            self._base = sqlite3.connect(
                directory / FILE, timeout=_LONGEST_WAIT_SECONDS, isolation_level=None
            )
        except sqlite3.Error:
            return
        self._tried(_lay_out)

    def of(self, segment: int, basis: str, rules: Iterable[str]) -> dict[str, bytes]:
        """Return what is kept of a segment, by rule; what is not there must be judged."""
        wanted = tuple(rules)
        marks = ",".join("?" * len(wanted))
        asked = f"select rule, content from verdicts where segment=? and basis=? and rule in ({marks})"  # noqa: S608 - nothing but question marks is put in
        return dict(self._tried(lambda base: base.execute(asked, (segment, basis, *wanted)).fetchall()) or ())

    def every(self, rule: str) -> dict[int, tuple[str, bytes]]:
        """Return what is kept of one rule: basis and content by segment."""
        asked = "select segment, basis, content from verdicts where rule=? order by segment"
        rows = self._tried(lambda base: base.execute(asked, (rule,)).fetchall()) or ()
        return {segment: (basis, content) for segment, basis, content in rows}

    def fired(self, rule: str) -> dict[int, tuple[str, BitMap]]:
        """Return by segment on which basis one rule was asked, and the numbers of the items on which it fired.

        Nothing is unpacked but what an earlier version kept: the numbers of a million items take milliseconds.
        """
        rows = self._tried(lambda base: base.execute(_FIRED, (rule,)).fetchall()) or ()
        return {
            segment: (basis, numbers_in(content) if numbers is None else _numbers(numbers))
            for segment, basis, numbers, content in rows
        }

    def keep(self, segment: int, basis: str, contents: Mapping[str, bytes]) -> None:
        """Keep what rules said of a segment, in the place of what they said of it before.

        Contents are packed lines, each the number of an item and a signal.
        """
        rows = [(segment, rule, basis, content) for rule, content in contents.items()]
        told = [(rule, segment, basis, _told(content)) for rule, content in contents.items()]
        self._tried(lambda base: _put(base, "insert or replace into verdicts values (?, ?, ?, ?)", rows))
        self._tried(lambda base: _put(base, "insert or replace into fired values (?, ?, ?, ?)", told))

    def finish(self, rules: Collection[str], *, running: int) -> None:
        """Note that these rules were used last; drop those of the longest unused beyond two sets of `running`."""
        self._tried(lambda base: _note_used(base, sorted(rules)))
        self._tried(lambda base: _drop_unused(base, SETS_KEPT * max(running, len(rules))))

    def close(self) -> None:
        if self._base is not None:
            self._base.close()
            self._base = None

    def _tried(self, ask: Callable[[sqlite3.Connection], T]) -> T | None:
        """Ask the file; from the first failure on go without: it may be damaged, read-only, or the disk full."""
        if self._base is None:
            return None
        try:
            return ask(self._base)
        except sqlite3.Error:
            self.close()
            return None


def _lay_out(base: sqlite3.Connection) -> None:
    base.execute("pragma synchronous=off")  # a lost page is a lost saving: no write waits for the disk
    if base.execute("pragma user_version").fetchone() != (_LAYOUT_NUMBER,):
        base.executescript(_LAYOUT)


def numbers_in(content: bytes) -> BitMap:
    """The numbers of the items on which a rule fired, out of the lines it said."""
    lines = zstandard.decompress(content).split(b"\n")
    return BitMap([int(line[: line.index(b" ")]) for line in lines if line])


def _told(content: bytes) -> bytes:
    return numbers_of(numbers_in(content)).tobytes()


def _numbers(told: bytes) -> BitMap:
    return set_of(np.frombuffer(told, dtype=np.uint32))


def _note_used(base: sqlite3.Connection, rules: Iterable[str]) -> None:
    (run,) = base.execute("select coalesce(max(run), 0) + 1 from used").fetchone()
    _put(base, "insert or replace into used values (?, ?)", [(rule, run) for rule in rules])


def _drop_unused(base: sqlite3.Connection, kept: int) -> None:
    old = base.execute("select rule from used order by run desc, rule limit -1 offset ?", (kept,)).fetchall()
    _put(base, "delete from verdicts where rule=?", old)
    _put(base, "delete from fired where rule=?", old)
    _put(base, "delete from used where rule=?", old)


def _put(base: sqlite3.Connection, statement: str, rows: Collection[tuple[object, ...]]) -> None:
    if rows:
        base.execute("begin immediate")
        base.executemany(statement, rows)
        base.execute("commit")
