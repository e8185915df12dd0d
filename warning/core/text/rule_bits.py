"""Rules' conditions over one text: one bit a rule, one operation for all of them.

The other way round than `masks`, which asks of many texts at once; both say the same.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from warning.core.text.conditions import CompiledRule
from warning.core.text.masks import Concepts, MaskSet, texts_of

Bits = dict[int, int]


class RuleBits:
    """For each concept's place the rules that ask for it; `masks` give the places and what each rule reads."""

    def __init__(self, rules: Sequence[CompiledRule], masks: MaskSet) -> None:
        self._places = masks.places
        clauses = [tuple(dict.fromkeys(rule.clauses)) for rule in rules]
        longest = max(map(len, clauses), default=0)
        self._asked: list[Bits] = [{} for _ in range(longest)]
        self._without = [0] * longest  # the rules that have no such clause
        self._barred: Bits = {}
        self._reads: Bits = {}
        self._plain = 0
        self._counted: dict[int, tuple[int, tuple[AbstractSet[int], ...]]] = {}
        for number, asked in enumerate(clauses):
            bit = 1 << number
            for slot, concepts in enumerate(asked):
                self._note(self._asked[slot], concepts, bit)
            for slot in range(len(asked), longest):
                self._without[slot] |= bit
            mask = masks.of_rule[number]
            self._note(self._barred, masks.concepts_of(mask.barred), bit)
            self._note(self._reads, masks.concepts_of(mask.reads), bit)
            self._plain |= bit if mask.is_plain else 0
            if mask.at_least:
                groups = (masks.concepts_of(n) for n in mask.counted)
                self._counted[number] = mask.at_least, tuple(frozenset(self._of(g)) for g in groups)
        self._counting = sum(1 << number for number in self._counted)

    def judge(self, possible: AbstractSet[int], unsure: AbstractSet[int]) -> tuple[int, int]:
        """Return the rules that a text meets for certain, and those it may, from the places of its concepts."""
        rules = -1
        for asked, without in zip(self._asked, self._without, strict=True):
            rules &= _any(asked, possible) | without
            if not rules:
                return 0, 0
        if rules < 0:  # there is no rule at all
            return 0, 0
        rules &= ~_any(self._barred, possible - unsure)
        for number in texts_of(rules & self._counting):
            least, groups = self._counted[number]
            if sum(not group.isdisjoint(possible) for group in groups) < least:
                rules &= ~(1 << number)
        certain = rules & self._plain & ~_any(self._reads, unsure)
        return certain, rules & ~certain

    def _note(self, bits: Bits, concepts: Concepts, bit: int) -> None:
        for place in self._of(concepts):
            bits[place] = bits.get(place, 0) | bit

    def _of(self, concepts: Concepts) -> Iterator[int]:
        return (self._places[concept] for concept in concepts)


def _any(bits: Mapping[int, int], places: AbstractSet[int]) -> int:
    found = 0
    for place in places:
        found |= bits.get(place, 0)
    return found
