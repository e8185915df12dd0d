"""The words by which rules are asked of an index, and which of them nobody looked for there yet."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from pyroaring import BitMap

from warning.collect.history_blocks import name_of
from warning.collect.history_files import HistoryIndex
from warning.core.text.engine import TextEngine
from warning.core.text.finders import Pattern
from warning.core.text.pattern_table import LANGUAGE_BITS
from warning.core.text.postings import (
    Numbers,
    Postings,
    Said,
    Sayings,
    concepts_read,
    said_by,
    surely_said_by,
)
from warning.core.text_rules import Field_


class AskedWords:
    """What says the concepts that decide which items rules may fire on, perhaps (`said`) and for certain (`surely`)."""

    def __init__(self, said: Said, surely: Said) -> None:
        # What is said for certain is mostly all that is said: one value is looked up once.
        self.said = said
        self.surely = {name: said[name] if said.get(name) == some else some for name, some in surely.items()}
        self._names = {name_of(sayings): sayings for sayings in said.values()}
        self._unasked = OpenWords(frozenset(), self.surely, {})
        self._last: tuple[Mapping[str, object], OpenWords] = {}, self._unasked

    def open_in(self, index: HistoryIndex) -> "OpenWords":
        """What of it nobody looked for in an index. The months of one history mostly looked for the same: they share it."""
        if index.sayings is not self._last[0]:
            self._last = index.sayings, self._open_in(index)
        return self._last[1]

    def _open_in(self, index: HistoryIndex) -> "OpenWords":
        names = self._names.items()
        unnamed = [sayings for name, sayings in names if name not in index.sayings]
        if not unnamed:
            return self._unasked
        # What is remembered by name was looked for, pattern by pattern.
        patterns = frozenset(pattern for sayings in unnamed for pattern, _ in sayings)
        named = {frozenset(sayings): sayings for name, sayings in names if name in index.sayings}
        return OpenWords(patterns - index.places.keys(), self.surely, named)


class OpenWords:
    """`lacking` are patterns that nobody looked for in an index; `surely` is what says the concepts for certain by the others.

    `named` are sayings that are remembered there: longer ones are looked up by what they have more.
    """

    def __init__(
        self,
        lacking: frozenset[Pattern],
        surely: Said,
        named: Mapping[frozenset[tuple[Pattern, int]], Sayings],
    ) -> None:
        self.lacking, self._named = lacking, named
        self.surely = {name: self._looked_for(some) for name, some in surely.items()} if lacking else surely
        self._parts: dict[int, tuple[Sayings, Sequence[Sayings], int]] = {}

    @property
    def is_closed(self) -> bool:
        """Whether everything is remembered by its name."""
        return not self._named and not self.lacking

    def parts(self, sayings: Sayings) -> tuple[Sequence[Sayings], int]:
        """What was looked for, by parts, and the languages of what was not."""
        found = self._parts.get(id(sayings))
        if found is None:
            languages = 0
            for pattern, own in sayings:
                languages |= own if pattern in self.lacking else 0
            # Held with its parts: no other value can come to stand in its place meanwhile.
            found = self._parts[id(sayings)] = sayings, self._in_parts(self._looked_for(sayings)), languages
        return found[1:]

    def _in_parts(self, sayings: Sayings) -> Sequence[Sayings]:
        every = frozenset(sayings)
        within = max((some for some in self._named if some <= every), key=len, default=None)
        if within is None:
            return (sayings,)
        more = tuple(one for one in sayings if one not in within)
        return (self._named[within], more) if more else (self._named[within],)

    def _looked_for(self, sayings: Sayings) -> Sayings:
        """The same value where all were looked for: what is known of it is found by which it is."""
        some = tuple(one for one in sayings if one[0] not in self.lacking)
        return sayings if len(some) == len(sayings) else some


@lru_cache(maxsize=4)
def asked_words(engine: TextEngine) -> AskedWords:
    concepts = concepts_read(engine.rules)
    entries = [entry for entry in engine.looked_for if entry.concept in concepts]
    return AskedWords(said_by(entries), surely_said_by(entries))


class OpenBlock:
    """A block of an index, or its titles, in which some sayings have no name, and some patterns that were never looked for may stand anywhere."""

    def __init__(self, block: Postings, words: OpenWords) -> None:
        self._block, self._words = block, words

    @property
    def first_sentence(self) -> Numbers:
        return self._block.first_sentence

    def spoken(self, language_bit: int) -> BitMap:
        return self._block.spoken(language_bit)

    def standing(self, field: Field_) -> BitMap:
        return self._block.standing(field)

    def sentences(self, pattern: Pattern) -> BitMap:
        if pattern in self._words.lacking:
            return BitMap(range(int(self.first_sentence[-1])))
        return self._block.sentences(pattern)

    def saying(self, sayings: Sayings) -> BitMap:
        parts, languages = self._words.parts(sayings)
        spoken = (self.spoken(bit) for bit in LANGUAGE_BITS.values() if bit & languages)
        return BitMap.union(BitMap(), *map(self._block.saying, parts), *spoken)

    def weight(self, sayings: Sayings) -> int:
        parts, languages = self._words.parts(sayings)
        return int(self.first_sentence[-1]) if languages else sum(map(self._block.weight, parts))
