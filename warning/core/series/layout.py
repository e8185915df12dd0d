"""All series of a window laid out on their calendars at once, so that a place of a track is a period."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import overload

import numpy as np
from numpy.typing import NDArray

from warning.core.evidence import Observation
from warning.core.series.columns import SHAPES, Bools, Columns, Floats, InARow, Ints, instant, stretches
from warning.core.series.figures import factor_beside
from warning.core.series.slots import Flat, Slots, rewritten
from warning.core.series.track import Track

# Months, quarters and years stand on the calendar; days and weeks follow one another as published.
FIRST_ON_CALENDAR = SHAPES.index("M")
MONTHS_BEFORE_1970 = 1970 * 12
NOWHERE = -1
NO_ENDS: Ints = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps:
    """Where the figures of tracks with holes stand: those of tracks[i] are places[offsets[i]] to places[offsets[i + 1]]."""

    tracks: Ints
    offsets: Ints
    places: Ints

    def numbers(self, tracks: Ints) -> Ints:
        """Return which of the tracks with holes each is; NOWHERE for one that has none."""
        if not len(self.tracks):
            return np.full(len(tracks), NOWHERE)
        at = np.minimum(np.searchsorted(self.tracks, tracks), len(self.tracks) - 1)
        return np.where(self.tracks[at] == tracks, at, NOWHERE)


def _nobody_knows(track: int) -> Ints:
    raise LookupError(f"no zero was read from an absent row of track {track}")


@dataclass(frozen=True, kw_only=True, eq=False)
class Layout(Sequence[Track]):
    """The tracks of a window by number; slots starts[i] to starts[i] + lengths[i] are the places of track i.

    Track i is series series[i] of the columns, and tracks from `calendar` on stand on the calendar, each from its place
    in `firsts` on. `fresh` are the slots of what is new, in order. `figures` reads the figure of each place (NaN where
    nothing is known, mass in kilograms): most stay where the columns have them, as a series without a hole stands on
    its calendar one after the other. `known_us` gives, for each place of a track, when a zero read from an absent row
    became known, and `filled` are the tracks that may hold such zeros, in order. As a sequence the layout gives the tracks as objects.
    """

    columns: Columns
    series: Ints
    calendar: int
    figures: Slots
    starts: Ints
    lengths: Ints
    fresh: Ints
    firsts: Ints
    gaps: Gaps
    known_us: Callable[[int], Ints] = _nobody_knows
    filled: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def __len__(self) -> int:
        return len(self.starts)

    @overload
    def __getitem__(self, index: int) -> Track: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Track]: ...
    def __getitem__(self, index: int | slice) -> Track | Sequence[Track]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        if index >= len(self):
            raise IndexError(index)
        start, length = int(self.starts[index]), int(self.lengths[index])
        values, origins = self.figures.whole(index), self.origins_of(index)
        news = self.fresh[slice(*np.searchsorted(self.fresh, (start, start + length)).tolist())] - start
        implied: dict[int, datetime] = {}
        read_as_zero = np.flatnonzero((origins == NOWHERE) & ~np.isnan(values)).tolist()
        if read_as_zero:
            known_us = self.known_us(index)
            implied = {place: instant(int(known_us[place])) for place in read_as_zero}
        return Track(
            points=Points(self.columns, origins),
            values=values,
            fresh=tuple(news.tolist()),
            on_calendar=index >= self.calendar,
            implied_at=implied,
            ends=self.ends_at(np.full(length, index), np.arange(length))
            if index < self.calendar
            else NO_ENDS,
        )

    def ends_at(self, tracks: Ints, places: Ints) -> Ints:
        """Return the days after the periods (since 1970) of some places of tracks that stand on no calendar."""
        return self.columns.ends_at(self.columns.offsets[self.series[tracks]] + places)

    def published_from(self, tracks: Ints, places: Ints) -> Ints:
        """Return the first place from each on for which a row was published, where absent rows are read as zeros.

        Where none was, it lies behind the track; of tracks without such zeros it is the place itself.
        """
        if not len(self.filled):
            return places
        numbers = np.minimum(np.searchsorted(self.filled, tracks), len(self.filled) - 1)
        asked = np.flatnonzero(self.filled[numbers] == tracks)
        keys, span = self._published
        wanted = numbers[asked] * span + places[asked]
        found = places.copy()
        found[asked] += keys[np.searchsorted(keys, wanted)] - wanted
        return found

    @cached_property
    def _published(self) -> tuple[Ints, int]:
        """The published places of the filled tracks as numbers in one order, and how far apart two tracks are in it."""
        of, places = self.published(self.filled)
        span = 2 * int(self.lengths.max(initial=0)) + 1
        return np.append(of * span + places, np.iinfo(np.int64).max // 2), span

    def origins_of(self, index: int) -> Ints:
        """Return which figure of the columns stands in each place of a track, NOWHERE for a hole."""
        length, first = int(self.lengths[index]), int(self.columns.offsets[self.series[index]])
        if index < self.calendar:
            return np.arange(first, first + length)
        _, places = self.published(np.array([index]))
        origins = np.full(length, NOWHERE)
        origins[places] = np.arange(first, first + len(places))
        return origins

    def published(self, tracks: Ints) -> tuple[Ints, Ints]:
        """Return the places of all figures of some tracks, and before them which of the tracks each is of."""
        sizes = np.diff(self.columns.offsets)[self.series[tracks]]
        places, numbers = stretches(np.zeros(len(tracks), dtype=np.int64), sizes), self.gaps.numbers(tracks)
        holed = numbers != NOWHERE
        if holed.any():
            found = self.gaps.places[stretches(self.gaps.offsets[numbers[holed]], sizes[holed])]
            places[np.repeat(holed, sizes)] = found
        return np.repeat(np.arange(len(tracks)), sizes), places

    def owner(self, slot: int) -> int:
        """Return the track of a slot."""
        return bisect_right(self.starts, slot) - 1

    def origin(self, slot: int) -> int:
        """Return which figure of the columns stands in a slot, NOWHERE for a hole."""
        owner = self.owner(slot)
        return int(self.origins_of(owner)[slot - int(self.starts[owner])])

    def slot(self, index: int, end: int) -> int | None:
        """Return the slot of a track's figure that ended on a day (since 1970); None when it has none."""
        origins = self.origins_of(index)
        held = np.flatnonzero(origins != NOWHERE)
        at = held[self.columns.ends_at(origins[held]) == end]
        return int(self.starts[index]) + int(at[0]) if len(at) else None

    @cached_property
    def first_slot(self) -> int:
        return int(self.lengths[: self.calendar].sum())

    @cached_property
    def slow(self) -> "Layout":
        """The same tracks for a rule of months, quarters and years: days and weeks are left empty, nothing is copied.

        A series that says it is monthly but does not stand on the calendar keeps all in their places.
        """
        declared = self.columns.roster.frequencies(self.codes[: self.calendar])
        if (declared >= FIRST_ON_CALENDAR).any():
            return self
        cut, none = self.first_slot, np.zeros(self.calendar, dtype=np.int64)
        fresh = self.fresh[self.fresh >= cut] - cut
        return replace(
            self,
            starts=np.concatenate((none, self.starts[self.calendar :] - cut)),
            lengths=np.concatenate((none, self.lengths[self.calendar :])),
            fresh=fresh,
        )

    @cached_property
    def codes(self) -> Ints:
        """What each track says of itself, as the roster numbers it."""
        return self.columns.roster.same(self.columns.codes[self.series])

    @cached_property
    def fresh_owners(self) -> Ints:
        """The track of each fresh slot."""
        return np.searchsorted(self.starts, self.fresh, side="right") - 1

    @cached_property
    def has_fresh(self) -> Bools:
        has = np.zeros(len(self), dtype=np.bool_)
        has[self.fresh_owners] = True
        return has


class Points(Sequence[Observation | None]):
    """The observations of a track, made when they are asked for; None for a hole."""

    def __init__(self, columns: Columns, origins: Ints) -> None:
        self._columns = columns
        self._origins = origins

    def __len__(self) -> int:
        return len(self._origins)

    @overload
    def __getitem__(self, index: int) -> Observation | None: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Observation | None]: ...
    def __getitem__(self, index: int | slice) -> Observation | Sequence[Observation | None] | None:
        if isinstance(index, slice):
            return Points(self._columns, self._origins[index])
        origin = int(self._origins[index])
        return None if origin == NOWHERE else self._columns.point(origin)


def lay_out_all(columns: Columns) -> Layout:
    """Put every series on its calendar: those that stand on one last."""
    sizes = np.diff(columns.offsets)
    declared = columns.roster.frequencies(columns.codes)
    on_calendar = (columns.shapes == declared) & (declared >= FIRST_ON_CALENDAR)
    in_a_row, dated = np.flatnonzero(~on_calendar), np.flatnonzero(on_calendar)
    series, shapes = np.concatenate((in_a_row, dated)), columns.shapes[dated]
    firsts = _ordinals(columns.ends_at(columns.offsets[dated]), shapes)
    lasts = _ordinals(columns.ends_at(columns.offsets[dated + 1] - 1), shapes)
    lengths = np.concatenate((sizes[in_a_row], lasts - firsts + 1))
    starts = np.cumsum(lengths) - lengths
    gaps = _gaps(columns, series, np.flatnonzero(lengths != sizes[series]), firsts, len(in_a_row))
    laid = Layout(
        columns=columns,
        series=series,
        calendar=len(in_a_row),
        figures=InARow(columns=columns, series=series, factors=columns.roster.factors(columns.codes)[series]),
        starts=starts,
        lengths=lengths,
        fresh=_fresh_slots(columns, series, starts, gaps),
        firsts=firsts,
        gaps=gaps,
    )
    tracks = gaps.tracks
    if len(columns.redescribed):
        tracks = np.union1d(tracks, np.flatnonzero(np.isin(series, columns.redescribed)))
    if not len(tracks):
        return laid
    return replace(laid, figures=rewritten(laid.figures, len(laid), tracks, written(laid, tracks)))


def _gaps(columns: Columns, series: Ints, tracks: Ints, firsts: Ints, calendar: int) -> Gaps:
    """Return where the figures of tracks stand that have holes; `firsts` are those of the tracks from `calendar` on."""
    sizes = np.diff(columns.offsets)[series[tracks]]
    of = np.repeat(tracks, sizes)
    ends = columns.ends_at(stretches(columns.offsets[series[tracks]], sizes))
    places = _ordinals(ends, columns.shapes[series[of]]) - firsts[of - calendar]
    return Gaps(tracks=tracks, offsets=np.concatenate(([0], np.cumsum(sizes))), places=places)


def _fresh_slots(columns: Columns, series: Ints, starts: Ints, gaps: Gaps) -> Ints:
    """Return the slots of the fresh places, in order."""
    owners = np.searchsorted(columns.offsets, columns.fresh, side="right") - 1
    track_of = np.empty(len(series), dtype=np.int64)
    track_of[series] = np.arange(len(series))
    tracks, places = track_of[owners], columns.fresh - columns.offsets[owners]
    numbers = gaps.numbers(tracks)
    holed = numbers != NOWHERE
    places[holed] = gaps.places[gaps.offsets[numbers[holed]] + places[holed]]
    return np.sort(starts[tracks] + places)


def written(laid: Layout, tracks: Ints) -> Flat:
    """Return the figures of some tracks on their calendar, NaN where none was published."""
    of, places = laid.published(tracks)
    lengths, series = laid.lengths[tracks], laid.series[tracks]
    starts = np.cumsum(lengths) - lengths
    flat = np.full(int(lengths.sum()), np.nan)
    origins = stretches(laid.columns.offsets[series], np.diff(laid.columns.offsets)[series])
    factors = laid.columns.roster.factors(laid.columns.codes[series])[of]
    own = np.isin(series, laid.columns.redescribed)[of]
    if own.any():
        factors[own] = _own_factors(laid.columns, origins[own], series[of[own]])
    with np.errstate(over="ignore"):  # 1e308 tonnes are infinitely many kilograms, which no test holds
        flat[starts[of] + places] = laid.columns.values_at(origins) * factors
    return Flat(flat=flat, starts=starts, lengths=lengths)


def _own_factors(columns: Columns, places: Ints, series: Ints) -> Floats:
    """Return what figures of series that were described in several ways are multiplied by, each as it was described."""
    pairs = np.column_stack((columns.codes_at(places), columns.codes[series]))
    asked, at = np.unique(pairs, axis=0, return_inverse=True)
    metas = columns.roster.metas
    factors = np.array([factor_beside(metas[own], metas[last]) for own, last in asked.tolist()])
    return factors[at.reshape(-1)]


def _ordinals(ends: Ints, shapes: NDArray[np.int8]) -> Ints:
    """Return the place of each month, quarter or year among its like."""
    months = ends.astype("M8[D]").astype("M8[M]").astype(np.int64) + MONTHS_BEFORE_1970
    ordinals: Ints = months // np.array([0, 0, 1, 3, 12])[shapes] - 1
    return ordinals
