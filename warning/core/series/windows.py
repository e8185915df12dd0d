"""Many windows of many series as one matrix, newest figure last: a verdict cannot see past its own row."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from warning.core.rulebook import FREQUENCIES
from warning.core.series.layout import Layout
from warning.core.series.slots import Flat, Slots
from warning.core.series.track import Floats, Track
from warning.core.vocabulary import Frequency

Ints = NDArray[np.int64]


# Screens and most verdicts read no further back than this: the ends of what is new are gathered once.
TAIL_POINTS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Tails:
    """The last figures of all rows that are new, one line a row; `nothing` is how far back the nearest zero stands."""

    matrix: Floats
    nothing: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Places to judge: row i is place `places[i]` of track `owners[i]`.

    `tails` says, where the board holds them, which line of its tails each row began as, and `shift` how many
    figures earlier it stands.
    """

    owners: Ints
    places: Ints
    tails: Ints | None = None
    shift: int = 0

    def __len__(self) -> int:
        return len(self.owners)

    def part(self, start: int, end: int) -> "Rows":
        tails = None if self.tails is None else self.tails[start:end]
        return Rows(
            owners=self.owners[start:end], places=self.places[start:end], tails=tails, shift=self.shift
        )

    def where(self, mask: NDArray[np.bool_]) -> "Rows":
        tails = None if self.tails is None else self.tails[mask]
        return Rows(owners=self.owners[mask], places=self.places[mask], tails=tails, shift=self.shift)

    def back(self, steps: int) -> "Rows":
        """The same rows as they stood `steps` figures earlier."""
        return replace(self, places=self.places - steps, shift=self.shift + steps)


@dataclass(frozen=True, kw_only=True)
class Board:
    """Every track, its figures and its frequency. `fresh` are the rows of all that is new, when that is known."""

    tracks: Sequence[Track]
    slots: Slots
    frequencies: NDArray[np.int8]
    fresh: Rows | None = None

    def asks(self, wanted: tuple[Frequency, ...]) -> NDArray[np.bool_]:
        """Say which tracks are of the wanted frequencies, all when none is named."""
        if not wanted:
            return np.ones(len(self.frequencies), dtype=np.bool_)
        asked = np.array([frequency in wanted for frequency in FREQUENCIES])
        answers: NDArray[np.bool_] = asked[self.frequencies]
        return answers

    @cached_property
    def tails(self) -> Tails:
        """The last figures of all that is new."""
        assert self.fresh is not None
        matrix = self.slots.window(self.fresh.owners, self.fresh.places, TAIL_POINTS)
        return Tails(matrix=matrix, nothing=_nothing_at(matrix))


def _nothing_at(matrix: Floats) -> Ints:
    """Return how many figures back from the end the nearest zero or negative one stands; a full width when none does."""
    nothing = (matrix <= 0)[:, ::-1]
    back: Ints = np.where(nothing.any(axis=1), nothing.argmax(axis=1), matrix.shape[1])
    return back


def board(tracks: Sequence[Track]) -> Board:
    """Join the tracks."""
    lengths = np.array([len(track.values) for track in tracks], dtype=np.int64)
    flat = np.concatenate([track.values for track in tracks]) if tracks else np.empty(0)
    return Board(
        tracks=tuple(tracks),
        slots=Flat(flat=flat, starts=np.cumsum(lengths) - lengths, lengths=lengths),
        frequencies=np.array([FREQUENCIES.index(t.meta.frequency) for t in tracks], dtype=np.int8),
    )


def board_of(laid: Layout) -> Board:
    """The same from a layout, without making an object of any track."""
    frequencies = laid.columns.roster.frequencies(laid.codes)
    fresh = Rows(owners=laid.fresh_owners, places=laid.fresh - laid.starts[laid.fresh_owners])
    return Board(
        tracks=laid,
        slots=laid.slots,
        frequencies=frequencies,
        fresh=replace(fresh, tails=np.arange(len(fresh))),
    )


def fresh_rows_of(on: Board, chosen: NDArray[np.bool_]) -> Rows:
    """Return the fresh places of the chosen tracks of a layout's board, in order."""
    assert on.fresh is not None
    return on.fresh.where(chosen[on.fresh.owners])


def window(on: Board, rows: Rows, width: int) -> Floats:
    """Return a matrix of `width` columns that ends at each row's own place; NaN before its track begins."""
    if rows.tails is None or width + rows.shift > TAIL_POINTS:
        return on.slots.window(rows.owners, rows.places, width)
    end = TAIL_POINTS - rows.shift
    lines = on.tails.matrix if len(rows) == len(on.tails.matrix) else on.tails.matrix[rows.tails]
    return lines[:, end - width : end]


def known_counts(on: Board, rows: Rows) -> Ints:
    """Return how many figures each row's series has up to its place."""
    if not len(rows):
        return np.zeros(0, dtype=np.int64)
    known: Ints = np.count_nonzero(~np.isnan(window(on, rows, int(rows.places.max()) + 1)), axis=1)
    return known


def know_enough(on: Board, rows: Rows, least: int) -> NDArray[np.bool_]:
    """Say which rows' series have so many figures up to their place, reading no further back than it takes."""
    enough, width = np.zeros(len(rows), dtype=np.bool_), least
    open_ = np.arange(len(rows))
    while len(open_):
        some = rows.where(_only(open_, len(rows)))
        enough[open_] = np.count_nonzero(~np.isnan(window(on, some, width)), axis=1) >= least
        open_ = open_[~enough[open_] & (some.places >= width)]
        width *= 4
    return enough


def _only(chosen: Ints, count: int) -> NDArray[np.bool_]:
    mask = np.zeros(count, dtype=np.bool_)
    mask[chosen] = True
    return mask


def hold_nothing(on: Board, rows: Rows, width: int) -> NDArray[np.bool_]:
    """Say which windows of such a width hold a zero or a negative figure."""
    if rows.tails is not None and not rows.shift:
        found: NDArray[np.bool_] = on.tails.nothing[rows.tails] < min(width, TAIL_POINTS)
        searched = ~found & (width > TAIL_POINTS)
    else:
        found, searched = np.zeros(len(rows), dtype=np.bool_), np.ones(len(rows), dtype=np.bool_)
    searched &= ~(on.slots.lowest(rows.owners) > 0)
    found[searched] = (window(on, rows.where(searched), width) <= 0).any(axis=1)
    return found
