"""A series laid out on its calendar, so that a place in an array is a period."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from warning.core.evidence import Observation, Series
from warning.core.series.figures import unit_of

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

CALENDAR_SHAPES = {
    "M": re.compile(r"\d{4}-\d{2}"),
    "Q": re.compile(r"\d{4}-Q\d"),
    "A": re.compile(r"\d{4}"),
}
# A publisher's table counts as complete for a period when it holds this share of the rows it had before.
COMPLETE_SHARE = 0.5
SIBLINGS_MIN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """`values` holds one figure a place: NaN where nothing is known, mass in kilograms. `points` says which observation it was.

    Months, quarters and years stand on the calendar, so that a missing period is a hole; days and weeks
    follow one another as published (markets close), and so does a series whose periods are not of its
    declared frequency (`on_calendar` is then false). `fresh` are the places new in this assessment, in order.
    `known_counts` is the number of figures up to and including each place.
    """

    points: tuple[Observation | None, ...]
    values: Floats
    fresh: tuple[int, ...]
    on_calendar: bool = False
    implied_at: Mapping[int, datetime] = field(default_factory=dict)

    @property
    def meta(self) -> Observation:
        return next(p for p in reversed(self.points) if p is not None)

    @property
    def known_counts(self) -> NDArray[np.int64]:
        return np.cumsum(~np.isnan(self.values))


def lay_out(series: Series, fresh: frozenset[str]) -> Track:
    """Put one series on its calendar."""
    calendar = _fits_calendar(series)
    slots = _on_calendar(series.points) if calendar else series.points
    return Track(
        points=slots,
        on_calendar=calendar,
        values=np.array(
            [np.nan if p is None or p.value is None else p.value for p in slots], dtype=np.float64
        )
        * unit_of(series.meta)[0],
        fresh=tuple(i for i, p in enumerate(slots) if p is not None and p.id in fresh),
    )


def _fits_calendar(series: Series) -> bool:
    """Say whether every period is a month, a quarter or a year as the series' frequency says."""
    shape = CALENDAR_SHAPES.get(series.meta.frequency)
    return shape is not None and all(shape.fullmatch(point.period) for point in series.points)


def _on_calendar(points: Sequence[Observation]) -> tuple[Observation | None, ...]:
    first = ordinal(points[0].period)
    slots: list[Observation | None] = [None] * (ordinal(points[-1].period) - first + 1)
    for point in points:
        slots[ordinal(point.period) - first] = point
    return tuple(slots)


def ordinal(period: str) -> int:
    """Return the place of a month, quarter or year among its like."""
    if "Q" in period:
        year, quarter = period.split("-Q")
        return int(year) * 4 + int(quarter) - 1
    if len(period) == 7:
        return int(period[:4]) * 12 + int(period[5:]) - 1
    return int(period)


def period_at(like: Observation, place: int) -> str:
    """Return the period `place` steps after the one of `like`."""
    at = ordinal(like.period) + place
    if like.frequency == "M":
        return f"{at // 12:04d}-{at % 12 + 1:02d}"
    if like.frequency == "Q":
        return f"{at // 4:04d}-Q{at % 4 + 1}"
    return f"{at:04d}"


def fill_absent_rows(laid: Sequence[Track], fresh: frozenset[str]) -> tuple[Track, ...]:
    """Read an absent row as zero where the publisher's table for that period is there.

    Series of one source, flow, commodity and reporter are one table. A period counts as published when the
    table holds at least half of the rows of the period before and no fewer than three: below that it may be
    a partial page, and the hole stays unknown. A zero is fresh when a row of its period is.
    """
    tables: dict[tuple[str, ...], list[Track]] = defaultdict(list)
    for track in laid:
        meta = track.meta
        if track.on_calendar:
            key = (meta.source_id, meta.measure, meta.reporter, meta.hs_code or meta.material, meta.frequency)
            tables[key].append(track)
    filled: dict[int, Track] = {}
    for table in tables.values():
        rows = _rows_by_period(table)
        filled.update({id(track): _filled(track, rows, fresh) for track in table})
    return tuple(filled.get(id(track), track) for track in laid)


def _rows_by_period(table: Sequence[Track]) -> Mapping[int, list[Observation]]:
    rows: dict[int, list[Observation]] = defaultdict(list)
    for track in table:
        for point in track.points:
            if point is not None:
                rows[ordinal(point.period)].append(point)
    return rows


def _filled(track: Track, rows: Mapping[int, list[Observation]], fresh: frozenset[str]) -> Track:
    first = next(p for p in track.points if p is not None)
    start = ordinal(first.period)
    length = max(rows, default=start) - start + 1
    points = [*track.points, *[None] * max(0, length - len(track.points))]
    values = np.full(len(points), np.nan)
    values[: len(track.values)] = track.values
    implied: dict[int, datetime] = {}
    news: list[int] = list(track.fresh)
    for place, point in enumerate(points):
        if point is not None or not _complete(rows, start + place):
            continue
        siblings = rows[start + place]
        values[place] = 0.0
        implied[place] = max(s.known_at for s in siblings)
        if any(s.id in fresh for s in siblings):
            news.append(place)
    return Track(
        points=tuple(points), values=values, fresh=tuple(sorted(news)), on_calendar=True, implied_at=implied
    )


def _complete(rows: Mapping[int, list[Observation]], at: int) -> bool:
    here, before = len(rows.get(at, ())), len(rows.get(at - 1, ()))
    return here >= SIBLINGS_MIN and here >= COMPLETE_SHARE * before
