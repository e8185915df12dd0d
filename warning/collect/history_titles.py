"""Titles of a history index: the items of a block with no sentences but those of their titles, counted by themselves.

Most rules look for what they flag in headlines. There one sentence in a dozen stands, and what is asked of them is
read from a twelfth of the bytes. An index without them, or without some, answers from its blocks.
"""

import shutil
from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from warning.collect.history_blocks import SPOKEN, Block, blocks_of
from warning.collect.history_files import HistoryIndex
from warning.collect.index_lock import writing_alone
from warning.collect.mapped_arrays import mapped_array
from warning.collect.set_files import SetFiles, has_sets, write_sets
from warning.core.text.finders import Pattern
from warning.core.text.pattern_table import LANGUAGE_BITS
from warning.core.text.postings import Sayings, numbers_of, sentences_saying, set_of
from warning.core.text_rules import Field_

TITLES = "titles"
_FIRST = "first_sentence.npy"


class Titles:
    """Postings of the titles of a block's items, which have their numbers of the block."""

    def __init__(self, block: Block) -> None:
        self._block, self._directory = block, block.directory / TITLES
        self._sets = SetFiles(self._directory)
        self._spoken: dict[int, BitMap] = {}
        self._written: dict[str, bool] = {}

    @cached_property
    def first_sentence(self) -> NDArray[np.uint32]:
        return mapped_array(self._directory / _FIRST)

    def spoken(self, language_bit: int) -> BitMap:
        """The sentences of items in a language."""
        if language_bit not in self._spoken:
            place = list(LANGUAGE_BITS.values()).index(language_bit)
            self._spoken[language_bit] = self._sets.of(SPOKEN, place)
        return self._spoken[language_bit]

    def standing(self, field: Field_) -> BitMap:
        """All of them, or none of another field."""
        return BitMap(range(int(self.first_sentence[-1]))) if field == "title" else BitMap()

    def sentences(self, pattern: Pattern) -> BitMap:
        """The sentences in which the pattern begins. KeyError when nobody looked for it."""
        return _counted(self._block.standing("title"), self._places, self._block.sentences(pattern))

    def saying(self, sayings: Sayings) -> BitMap:
        """The sentences that say something in one of some ways: remembered, or those of the block."""
        known = self._remembered(sayings)
        return self._sets.of(*known) if known else sentences_saying(self, sayings)

    def weight(self, sayings: Sayings) -> int:
        """The bytes in which its sentences are kept."""
        known = self._remembered(sayings)
        return self._sets.length(*known) if known else self._block.weight(sayings)

    def _remembered(self, sayings: Sayings) -> tuple[str, int] | None:
        known = self._block.remembered(sayings)
        if known and known[0] not in self._written:
            self._written[known[0]] = has_sets(self._directory, known[0])
        return known if known and self._written[known[0]] else None

    @cached_property
    def _places(self) -> NDArray[np.uint32]:
        """The block's numbers of the sentences of titles."""
        return numbers_of(self._block.standing("title"))


def titles_of(block: Block) -> Titles | None:
    """The titles of a block; None in an index that an earlier version made and nobody brought up to date since."""
    return Titles(block) if (block.directory / TITLES / _FIRST).exists() else None


def note_titles(index: HistoryIndex) -> None:
    """Let the blocks keep by title what they remember, as far as they do not."""
    if any(_lacking(index, block) for block in blocks_of(index)):
        with writing_alone(index.directory):
            index.renew()
            for block in blocks_of(index):
                _note(block, _lacking(index, block))


def _lacking(index: HistoryIndex, block: Block) -> list[int]:
    """The numbers of the files of sayings that have none of titles beside them."""
    directory = block.directory / TITLES
    return [n for n in range(len(index.manifest.sayings)) if not has_sets(directory, f"sayings{n}")]


def _note(block: Block, lacking: Sequence[int]) -> None:
    directory = block.directory / TITLES
    title = block.standing("title")
    places = numbers_of(title)
    if lacking and not directory.exists():
        part = block.directory / f"{TITLES}.part"
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir()
        np.save(part / _FIRST, np.searchsorted(places, block.first_sentence).astype(np.uint32))
        spoken = map(block.spoken, LANGUAGE_BITS.values())
        write_sets(part, SPOKEN, (_counted(title, places, one) for one in spoken))
        part.replace(directory)
    for number in lacking:
        every = block.every_remembered(number)
        write_sets(directory, f"sayings{number}", (_counted(title, places, one) for one in every))


def _counted(title: BitMap, places: NDArray[np.uint32], sentences: BitMap) -> BitMap:
    """The sentences of titles among some, by their numbers among those of titles, which have these `places`."""
    return set_of(np.searchsorted(places, numbers_of(sentences & title)))
