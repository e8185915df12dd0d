"""The patterns of a lexicon's entries, and what each says in a text of given languages."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import ahocorasick_rs
import numpy as np
from numpy.typing import NDArray

from warning.core.terms import Language
from warning.core.text.finders import Finder, Found, Pattern, patterns_of
from warning.core.text.lexicon import Entry

FinderMaker = Callable[[Sequence[Pattern]], tuple[Finder, str]]
LANGUAGE_BITS: Mapping[Language, int] = {"en": 1, "zh": 2, "ja": 4, "ko": 8}
Rows = dict[int, int]
_TAILS = (b"", b"s", b"es", b"'", b"'s", b"s'", b"es'", b"s's", b"es's")


def language_bits(languages: Iterable[Language]) -> int:
    """The languages as one small number."""
    return sum(LANGUAGE_BITS[language] for language in languages)


class _Sayings:
    """For each pattern some pairs (place of a concept, languages in which the pattern says it)."""

    def __init__(self, pairs: Sequence[Sequence[tuple[int, int]]]) -> None:
        self.pairs = pairs
        flat = [pair for some in pairs for pair in some]
        self._starts = np.cumsum([0, *(len(some) for some in pairs)])
        self._places = np.array([place for place, _ in flat], dtype=np.int64)
        self._languages = np.array([language for _, language in flat], dtype=np.uint8)

    def table(self, found: Found, languages: NDArray[np.uint8], count: int) -> NDArray[np.bool_]:
        """Return concepts x texts: what the found patterns say in the languages of their texts."""
        patterns = found.patterns
        lengths = self._starts[patterns + 1] - self._starts[patterns]
        texts = np.repeat(found.texts, lengths)
        ends = np.cumsum(lengths)
        at = np.arange(len(texts)) + np.repeat(self._starts[patterns] - (ends - lengths), lengths)
        holds = (self._languages[at] & languages[texts]) != 0
        table = np.zeros((count, len(languages)), dtype=np.bool_)
        table[self._places[at[holds]], texts[holds]] = True
        return table


class PatternTable:
    """Some entries as patterns of one compiled finder."""

    def __init__(self, entries: Sequence[Entry], places: Mapping[str, int], make_finder: FinderMaker) -> None:
        by_pattern: dict[Pattern, list[Entry]] = {}
        for entry in entries:
            for pattern in patterns_of(entry.phrase):
                by_pattern.setdefault(pattern, []).append(entry)
        nested = _nested(entries)
        self._concepts = len(places)
        self._places = places
        self._names = self._sayings(by_pattern, lambda e: () if e.shadow else (e.concept,))
        self._doubts = self._sayings(by_pattern, lambda e: _doubted(e, nested))
        self.size = len(by_pattern)
        self.finder, self.remark = make_finder(list(by_pattern))

    def rows(self, texts: Sequence[bytes], languages: Sequence[int]) -> tuple[Rows, Rows]:
        """Return by concept's place the texts that may hold it, and those of them that need a closer look."""
        found = self.finder.scan(texts)
        spoken = np.array(languages, dtype=np.uint8)
        possible = self._names.table(found, spoken, self._concepts)
        unsure = self._doubts.table(found, spoken, self._concepts)
        return _rows(possible), _rows(unsure & possible)

    def places_in(self, text: bytes, languages: int) -> tuple[set[int], set[int]]:
        """Return the concepts' places that one text may hold, and those of them that need a closer look."""
        found = self.finder.present(text)
        possible, unsure = (
            {place for n in found for place, spoken in sayings.pairs[n] if spoken & languages}
            for sayings in (self._names, self._doubts)
        )
        return possible, unsure & possible

    def _sayings(
        self, by_pattern: Mapping[Pattern, list[Entry]], says: Callable[[Entry], Iterable[str]]
    ) -> _Sayings:
        pairs: list[list[tuple[int, int]]] = []
        for entries in by_pattern.values():
            said: dict[int, int] = {}
            for entry in entries:
                for concept in says(entry):
                    if concept in self._places:
                        place = self._places[concept]
                        said[place] = said.get(place, 0) | LANGUAGE_BITS[entry.phrase.language]
            pairs.append(list(said.items()))
        return _Sayings(pairs)


def _rows(table: NDArray[np.bool_]) -> Rows:
    """Each row that is not empty as one number, bit n for column n."""
    packed = np.packbits(table, axis=1, bitorder="little")
    filled = np.flatnonzero(table.any(axis=1)).tolist()
    return {place: int.from_bytes(packed[place].tobytes(), "little") for place in filled}


def _doubted(entry: Entry, nested: Mapping[Entry, tuple[str, ...]]) -> Iterable[str]:
    """The concepts that may not occur after all where this entry's pattern does."""
    if entry.shadow or entry.perhaps or entry.phrase.exact or entry.phrase.ends_sentence:
        yield entry.concept
    if not entry.shadow:
        yield from nested.get(entry, ())


def _nested(entries: Sequence[Entry]) -> Mapping[Entry, tuple[str, ...]]:
    """Materials that a longer name of another material may hold, by that longer name."""
    named = [e for e in entries if e.concept.startswith("material:") and not e.shadow]
    owners: dict[bytes, set[str]] = {}
    for entry in named:
        for pattern in patterns_of(entry.phrase):
            owners.setdefault(pattern.needle, set()).add(entry.concept)
    needles = list(owners)
    automaton = ahocorasick_rs.BytesAhoCorasick(needles)
    inside: dict[Entry, tuple[str, ...]] = {}
    for entry in named:
        found: set[str] = set()
        for pattern in patterns_of(entry.phrase):
            if pattern.ending == "open":
                found.update(*owners.values())
            for tail in _TAILS if pattern.ending != "any" else (b"",):
                longer = pattern.needle + tail
                for number, start, end in automaton.find_matches_as_indexes(longer, overlapping=True):
                    if end - start < len(longer):
                        found |= owners[needles[number]]
        if found - {entry.concept}:
            inside[entry] = tuple(found - {entry.concept})
    return inside
