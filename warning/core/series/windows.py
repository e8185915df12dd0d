"""Many windows of many series as one matrix, newest figure last: a verdict cannot see past its own row."""

from collections.abc import Container, Sequence
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
STRIP = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Tails:
    """The last figures of all rows that are new: a line for each step back, the newest last, a column for each row.

    A screen looks at one step back of every row, and so at one stretch of memory. `counts` says how many are known.
    """

    steps: Floats
    counts: NDArray[np.uint8]


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
        if mask.all():
            return self
        at = np.flatnonzero(mask)
        tails = None if self.tails is None else self.tails[at]
        return Rows(owners=self.owners[at], places=self.places[at], tails=tails, shift=self.shift)

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

    @cached_property
    def tails(self) -> Tails:
        """The last figures of all that is new."""
        assert self.fresh is not None
        steps = _tails(self.slots, self.fresh)
        known = (~np.isnan(steps)).view(np.uint8)
        return Tails(steps=steps, counts=np.add.reduce(known, axis=0, dtype=np.uint8))

    @cached_property
    def fresh_lowest(self) -> Floats:
        """A number no higher than the lowest figure of each fresh row's track."""
        assert self.fresh is not None
        return self.slots.lowest(self.fresh.owners)

    @cached_property
    def fresh_enough(self) -> dict[int, NDArray[np.bool_]]:
        """Which of the fresh rows have so many figures, for each number that was asked about."""
        return {}


def _tails(slots: Slots, rows: Rows) -> Floats:
    """Return the last figures of each row in a column, a strip at a time: what is read stays near until all of it is."""
    found = np.empty((TAIL_POINTS, len(rows)))
    for start in range(0, len(rows), STRIP):
        some = rows.part(start, start + STRIP)
        found[:, start : start + STRIP] = slots.window(some.owners, some.places, TAIL_POINTS).T
    return found


def speaks_of(wanted: tuple[Frequency, ...], present: Container[Frequency]) -> bool:
    """Whether one of these is a wanted frequency, any when none is named."""
    return not wanted or any(frequency in present for frequency in wanted)


def asked_of(wanted: tuple[Frequency, ...], frequencies: NDArray[np.int8]) -> NDArray[np.bool_]:
    """Say which of these are wanted frequencies, all when none is named."""
    if not wanted:
        return np.ones(len(frequencies), dtype=np.bool_)
    asked = np.array([frequency in wanted for frequency in FREQUENCIES])
    answers: NDArray[np.bool_] = asked[frequencies]
    return answers


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
        slots=laid.figures,
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
    steps = on.tails.steps[end - width : end]
    return steps[:, _stretch(rows.tails)].T


def _stretch(ascending: Ints) -> Ints | slice:
    """Return numbers as a slice where they are one stretch: what is taken by it is not copied."""
    if len(ascending) and int(ascending[-1]) - int(ascending[0]) + 1 == len(ascending):
        return slice(int(ascending[0]), int(ascending[-1]) + 1)
    return ascending


def lowest(on: Board, rows: Rows) -> Floats:
    """Return a number no higher than the lowest figure of each row's track."""
    if rows.tails is None:
        return on.slots.lowest(rows.owners)
    found: Floats = on.fresh_lowest[_stretch(rows.tails)]
    return found


def known_counts(on: Board, rows: Rows) -> Ints:
    """Return how many figures each row's series has up to its place."""
    if not len(rows):
        return np.zeros(0, dtype=np.int64)
    known: Ints = np.count_nonzero(~np.isnan(window(on, rows, int(rows.places.max()) + 1)), axis=1)
    return known


def know_enough(on: Board, rows: Rows, least: int) -> NDArray[np.bool_]:
    """Say which rows' series have so many figures up to their place, reading no further back than it takes."""
    if rows.tails is None or rows.shift or least > TAIL_POINTS:
        return _know_enough(on, rows, least, least)
    held = on.fresh_enough.get(least)
    if held is None:
        assert on.fresh is not None
        held = on.tails.counts >= least
        open_ = ~held & (on.fresh.places >= TAIL_POINTS)
        held[open_] = _know_enough(on, on.fresh.where(open_), least, 4 * TAIL_POINTS)
        on.fresh_enough[least] = held
    return held[rows.tails]


def _know_enough(on: Board, rows: Rows, least: int, width: int) -> NDArray[np.bool_]:
    enough = np.zeros(len(rows), dtype=np.bool_)
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
    found = np.zeros(len(rows), dtype=np.bool_)
    searched = ~(lowest(on, rows) > 0)
    if searched.any():
        found[searched] = (window(on, rows.where(searched), width) <= 0).any(axis=1)
    return found
