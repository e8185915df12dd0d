"""Many windows of many series as one matrix, newest figure last: a verdict cannot see past its own row."""

from collections.abc import Callable, Container, Sequence
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


@dataclass(frozen=True, kw_only=True)
class Tails:
    """The last figures of all rows that are new: a line for each step back, the newest last, a column for each row.

    A screen looks at one step back of every row, and so at one stretch of memory.
    """

    steps: Floats

    @cached_property
    def known(self) -> NDArray[np.uint8]:
        """How many of the last figures of each row are known: a line for one, two and so on, a column for each row."""
        known = (~np.isnan(self.steps[::-1])).view(np.uint8)
        for step in range(1, len(known)):  # a line at a time: along columns numpy adds them up one by one
            known[step] += known[step - 1]
        return known


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

    def plain(self) -> "Rows":
        """The same rows on a board of other figures."""
        return Rows(owners=self.owners, places=self.places)

    def back(self, steps: int) -> "Rows":
        """The same rows as they stood `steps` figures earlier."""
        return replace(self, places=self.places - steps, shift=self.shift + steps)


def _itself(tracks: Ints, places: Ints) -> Ints:  # noqa: ARG001 - nothing was read from an absent row
    return places


@dataclass(frozen=True, kw_only=True)
class Board:
    """Every track, its figures and its frequency. `fresh` are the rows of all that is new, when that is known.

    `loose` are the tracks that stand on no calendar: `ends` gives the days (since 1970) after periods of theirs, by
    track and place. `published_from` gives the first place from one on that is no zero read from an absent row.
    Where `reaches` is set the figures show no more than a verdict reads.
    """

    tracks: Sequence[Track]
    slots: Slots
    frequencies: NDArray[np.int8]
    loose: NDArray[np.bool_]
    ends: Callable[[Ints, Ints], Ints]
    published_from: Callable[[Ints, Ints], Ints] = _itself
    fresh: Rows | None = None
    reaches: bool = False

    @cached_property
    def tails(self) -> Tails:
        """The last figures of all that is new."""
        assert self.fresh is not None
        return Tails(steps=_tails(self.slots, self.fresh))

    @cached_property
    def fresh_lowest(self) -> Floats:
        """A number no higher than the lowest figure of each fresh row's track."""
        assert self.fresh is not None
        return self.slots.lowest(self.fresh.owners)

    @cached_property
    def fresh_enough(self) -> dict[tuple[int, int], NDArray[np.bool_]]:
        """Of which of the fresh rows so many figures are known among so many, for each pair that was asked about."""
        return {}

    @cached_property
    def fresh_ends(self) -> Ints:
        """The ends of those of the fresh rows that stand on no calendar."""
        assert self.fresh is not None
        return self.ends(*loose_of(self, self.fresh))

    @cached_property
    def fresh_curtailed(self) -> dict[tuple[int, ...], NDArray[np.bool_]]:
        """Which of the fresh rows show more than a verdict reads, by how many figures of each of FREQUENCIES it reads."""
        return {}


def loose_of(on: Board, rows: Rows) -> tuple[Ints, Ints]:
    """Return the tracks and places of those of the rows that stand on no calendar."""
    loose = on.loose[rows.owners]
    return rows.owners[loose], rows.places[loose]


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
    numbers = np.array([len(track.ends) for track in tracks], dtype=np.int64)
    ends = np.concatenate([track.ends for track in tracks]) if tracks else np.empty(0, dtype=np.int64)
    begins = np.cumsum(numbers) - numbers
    return Board(
        tracks=tuple(tracks),
        slots=Flat(flat=flat, starts=np.cumsum(lengths) - lengths, lengths=lengths),
        frequencies=np.array([FREQUENCIES.index(t.meta.frequency) for t in tracks], dtype=np.int8),
        loose=np.array([not track.on_calendar for track in tracks], dtype=np.bool_),
        ends=lambda owners, places: ends[begins[owners] + places],
    )


def board_of(laid: Layout) -> Board:
    """The same from a layout, without making an object of any track."""
    frequencies = laid.columns.roster.frequencies(laid.codes)
    fresh = Rows(owners=laid.fresh_owners, places=laid.fresh - laid.starts[laid.fresh_owners])
    return Board(
        tracks=laid,
        slots=laid.figures,
        frequencies=frequencies,
        loose=np.arange(len(laid)) < laid.calendar,
        ends=laid.ends_at,
        published_from=laid.published_from,
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


def known_counts(on: Board, rows: Rows, points: int) -> Ints:
    """Return how many of the last `points` figures up to each row's place are known."""
    known: Ints = np.count_nonzero(~np.isnan(window(on, rows, points)), axis=1)
    return known


def know_enough(on: Board, rows: Rows, least: int, points: int) -> NDArray[np.bool_]:
    """Say of which rows so many of the last `points` figures are known."""
    if rows.tails is None or rows.shift:
        return known_counts(on, rows, points) >= least
    held = on.fresh_enough.get((least, points))
    if held is None:
        assert on.fresh is not None
        held = on.tails.known[min(points, TAIL_POINTS) - 1] >= least
        if points > TAIL_POINTS:
            open_ = ~held & (on.fresh.places >= TAIL_POINTS)
            held[open_] = known_counts(on, replace(on.fresh.where(open_), tails=None), points) >= least
        on.fresh_enough[least, points] = held
    return held[rows.tails]


def hold_nothing(on: Board, rows: Rows, width: int) -> NDArray[np.bool_]:
    """Say which windows of such a width hold a zero or a negative figure."""
    found = np.zeros(len(rows), dtype=np.bool_)
    searched = ~(lowest(on, rows) > 0)
    if searched.any():
        found[searched] = (window(on, rows.where(searched), width) <= 0).any(axis=1)
    return found
