"""A replay that reads only what its rules may fire on; the rest of a long history is counted, not read."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from warning.app.chronology import Bystanders, Judged, Replayed, as_replayed
from warning.app.history_judging import Fired, Judging, Share, read_items, refired, said_of
from warning.collect.history_blocks import name_of, remember
from warning.collect.history_files import UNTIMED, HistoryIndex, Segment
from warning.collect.history_index import build_index, look_for, open_index
from warning.collect.interchange import own_identity, read_line
from warning.core.absence_rules import AbsenceRule
from warning.core.evidence import Evidence, Item
from warning.core.ids import key64
from warning.core.rulebook import Rulebook
from warning.core.rules import TextRule
from warning.core.sequence_needs import sequence_rules
from warning.core.signal_lines import signal_of
from warning.core.signals import Signal
from warning.core.text.edits import words_changed
from warning.core.text.engine import TextEngine, engine_of
from warning.core.text.finders import Pattern, patterns_of
from warning.core.text.lexicon import Lexicon
from warning.core.text.phrases import parse_phrase
from warning.core.text.postings import Inquiry, Sayings, concepts_read, numbers_of, patterns_read
from warning.core.withdrawals import RETRACTION_WORDS

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR_MICROSECONDS = 3_600_000_000
_WORD = 0xFFFF_FFFF_FFFF_FFFF
_ALL = slice(None)


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
    if index is None and not make:
        return None
    return _with_all(evidence, index, _wanted(engine_of(book)), None)


def ready_indexes(files: Iterable[Path], book: Rulebook) -> Iterator[tuple[HistoryIndex, IndexUse]]:
    """Yield the index of each file with all that the book's text rules ask for, made where there is none.

    Files that lack the same, as the months of one history do, are compared with what is asked for once.
    """
    wanted = _wanted(engine_of(book))
    complete: Mapping[Pattern, tuple[int, int]] | None = None
    for path in files:
        index, use = _with_all(path, open_index(path), wanted, complete)
        complete = index.places
        yield index, use


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """What an engine's rules ask of an index: patterns to be looked for, and sayings to be remembered by name."""

    patterns: frozenset[Pattern]
    sayings: Mapping[str, Sayings]


@lru_cache(maxsize=4)
def _wanted(engine: TextEngine) -> _Wanted:
    said, surely = said_of(engine)
    concepts = sorted(concepts_read(engine.rules))
    return _Wanted(
        patterns=patterns_read(engine.rules, said) | retraction_patterns(),
        sayings={name_of(of[c]): of[c] for of in (said, surely) for c in concepts if c in of},
    )


def _with_all(
    evidence: Path,
    found: HistoryIndex | None,
    wanted: _Wanted,
    complete: Mapping[Pattern, tuple[int, int]] | None,
) -> tuple[HistoryIndex, IndexUse]:
    """Bring an index up to what is wanted. One with the very patterns of `complete` has them all."""
    index = found or build_index(evidence)
    lacking = 0 if index.places is complete else look_for(index, wanted.patterns)
    if not wanted.sayings.keys() <= index.sayings.keys():
        remember(index, wanted.sayings.values())
    use = IndexUse(path=evidence, items=index.manifest.items, made=found is None, looked_for=lacking)
    return index, use


class IndexedHistory:
    """Indexed evidence files, asked for what a book's rules may fire on."""

    def __init__(self, files: Sequence[tuple[Path, HistoryIndex]], imported_at: datetime) -> None:
        self.files, self.imported_at = files, imported_at

    def records(self, book: Rulebook) -> Iterator[Replayed]:
        """Yield figures and lists whole, items that fired as judged, and counts of the others.

        Of items nothing is held but what fired, a segment at a time, and its numbers.
        """
        awaited = _awaited_sources(book)
        parts: list[tuple[Share, NDArray[np.int64], NDArray[np.int64]]] = []
        judging = Judging(self.files, book, self.imported_at)
        for result in judging.fired():
            numbers = np.array(list(result.lines), dtype=np.int64)
            if awaited:  # those are read whole, and judged then
                numbers = numbers[~from_sources(result.share.segment, awaited)[numbers]]
            plain = numbers[~_may_retract(result.share.segment)[numbers]]
            parts.append((result.share, numbers, plain))
            yield from self._told(result, plain)
        # Another version of an item that fired takes its place, and may take it back: it comes too, read whole. So
        # does what fired and may be a retraction itself: what its text says of that is in no signal.
        empty = [np.zeros(0, dtype=np.uint64)]
        versions = np.unique(np.concatenate([*empty, *(_ids(share)[numbers] for share, numbers, _ in parts)]))
        # And so does what may be one document with what fired, under another id; `settled` takes it from there.
        fired = [_among(_ids(share), versions) for share, _, _ in parts]
        kin = kindred([share for share, _, _ in parts], fired)
        hours: dict[int, int] = {}
        first = UNTIMED
        for (share, _, plain), known, whole in zip(parts, fired, kin, strict=True):
            told = known | whole
            known[plain] = False
            read = known | whole
            if awaited:  # each of those counts
                read |= from_sources(share.segment, awaited) & ~told
                told |= read
            yield from self._whole(judging, share, read)
            yield from self._others(share)
            first = self._count(share.segment, ~told, hours, first)
        if first != UNTIMED:
            # The very first is told to the microsecond: it may be what the replay begins with.
            hours[-(-first // _HOUR_MICROSECONDS)] -= 1
            yield Bystanders(known_at=_moment(first), count=1)
        for hour, count in hours.items():
            if count:
                yield Bystanders(known_at=_moment(hour * _HOUR_MICROSECONDS), count=count)

    def signals(self, book: Rulebook, rule: TextRule) -> Iterator[Signal]:
        """Yield what one rule says with the book's words and sources, in the order of the files."""
        alone = replace(book, rules=(rule,))
        running = len(book.active("text", "context"))
        for result in Judging(self.files, alone, self.imported_at, running=running).fired():
            yield from (signal_of(line) for lines in result.lines.values() for line in lines)

    def edit(
        self, book: Rulebook, before: TextRule, after: TextRule
    ) -> tuple[list[Signal], list[Signal]] | None:
        """Return what two versions of a rule say, reading only items with words they differ by.

        None where they differ by more than words, or by words that nobody looked for.
        """
        words = words_changed(before, after, Lexicon(book.terms))
        if words is None or any(words - index.places.keys() for _, index in self.files):
            return None
        sides = (replace(book, rules=(before,)), replace(book, rules=(after,)))
        kept = len(book.active("text", "context"))
        found = list(refired(self.files, *sides, words, self.imported_at, kept=kept))
        old, new = ([signal_of(line) for part in found for line in part[side]] for side in (0, 1))
        return old, new

    def _told(self, result: Fired, numbers: NDArray[np.int64]) -> Iterator[Judged]:
        for number, identity, known_at in self._marks(result.share, numbers):
            yield Judged(known_at=known_at, id=identity, lines=tuple(result.lines[number]))

    def _whole(self, judging: Judging, share: Share, marks: NDArray[np.bool_]) -> Iterator[Item | Judged]:
        """Read items, with what is kept of what the rules said of them."""
        numbers = np.flatnonzero(marks).tolist()
        said = judging.said(share) if numbers else None
        for number, item in read_items(share.evidence, share.segment, numbers, self.imported_at):
            if said is None:
                yield item
            else:
                lines = tuple(said.get(number, ()))
                yield Judged(known_at=item.known_at, id=item.id, lines=lines, item=item)

    def _marks(self, share: Share, numbers: NDArray[np.int64]) -> Iterator[tuple[int, str, datetime]]:
        """Yield (number, id, when known) of some items."""
        ids = _ids(share)[numbers].tolist()
        times = times_of(share.segment, self.imported_at)[numbers].tolist()
        for number, identity, known_at in zip(numbers.tolist(), ids, times, strict=True):
            yield number, f"i-{identity:016x}", _moment(known_at)

    def _others(self, share: Share) -> Iterator[Evidence]:
        for number, line in share.segment.others():
            yield own_identity(as_replayed(read_line(share.evidence, number, line, self.imported_at)))

    def _count(self, segment: Segment, others: NDArray[np.bool_], hours: dict[int, int], first: int) -> int:
        """Add the items to their hours; return when the earliest of all became known."""
        times = times_of(segment, self.imported_at)[others]
        if not len(times):
            return first
        for hour, count in zip(*np.unique(-(-times // _HOUR_MICROSECONDS), return_counts=True), strict=True):
            hours[int(hour)] = hours.get(int(hour), 0) + int(count)
        earliest = int(times.min())
        return earliest if first == UNTIMED else min(first, earliest)


@cache
def retraction_patterns() -> frozenset[Pattern]:
    """What has to be looked for to know which items may take something back."""
    return frozenset(
        pattern
        for language, words in RETRACTION_WORDS.items()
        for word in words
        for pattern in patterns_of(parse_phrase(word, language))
    )


def kindred(shares: Sequence[Share], fired: Sequence[NDArray[np.bool_]]) -> list[NDArray[np.bool_]]:
    """Mark, by share, the items that share an address, a text or the id with one that fired, itself included.

    What shares an address or a text with such an item counts too, and so on. Of an id told again, what was not read
    the second time stands in the first.
    """
    near, count = [marks.copy() for marks in fired], 0
    while count != (count := sum(int(marks.sum()) for marks in near)):
        for name in ("addresses", "texts"):
            shared = _marks_in(shares, near, name)
            for share, marks in zip(shares, near, strict=True):
                marks[_among(_array(share, name), shared)] = True
    held = [np.zeros(len(marks), dtype=np.bool_) for marks in near]
    for name in ("addresses", "texts", "ids"):
        every, times = np.unique(_every_mark(shares, near, name), return_counts=True)
        for share, marks, kin in zip(shares, near, held, strict=True):
            kin[marks & _among(_array(share, name), every[times > 1])] = True
    return held


def _every_mark(shares: Sequence[Share], of: Sequence[NDArray[np.bool_]], name: str) -> NDArray[np.uint64]:
    found = [_array(share, name)[marks] for share, marks in zip(shares, of, strict=True)]
    every: NDArray[np.uint64] = np.concatenate([np.zeros(0, dtype=np.uint64), *found])
    named: NDArray[np.uint64] = every[every != 0]
    return named


def _marks_in(shares: Sequence[Share], of: Sequence[NDArray[np.bool_]], name: str) -> NDArray[np.uint64]:
    return np.unique(_every_mark(shares, of, name))


def _may_retract(segment: Segment) -> NDArray[np.bool_]:
    marks = np.zeros(len(segment.languages), dtype=np.bool_)
    marks[numbers_of(Inquiry(segment, {}, {}).items_with(retraction_patterns()))] = True
    return marks


def from_sources(segment: Segment, sources: Sequence[str]) -> NDArray[np.bool_]:
    """Mark the items of some sources."""
    keys = np.array([key64(source) & _WORD for source in sources], dtype=np.uint64)
    return np.isin(segment.array("sources"), keys)


def _among(ids: NDArray[np.uint64], ordered: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Mark the ids that stand in an ordered array."""
    if not len(ordered):
        return np.zeros(len(ids), dtype=np.bool_)
    places = np.minimum(np.searchsorted(ordered, ids), len(ordered) - 1)
    return np.asarray(ordered[places] == ids)


def times_of(
    segment: Segment, imported_at: datetime, numbers: NDArray[np.int64] | slice = _ALL
) -> NDArray[np.int64]:
    """When the items, or those of some numbers, became known, in microseconds; those without a time at the import."""
    since = imported_at - _EPOCH
    assumed = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    times = np.asarray(segment.array("known_at"))[numbers]
    return np.where(times == UNTIMED, assumed, times)


def _awaited_sources(book: Rulebook) -> tuple[str, ...]:
    """The sources whose silence says something: of absence rules, of `unless`, and of steps of a case that may be told late."""
    watched = [rule.sources for rule in book.active("absence") if isinstance(rule, AbsenceRule)]
    watched += [step.sources for chain in book.chains for step in chain.steps]
    watched += [one.sources for rule in sequence_rules(book) for one in rule.unless]
    return tuple(sorted({source for some in watched for source in some}))


def _ids(share: Share) -> NDArray[np.uint64]:
    return _array(share, "ids")


def _array(share: Share, name: str) -> NDArray[np.uint64]:
    """Mapped for this look only: those of all segments at once are more files than a process may have open."""
    return np.asarray(share.segment.array(name))


def _moment(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)
