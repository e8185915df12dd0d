"""All series of a window laid out on their calendars at once, so that a place in an array is a period."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import overload

import numpy as np
from numpy.typing import NDArray

from warning.core.series.columns import SHAPES, Bools, Columns, Floats, Ints, instant
from warning.core.series.track import COMPLETE_SHARE, SIBLINGS_MIN, Track

# Frequencies whose periods stand on the calendar; days and weeks follow one another as published.
CALENDAR = ("M", "Q", "A")
MONTHS_BEFORE_1970 = 1970 * 12
NOWHERE = -1


@dataclass(frozen=True, kw_only=True, eq=False)
class Layout(Sequence[Track]):
    """The tracks of a window as arrays; slots starts[i] to starts[i] + lengths[i] are the places of track i.

    `flat` holds one figure a slot: NaN where nothing is known, mass in kilograms. `origins` says which figure of
    the columns it was (NOWHERE for a hole), `fresh` what is new, `implied_us` when a zero read from an absent
    row became known. `firsts` are the calendar places of the tracks' first slots. As a sequence the layout gives
    the same as objects.
    """

    columns: Columns
    flat: Floats
    starts: Ints
    lengths: Ints
    origins: Ints
    fresh: Bools
    implied_us: Ints
    on_calendar: Bools
    firsts: Ints
    codes: Ints

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
        start = int(self.starts[index])
        slots = slice(start, start + int(self.lengths[index]))
        point = self.columns.point
        implied = self.implied_us[slots]
        values = self.flat[slots]
        read_as_zero = (self.origins[slots] == NOWHERE) & ~np.isnan(values)
        return Track(
            points=tuple(None if at == NOWHERE else point(at) for at in self.origins[slots].tolist()),
            values=values,
            fresh=tuple(np.flatnonzero(self.fresh[slots]).tolist()),
            on_calendar=bool(self.on_calendar[index]),
            implied_at={int(at): instant(int(implied[at])) for at in np.flatnonzero(read_as_zero)},
        )

    @cached_property
    def owners(self) -> Ints:
        """The track each slot belongs to."""
        return np.repeat(np.arange(len(self)), self.lengths)

    @cached_property
    def has_fresh(self) -> Bools:
        return sums(self.fresh, self.starts, self.lengths) > 0


def sums(flags: Bools, starts: Ints, lengths: Ints) -> Ints:
    """Count the true values of each stretch."""
    total = np.concatenate(([0], np.cumsum(flags)))
    counts: Ints = total[starts + lengths] - total[starts]
    return counts


def lay_out_all(columns: Columns) -> Layout:
    """Put every series on its calendar."""
    sizes = np.diff(columns.offsets)
    begins = columns.offsets[:-1]
    owners = np.repeat(np.arange(len(sizes)), sizes)
    codes = columns.codes[columns.offsets[1:] - 1] if len(sizes) else np.empty(0, dtype=np.int64)
    frequencies = np.array([SHAPES.index(f) for f in columns.roster.words("frequency", codes)], dtype=np.int8)
    fits = sums(columns.shapes != frequencies[owners], begins, sizes) == 0
    on_calendar = fits & (frequencies >= SHAPES.index(CALENDAR[0]))
    ordinals = _ordinals(columns.ends, columns.shapes)
    firsts, lasts = ordinals[begins], ordinals[columns.offsets[1:] - 1]
    lengths = np.where(on_calendar, lasts - firsts + 1, sizes)
    starts = np.concatenate(([0], np.cumsum(lengths)))[:-1]
    within = np.where(on_calendar[owners], ordinals - firsts[owners], np.arange(len(owners)) - begins[owners])
    slots = starts[owners] + within
    size = int(lengths.sum())
    flat, origins = np.full(size, np.nan), np.full(size, NOWHERE, dtype=np.int64)
    fresh = np.zeros(size, dtype=np.bool_)
    with np.errstate(over="ignore"):  # 1e308 tonnes are infinitely many kilograms, which no test holds
        flat[slots] = columns.values * columns.roster.factors(codes)[owners]
    origins[slots] = np.arange(len(owners))
    fresh[slots] = columns.fresh
    return Layout(
        columns=columns,
        flat=flat,
        starts=starts,
        lengths=lengths,
        origins=origins,
        fresh=fresh,
        implied_us=np.zeros(size, dtype=np.int64),
        on_calendar=on_calendar,
        firsts=firsts,
        codes=codes,
    )


def _ordinals(ends: Ints, shapes: NDArray[np.int8]) -> Ints:
    """Return the place of each month, quarter or year among its like; the end's day for days and weeks."""
    months = ends.astype("M8[D]").astype("M8[M]").astype(np.int64) + MONTHS_BEFORE_1970
    return np.select(
        [shapes == SHAPES.index("M"), shapes == SHAPES.index("Q"), shapes == SHAPES.index("A")],
        [months - 1, months // 3 - 1, months // 12 - 1],
        default=ends,
    )


def fill_absent(laid: Layout) -> Layout:
    """Read an absent row as zero where the publisher's table for that period is there.

    Series of one source, flow, commodity and reporter are one table. A period counts as published when the
    table holds at least half of the rows of the period before and no fewer than three: below that it may be
    a partial page, and the hole stays unknown. A zero is fresh when a row of its period is.
    """
    if not laid.on_calendar.any():
        return laid
    tables = _Tables(laid)
    wide = _widened(laid, tables.lengths)
    owners = wide.owners
    within = np.arange(len(owners)) - wide.starts[owners]
    cells = np.where(wide.on_calendar[owners], tables.begins[owners] + within, 0)
    zero = wide.on_calendar[owners] & (wide.origins == NOWHERE) & tables.complete[cells]
    return replace(
        wide,
        flat=np.where(zero, 0.0, wide.flat),
        fresh=wide.fresh | (zero & tables.fresh[cells]),
        implied_us=np.where(zero, tables.known_us[cells], 0),
    )


class _Tables:
    """The publishers' tables, one cell a period: is it complete, is a row of it new, when was it known.

    `begins` is the cell of each track's first slot, `lengths` the slots from there to the table's last period.
    """

    def __init__(self, laid: Layout) -> None:
        inside = laid.on_calendar
        _, table = np.unique(laid.columns.roster.tables(laid.codes), return_inverse=True)
        count = int(table.max()) + 1
        low, high = np.full(count, np.iinfo(np.int64).max), np.full(count, -1, dtype=np.int64)
        np.minimum.at(low, table[inside], laid.firsts[inside])
        np.maximum.at(high, table[inside], (laid.firsts + laid.lengths - 1)[inside])
        spans = np.maximum(high - low + 1, 0)
        offsets = np.concatenate(([0], np.cumsum(spans)))
        self.begins = np.where(inside, offsets[table] + laid.firsts - low[table], 0)
        self.lengths = np.where(inside, high[table] - laid.firsts + 1, laid.lengths)
        owners = laid.owners
        rows = np.flatnonzero((laid.origins != NOWHERE) & inside[owners])
        cells = self.begins[owners[rows]] + rows - laid.starts[owners[rows]]
        size = int(offsets[-1])
        here = np.bincount(cells, minlength=size)
        before = np.concatenate(([0], here[:-1]))
        before[offsets[:-1][spans > 0]] = 0
        self.complete = (here >= SIBLINGS_MIN) & (here >= COMPLETE_SHARE * before)
        self.fresh = np.bincount(cells[laid.fresh[rows]], minlength=size) > 0
        self.known_us = np.full(size, np.iinfo(np.int64).min)
        np.maximum.at(self.known_us, cells, laid.columns.known_us[laid.origins[rows]])


def _widened(laid: Layout, lengths: Ints) -> Layout:
    """The same tracks with room up to the last period of their tables."""
    starts = np.concatenate(([0], np.cumsum(lengths)))[:-1]
    slots = np.arange(len(laid.flat)) + np.repeat(starts - laid.starts, laid.lengths)
    size = int(lengths.sum())
    flat, origins = np.full(size, np.nan), np.full(size, NOWHERE, dtype=np.int64)
    fresh = np.zeros(size, dtype=np.bool_)
    flat[slots], origins[slots], fresh[slots] = laid.flat, laid.origins, laid.fresh
    return replace(
        laid,
        flat=flat,
        origins=origins,
        fresh=fresh,
        starts=starts,
        lengths=lengths,
        implied_us=np.zeros(size, dtype=np.int64),
    )
