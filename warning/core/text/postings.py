"""Where each pattern stands in a stretch of history, by sentence: what rules can be met without reading a text.

Patterns, sentences and items have numbers; what a rule asks of them is algebra on compressed sets of numbers. The
items that are left may meet the rule and must be read, all others cannot.
"""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from warning.core.text.conditions import REACTIONS, CompiledGroup, CompiledNear, CompiledRule, CompiledScore
from warning.core.text.finders import Pattern, patterns_of
from warning.core.text.lexicon import Entry
from warning.core.text.masks import EVERY_FIELD, Concepts
from warning.core.text.pattern_table import LANGUAGE_BITS
from warning.core.text_rules import FIELDS, Field_

# Patterns that say one thing, each with the languages in which it does.
Sayings = Sequence[tuple[Pattern, int]]
Said = Mapping[str, Sayings]
Numbers = NDArray[np.uint32]
# The concepts of a group, and the fields in which it looks for them.
Asked = tuple[Concepts, tuple[Field_, ...]]
_TITLE: tuple[Field_, ...] = ("title",)
# A set with fewer of all items is asked item by item; of a fuller one everything is looked up at once.
_FEW_OF_ALL = 1 / 16
# What fewer of all sentences say is looked for in their items first.
_RARE_OF_ALL = 1 / 512


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
    changes[1:] = numbers[1:] != numbers[:-1]
    return BitMap(array("I", numbers[changes].astype(np.uint32).tobytes()))


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


class Inquiry:
    """Rules asked of one stretch of history. What several rules ask is looked up once."""

    def __init__(
        self,
        postings: Postings,
        said: Said,
        surely: Said,
        weights: dict[Asked, int] | None = None,
        titles: "Inquiry | None" = None,
    ) -> None:
        """`weights` are those of other stretches of the same history, by which is told what is looked up first, or none yet.

        `titles` asks the same items, whose only sentences are those of their titles, for what is looked for there alone.
        """
        self._postings, self._said, self._surely, self._titles = postings, said, surely, titles
        self._weights = {} if weights is None else weights
        self._first = postings.first_sentence
        self._looked_up: dict[int, tuple[Sayings, BitMap]] = {}
        self._sentences: dict[Concepts, BitMap] = {}
        self._items: dict[Asked, BitMap] = {}

    def items_for(self, rule: CompiledRule, among: BitMap | None = None) -> BitMap:
        """The numbers of the items that may meet the rule, all or among some."""
        items = self._every if among is None else among
        for near in rule.near:
            items = self._near_any((near,), items)
        if rule.near_any and items:
            items = self._near_any(rule.near_any, items)
        for asked in sorted(map(_asked, rule.all), key=self._weight):
            items = self.with_any(asked, items)
        if rule.any and items:
            items = BitMap.union(*(self.with_any(_asked(group), items) for group in rule.any))
        if rule.at_least and items:
            items = self._at_least(*rule.at_least, items)
        if rule.score and items:
            items = self._scoring(rule.score, items)
        for group in rule.none:
            if items:
                items = items - self.surely_with(_asked(group), items)
        return items

    def items_with(self, patterns: Iterable[Pattern], among: BitMap | None = None) -> BitMap:
        """The items, all or among some, in which one of the patterns begins, in whatever language."""
        sentences = BitMap.union(BitMap(), *map(self._postings.sentences, patterns))
        return self._items_of(sentences) if among is None else self._holding(sentences, among)

    def items_saying(self, every: Iterable[Sayings], among: BitMap | None = None) -> BitMap:
        """The items, all or among some, in which one of some things is said."""
        sentences = BitMap.union(BitMap(), *map(self._sentences_with, every))
        return self._items_of(sentences) if among is None else self._holding(sentences, among)

    def is_rarely_said(self, every: Iterable[Sayings]) -> bool:
        """Whether it is less work to ask of these items alone than of all."""
        return sum(len(self._sentences_with(one)) for one in every) < _RARE_OF_ALL * int(self._first[-1])

    @cached_property
    def _every(self) -> BitMap:
        return BitMap(range(len(self._first) - 1))

    def _at_least(self, number: int, groups: Sequence[CompiledGroup], items: BitMap) -> BitMap:
        return self._reaching(number, ((group, 1) for group in groups), items)

    def _scoring(self, score: CompiledScore, items: BitMap) -> BitMap:
        """The items that can reach the score, were every group to stand where it counts most."""
        most = ((group, max(weights.values())) for group, weights in score.of)
        return self._reaching(score.at_least, most, items)

    def _reaching(self, least: int, counting: Iterable[tuple[CompiledGroup, int]], items: BitMap) -> BitMap:
        """The items among some whose groups count for so much."""
        reached = np.zeros(len(self._first) - 1, dtype=np.int64)
        for group, counts in counting:
            reached[numbers_of(self.with_any(_asked(group), items))] += counts
        return set_of(np.flatnonzero(reached >= least))

    def _near_any(self, nears: Sequence[CompiledNear], items: BitMap) -> BitMap:
        """The items among some of which one of the nears may hold."""
        found = [self._in_stretches(near, items) for near in nears if near.window is not None]
        by_inquiry: dict[Inquiry, list[CompiledNear]] = {}
        for near in nears:
            if near.window is None:
                by_inquiry.setdefault(self._for(fields for _, fields in near.asked), []).append(near)
        found += [inquiry.together(some, items) for inquiry, some in by_inquiry.items()]
        return BitMap.union(*found)

    def _for(self, every: Iterable[tuple[Field_, ...]]) -> "Inquiry":
        """Of whom to ask what stands in some fields."""
        return self._titles if self._titles and all(fields == _TITLE for fields in every) else self

    def together(self, nears: Sequence[CompiledNear], items: BitMap) -> BitMap:
        """The items among some of which one of the nears may hold, all of them within sentences."""
        few = self._sentences_of(items) if self._are_few(items) else None
        together = BitMap.union(BitMap(), *(self._in_sentences(near, few) for near in nears))
        return self._items_of(together) & items

    def _in_stretches(self, near: CompiledNear, items: BitMap) -> BitMap:
        """The items among some in which something of every group may stand."""
        for asked in sorted(near.asked, key=self._weight):
            items = self.with_any(asked, items)
        return items

    def _in_sentences(self, near: CompiledNear, few: BitMap | None) -> BitMap:
        """The sentences, all or among a few, in which something of every group may stand, and nothing that bars for certain.

        The group that is said least is looked up first: of all others only what stands in its sentences is looked at.
        """
        rarest, *others = sorted(near.asked, key=self._weight)
        together = self._saying(rarest[0]) if few is None else self._saying_among(rarest[0], few)
        for fields in {fields for _, fields in near.asked}:
            together = self._in_fields(together, fields)
        for concepts, _ in others:
            together = self._saying_among(concepts, together)
        for group in near.none:
            if together:
                together = together - self._surely_among(_asked(group), together)
        return together

    def with_any(self, asked: Asked, items: BitMap) -> BitMap:
        """The items among some in which one of the concepts may stand."""
        inquiry = self._for((asked[1],))
        if inquiry is not self:
            return inquiry.with_any(asked, items)
        known = self._items.get(asked)
        if known is not None:
            return items & known
        if self._are_few(items):
            said = self._saying_among(asked[0], self._sentences_of(items))
            return self._items_of(self._in_fields(said, asked[1]))
        known = self._items[asked] = self._items_of(self._in_fields(self._saying(asked[0]), asked[1]))
        return items & known

    def surely_with(self, asked: Asked, items: BitMap) -> BitMap:
        """The items, among them some, in which one of the concepts stands for certain."""
        inquiry = self._for((asked[1],))
        if inquiry is not self:
            return inquiry.surely_with(asked, items)
        among = self._sentences_of(items) if self._are_few(items) else None
        return self._items_of(self._surely_among(asked, among))

    def _holding(self, sentences: BitMap, items: BitMap) -> BitMap:
        """The items among some that hold one of the sentences."""
        if self._are_few(items):
            return self._items_of(sentences & self._sentences_of(items))
        return items & self._items_of(sentences)

    def _are_few(self, items: BitMap) -> bool:
        return len(items) < _FEW_OF_ALL * len(self._first)

    def _weight(self, asked: Asked) -> int:
        if asked not in self._weights:
            every = (self._said.get(concept, ()) for concept in asked[0])
            self._weights[asked] = sum(map(self._postings.weight, every))
        return self._weights[asked]

    def _saying(self, concepts: Concepts) -> BitMap:
        """The sentences in which one of the concepts may stand."""
        found = self._sentences.get(concepts)
        if found is None:
            found = self._sentences[concepts] = BitMap.union(BitMap(), *map(self._of, concepts))
        return found

    def _saying_among(self, concepts: Concepts, sentences: BitMap) -> BitMap:
        """As `_saying`, of some sentences."""
        if not sentences:
            return sentences
        if concepts in self._sentences:
            return sentences & self._sentences[concepts]
        return BitMap.union(BitMap(), *(sentences & self._of(concept) for concept in concepts))

    def _surely_among(self, asked: Asked, sentences: BitMap | None) -> BitMap:
        """The sentences, all or among some, in which one of the concepts stands for certain, in one of the fields."""
        every = map(self._surely_of, asked[0])
        found = every if sentences is None else (sentences & one for one in every)
        return self._in_fields(BitMap.union(BitMap(), *found), asked[1])

    def _in_fields(self, sentences: BitMap, fields: tuple[Field_, ...]) -> BitMap:
        if len(fields) == EVERY_FIELD or not sentences:
            return sentences
        others = [field for field in FIELDS if field not in fields]
        if len(others) == 1:
            return sentences - self._postings.standing(others[0])
        return sentences & self._postings.standing(fields[0]) if fields else BitMap()

    def _of(self, concept: str) -> BitMap:
        """The sentences in which a concept may stand."""
        return self._sentences_with(self._said.get(concept, ()))

    def _surely_of(self, concept: str) -> BitMap:
        """The sentences in which a concept stands for certain."""
        return self._sentences_with(self._surely.get(concept, ()))

    def _sentences_with(self, sayings: Sayings) -> BitMap:
        """The sentences that say something, looked up once. Long sayings are known by which they are, and held meanwhile."""
        found = self._looked_up.get(id(sayings))
        if found is None:
            found = self._looked_up[id(sayings)] = sayings, self._postings.saying(sayings)
        return found[1]

    def _items_of(self, sentences: BitMap) -> BitMap:
        """The items that hold one of the sentences."""
        numbers = numbers_of(sentences)
        if len(numbers) < _FEW_OF_ALL * int(self._first[-1]):
            return set_of(np.searchsorted(self._first, numbers, side="right") - 1)
        return set_of(self._item_of[numbers])

    @cached_property
    def _item_of(self) -> Numbers:
        bounds = self._first.astype(np.int64)
        return np.repeat(np.arange(len(bounds) - 1, dtype=np.uint32), bounds[1:] - bounds[:-1])

    def _sentences_of(self, items: BitMap) -> BitMap:
        numbers = numbers_of(items)
        begins = self._first[numbers].astype(np.int64)
        counts = self._first[numbers + 1] - begins
        within = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
        return set_of(np.repeat(begins, counts) + within)


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


def _asked(group: CompiledGroup) -> Asked:
    return group.concepts, group.fields


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
