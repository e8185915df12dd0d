"""Rules asked of postings: which items they may be met by, known without reading a text."""

from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np
from pyroaring import BitMap

from warning.core.text.conditions import CompiledGroup, CompiledNear, CompiledRule, CompiledScore
from warning.core.text.finders import Pattern
from warning.core.text.masks import EVERY_FIELD, Concepts
from warning.core.text.postings import Asked, Numbers, Postings, Said, Sayings, numbers_of, set_of
from warning.core.text_rules import FIELDS, Field_

_TITLE: tuple[Field_, ...] = ("title",)
# A set with fewer of all items is asked item by item; of a fuller one everything is looked up at once.
_FEW_OF_ALL = 1 / 16
# What fewer of all sentences say is looked for in their items first.
_RARE_OF_ALL = 1 / 512


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
        self._of_few = BitMap(), BitMap()

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
        return self._holding(sentences, among)

    def items_saying(self, every: Iterable[Sayings], among: BitMap | None = None) -> BitMap:
        """The items, all or among some, in which one of some things is said."""
        if among is None or not self._are_few(among):
            return self._holding(BitMap.union(BitMap(), *map(self._sentences_with, every)), among)
        few = self._sentences_of(among)
        said = (few & self._sentences_with(one) for one in every)
        return self._holders(BitMap.union(BitMap(), *said), among)

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
        reached = np.zeros(len(self._first) - 1, dtype=np.int32)
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
        if not self._are_few(items):
            together = BitMap.union(BitMap(), *(self._in_sentences(near, None) for near in nears))
            return self._items_of(together) & items
        few = self._sentences_of(items)
        together = BitMap.union(BitMap(), *(self._in_sentences(near, few) for near in nears))
        return self._holders(together, items)

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
            return self._holders(self._in_fields(said, asked[1]), items)
        known = self._items[asked] = self._items_of(self._in_fields(self._saying(asked[0]), asked[1]))
        return items & known

    def surely_with(self, asked: Asked, items: BitMap) -> BitMap:
        """The items, among them some, in which one of the concepts stands for certain."""
        inquiry = self._for((asked[1],))
        if inquiry is not self:
            return inquiry.surely_with(asked, items)
        if self._are_few(items):
            return self._holders(self._surely_among(asked, self._sentences_of(items)), items)
        return self._items_of(self._surely_among(asked, None))

    def _holding(self, sentences: BitMap, items: BitMap | None) -> BitMap:
        """The items, all or among some, that hold one of the sentences."""
        if items is None:
            return self._items_of(sentences)
        if self._are_few(items):
            return self._holders(sentences & self._sentences_of(items), items)
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

    def _holders(self, sentences: BitMap, items: BitMap) -> BitMap:
        """The items that hold one of the sentences, which are of these few items: among these they are soon found."""
        numbers, own = numbers_of(sentences), numbers_of(items)
        begins = self._first[own]
        if len(numbers) < 2 * len(own):
            return set_of(own[np.searchsorted(begins, numbers, side="right") - 1])
        ends = self._first[own + 1]
        return set_of(own[np.searchsorted(numbers, begins) < np.searchsorted(numbers, ends)])

    def _sentences_of(self, items: BitMap) -> BitMap:
        """The sentences of few items, remembered until others are asked about."""
        if self._of_few[0] != items:
            numbers = numbers_of(items)
            begins = self._first[numbers]
            counts = self._first[numbers + 1] - begins
            ends = np.cumsum(counts, dtype=np.uint32)
            within = np.arange(int(ends[-1]) if len(ends) else 0, dtype=np.uint32)
            self._of_few = items, set_of(np.repeat(begins - (ends - counts), counts) + within)
        return self._of_few[1]


def _asked(group: CompiledGroup) -> Asked:
    return group.concepts, group.fields
