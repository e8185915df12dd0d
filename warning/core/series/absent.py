"""Absent rows of a publisher's table, read as zeros."""

from dataclasses import replace

import numpy as np

from warning.core.series.columns import Bools, Ints, stretches
from warning.core.series.layout import Layout, written
from warning.core.series.slots import rewritten
from warning.core.series.track import COMPLETE_SHARE, SIBLINGS_MIN

NEVER = np.iinfo(np.int64).min


def fill_absent(laid: Layout) -> Layout:
    """Read an absent row as zero where the publisher's table for that period is there.

    Series of one source, flow, commodity and reporter are one table. A period counts as published when the
    table holds at least half of the rows of the period before and no fewer than three: below that it may be
    a partial page, and the hole stays unknown. A zero is fresh when a row of its period is. A track without a hole up
    to the last period of its table stays as it is.
    """
    cut = laid.calendar
    if cut == len(laid):
        return laid
    tables = _Tables(laid)
    holed = np.union1d(np.flatnonzero(tables.lengths > laid.lengths[cut:]) + cut, laid.gaps.tracks)
    if not len(holed):
        return laid
    wide = _widened(laid, tables)
    flat, (of, places) = written(wide, holed), laid.published(holed)
    absent = np.ones(len(flat.flat), dtype=np.bool_)
    absent[flat.starts[of] + places] = False
    cells = stretches(tables.begins[holed - cut], flat.lengths)
    zero = np.flatnonzero(absent & tables.complete[cells])
    flat.flat[zero] = 0.0
    new = zero[tables.fresh[cells[zero]]]
    owners = np.searchsorted(flat.starts, new, side="right") - 1
    slots = wide.starts[holed[owners]] + new - flat.starts[owners]
    return replace(
        wide,
        figures=rewritten(laid.figures, len(laid), holed, flat),
        fresh=np.sort(np.concatenate((wide.fresh, slots))),
        known_us=tables.known_us,
        filled=holed,
    )


def _widened(laid: Layout, tables: "_Tables") -> Layout:
    """Return the same tracks with room up to the last period of their tables."""
    lengths = np.concatenate((laid.lengths[: laid.calendar], tables.lengths))
    starts = np.cumsum(lengths) - lengths
    moved = (starts - laid.starts)[laid.fresh_owners]
    return replace(laid, starts=starts, lengths=lengths, fresh=laid.fresh + moved)


class _Tables:
    """The publishers' tables, one cell a period: is it complete, is a row of it new.

    `begins` is the cell of each dated track's first place, `lengths` the places from there to the table's last
    period.
    """

    def __init__(self, laid: Layout) -> None:
        self._laid, cut = laid, laid.calendar
        _, self._table = np.unique(laid.columns.roster.tables(laid.codes[cut:]), return_inverse=True)
        last = laid.firsts + laid.lengths[cut:] - 1
        low = np.full(int(self._table.max()) + 1, -NEVER - 1)
        high = np.full(len(low), NEVER)
        np.minimum.at(low, self._table, laid.firsts)
        np.maximum.at(high, self._table, last)
        offsets = np.concatenate(([0], np.cumsum(high - low + 1)))
        self.begins: Ints = offsets[self._table] + laid.firsts - low[self._table]
        self.lengths: Ints = high[self._table] - laid.firsts + 1
        here = self._rows(int(offsets[-1]))
        before = np.concatenate(([0], here[:-1]))
        before[offsets[:-1]] = 0
        self.complete: Bools = (here >= SIBLINGS_MIN) & (here >= COMPLETE_SHARE * before)
        news = np.flatnonzero(laid.fresh >= laid.first_slot)
        owners = laid.fresh_owners[news]
        self.fresh = np.zeros(len(here), dtype=np.bool_)
        self.fresh[self.begins[owners - cut] + laid.fresh[news] - laid.starts[owners]] = True

    def _rows(self, cells: int) -> Ints:
        """Count the rows of each cell: of a track without a hole only its ends are looked at."""
        laid, cut = self._laid, self._laid.calendar
        whole = np.ones(len(self.begins), dtype=np.bool_)
        whole[laid.gaps.tracks - cut] = False
        begins = self.begins[whole]
        ends = begins + laid.lengths[cut:][whole]
        going_on = np.cumsum(
            np.bincount(begins, minlength=cells + 1) - np.bincount(ends, minlength=cells + 1)
        )
        of, places = laid.published(laid.gaps.tracks)
        rows: Ints = going_on[:-1] + np.bincount(
            self.begins[laid.gaps.tracks - cut][of] + places, minlength=cells
        )
        return rows

    def known_us(self, track: int) -> Ints:
        """Return for each place of a track when the last row of its table's period became known."""
        laid, cut, at = self._laid, self._laid.calendar, track - self._laid.calendar
        tracks = np.flatnonzero(self._table == self._table[at]) + cut
        begins = self.begins[tracks - cut]
        known = np.full(int(self.begins[at] + self.lengths[at] - begins.min()), NEVER)
        of, places = laid.published(tracks)
        series = laid.series[tracks]
        origins = stretches(laid.columns.offsets[series], np.diff(laid.columns.offsets)[series])
        np.maximum.at(known, begins[of] + places - begins.min(), laid.columns.known_at(origins))
        return known[int(self.begins[at] - begins.min()) :]
