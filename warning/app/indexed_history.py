"""A replay that reads only what its rules may fire on; the rest of a long history is counted, not read."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from warning.app.chronology import Bystanders, Replayed, as_replayed
from warning.collect.history_files import UNTIMED, HistoryIndex, Segment
from warning.collect.history_index import build_index, look_for, open_index
from warning.collect.interchange import own_identity, read_line
from warning.core.absence_rules import AbsenceRule
from warning.core.evidence import Item
from warning.core.ids import key64
from warning.core.rulebook import Rulebook
from warning.core.text.conditions import CompiledRule
from warning.core.text.engine import engine_of
from warning.core.text.postings import Inquiry, Said, patterns_read, said_by

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR_MICROSECONDS = 3_600_000_000
_WORD = 0xFFFF_FFFF_FFFF_FFFF


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexUse:
    """What using the index of a file took: whether it was made, and how many patterns had to be looked for."""

    path: Path
    items: int
    made: bool
    looked_for: int

    @property
    def sentence(self) -> str:
        """What was done, for whoever waits."""
        first = (
            f"{self.path}: index made of {self.items} items"
            if self.made
            else f"{self.path}: {self.items} items indexed"
        )
        return (
            f"{first}; {self.looked_for} terms it lacked were looked for first" if self.looked_for else first
        )


def ready_index(evidence: Path, book: Rulebook, *, make: bool) -> tuple[HistoryIndex, IndexUse] | None:
    """Return the index of a file with all that the book's text rules ask for; None without one, unless `make`."""
    index = open_index(evidence)
    made = index is None and make
    if made:
        index = build_index(evidence)
    if index is None:
        return None
    engine = engine_of(book)
    lacking = look_for(index, patterns_read(engine.rules, said_by(engine.lexicon.entries)))
    use = IndexUse(path=evidence, items=index.manifest.items, made=made, looked_for=lacking)
    return index, use


class IndexedHistory:
    """Indexed evidence files, asked for what a book's rules may fire on."""

    def __init__(self, files: Sequence[tuple[Path, HistoryIndex]], imported_at: datetime) -> None:
        self._files, self._imported_at = files, imported_at

    def records(self, book: Rulebook) -> Iterator[Replayed]:
        """Yield figures and lists whole, items that a rule may fire on, and counts of the others."""
        engine = engine_of(book)
        said = said_by(engine.lexicon.entries)
        awaited = _awaited_sources(book)
        found = [
            (path, segment, _wanted(segment, engine.rules, said, awaited))
            for path, index in self._files
            for segment in index.segments()
        ]
        # Another version of an item a rule may fire on takes its place: it comes too.
        ids = np.unique(np.concatenate([_ids(s)[marks] for _, s, marks in found] or [np.zeros(0, np.uint64)]))
        hours: dict[int, int] = {}
        first = UNTIMED
        for path, segment, chosen in found:
            marks = chosen | np.isin(_ids(segment), ids)
            yield from self._items(path, segment, np.flatnonzero(marks))
            for number, line in segment.others():
                yield own_identity(as_replayed(read_line(path, number, line, self._imported_at)))
            first = self._count(segment, ~marks, hours, first)
        if first != UNTIMED:
            # The very first is told to the microsecond: it may be what the replay begins with.
            hours[-(-first // _HOUR_MICROSECONDS)] -= 1
            yield Bystanders(known_at=_moment(first), count=1)
        for hour, count in hours.items():
            if count:
                yield Bystanders(known_at=_moment(hour * _HOUR_MICROSECONDS), count=count)

    def items_for(self, rules: Sequence[CompiledRule], said: Said) -> Iterator[Item]:
        """Yield the items that may meet one of the rules, under the identity the store knows them by."""
        for path, index in self._files:
            for segment in index.segments():
                yield from self._items(path, segment, np.flatnonzero(_wanted(segment, rules, said, ())))

    def _items(self, path: Path, segment: Segment, numbers: NDArray[np.int64]) -> Iterator[Item]:
        for number, line in segment.lines(numbers.tolist()):
            item = own_identity(as_replayed(read_line(path, number, line, self._imported_at)))
            assert isinstance(item, Item)
            yield item

    def _count(self, segment: Segment, others: NDArray[np.bool_], hours: dict[int, int], first: int) -> int:
        """Add the items to their hours; return when the earliest of all became known."""
        times = np.asarray(segment.array("known_at"))[others]
        if not len(times):
            return first
        since = self._imported_at - _EPOCH
        assumed = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
        times = np.where(times == UNTIMED, assumed, times)
        for hour, count in zip(*np.unique(-(-times // _HOUR_MICROSECONDS), return_counts=True), strict=True):
            hours[int(hour)] = hours.get(int(hour), 0) + int(count)
        earliest = int(times.min())
        return earliest if first == UNTIMED else min(first, earliest)


def _wanted(
    segment: Segment, rules: Iterable[CompiledRule], said: Said, awaited: Sequence[int]
) -> NDArray[np.bool_]:
    marks = np.zeros(len(segment.languages), dtype=np.bool_)
    inquiry = Inquiry(segment, said)
    for rule in rules:
        marks[inquiry.items_for(rule)] = True
    if awaited:
        marks |= np.isin(segment.array("sources"), np.array(awaited, dtype=np.uint64))
    return marks


def _awaited_sources(book: Rulebook) -> tuple[int, ...]:
    """The sources whose silence a rule watches: each of their items counts."""
    rules = [rule for rule in book.active("absence") if isinstance(rule, AbsenceRule)]
    return tuple({key64(source) & _WORD for rule in rules for source in rule.sources})


def _ids(segment: Segment) -> NDArray[np.uint64]:
    return np.asarray(segment.array("ids"))


def _moment(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)
