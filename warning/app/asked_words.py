"""The words by which rules are asked of an index, and which of them nobody looked for there yet."""

from dataclasses import dataclass
from functools import lru_cache

from pyroaring import BitMap

from warning.collect.history_blocks import Block, name_of
from warning.collect.history_files import HistoryIndex
from warning.core.text.engine import TextEngine
from warning.core.text.finders import Pattern
from warning.core.text.pattern_table import LANGUAGE_BITS
from warning.core.text.postings import (
    Numbers,
    Said,
    Sayings,
    concepts_read,
    said_by,
    sentences_saying,
    surely_said_by,
)
from warning.core.text_rules import Field_


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AskedWords:
    """What says the concepts that decide which items rules may fire on, perhaps and for certain."""

    said: Said
    surely: Said
    names: frozenset[str]

    @property
    def patterns(self) -> frozenset[Pattern]:
        return frozenset(pattern for sayings in self.said.values() for pattern, _ in sayings)

    def lacking(self, index: HistoryIndex) -> frozenset[Pattern]:
        """The patterns that nobody looked for in an index."""
        if self.names <= index.sayings.keys():
            return frozenset()
        return self.patterns - index.places.keys()

    def surely_in(self, index: HistoryIndex) -> Said:
        """What says the concepts for certain by patterns that were looked for."""
        lacking = self.lacking(index)
        if not lacking:
            return self.surely
        return {name: tuple(p for p in some if p[0] not in lacking) for name, some in self.surely.items()}


@lru_cache(maxsize=4)
def asked_words(engine: TextEngine) -> AskedWords:
    concepts = concepts_read(engine.rules)
    entries = [entry for entry in engine.looked_for if entry.concept in concepts]
    said = said_by(entries)
    return AskedWords(said=said, surely=surely_said_by(entries), names=frozenset(map(name_of, said.values())))


class OpenBlock:
    """A block of an index in which some patterns were never looked for: they may stand in every sentence."""

    def __init__(self, block: Block, lacking: frozenset[Pattern]) -> None:
        self._block, self._lacking = block, lacking

    @property
    def first_sentence(self) -> Numbers:
        return self._block.first_sentence

    def spoken(self, language_bit: int) -> BitMap:
        return self._block.spoken(language_bit)

    def standing(self, field: Field_) -> BitMap:
        return self._block.standing(field)

    def sentences(self, pattern: Pattern) -> BitMap:
        if pattern in self._lacking:
            return BitMap(range(int(self.first_sentence[-1])))
        return self._block.sentences(pattern)

    def saying(self, sayings: Sayings) -> BitMap:
        lacking = [languages for pattern, languages in sayings if pattern in self._lacking]
        if not lacking:
            return self._block.saying(sayings)
        spoken = [self.spoken(bit) for bit in LANGUAGE_BITS.values() if any(bit & one for one in lacking)]
        known = tuple(one for one in sayings if one[0] not in self._lacking)
        return BitMap.union(sentences_saying(self._block, known), *spoken)

    def weight(self, sayings: Sayings) -> int:
        lacking = any(pattern in self._lacking for pattern, _ in sayings)
        return int(self.first_sentence[-1]) if lacking else self._block.weight(sayings)
