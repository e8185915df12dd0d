"""Which hits lie within others: of n hits in the time of sorting them, however a page repeats its names."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate, groupby
from typing import Protocol, TypeVar


class Stretch(Protocol):
    """What begins and ends somewhere."""

    @property
    def start(self) -> int: ...

    @property
    def end(self) -> int: ...


S = TypeVar("S", bound=Stretch)
# The two farthest ends that different kinds reach, each with its kind.
_Reach = tuple[tuple[int, str], tuple[int, str]]
_NOWHERE: _Reach = (-1, ""), (-1, "")


def outside(stretches: Sequence[S], covers: Iterable[Stretch]) -> list[S]:
    """The stretches that lie within no cover, in their order."""
    ordered = sorted((cover.start, cover.end) for cover in covers)
    starts = [start for start, _ in ordered]
    reached = list(accumulate((end for _, end in ordered), max))
    return [
        one
        for one in stretches
        if not (before := bisect_right(starts, one.start)) or reached[before - 1] < one.end
    ]


class Reaches:
    """How far stretches of several kinds reach, for all that begin before a place or there."""

    def __init__(self, stretches: Iterable[tuple[str, Stretch]]) -> None:
        ordered = sorted((one.start, one.end, kind) for kind, one in stretches)
        self._from: dict[int, tuple[_Reach, _Reach]] = {}
        reach = _NOWHERE
        for start, group in groupby(ordered, key=lambda one: one[0]):
            before = reach
            for _, end, kind in group:
                reach = _with(reach, end, kind)
            self._from[start] = before, reach

    def lies_within_longer(self, kind: str, one: Stretch) -> bool:
        """Whether one of the stretches lies within a longer one of another kind."""
        before, there = self._from[one.start]
        return _of_others(there, kind) > one.end or _of_others(before, kind) >= one.end


def _with(reach: _Reach, end: int, kind: str) -> _Reach:
    (first, first_kind), (second, second_kind) = reach
    if kind == first_kind:
        return (max(first, end), kind), (second, second_kind)
    if end > first:
        return (end, kind), (first, first_kind)
    return reach if end <= second else ((first, first_kind), (end, kind))


def _of_others(reach: _Reach, kind: str) -> int:
    (first, first_kind), (second, _) = reach
    return second if first_kind == kind else first
