"""Many windows of many series as one matrix, newest figure last: a verdict cannot see past its own row."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from warning.core.rulebook import FREQUENCIES
from warning.core.series.layout import Layout
from warning.core.series.track import Floats, Track
from warning.core.vocabulary import Frequency

Ints = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Board:
    """Every track in one array, one behind the other; track i begins at `starts[i]`."""

    tracks: Sequence[Track]
    flat: Floats
    starts: Ints
    frequencies: NDArray[np.int8]

    def asks(self, wanted: tuple[Frequency, ...]) -> NDArray[np.bool_]:
        """Say which tracks are of the wanted frequencies, all when none is named."""
        if not wanted:
            return np.ones(len(self.frequencies), dtype=np.bool_)
        asked = np.array([frequency in wanted for frequency in FREQUENCIES])
        answers: NDArray[np.bool_] = asked[self.frequencies]
        return answers

    @cached_property
    def unknown(self) -> Ints:
        """The places of `flat` at which nothing is known, in order."""
        return np.flatnonzero(np.isnan(self.flat))

    @cached_property
    def not_positive(self) -> Ints:
        """The places of `flat` at which a figure is zero or negative, in order."""
        return np.flatnonzero(self.flat <= 0)


def counted(places: Ints, begins: Ints, ends: Ints) -> Ints:
    """Return how many of the places (in order) lie from each beginning up to and without each end."""
    count: Ints = np.searchsorted(places, ends) - np.searchsorted(places, begins)
    return count


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Places to judge: row i is place `places[i]` of track `owners[i]`."""

    owners: Ints
    places: Ints

    def __len__(self) -> int:
        return len(self.owners)

    def where(self, mask: NDArray[np.bool_]) -> "Rows":
        return Rows(owners=self.owners[mask], places=self.places[mask])

    def back(self, steps: int) -> "Rows":
        """The same rows as they stood `steps` figures earlier."""
        return Rows(owners=self.owners, places=self.places - steps)


def board(tracks: Sequence[Track]) -> Board:
    """Join the tracks."""
    lengths = np.array([len(track.values) for track in tracks], dtype=np.int64)
    return Board(
        tracks=tuple(tracks),
        flat=np.concatenate([track.values for track in tracks]) if tracks else np.empty(0),
        starts=np.cumsum(lengths) - lengths,
        frequencies=np.array([FREQUENCIES.index(t.meta.frequency) for t in tracks], dtype=np.int8),
    )


def board_of(laid: Layout) -> Board:
    """The same from a layout, without making an object of any track."""
    frequencies = laid.columns.roster.frequencies(laid.codes)
    return Board(tracks=laid, flat=laid.flat, starts=laid.starts, frequencies=frequencies)


def fresh_rows_of(laid: Layout, chosen: NDArray[np.bool_]) -> Rows:
    """Return the fresh places of the chosen tracks, in order."""
    wanted = chosen[laid.fresh_owners]
    owners = laid.fresh_owners[wanted]
    return Rows(owners=owners, places=laid.fresh[wanted] - laid.starts[owners])


def window(on: Board, rows: Rows, width: int) -> Floats:
    """Return a matrix of `width` columns that ends at each row's own place; NaN before its track begins."""
    ends = on.starts[rows.owners] + rows.places
    back = np.arange(-width + 1, 1)
    if not len(rows):
        return np.empty((0, width))
    if int(rows.places.min()) >= width - 1:
        inside: Floats = on.flat[ends[:, None] + back]
        return inside
    at = np.maximum(ends[:, None] + back, 0)
    matrix: Floats = np.where(rows.places[:, None] + back >= 0, on.flat[at], np.nan)
    return matrix


def known_counts(on: Board, rows: Rows) -> Ints:
    """Return how many figures each row's series has up to its place."""
    starts = on.starts[rows.owners]
    ends = starts + rows.places + 1
    counts: Ints = ends - starts - counted(on.unknown, starts, ends)
    return counts
