"""Many windows of many series as one matrix, newest figure last: a verdict cannot see past its own row."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from warning.core.series.track import Floats, Track

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Every track in one array, each behind `pad` unknown places."""

    tracks: tuple[Track, ...]
    flat: Floats
    counts: Ints
    starts: Ints
    pad: int


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


def board(tracks: Sequence[Track], pad: int) -> Board:
    """Join the tracks; `pad` is the widest window any rule asks for."""
    gap = np.full(pad, np.nan)
    none = np.zeros(pad, dtype=np.int64)
    values: list[Floats] = []
    counts: list[Ints] = []
    starts: list[int] = []
    at = 0
    for track in tracks:
        starts.append(at + pad)
        values += [gap, track.values]
        counts += [none, track.known_counts]
        at += pad + len(track.values)
    return Board(
        tracks=tuple(tracks),
        flat=np.concatenate(values) if values else np.empty(0),
        counts=np.concatenate(counts) if counts else np.empty(0, dtype=np.int64),
        starts=np.array(starts, dtype=np.int64),
        pad=pad,
    )


def fresh_rows(tracks: Sequence[Track], owners: Sequence[int]) -> Rows:
    """Return the fresh places of the given tracks, in order."""
    places = [tracks[owner].fresh for owner in owners]
    return Rows(
        owners=np.repeat(np.array(owners, dtype=np.int64), [len(p) for p in places]),
        places=np.array([place for some in places for place in some], dtype=np.int64),
    )


def window(on: Board, rows: Rows, width: int) -> Floats:
    """Return a matrix of `width` columns that ends at each row's own place."""
    ends = on.starts[rows.owners] + rows.places
    matrix: Floats = on.flat[ends[:, None] + np.arange(-width + 1, 1)]
    return matrix


def known_counts(on: Board, rows: Rows) -> Ints:
    """Return how many figures each row's series has up to its place."""
    counts: Ints = on.counts[on.starts[rows.owners] + rows.places]
    return counts
