"""Rules' conditions over many texts at once: one bit a text, one operation for all of them.

What can be decided from the concepts that occur is decided here; places, fields and sentences are read later.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

import numpy as np

from warning.core.text.conditions import CompiledRule

EVERY_FIELD = 3
Concepts = frozenset[str]


@dataclass(frozen=True, slots=True)
class RuleMask:
    """Numbers stand for sets of concepts, of which one must occur.

    `barred` bars wherever it occurs for certain, -1 for none. `is_plain` says that concepts alone decide: no
    place, field or sentence is asked for. `reads` are all concepts the decision rests on.
    """

    required: tuple[int, ...]
    barred: int
    at_least: int
    counted: tuple[int, ...]
    reads: int
    is_plain: bool


class MaskSet:
    """The masks of some rules, over shared sets of concepts, each rule under its anchor."""

    def __init__(self, rules: Sequence[CompiledRule], anchors: Sequence[Concepts]) -> None:
        self._numbers: dict[Concepts, int] = {}
        self.by_anchor: dict[int, list[tuple[int, RuleMask]]] = {}
        self.of_rule: list[RuleMask] = []
        for number, (rule, anchor) in enumerate(zip(rules, anchors, strict=True)):
            mask = self._mask_of(rule, anchor)
            self.of_rule.append(mask)
            self.by_anchor.setdefault(self._number(anchor), []).append((number, mask))
        self.concepts = sorted(_union(self._numbers))
        self.places: Mapping[str, int] = {concept: place for place, concept in enumerate(self.concepts)}
        self._sets = (*self._numbers, frozenset[str]())  # the last one is number -1: no set at all
        self._sets_of: list[list[int]] = [[] for _ in self.concepts]
        for concepts, number in self._numbers.items():
            for concept in concepts:
                self._sets_of[self.places[concept]].append(number)

    def occurrences(self, rows: Mapping[int, int]) -> list[int]:
        """For each set of concepts the texts that hold one of them, from the texts of each concept's place."""
        texts = [0] * len(self._sets)
        for place, row in rows.items():
            for number in self._sets_of[place]:
                texts[number] |= row
        return texts

    def concepts_of(self, number: int) -> Concepts:
        """The set that a number in a mask stands for."""
        return self._sets[number]

    def _mask_of(self, rule: CompiledRule, anchor: Concepts) -> RuleMask:
        number, counted = rule.at_least or (0, ())
        plain = (*rule.all, *rule.any, *rule.none, *counted)
        everywhere = [group for group in rule.none if len(group.fields) == EVERY_FIELD]
        others = [clause for clause in dict.fromkeys(rule.clauses) if clause != anchor]
        return RuleMask(
            required=tuple(self._number(clause) for clause in (anchor, *others)),
            barred=self._number(_union(g.concepts for g in everywhere)) if everywhere else -1,
            at_least=number,
            counted=tuple(self._number(group.concepts) for group in counted),
            reads=self._number(_union(group.concepts for group in plain)),
            is_plain=not (rule.near or rule.near_any or rule.score or rule.patterns or rule.beside_relief)
            and all(len(group.fields) == EVERY_FIELD for group in plain),
        )

    def _number(self, concepts: Concepts) -> int:
        return self._numbers.setdefault(concepts, len(self._numbers))


def judge(
    mask: RuleMask, possible: Sequence[int], certain: Sequence[int], unsure: Sequence[int]
) -> tuple[int, int]:
    """Return the texts that meet the rule for certain, and those that may."""
    texts = -1
    for number in mask.required:
        texts &= possible[number]
        if not texts:
            return 0, 0
    if mask.at_least:
        texts &= _enough(mask, possible)
    texts &= ~certain[mask.barred]
    if not mask.is_plain:
        return 0, texts
    doubtful = unsure[mask.reads]
    return texts & ~doubtful, texts & doubtful


def _enough(mask: RuleMask, possible: Sequence[int]) -> int:
    """The texts that hold at least so many of the counted sets, counted as a column of sums."""
    reached = [0] * mask.at_least
    for number in mask.counted:
        texts = possible[number]
        for level in range(mask.at_least - 1, 0, -1):
            reached[level] |= reached[level - 1] & texts
        reached[0] |= texts
    return reached[-1]


def texts_of(bits: int) -> list[int]:
    """The numbers of the texts whose bits are set, ascending."""
    packed = np.frombuffer(bits.to_bytes(-(-bits.bit_length() // 8), "little"), dtype=np.uint8)
    found: list[int] = np.flatnonzero(np.unpackbits(packed, bitorder="little")).tolist()
    return found


def _union(parts: Iterable[Concepts]) -> Concepts:
    return reduce(or_, parts, frozenset())
