"""Many series side by side in columns, latest vintage of each figure: what rules about figures look at."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import overload

import numpy as np
from numpy.typing import NDArray

from warning.core.evidence import Observation, Series, period_end
from warning.core.rulebook import FREQUENCIES
from warning.core.series.roster import Roster
from warning.core.series.slots import Flat, Slots

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_DAY = EPOCH.toordinal()
MICROSECOND = timedelta(microseconds=1)
MICROSECONDS_A_DAY = timedelta(days=1) // MICROSECOND
SHAPES = "".join(FREQUENCIES)
MIXED = -1


@lru_cache(maxsize=65_536)
def end_and_shape(period: str) -> tuple[int, int]:
    """Return the day after a period as days since 1970, and the place of its kind in SHAPES."""
    end = period_end(period).toordinal() - EPOCH_DAY
    if len(period) == 10:
        return end, 0
    if "W" in period:
        return end, 1
    if "Q" in period:
        return end, 3
    return end, 2 if len(period) == 7 else 4


def microseconds(at: datetime) -> int:
    """Return whole microseconds since 1970; exact, unlike a float timestamp."""
    return (at - EPOCH) // MICROSECOND


def instant(at_us: int) -> datetime:
    return EPOCH + at_us * MICROSECOND


def stretches(begins: Ints, sizes: Ints) -> Ints:
    """Return begins[i], begins[i] + 1, ... sizes[i] times, for each i."""
    steps: Ints = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes - begins, sizes)
    return steps


@dataclass(frozen=True, kw_only=True, eq=False)
class Columns(Sequence[Series]):
    """Series ordered by id; the figures of series i are places offsets[i] to offsets[i + 1], in order of period.

    `fresh` holds the places of what is new in this assessment, in order.
    `codes` are the roster's numbers of what each series says of itself last, `redescribed` the series that said something
    else before (`codes_at` tells it of a figure), `shapes` places in SHAPES (MIXED
    when its periods are of several kinds). `ends_at` gives days since 1970 and `known_at` microseconds since
    then for some places, `values_at` the figures as published (NaN: suppressed), `point` the observation at one;
    `held` reads the same figures by series and place within it. As a sequence of Series the columns show the same
    figures as objects.
    """

    roster: Roster
    offsets: Ints
    fresh: Ints
    codes: Ints
    redescribed: Ints
    codes_at: Callable[[Ints], Ints]
    shapes: NDArray[np.int8]
    ends_at: Callable[[Ints], Ints]
    known_at: Callable[[Ints], Ints]
    values_at: Callable[[Ints], Floats]
    held: Slots
    point: Callable[[int], Observation]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @overload
    def __getitem__(self, index: int) -> Series: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Series]: ...
    def __getitem__(self, index: int | slice) -> Series | Sequence[Series]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        index %= len(self)
        places = range(int(self.offsets[index]), int(self.offsets[index + 1]))
        return Series(points=tuple(self.point(place) for place in places))

    def __iter__(self) -> Iterator[Series]:
        return (self[index] for index in range(len(self)))


@dataclass(frozen=True, slots=True, kw_only=True)
class InARow:
    """Some series of the columns as tracks, one after the other as published, each times its factor."""

    columns: Columns
    series: Ints
    factors: Floats

    def window(self, tracks: Ints, places: Ints, width: int) -> Floats:
        found = self.columns.held.window(self.series[tracks], places, width)
        factors = self.factors[tracks]
        if (factors != 1).any():
            with np.errstate(
                over="ignore"
            ):  # 1e308 tonnes are infinitely many kilograms, which no test holds
                found *= factors[:, None]
        return found

    def whole(self, track: int) -> Floats:
        with np.errstate(over="ignore"):
            found: Floats = self.columns.held.whole(int(self.series[track])) * self.factors[track]
        return found

    def lowest(self, tracks: Ints) -> Floats:
        with np.errstate(over="ignore"):
            found: Floats = self.columns.held.lowest(self.series[tracks]) * self.factors[tracks]
        return found


def columns_of(series: Sequence[Series], fresh: frozenset[str]) -> Columns:
    """Put series that are objects side by side; `fresh` holds the ids of what is new."""
    roster = Roster()
    points = [point for one in series for point in one.points]
    ended = [end_and_shape(point.period) for point in points]
    ends = np.array([end for end, _ in ended], dtype=np.int64)
    known_us = np.array([microseconds(point.known_at) for point in points], dtype=np.int64)
    values = np.array([np.nan if p.value is None else p.value for p in points], dtype=np.float64)
    offsets = np.cumsum([0, *(len(one.points) for one in series)], dtype=np.int64)
    codes_of = np.array(roster.codes(points), dtype=np.int64)
    codes = codes_of[offsets[1:] - 1]
    others = np.repeat(codes, np.diff(offsets)) != codes_of

    return Columns(
        roster=roster,
        offsets=offsets,
        fresh=np.flatnonzero([point.id in fresh for point in points]),
        codes=codes,
        redescribed=np.unique(np.searchsorted(offsets, np.flatnonzero(others), side="right") - 1),
        codes_at=codes_of.__getitem__,
        shapes=np.array([_shape(one) for one in series], dtype=np.int8),
        ends_at=ends.__getitem__,
        known_at=known_us.__getitem__,
        values_at=values.__getitem__,
        held=Flat(flat=values, starts=offsets[:-1], lengths=np.diff(offsets)),
        point=points.__getitem__,
    )


def _shape(series: Series) -> int:
    shapes = {end_and_shape(point.period)[1] for point in series.points}
    return shapes.pop() if len(shapes) == 1 else MIXED
