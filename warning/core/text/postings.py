"""Where each pattern stands in a stretch of history, by sentence: what rules can be met without reading a text.

Patterns and sentences have numbers. What a rule asks of a sentence or of an item is looked up in marks; the items
that are left may meet it and must be read, all others cannot.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import and_, or_
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from warning.core.text.conditions import REACTIONS, CompiledGroup, CompiledNear, CompiledRule
from warning.core.text.finders import Pattern, patterns_of
from warning.core.text.lexicon import Entry
from warning.core.text.masks import EVERY_FIELD, Concepts
from warning.core.text.pattern_table import LANGUAGE_BITS

Marks = NDArray[np.bool_]
_NOWHERE = np.zeros(0, dtype=np.uint32)
Said = Mapping[str, Sequence[tuple[Pattern, int]]]


class Postings(Protocol):
    """A stretch of items. `first_sentence` has one more entry than items, `languages` one an item."""

    @property
    def first_sentence(self) -> NDArray[np.uint32]: ...

    @property
    def languages(self) -> NDArray[np.uint8]: ...

    def sentences(self, pattern: Pattern) -> NDArray[np.uint32]:
        """The numbers of the sentences in which the pattern begins. KeyError when nobody looked for it."""
        ...


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
        and not (entry.phrase.exact or entry.phrase.ends_sentence)
    )


def patterns_read(rules: Iterable[CompiledRule], said: Said) -> frozenset[Pattern]:
    """The patterns that decide which items may meet the rules."""
    groups = [group for rule in rules for group in (*_groups(rule), *_barring(rule))]
    read = frozenset[str]().union(*(group.concepts for group in groups))
    return frozenset(pattern for concept in read for pattern, _ in said.get(concept, ()))


class Inquiry:
    """Rules asked of one stretch of history. What several rules ask is looked up once."""

    def __init__(self, postings: Postings, said: Said, surely: Said) -> None:
        self._postings, self._said, self._surely = postings, said, surely
        self._first = postings.first_sentence
        bounds = self._first.astype(np.int64)
        lengths = bounds[1:] - bounds[:-1]
        self._spoken = np.repeat(postings.languages, lengths)
        self._item_of = np.repeat(np.arange(len(lengths)), lengths)
        self._sentences: dict[Concepts, Marks] = {}
        self._items: dict[Concepts, Marks] = {}
        self._barred: dict[Concepts, Marks] = {}
        self._concepts: dict[str, NDArray[np.uint32]] = {}

    def items_for(self, rule: CompiledRule) -> NDArray[np.int64]:
        """The numbers of the items that may meet the rule, ascending."""
        items = np.ones(len(self._first) - 1, dtype=np.bool_)
        for group in sorted(rule.all, key=lambda g: len(g.concepts)):
            items &= self._with_any(group.concepts)
        if rule.any:
            items &= self._either(rule.any)
        if rule.at_least:
            number, groups = rule.at_least
            items &= sum(self._with_any(g.concepts).astype(np.int16) for g in groups) >= number
        for near in rule.near:
            items &= self._near(near)
        if rule.near_any:
            items &= reduce(or_, (self._near(near) for near in rule.near_any))
        for group in rule.none:
            if len(group.fields) == EVERY_FIELD and items.any():
                items[self._item_of[self._surely_in(group.concepts)]] = False
        return np.flatnonzero(items)

    def items_with(self, patterns: Iterable[Pattern]) -> Marks:
        """Mark the items in which one of the patterns begins, in whatever language."""
        marks = np.zeros(len(self._first) - 1, dtype=np.bool_)
        for pattern in patterns:
            marks[self._item_of[self._postings.sentences(pattern)]] = True
        return marks

    def _near(self, near: CompiledNear) -> Marks:
        if near.window is not None:
            return reduce(and_, (self._with_any(group.concepts) for group in near.of))
        together = reduce(and_, (self._spoken_in(group.concepts) for group in near.of))
        for group in near.none:
            if len(group.fields) == EVERY_FIELD and together.any():
                together &= ~self._surely_in(group.concepts)
        items = np.zeros(len(self._first) - 1, dtype=np.bool_)
        items[self._item_of[together]] = True
        return items

    def _either(self, groups: Sequence[CompiledGroup]) -> Marks:
        return reduce(or_, (self._with_any(group.concepts) for group in groups))

    def _with_any(self, concepts: Concepts) -> Marks:
        """The items in which one of the concepts may stand."""
        marks = self._items.get(concepts)
        if marks is None:
            marks = np.zeros(len(self._first) - 1, dtype=np.bool_)
            marks[self._item_of[self._spoken_in(concepts)]] = True
            self._items[concepts] = marks
        return marks

    def _spoken_in(self, concepts: Concepts) -> Marks:
        """The sentences in which one of the concepts may stand."""
        marks = self._sentences.get(concepts)
        if marks is None:
            marks = self._sentences[concepts] = np.zeros(len(self._spoken), dtype=np.bool_)
            for concept in concepts:
                marks[self._of(concept)] = True
        return marks

    def _surely_in(self, concepts: Concepts) -> Marks:
        """The sentences in which one of the concepts stands for certain."""
        marks = self._barred.get(concepts)
        if marks is None:
            marks = self._barred[concepts] = np.zeros(len(self._spoken), dtype=np.bool_)
            for pattern, languages in (pair for c in concepts for pair in self._surely.get(c, ())):
                sentences = self._postings.sentences(pattern)
                marks[sentences[(self._spoken[sentences] & languages) != 0]] = True
        return marks

    def _of(self, concept: str) -> NDArray[np.uint32]:
        """The sentences in which a concept may stand, some perhaps twice."""
        found = self._concepts.get(concept)
        if found is None:
            parts = [_NOWHERE]
            for pattern, languages in self._said.get(concept, ()):
                sentences = self._postings.sentences(pattern)
                if len(sentences):
                    parts.append(sentences[(self._spoken[sentences] & languages) != 0])
            found = self._concepts[concept] = np.concatenate(parts)
        return found


def _groups(rule: CompiledRule) -> Iterable[CompiledGroup]:
    """The groups of which something must occur."""
    yield from rule.all
    yield from rule.any
    if rule.at_least:
        yield from rule.at_least[1]
    for near in (*rule.near, *rule.near_any):
        yield from near.of


def _barring(rule: CompiledRule) -> Iterable[CompiledGroup]:
    """The groups that bar an item or a sentence."""
    yield from rule.none
    for near in (*rule.near, *rule.near_any):
        yield from near.none
