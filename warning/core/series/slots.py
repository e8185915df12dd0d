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
class Joint:
    """The tracks of `first`, as many as `cut`, then those of `second`."""

    first: Slots
    cut: int
    second: Slots

    def window(self, tracks: Ints, places: Ints, width: int) -> Floats:
        late = tracks >= self.cut
        if not late.any():
            return self.first.window(tracks, places, width)
        if late.all():
            return self.second.window(tracks - self.cut, places, width)
        found = np.empty((len(tracks), width))
        found[~late] = self.first.window(tracks[~late], places[~late], width)
        found[late] = self.second.window(tracks[late] - self.cut, places[late], width)
        return found

    def whole(self, track: int) -> Floats:
        return self.first.whole(track) if track < self.cut else self.second.whole(track - self.cut)

    def lowest(self, tracks: Ints) -> Floats:
        late = tracks >= self.cut
        found = np.empty(len(tracks))
        found[~late] = self.first.lowest(tracks[~late])
        found[late] = self.second.lowest(tracks[late] - self.cut)
        return found


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
        length = int(self.lengths[track])
        if not length:
            return np.empty(0)
        values: Floats = self.window(np.array([track]), np.array([length - 1]), length)[0]
        return values

    def lowest(self, tracks: Ints) -> Floats:
        return self.base.lowest(tracks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlaid:
    """The same tracks, some of them with other figures: `others` are these, whole."""

    base: Slots
    others: Mapping[int, Floats]

    def window(self, tracks: Ints, places: Ints, width: int) -> Floats:
        changed = np.isin(tracks, np.fromiter(self.others, dtype=np.int64, count=len(self.others)))
        found = np.empty((len(tracks), width))
        found[~changed] = self.base.window(tracks[~changed], places[~changed], width)
        for row in np.flatnonzero(changed).tolist():
            values, end = self.others[int(tracks[row])], int(places[row]) + 1
            size = min(width, end)
            found[row, : width - size] = np.nan
            found[row, width - size :] = values[end - size : end]
        return found

    def whole(self, track: int) -> Floats:
        return self.others[track] if track in self.others else self.base.whole(track)

    def lowest(self, tracks: Ints) -> Floats:
        found = self.base.lowest(tracks).copy()
        found[np.isin(tracks, list(self.others))] = -np.inf
        return found


def ending_at(flat: Floats, ends: Ints, places: Ints, width: int) -> Floats:
    """Return the `width` figures of `flat` that end at each of `ends`; NaN before a track, which begins `places` earlier."""
    if not len(ends) or len(flat) < width:
        return _each_ending_at(flat, ends, places, width)
    windows = np.lib.stride_tricks.sliding_window_view(flat, width)
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
