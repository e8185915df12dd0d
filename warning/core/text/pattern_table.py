"""The patterns of a lexicon's entries, and what each says in a text of given languages."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import ahocorasick_rs
import numpy as np
from numpy.typing import NDArray

from warning.core.terms import Language
from warning.core.text.finders import Finder, Pattern, patterns_of
from warning.core.text.lexicon import Entry

FinderMaker = Callable[[Sequence[Pattern]], tuple[Finder, str]]
LANGUAGE_BITS: Mapping[Language, int] = {"en": 1, "zh": 2, "ja": 4, "ko": 8}
_TAILS = (b"", b"s", b"es", b"'", b"'s", b"s'", b"es'", b"s's", b"es's")


def language_bits(languages: Iterable[Language]) -> int:
    """The languages as one small number."""
    return sum(LANGUAGE_BITS[language] for language in languages)


@dataclass(frozen=True, slots=True)
class _Sayings:
    """For each pattern a run of (concept, language) pairs: `starts[n]` to `starts[n + 1]` of the other two."""

    starts: NDArray[np.int64]
    concepts: NDArray[np.int64]
    languages: NDArray[np.uint8]

    def rows(
        self, patterns: NDArray[np.int64], texts: NDArray[np.int64], languages: NDArray[np.uint8], count: int
    ) -> NDArray[np.bool_]:
        """Return concepts x texts: what the pairs (pattern, text) say in the languages of their texts."""
        lengths = self.starts[patterns + 1] - self.starts[patterns]
        texts = np.repeat(texts, lengths)
        ends = np.cumsum(lengths)
        places = np.arange(len(texts)) + np.repeat(self.starts[patterns] - (ends - lengths), lengths)
        holds = (self.languages[places] & languages[texts]) != 0
        table = np.zeros((count, len(languages)), dtype=np.bool_)
        table[self.concepts[places[holds]], texts[holds]] = True
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

    def bits(self, texts: Sequence[bytes], languages: NDArray[np.uint8]) -> tuple[list[int], list[int]]:
        """Return for each concept the texts that may hold it, and those of them that need a closer look."""
        found, ends = self.finder.scan(texts)
        patterns = np.array(found, dtype=np.int64)
        holders = np.repeat(np.arange(len(texts)), np.diff(ends, prepend=0))
        possible = self._names.rows(patterns, holders, languages, self._concepts)
        unsure = self._doubts.rows(patterns, holders, languages, self._concepts)
        return _numbers(possible), _numbers(unsure & possible)

    def _sayings(
        self, by_pattern: Mapping[Pattern, list[Entry]], says: Callable[[Entry], Iterable[str]]
    ) -> _Sayings:
        starts, concepts, languages = [0], list[int](), list[int]()
        for entries in by_pattern.values():
            said: dict[int, int] = {}
            for entry in entries:
                for concept in says(entry):
                    if concept in self._places:
                        place = self._places[concept]
                        said[place] = said.get(place, 0) | LANGUAGE_BITS[entry.phrase.language]
            concepts += said.keys()
            languages += said.values()
            starts.append(len(concepts))
        return _Sayings(
            np.array(starts, dtype=np.int64),
            np.array(concepts, dtype=np.int64),
            np.array(languages, dtype=np.uint8),
        )


def _numbers(table: NDArray[np.bool_]) -> list[int]:
    """Each row as one number, bit n for column n."""
    packed = np.packbits(table, axis=1, bitorder="little")
    return [int.from_bytes(row, "little") for row in map(bytes, packed)]


def _doubted(entry: Entry, nested: Mapping[Entry, tuple[str, ...]]) -> Iterable[str]:
    """The concepts that may not occur after all where this entry's pattern does."""
    if entry.shadow or entry.phrase.exact or entry.phrase.ends_sentence:
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
