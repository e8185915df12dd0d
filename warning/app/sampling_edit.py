"""What an edited rule changes over a long history: what is known of it, and what a sample of the rest says.

Verdicts that are kept and the algebra of postings decide most items. The others must be read; as many of them as
there is time for are, drawn at random, so that what they say holds for all of them within an interval.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from math import sqrt
from pathlib import Path

import numpy as np
import zstandard
from numpy.typing import NDArray
from pyroaring import BitMap

from warning.app.history_judging import read_items, said_of
from warning.app.verdict_basis import rule_names, sources_name
from warning.collect.history_blocks import Block, blocks_of
from warning.collect.history_files import SEGMENT_ITEMS, HistoryIndex, Segment
from warning.collect.kept_verdicts import KeptVerdicts
from warning.core.detect.text import exhibit_of, rules_met
from warning.core.rulebook import Rulebook
from warning.core.rules import TextRule
from warning.core.signals import Exhibit
from warning.core.text.conditions import CompiledRule
from warning.core.text.edits import Words
from warning.core.text.engine import TextEngine, engine_of
from warning.core.text.postings import Inquiry, numbers_of, set_of

# So many are read between two looks at the clock.
_TOGETHER = 32
# So many are read whatever the time: an answer without any would say next to nothing.
_AT_LEAST = 96
# How many standard errors hold 19 times in 20.
_SURE = 1.96
_SEED = 20_260_101
# Items are drawn from all over the history. Each array of a segment that is open takes one of the files a process may
# have open: many years have more arrays than that, and some systems allow 256.
_MOST_OPEN = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A number of items. `low` and `high` are the ends of its interval, the number itself where it is exact."""

    number: int
    low: int
    high: int

    @property
    def is_exact(self) -> bool:
        return self.low == self.high


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One file's items by number, the segment's times SEGMENT_ITEMS plus the item's own: what fired before and after the edit.

    Both hold for every item but those of `unread`.
    """

    evidence: Path
    index: HistoryIndex
    before: BitMap
    after: BitMap
    unread: BitMap


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadItem:
    """An item that was read: what it shows, and whether the rule fired on it before and after the edit."""

    file: int
    number: int
    exhibit: Exhibit
    before: bool
    after: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A rule that runs and the rule in its place, in one book; `words` are all they differ by, None for more than words."""

    book: Rulebook
    before: TextRule | None
    after: TextRule
    words: Words | None

    @property
    def engine(self) -> TextEngine:
        return engine_of(self.book)

    def compiled(self, rule: TextRule | None) -> CompiledRule | None:
        """The rule compiled; None where it is switched off or there is none."""
        return next((one for one in self.engine.rules if rule and one.version == rule.version), None)


def known_of(evidence: Path, index: HistoryIndex, edit: Edit, said: "KeptOfEdit") -> Known:
    """Look up what is kept of both rules, and ask the postings which items only a reading can decide."""
    (before, of_before), (after, of_after) = said.of(index)
    unread, every = BitMap(), _all_of(index)
    lacking_before, lacking_after = every - of_before, every - of_after
    for block in blocks_of(index) if lacking_before or lacking_after else iter(()):
        inquiry = Inquiry(block, *said_of(edit.engine))
        unread |= _possible(block, inquiry, edit.compiled(edit.before), lacking_before)
        if edit.words is None:
            unread |= _possible(block, inquiry, edit.compiled(edit.after), lacking_after)
            continue
        taken_over = before & _range(block) & lacking_after
        if edit.words:  # without one of these words both say the same
            asked = _possible(block, inquiry, edit.compiled(edit.after), lacking_after)
            about = _items(block, asked | taken_over)
            touched = _numbers(block, inquiry.items_with(edit.words, about))
            unread |= asked & touched
            taken_over -= touched
        after |= taken_over
    return Known(evidence=evidence, index=index, before=before, after=after, unread=unread)


def _possible(block: Block, inquiry: Inquiry, rule: CompiledRule | None, among: BitMap) -> BitMap:
    """The items of a block, among some of the file, that a rule may fire on, none where it is switched off."""
    if rule is None or not among.intersect(_range(block)):
        return BitMap()
    return _numbers(block, inquiry.items_for(rule)) & among


def _items(block: Block, numbers: BitMap) -> BitMap:
    """Items of a file by their numbers in the block."""
    every = numbers_of(numbers).astype(np.int64)
    segments = every // SEGMENT_ITEMS - block.first_segment
    return set_of(block.first_items[segments] + every % SEGMENT_ITEMS)


def _numbers(block: Block, items: BitMap) -> BitMap:
    """Items of a block by their numbers in the file."""
    parts = [segment * SEGMENT_ITEMS + own for segment, own in block.by_segment(numbers_of(items))]
    return set_of(np.concatenate(parts)) if parts else BitMap()


def _range(block: Block) -> BitMap:
    begin = block.first_segment * SEGMENT_ITEMS
    return BitMap(range(begin, begin + (len(block.first_items) - 1) * SEGMENT_ITEMS))


def _all_of(index: HistoryIndex) -> BitMap:
    return BitMap(range(index.manifest.segments * SEGMENT_ITEMS))


class KeptOfEdit:
    """What is kept of the verdicts of an edit's two rules, file by file; what their names rest on is worked out once."""

    def __init__(self, edit: Edit) -> None:
        self._book = edit.book
        names = iter(rule_names(edit.book, [rule for rule in (edit.before, edit.after) if rule]))
        self._names = tuple(next(names) if rule else "" for rule in (edit.before, edit.after))
        self._bases: dict[bytes, str] = {}

    def of(self, index: HistoryIndex) -> list[tuple[BitMap, BitMap]]:
        """Return for each rule the items on which it fired, and those of which that is known. No rule fires on nothing."""
        kept = KeptVerdicts(index.directory)
        bases: dict[int, str] = {}
        found = [
            self._fired(index, kept.every(name), bases) if name else (BitMap(), _all_of(index))
            for name in self._names
        ]
        kept.close()
        return found

    def _fired(
        self, index: HistoryIndex, said: Mapping[int, tuple[str, bytes]], bases: dict[int, str]
    ) -> tuple[BitMap, BitMap]:
        fired: list[int] = []
        known = BitMap()
        for segment, (basis, content) in said.items():
            if segment < index.manifest.segments and segment not in bases:
                bases[segment] = self._basis(index.segment(segment))
            if basis == bases.get(segment):
                begin = segment * SEGMENT_ITEMS
                known.add_range(begin, begin + SEGMENT_ITEMS)
                lines = zstandard.decompress(content).split(b"\n")
                fired += [begin + int(line[: line.index(b" ")]) for line in lines if line]
        return BitMap(fired), known

    def _basis(self, segment: Segment) -> str:
        """As `basis_of`, but for segments of which something is kept: there no item lacks a time."""
        key = (segment.directory / "own_sources.npy").read_bytes()
        if key not in self._bases:
            self._bases[key] = sources_name(self._book, segment)
        return self._bases[key]


def read_some(
    known: Sequence[Known], edit: Edit, imported_at: datetime, enough: Callable[[], bool]
) -> Iterator[ReadItem]:
    """Read items that are not decided, drawn at random, until there are none left or somebody says enough.

    A hundred or so are read in any case.
    """
    places = np.concatenate(
        [np.zeros((0, 2), dtype=np.int64), *(_places(file, one.unread) for file, one in enumerate(known))]
    )
    order = np.random.default_rng(_SEED).permutation(len(places))

    @lru_cache(maxsize=_MOST_OPEN)
    def opened(file: int, number: int) -> Segment:
        return known[file].index.segment(number)

    for begin in range(0, len(order), _TOGETHER):
        if begin >= _AT_LEAST and enough():
            return
        some = places[np.sort(order[begin : begin + _TOGETHER])]
        yield from _read(known, edit, imported_at, some, opened)


def _places(file: int, numbers: BitMap) -> NDArray[np.int64]:
    every = numbers_of(numbers).astype(np.int64)
    return np.stack((np.full(len(every), file), every), axis=1)


def _read(
    known: Sequence[Known],
    edit: Edit,
    imported_at: datetime,
    places: NDArray[np.int64],
    opened: Callable[[int, int], Segment],
) -> Iterator[ReadItem]:
    for file, number in places.tolist():
        segment = opened(file, number // SEGMENT_ITEMS)
        ((_, item),) = read_items(known[file].evidence, segment, [number % SEGMENT_ITEMS], imported_at)
        met = set(rules_met(edit.book, item))
        source = edit.book.source(item.source_id, item.kind, item.country, item.language)
        yield ReadItem(
            file=file,
            number=number,
            exhibit=exhibit_of(item, source),
            before=edit.before is not None and edit.before.version in met,
            after=edit.after.version in met,
        )


def counted(exact: int, hits: int, size: int, unread: int) -> Count:
    """A number of items: those known, and the share of `hits` among the `size` read of so many that are `unread`.

    The interval is Wilson's for 19 times in 20, narrower the fewer are left; what was seen lies within it.
    """
    if size == unread:
        return Count(number=exact + hits, low=exact + hits, high=exact + hits)
    most = exact + hits + unread - size
    if not size:
        return Count(number=exact, low=exact, high=most)
    share = hits / size
    weight = _SURE**2 * (unread - size) / (unread - 1) / size
    middle = (share + weight / 2) / (1 + weight)
    half = sqrt(weight * share * (1 - share) + weight**2 / 4) / (1 + weight)
    return Count(
        number=exact + round(share * unread),
        low=max(exact + hits, exact + int((middle - half) * unread)),
        high=min(most, exact + int((middle + half) * unread) + 1),
    )
