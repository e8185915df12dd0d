"""Where each pattern stands in a stretch of history, by sentence: what rules can be met without reading a text.

Patterns, sentences and items have numbers; what a rule asks of them is algebra on compressed sets of numbers. The
items that are left may meet the rule and must be read, all others cannot.
"""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from warning.core.text.conditions import REACTIONS, CompiledGroup, CompiledRule
from warning.core.text.finders import Pattern, patterns_of
from warning.core.text.lexicon import Entry
from warning.core.text.masks import Concepts
from warning.core.text.pattern_table import LANGUAGE_BITS
from warning.core.text_rules import FIELDS, Field_

# Patterns that say one thing, each with the languages in which it does.
Sayings = Sequence[tuple[Pattern, int]]
Said = Mapping[str, Sayings]
Numbers = NDArray[np.uint32]
# The concepts of a group, and the fields in which it looks for them.
Asked = tuple[Concepts, tuple[Field_, ...]]


class Postings(Protocol):
    """A stretch of items. `first_sentence` has one more entry than items."""

    @property
    def first_sentence(self) -> Numbers: ...

    def spoken(self, language_bit: int) -> BitMap:
        """The numbers of the sentences of items in a language."""
        ...

    def standing(self, field: Field_) -> BitMap:
        """The numbers of the sentences of a field."""
        ...

    def sentences(self, pattern: Pattern) -> BitMap:
        """The numbers of the sentences in which the pattern begins. KeyError when nobody looked for it."""
        ...

    def saying(self, sayings: Sayings) -> BitMap:
        """What `sentences_saying` finds, perhaps remembered."""
        ...

    def weight(self, sayings: Sayings) -> int:
        """Greater the more sentences say it: known without looking them up."""
        ...


def sentences_saying(postings: Postings, sayings: Sayings) -> BitMap:
    """The sentences with one of the patterns, each in items of the languages that say it so."""
    by_languages: dict[int, list[BitMap]] = {}
    for pattern, languages in sayings:
        sentences = postings.sentences(pattern)
        if sentences:
            by_languages.setdefault(languages, []).append(sentences)
    found = BitMap()
    for languages, some in by_languages.items():
        spoken = [postings.spoken(bit) for bit in LANGUAGE_BITS.values() if bit & languages]
        found |= BitMap.union(*some) & BitMap.union(*spoken)
    return found


def numbers_of(found: BitMap) -> Numbers:
    """The numbers of a set, ascending."""
    return np.frombuffer(found.to_array(), dtype=np.uint32)


def set_of(numbers: NDArray[Any]) -> BitMap:
    """The numbers, given ascending, as a set; some may come twice."""
    changes = np.ones(len(numbers), dtype=np.bool_)
    np.not_equal(numbers[1:], numbers[:-1], out=changes[1:])
    packed = array("I")
    packed.frombytes(numbers[changes].astype(np.uint32).view(np.uint8).data)
    return BitMap(packed)


def said_by(entries: Iterable[Entry]) -> Said:
    """For each concept the patterns that say it, and in which languages."""
    found: dict[str, dict[Pattern, int]] = {}
    for entry in entries:
        if not entry.shadow:
            said = found.setdefault(entry.concept, {})
            for pattern in patterns_of(entry.phrase):
                said[pattern] = said.get(pattern, 0) | LANGUAGE_BITS[entry.phrase.language]
    return {concept: tuple(said.items()) for concept, said in found.items()}


def surely_said_by(entries: Iterable[Entry]) -> Said:
    """As `said_by`, but only what no closer look can take back, wherever the pattern stands."""
    every = list(entries)
    hidden = {entry.concept for entry in every if entry.shadow} | REACTIONS
    return said_by(
        entry
        for entry in every
        if entry.concept not in hidden
        and not entry.concept.startswith("material:")
        and not (entry.perhaps or entry.phrase.exact or entry.phrase.ends_sentence)
    )


def concepts_read(rules: Iterable[CompiledRule]) -> frozenset[str]:
    """The concepts that decide which items may meet the rules."""
    groups = [group for rule in rules for group in (*_groups(rule), *_barring(rule))]
    return frozenset[str]().union(*(group.concepts for group in groups))


def patterns_read(rules: Iterable[CompiledRule], said: Said) -> frozenset[Pattern]:
    """The patterns that decide which items may meet the rules."""
    return frozenset(pattern for concept in concepts_read(rules) for pattern, _ in said.get(concept, ()))


def sentences_of_fields(
    first_sentence: Numbers, title_sentences: NDArray[Any], lead_sentences: NDArray[Any]
) -> Mapping[Field_, BitMap]:
    """The sentences of each field: an item begins with so many of its title, and so many of title and summary."""
    first = first_sentence.astype(np.int64)
    bounds = (first[:-1], first[:-1] + title_sentences, first[:-1] + lead_sentences, first[1:])
    changes = np.stack(bounds, axis=1).ravel()
    kinds = (
        np.repeat(np.tile(np.arange(4), len(first) - 1)[:-1], np.diff(changes)) if len(changes) else changes
    )
    return {field: set_of(np.flatnonzero(kinds == kind)) for kind, field in enumerate(FIELDS)}


def _groups(rule: CompiledRule) -> Iterable[CompiledGroup]:
    """The groups of which something must occur."""
    yield from rule.all
    yield from rule.any
    if rule.at_least:
        yield from rule.at_least[1]
    if rule.score:
        yield from (group for group, _ in rule.score.of)
    for near in (*rule.near, *rule.near_any):
        yield from near.of


def _barring(rule: CompiledRule) -> Iterable[CompiledGroup]:
    """The groups that bar an item or a sentence."""
    yield from rule.none
    for near in (*rule.near, *rule.near_any):
        yield from near.none
