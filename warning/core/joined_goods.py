"""Which goods two reports have in common: a class and its members, and words for any mineral at all."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from warning.core.terms import Material

MOST_KEPT = 20_000


class Goods:
    """What is asked of the materials of two reports, for one set of terms. Answers are kept: reports repeat one another."""

    def __init__(self, materials: Mapping[str, Material]) -> None:
        self._known = materials
        self._nameless = _nameless(materials)
        self._shares: dict[tuple[frozenset[str], frozenset[str]], float | None] = {}

    def named(self, materials: AbstractSet[str]) -> AbstractSet[str]:
        """What is named, leaving out words for any mineral at all ("critical minerals")."""
        return materials - self._nameless

    def shared(self, one: AbstractSet[str], other: AbstractSet[str]) -> float | None:
        """Return the share of materials in common, None when both name materials and none is shared."""
        asked = frozenset(one), frozenset(other)
        if asked not in self._shares:
            if len(self._shares) >= MOST_KEPT:
                self._shares.clear()
            self._shares[asked] = self._share(*asked)
        return self._shares[asked]

    def _share(self, one: AbstractSet[str], other: AbstractSet[str]) -> float | None:
        one, other = self.named(one), self.named(other)
        if not one or not other:
            return 0.0
        wide_one, wide_other = self._with_parents(one), self._with_parents(other)
        shared = len(wide_one & wide_other)
        return shared / len(wide_one | wide_other) if shared else None

    def _with_parents(self, materials: AbstractSet[str]) -> AbstractSet[str]:
        parents = {self._known[m].parent for m in materials if m in self._known}
        return materials | {p for p in parents if p}


def _nameless(materials: Mapping[str, Material]) -> frozenset[str]:
    """Words for any mineral at all: classes that stand under nothing and have nothing under them."""
    parents = {material.parent for material in materials.values()}
    return frozenset(
        m for m, known in materials.items() if known.is_class and not known.parent and m not in parents
    )
