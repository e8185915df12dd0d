"""Blocks of a history index: where patterns stand in a million items at a time, as compressed sets of sentences.

Segments hold the same in small arrays, for whoever reads them one by one. A question about the whole history opens
few large files instead of thousands of small ones.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from hashlib import blake2b
from itertools import islice
from typing import get_args

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from warning.collect.history_files import HistoryIndex, Segment
from warning.collect.index_lock import writing_alone
from warning.collect.mapped_arrays import mapped_array
from warning.collect.set_files import SetFiles, write_sets
from warning.core.text.finders import Pattern
from warning.core.text.pattern_table import LANGUAGE_BITS
from warning.core.text.postings import Sayings, sentences_of_fields, sentences_saying, set_of
from warning.core.text_rules import Field_

BLOCK_SEGMENTS = 16
SPOKEN, _FIELDS = "spoken", "fields"
_MOST_NAMES = 8_192


class Block:
    """Some segments after one another: their items and sentences are counted on."""

    def __init__(self, index: HistoryIndex, first_segment: int) -> None:
        self.directory = index.directory / f"block-{first_segment // BLOCK_SEGMENTS:03}"
        self.first_segment, self._index = first_segment, index
        self._spoken: dict[int, BitMap] = {}
        self._standing: dict[Field_, BitMap] = {}
        self._sets = SetFiles(self.directory)

    @cached_property
    def first_sentence(self) -> NDArray[np.uint32]:
        return mapped_array(self.directory / "first_sentence.npy")

    @cached_property
    def first_items(self) -> NDArray[np.int64]:
        """The number of each segment's first item, and at the end how many items there are."""
        return mapped_array(self.directory / "first_items.npy")

    def spoken(self, language_bit: int) -> BitMap:
        """The sentences of items in a language."""
        if language_bit not in self._spoken:
            self._spoken[language_bit] = self._sets.of(
                SPOKEN, list(LANGUAGE_BITS.values()).index(language_bit)
            )
        return self._spoken[language_bit]

    def standing(self, field: Field_) -> BitMap:
        """The sentences of a field."""
        if field not in self._standing:
            self._standing[field] = self._sets.of(_FIELDS, get_args(Field_).index(field))
        return self._standing[field]

    def sentences(self, pattern: Pattern) -> BitMap:
        """The sentences in which the pattern begins. KeyError when nobody looked for it."""
        number, place = self._index.places[pattern]
        return self._sets.of(f"set{number}", place)

    def saying(self, sayings: Sayings) -> BitMap:
        """The sentences that say something in one of some ways: remembered, or looked up pattern by pattern."""
        known = self.remembered(sayings)
        return self._sets.of(*known) if known else sentences_saying(self, sayings)

    def remembered(self, sayings: Sayings) -> tuple[str, int] | None:
        """The file in which the sentences that say it are kept, and the place there."""
        known = self._index.sayings.get(name_of(sayings))
        return (f"sayings{known[0]}", known[1]) if known else None

    def every_remembered(self, number: int) -> Iterator[BitMap]:
        """All the sets of one file of sayings, in order."""
        count = len(self._index.manifest.sayings[number])
        return (self._sets.of(f"sayings{number}", place) for place in range(count))

    def weight(self, sayings: Sayings) -> int:
        """The bytes in which its sentences are kept."""
        known = self.remembered(sayings)
        if known:
            return self._sets.length(*known)
        places = (self._index.places[pattern] for pattern, _ in sayings)
        return sum(self._sets.length(f"set{number}", place) for number, place in places)

    def by_segment(self, items: NDArray[np.uint32]) -> Iterator[tuple[int, NDArray[np.int64]]]:
        """Yield (segment, numbers of items in it) for items of the block, given ascending."""
        bounds = np.searchsorted(items, self.first_items)
        for place, (begin, end) in enumerate(zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)):
            if end > begin:
                yield self.first_segment + place, items[begin:end].astype(np.int64) - self.first_items[place]


def blocks_of(index: HistoryIndex) -> Iterator[Block]:
    """Yield the blocks of an index, in order; what one has read goes with it."""
    return (Block(index, first) for first in range(0, index.manifest.segments, BLOCK_SEGMENTS))


class _Names:
    """Some sayings are hundreds of patterns long: which they are tells their name sooner than what they hold."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Sayings, str]] = {}

    def of(self, sayings: Sayings) -> str:
        known = self._known.get(id(sayings))
        if known is None:
            if len(self._known) >= _MOST_NAMES:
                self._known.clear()
            # Held with its name: no other value can come to stand in its place meanwhile.
            known = self._known[id(sayings)] = sayings, _name_of(sayings)
        return known[1]


_NAMES = _Names()


def name_of(sayings: Sayings) -> str:
    """The name under which the sentences of some sayings are remembered: of the patterns and their languages.

    Sayings are not changed once they were named.
    """
    return _NAMES.of(sayings)


def _name_of(sayings: Sayings) -> str:
    parts = sorted((*pattern, languages) for pattern, languages in sayings)
    return blake2b(repr(parts).encode(), digest_size=8).hexdigest()


def remember(index: HistoryIndex, every: Iterable[Sayings]) -> None:
    """Let the blocks remember where something is said, as far as they do not: thousands of patterns become a few sets."""
    named = {name_of(some): some for some in every}
    if named.keys() <= index.sayings.keys():
        return
    with writing_alone(index.directory):
        index.renew()
        lacking = {name: some for name, some in named.items() if name not in index.sayings}
        if not lacking:
            return
        number = len(index.manifest.sayings)
        for block in blocks_of(index):
            sets = (sentences_saying(block, some) for some in lacking.values())
            write_sets(block.directory, f"sayings{number}", sets)
        index.manifest.sayings.append(list(lacking))
        index.manifest.write(index.directory)
    index.__dict__.pop("sayings", None)


def begin_blocks(index: HistoryIndex) -> None:
    """Write what blocks hold beside the sets of patterns."""
    for first, segments in _segments(index):
        directory = Block(index, first).directory
        directory.mkdir()
        counts = [len(segment.languages) for segment in segments]
        np.save(directory / "first_items.npy", np.cumsum([0, *counts], dtype=np.int64))
        lengths = np.concatenate([np.diff(segment.first_sentence.astype(np.int64)) for segment in segments])
        np.save(directory / "first_sentence.npy", np.cumsum(np.concatenate(([0], lengths))).astype(np.uint32))
        languages = np.concatenate([segment.languages for segment in segments])
        spoken = (
            set_of(np.flatnonzero(np.repeat(languages & bit, lengths))) for bit in LANGUAGE_BITS.values()
        )
        write_sets(directory, SPOKEN, spoken)
        title, lead = (
            np.concatenate([segment.array(name) for segment in segments])
            for name in ("title_sentences", "lead_sentences")
        )
        fields = sentences_of_fields(np.load(directory / "first_sentence.npy"), title, lead)
        write_sets(directory, _FIELDS, (fields[field] for field in get_args(Field_)))


def write_blocks(index: HistoryIndex, number: int) -> None:
    """Write a set of patterns, which every segment has, into the blocks."""
    for first, segments in _segments(index):
        write_sets(Block(index, first).directory, f"set{number}", _joined(segments, number))


def _segments(index: HistoryIndex) -> Iterator[tuple[int, list[Segment]]]:
    """The segments of each block. They are let go with it: what they have mapped counts among a process's open files."""
    every = index.segments()
    for first in range(0, index.manifest.segments, BLOCK_SEGMENTS):
        yield first, list(islice(every, BLOCK_SEGMENTS))


def _joined(segments: Sequence[Segment], number: int) -> Iterator[BitMap]:
    """Each pattern's sentences in all of the segments."""
    starts = [segment.array(f"set{number}_starts").tolist() for segment in segments]
    sentences = [segment.array(f"set{number}_sentences") for segment in segments]
    counts = [int(segment.first_sentence[-1]) for segment in segments]
    before = np.cumsum([0, *counts[:-1]], dtype=np.uint32)
    for place in range(len(starts[0]) - 1):
        parts = [
            own[begins[place] : begins[place + 1]] + offset
            for own, begins, offset in zip(sentences, starts, before, strict=True)
            if begins[place + 1] > begins[place]
        ]
        yield set_of(np.concatenate(parts)) if parts else BitMap()
