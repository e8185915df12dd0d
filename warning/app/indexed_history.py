"""A replay that reads only what its rules may fire on; the rest of a long history is counted, not read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from warning.app.chronology import Bystanders, Judged, Replayed, as_replayed
from warning.app.history_judging import Share, from_sources, judged_shares, read_items, told_in
from warning.collect.history_files import UNTIMED, HistoryIndex, Segment
from warning.collect.history_index import build_index, look_for, open_index
from warning.collect.interchange import own_identity, read_line
from warning.core.absence_rules import AbsenceRule
from warning.core.evidence import Evidence, Item
from warning.core.rulebook import Rulebook
from warning.core.text.engine import engine_of
from warning.core.text.postings import patterns_read, said_by

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR_MICROSECONDS = 3_600_000_000


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
        """Yield figures and lists whole, items that fired as judged, and counts of the others.

        Of items nothing is held but what fired, a segment at a time, and its numbers.
        """
        shares = self._shares(book)
        fired: list[NDArray[np.int64]] = []
        for result in judged_shares(shares):
            fired.append(result.numbers)
            yield from result.judged
        # Another version of an item that fired takes its place: it comes too, with nothing to tell.
        ids = [_ids(share)[numbers] for share, numbers in zip(shares, fired, strict=True)]
        versions = np.unique(np.concatenate([np.zeros(0, dtype=np.uint64), *ids]))
        hours: dict[int, int] = {}
        first = UNTIMED
        for share, numbers in zip(shares, fired, strict=True):
            told = np.zeros(len(_ids(share)), dtype=np.bool_)
            told[numbers] = True
            yield from self._silent(share, np.flatnonzero(np.isin(_ids(share), versions) & ~told))
            told |= np.isin(_ids(share), versions)
            yield from self._awaited(share, told)
            yield from self._others(share)
            first = self._count(_segment(share), ~told, hours, first)
        if first != UNTIMED:
            # The very first is told to the microsecond: it may be what the replay begins with.
            hours[-(-first // _HOUR_MICROSECONDS)] -= 1
            yield Bystanders(known_at=_moment(first), count=1)
        for hour, count in hours.items():
            if count:
                yield Bystanders(known_at=_moment(hour * _HOUR_MICROSECONDS), count=count)

    def items_told(self, book: Rulebook) -> Iterator[Item]:
        """Yield the items of which the book's text rules say something, in the order of the files."""
        for share in self._shares(book, awaited=()):
            yield from (item for _, item, _ in told_in(share))

    def _shares(self, book: Rulebook, *, awaited: tuple[str, ...] | None = None) -> list[Share]:
        return [
            Share(
                evidence=path,
                index=index,
                number=number,
                book=book,
                imported_at=self._imported_at,
                awaited=_awaited_sources(book) if awaited is None else awaited,
            )
            for path, index in self._files
            for number in range(index.manifest.segments)
        ]

    def _silent(self, share: Share, numbers: NDArray[np.int64]) -> Iterator[Judged]:
        ids, times = (
            _ids(share)[numbers].tolist(),
            _times(_segment(share), self._imported_at)[numbers].tolist(),
        )
        for identity, known_at in zip(ids, times, strict=True):
            yield Judged(known_at=_moment(known_at), id=f"i-{identity:016x}", signals=())

    def _awaited(self, share: Share, told: NDArray[np.bool_]) -> Iterator[Item]:
        """Read the items of sources whose silence a rule watches: each of them counts."""
        segment = _segment(share)
        marks = from_sources(segment, share.awaited) & ~told
        told |= marks
        for _, item in read_items(share.evidence, segment, np.flatnonzero(marks).tolist(), self._imported_at):
            yield item

    def _others(self, share: Share) -> Iterator[Evidence]:
        for number, line in _segment(share).others():
            yield own_identity(as_replayed(read_line(share.evidence, number, line, self._imported_at)))

    def _count(self, segment: Segment, others: NDArray[np.bool_], hours: dict[int, int], first: int) -> int:
        """Add the items to their hours; return when the earliest of all became known."""
        times = _times(segment, self._imported_at)[others]
        if not len(times):
            return first
        for hour, count in zip(*np.unique(-(-times // _HOUR_MICROSECONDS), return_counts=True), strict=True):
            hours[int(hour)] = hours.get(int(hour), 0) + int(count)
        earliest = int(times.min())
        return earliest if first == UNTIMED else min(first, earliest)


def _times(segment: Segment, imported_at: datetime) -> NDArray[np.int64]:
    """When the items became known, in microseconds; those without a time at the import."""
    since = imported_at - _EPOCH
    assumed = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    times = np.asarray(segment.array("known_at"))
    return np.where(times == UNTIMED, assumed, times)


def _awaited_sources(book: Rulebook) -> tuple[str, ...]:
    rules = [rule for rule in book.active("absence") if isinstance(rule, AbsenceRule)]
    return tuple(sorted({source for rule in rules for source in rule.sources}))


def _segment(share: Share) -> Segment:
    return share.index.segment(share.number)


def _ids(share: Share) -> NDArray[np.uint64]:
    return np.asarray(_segment(share).array("ids"))


def _moment(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)
