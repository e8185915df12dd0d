"""Cases of one family by what they name: a report asks all that name the same at once whether it may tell of one of them."""

from collections.abc import Iterable, Reversible

from warning.core.joined_goods import Goods
from warning.core.joining_case import Case, Report

Named = tuple[frozenset[str], frozenset[str]]
"""Actors and materials."""


class Family:
    """The cases of one family that a signal of this assessment may be near to."""

    def __init__(self, goods: Goods) -> None:
        self._goods = goods
        self._groups: dict[Named, dict[Case, None]] = {}
        self._named: list[Named] = []  # the groups, in the order in which they were first met
        self._group_of: dict[Case, Named] = {}
        self._like: dict[Named, tuple[int, list[tuple[float, Reversible[Case]]]]] = {}

    def put(self, case: Case) -> None:
        """Take a case in, or note what it names by now."""
        named, before = (case.actors, case.materials), self._group_of.get(case)
        if named == before:
            return
        if before is not None:
            del self._groups[before][case]
        if named not in self._groups:
            self._groups[named] = {}
            self._named.append(named)
        self._groups[named][case] = None
        self._group_of[case] = named

    def like(self, report: Report) -> Iterable[tuple[float, Reversible[Case]]]:
        """Return the groups whose actors and goods do not bar the report, by the share of goods in common, most first."""
        asked = report.actors, report.materials
        seen, found = self._like.get(asked, (0, []))
        if seen < len(self._named):
            found += self._fitting(asked, self._named[seen:])
            found.sort(key=lambda one: -one[0])
            self._like[asked] = len(self._named), found
        return found

    def _fitting(self, asked: Named, named: Iterable[Named]) -> Iterable[tuple[float, Reversible[Case]]]:
        actors, materials = asked
        for own in named:
            if actors and own[0] and actors.isdisjoint(own[0]):
                continue
            share = self._goods.shared(own[1], materials)
            if share is not None:
                yield share, self._groups[own]
