"""Figures of many tracks, read where they stand: the last few before a place, and the whole of one track.

A track's history is long and an assessment asks about its end: nothing is copied that no rule reads.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class Slots(Protocol):
    """Tracks by number, places of each from 0.

    `window` has a row for each track and place, `width` figures that end there, NaN before the track begins.
    `lowest` is no higher than the lowest figure of each track.
    """

    def window(self, tracks: Ints, places: Ints, width: int) -> Floats: ...
    def whole(self, track: int) -> Floats: ...
    def lowest(self, tracks: Ints) -> Floats: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Flat:
    """Tracks one behind the other in one array; track i begins at `starts[i]`."""

    flat: Floats
    starts: Ints
    lengths: Ints

    def window(self, tracks: Ints, places: Ints, width: int) -> Floats:
        return ending_at(self.flat, self.starts[tracks] + places, places, width)

    def whole(self, track: int) -> Floats:
        start = int(self.starts[track])
        return self.flat[start : start + int(self.lengths[track])]

    def lowest(self, tracks: Ints) -> Floats:
        return np.full(len(tracks), -np.inf)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten:
    """The same tracks, some of them with other figures: track i is number `numbers[i]` of `others`, none where that is negative."""

    base: Slots
    numbers: Ints
    others: Slots

    def window(self, tracks: Ints, places: Ints, width: int) -> Floats:
        numbers = self.numbers[tracks]
        other = numbers >= 0
        if not other.any():
            return self.base.window(tracks, places, width)
        if other.all():
            return self.others.window(numbers, places, width)
        found = np.empty((len(tracks), width))
        found[~other] = self.base.window(tracks[~other], places[~other], width)
        found[other] = self.others.window(numbers[other], places[other], width)
        return found

    def whole(self, track: int) -> Floats:
        number = int(self.numbers[track])
        return self.base.whole(track) if number < 0 else self.others.whole(number)

    def lowest(self, tracks: Ints) -> Floats:
        numbers = self.numbers[tracks]
        other = numbers >= 0
        found = np.empty(len(tracks))
        found[~other] = self.base.lowest(tracks[~other])
        found[other] = self.others.lowest(numbers[other])
        return found


def last_of(slots: Slots, track: int, length: int) -> Floats:
    """Return the figures of a whole track of such a length, by its window."""
    if not length:
        return np.empty(0)
    values: Floats = slots.window(np.array([track]), np.array([length - 1]), length)[0]
    return values


def rewritten(base: Slots, count: int, tracks: Ints, others: Slots) -> Rewritten:
    """Return the `count` tracks of the base with those of `others`, one after the other, in place of `tracks`."""
    numbers = np.full(count, -1)
    numbers[tracks] = np.arange(len(tracks))
    return Rewritten(base=base, numbers=numbers, others=others)


def with_others(base: Slots, count: int, others: Mapping[int, Floats]) -> Slots:
    """Return the `count` tracks of the base with the figures of some of them in place of theirs, by track."""
    if not others:
        return base
    lengths = np.array([len(one) for one in others.values()], dtype=np.int64)
    flat = Flat(
        flat=np.concatenate(list(others.values())), starts=np.cumsum(lengths) - lengths, lengths=lengths
    )
    return rewritten(base, count, np.array(list(others)), flat)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """The same tracks with some figures not known.

    `hides` is given a window and the tracks and places of its rows and says which of its figures to hide; that of
    a figure follows from the `reach` figures before it and from its place.
    """

    base: Slots
    lengths: Ints
    reach: int
    hides: Callable[[Floats, Ints, Ints], Bools]

    def window(self, tracks: Ints, places: Ints, width: int) -> Floats:
        wide = self.base.window(tracks, places, width + self.reach)
        hidden = self.hides(wide, tracks, places)
        shown: Floats = np.where(hidden, np.nan, wide)[:, self.reach :]
        return shown

    def whole(self, track: int) -> Floats:
        return last_of(self, track, int(self.lengths[track]))

    def lowest(self, tracks: Ints) -> Floats:
        return self.base.lowest(tracks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Within:
    """The same tracks, nothing before the first place that a verdict reads: `first` is given tracks and places of verdicts."""

    base: Slots
    first: Callable[[Ints, Ints], Ints]

    def window(self, tracks: Ints, places: Ints, width: int) -> Floats:
        inside = places[:, None] + np.arange(-width + 1, 1)
        seen: Floats = np.where(
            inside >= self.first(tracks, places)[:, None], self.base.window(tracks, places, width), np.nan
        )
        return seen

    def whole(self, track: int) -> Floats:
        return self.base.whole(track)

    def lowest(self, tracks: Ints) -> Floats:
        return self.base.lowest(tracks)


def ending_at(flat: Floats, ends: Ints, places: Ints, width: int) -> Floats:
    """Return the `width` figures of `flat` that end at each of `ends`; NaN before a track, which begins `places` earlier."""
    if not len(ends) or len(flat) < width:
        return _each_ending_at(flat, ends, places, width)
    # What `sliding_window_view` returns, without the checks that cost as much as reading a hundred windows.
    flat = np.ascontiguousarray(flat)
    windows: Floats = np.ndarray((len(flat) - width + 1, width), flat.dtype, flat, strides=2 * flat.strides)
    found: Floats = windows[np.maximum(ends - (width - 1), 0)]
    lacking = width - 1 - places
    if (lacking > 0).any():
        np.copyto(found, np.nan, where=np.arange(width) < lacking[:, None])
        first = np.flatnonzero(ends < width - 1)  # their windows would begin before the array does
        found[first] = _each_ending_at(flat, ends[first], places[first], width)
    return found


def _each_ending_at(flat: Floats, ends: Ints, places: Ints, width: int) -> Floats:
    back = np.arange(-width + 1, 1)
    at = np.maximum(ends[:, None] + back, 0)
    found: Floats = np.where(places[:, None] + back >= 0, flat[at] if len(flat) else np.nan, np.nan)
    return found
