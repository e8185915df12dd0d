"""All series of a window laid out on their calendars at once, so that a place in an array is a period."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import overload

import numpy as np
from numpy.typing import NDArray

from warning.core.evidence import Observation
from warning.core.series.columns import SHAPES, Bools, Columns, Floats, InARow, Ints, instant, stretches
from warning.core.series.slots import Flat, Joint, Slots
from warning.core.series.track import COMPLETE_SHARE, SIBLINGS_MIN, Track

# Months, quarters and years stand on the calendar; days and weeks follow one another as published.
FIRST_ON_CALENDAR = SHAPES.index("M")
MONTHS_BEFORE_1970 = 1970 * 12
NOWHERE = -1
NEVER = np.iinfo(np.int64).min


@dataclass(frozen=True, kw_only=True, eq=False)
class Layout(Sequence[Track]):
    """The tracks of a window as arrays; slots starts[i] to starts[i] + lengths[i] are the places of track i.

    Track i is series series[i] of the columns, and tracks from `calendar` on stand on the calendar. `fresh` are
    the slots of what is new, in order. The figures of the tracks before (days and weeks, one after the other as
    published) stay where the columns have them: `in_a_row` reads them. The slots from `first_slot` on belong to the
    calendar: `flat` holds the figure of each (NaN where nothing is known, mass in kilograms), `origins` says which
    figure of the columns it was (NOWHERE for a hole), `implied_us` when a zero read from an absent row became
    known, and `firsts` where on the calendar each track begins. As a sequence the layout gives the tracks as objects.
    """

    columns: Columns
    series: Ints
    calendar: int
    in_a_row: Slots
    flat: Floats
    starts: Ints
    lengths: Ints
    fresh: Ints
    origins: Ints
    implied_us: Ints
    firsts: Ints

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
        values, origins = self.slots.whole(index), self.origins_of(index)
        news = self.fresh[slice(*np.searchsorted(self.fresh, (start, start + length)).tolist())] - start
        implied: dict[int, datetime] = {}
        if index >= self.calendar:
            read_as_zero = np.flatnonzero((origins == NOWHERE) & ~np.isnan(values)).tolist()
            known_us = self.implied_us[start - self.first_slot :]
            implied = {place: instant(int(known_us[place])) for place in read_as_zero}
        return Track(
            points=Points(self.columns, origins),
            values=values,
            fresh=tuple(news.tolist()),
            on_calendar=index >= self.calendar,
            implied_at=implied,
        )

    def origins_of(self, index: int) -> Ints:
        """Return which figure of the columns stands in each slot of a track, NOWHERE for a hole."""
        start, length = int(self.starts[index]), int(self.lengths[index])
        if index >= self.calendar:
            return self.origins[start - self.first_slot :][:length]
        first = int(self.columns.offsets[self.series[index]])
        return np.arange(first, first + length)

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
    def slots(self) -> Slots:
        """The figures of all tracks."""
        starts, lengths = self.starts[self.calendar :] - self.first_slot, self.lengths[self.calendar :]
        dated = Flat(flat=self.flat, starts=starts, lengths=lengths)
        return Joint(first=self.in_a_row, cut=self.calendar, second=dated)

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
    factors = columns.roster.factors(columns.codes)
    places = stretches(columns.offsets[dated], sizes[dated])
    owners = np.repeat(np.arange(len(dated)), sizes[dated])
    ordinals = _ordinals(columns.ends_at(places), columns.shapes[dated][owners])
    ends = np.cumsum(sizes[dated])
    firsts, lasts = ordinals[ends - sizes[dated]], ordinals[ends - 1]
    lengths = np.concatenate((sizes[in_a_row], lasts - firsts + 1))
    starts = np.cumsum(lengths) - lengths
    slots = starts[len(in_a_row) :][owners] + ordinals - firsts[owners]
    cut = int(sizes[in_a_row].sum())
    flat = np.full(int(lengths[len(in_a_row) :].sum()), np.nan)
    with np.errstate(over="ignore"):  # 1e308 tonnes are infinitely many kilograms, which no test holds
        flat[slots - cut] = columns.values_at(places) * factors[dated][owners]
    origins = np.full(len(flat), NOWHERE, dtype=np.int64)
    origins[slots - cut] = places
    return Layout(
        columns=columns,
        series=np.concatenate((in_a_row, dated)),
        calendar=len(in_a_row),
        in_a_row=InARow(columns=columns, series=in_a_row, factors=factors[in_a_row]),
        flat=flat,
        starts=starts,
        lengths=lengths,
        fresh=_slots_of(columns, np.concatenate((in_a_row, dated)), starts, len(in_a_row), places, slots),
        origins=origins,
        implied_us=np.full(len(origins), NEVER),
        firsts=firsts,
    )


def _slots_of(columns: Columns, series: Ints, starts: Ints, calendar: int, places: Ints, slots: Ints) -> Ints:
    """Return the slots of the fresh places, in order; `slots` are those of the places on the calendar."""
    owners = np.searchsorted(columns.offsets, columns.fresh, side="right") - 1
    track_of = np.empty(len(series), dtype=np.int64)
    track_of[series] = np.arange(len(series))
    tracks = track_of[owners]
    in_a_row = tracks < calendar
    rows = starts[tracks[in_a_row]] + columns.fresh[in_a_row] - columns.offsets[owners[in_a_row]]
    dated = slots[np.searchsorted(places, columns.fresh[~in_a_row])]
    found: Ints = np.concatenate((np.sort(rows), np.sort(dated)))
    return found


def _ordinals(ends: Ints, shapes: NDArray[np.int8]) -> Ints:
    """Return the place of each month, quarter or year among its like."""
    months = ends.astype("M8[D]").astype("M8[M]").astype(np.int64) + MONTHS_BEFORE_1970
    ordinals: Ints = months // np.array([0, 0, 1, 3, 12])[shapes] - 1
    return ordinals


def fill_absent(laid: Layout) -> Layout:
    """Read an absent row as zero where the publisher's table for that period is there.

    Series of one source, flow, commodity and reporter are one table. A period counts as published when the
    table holds at least half of the rows of the period before and no fewer than three: below that it may be
    a partial page, and the hole stays unknown. A zero is fresh when a row of its period is.
    """
    if laid.calendar == len(laid):
        return laid
    tables = _Tables(laid)
    wide, cells = _widened(laid, tables)
    zero = np.flatnonzero((wide.origins == NOWHERE) & tables.complete[cells])
    flat, implied_us = wide.flat.copy(), wide.implied_us.copy()
    flat[zero] = 0.0
    implied_us[zero] = tables.known_us[cells[zero]]
    news = wide.first_slot + zero[tables.fresh[cells[zero]]]
    return replace(wide, flat=flat, implied_us=implied_us, fresh=np.sort(np.concatenate((wide.fresh, news))))


class _Tables:
    """The publishers' tables, one cell a period: is it complete, is a row of it new, when was it known.

    `begins` is the cell of each dated track's first slot, `lengths` the slots from there to the table's last
    period.
    """

    def __init__(self, laid: Layout) -> None:
        codes, lengths = laid.codes[laid.calendar :], laid.lengths[laid.calendar :]
        _, table = np.unique(laid.columns.roster.tables(codes), return_inverse=True)
        low, high = np.full(int(table.max()) + 1, -NEVER - 1), np.full(int(table.max()) + 1, NEVER)
        np.minimum.at(low, table, laid.firsts)
        np.maximum.at(high, table, laid.firsts + lengths - 1)
        offsets = np.concatenate(([0], np.cumsum(high - low + 1)))
        self.begins: Ints = offsets[table] + laid.firsts - low[table]
        self.lengths: Ints = high[table] - laid.firsts + 1
        rows = np.flatnonzero(laid.origins != NOWHERE)
        cells = stretches(self.begins, lengths)
        here = np.bincount(cells[rows], minlength=int(offsets[-1]))
        before = np.concatenate(([0], here[:-1]))
        before[offsets[:-1]] = 0
        self.complete: Bools = (here >= SIBLINGS_MIN) & (here >= COMPLETE_SHARE * before)
        news = laid.fresh[laid.fresh >= laid.first_slot] - laid.first_slot
        self.fresh = np.zeros(len(here), dtype=np.bool_)
        self.fresh[cells[news]] = True
        self.known_us = np.full(len(here), NEVER)
        np.maximum.at(self.known_us, cells[rows], laid.columns.known_at(laid.origins[rows]))


def _widened(laid: Layout, tables: _Tables) -> tuple[Layout, Ints]:
    """Return the same tracks with room up to the last period of their tables, and each dated slot's cell."""
    lengths = np.concatenate((laid.lengths[: laid.calendar], tables.lengths))
    starts = np.cumsum(lengths) - lengths
    cut = laid.first_slot
    moved = np.repeat(starts[laid.calendar :] - laid.starts[laid.calendar :], laid.lengths[laid.calendar :])
    slots = np.arange(len(laid.flat)) + moved
    flat = np.full(int(tables.lengths.sum()), np.nan)
    flat[slots] = laid.flat
    origins = np.full(len(flat), NOWHERE, dtype=np.int64)
    origins[slots] = laid.origins
    at = int(np.searchsorted(laid.fresh, cut))
    fresh = np.concatenate((laid.fresh[:at], cut + slots[laid.fresh[at:] - cut]))
    implied_us = np.full(len(origins), NEVER)
    wide = replace(
        laid, flat=flat, starts=starts, lengths=lengths, fresh=fresh, origins=origins, implied_us=implied_us
    )
    return wide, stretches(tables.begins, tables.lengths)
