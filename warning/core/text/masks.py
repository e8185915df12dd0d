"""A rule's condition over many texts at once: for each concept one bit a text, and one operation for all of them.

What can be decided from the concepts that occur is decided here; places, fields and sentences are read later.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

import numpy as np

from warning.core.text.conditions import CompiledRule

EVERY_FIELD = 3
Concepts = frozenset[str]


@dataclass(frozen=True, slots=True)
class RuleMask:
    """`required`: of each set of concepts one must occur. `none` bars wherever it occurs.

    `is_plain` says that concepts alone decide: no place, field or sentence is asked for. `reads` are all concepts
    the decision rests on.
    """

    required: tuple[Concepts, ...]
    none: Concepts
    at_least: int
    counted: tuple[Concepts, ...]
    reads: Concepts
    is_plain: bool


def mask_of(rule: CompiledRule) -> RuleMask:
    number, counted = rule.at_least or (0, ())
    plain = (*rule.all, *rule.any, *rule.none, *counted)
    none = (group.concepts for group in rule.none if len(group.fields) == EVERY_FIELD)
    return RuleMask(
        required=tuple(dict.fromkeys(rule.clauses)),
        none=_union(none),
        at_least=number,
        counted=tuple(group.concepts for group in counted),
        reads=_union(group.concepts for group in plain),
        is_plain=not (rule.near or rule.near_any)
        and all(len(group.fields) == EVERY_FIELD for group in plain),
    )


class Occurrences:
    """Which texts of a batch hold which concepts: `possible` and, where a closer look may take one back, `unsure`.

    Bit n of a number stands for text n.
    """

    def __init__(self, possible: Sequence[int], unsure: Sequence[int], places: dict[str, int]) -> None:
        self._possible, self._unsure, self._places = possible, unsure, places
        self._either: dict[tuple[Concepts, bool], int] = {}

    def judge(self, mask: RuleMask) -> tuple[int, int]:
        """Return the texts that meet the rule for certain, and those that may."""
        texts = -1
        for concepts in mask.required:
            texts &= self.any_of(concepts)
            if not texts:
                return 0, 0
        if mask.at_least:
            texts &= self._enough(mask)
        if mask.none:
            texts &= ~self.any_of(mask.none, certain=True)
        if not mask.is_plain or not texts:
            return 0, texts
        doubtful = self._doubtful(mask.reads)
        return texts & ~doubtful, texts & doubtful

    def any_of(self, concepts: Concepts, *, certain: bool = False) -> int:
        """The texts that may hold one of the concepts, or that hold one for certain."""
        known = self._either.get((concepts, certain))
        if known is None:
            places = [place for place in map(self._places.get, concepts) if place is not None]
            rows = [self._possible[p] & ~self._unsure[p] if certain else self._possible[p] for p in places]
            known = self._either[concepts, certain] = reduce(or_, rows, 0)
        return known

    def _doubtful(self, concepts: Concepts) -> int:
        return reduce(or_, (self._unsure[p] for p in map(self._places.get, concepts) if p is not None), 0)

    def _enough(self, mask: RuleMask) -> int:
        """The texts that hold at least so many of the counted sets, counted as a column of sums."""
        reached = [0] * mask.at_least
        for concepts in mask.counted:
            texts = self.any_of(concepts)
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
