"""A series laid out on its calendar, so that a place in an array is a period."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from warning.core.evidence import Observation, Series
from warning.core.series.columns import end_and_shape
from warning.core.series.figures import factor_beside

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

    A track made of several series (`method` says how, `parts` names them) has points of its own: those of its
    fresh places and its last. `sources` holds, for each fresh place, the published figure that completed it.
    `ends` are the days after the periods (since 1970) where the track stands on no calendar.
    """

    points: Sequence[Observation | None]
    values: Floats
    fresh: tuple[int, ...]
    on_calendar: bool = False
    implied_at: Mapping[int, datetime] = field(default_factory=dict)
    method: Literal["", "spread", "share", "concentration", "mirror_gap", "bridge"] = ""
    parts: tuple[str, ...] = ()
    sources: Mapping[int, Observation] = field(default_factory=dict)
    ends: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    @property
    def meta(self) -> Observation:
        return next(p for p in reversed(self.points) if p is not None)


def lay_out(series: Series, fresh: frozenset[str]) -> Track:
    """Put one series on its calendar."""
    calendar = _fits_calendar(series)
    slots = _on_calendar(series.points) if calendar else series.points
    return Track(
        points=slots,
        on_calendar=calendar,
        values=np.array(
            [
                np.nan if p is None or p.value is None else p.value * factor_beside(p, series.meta)
                for p in slots
            ],
            dtype=np.float64,
        ),
        fresh=tuple(i for i, p in enumerate(slots) if p is not None and p.id in fresh),
        ends=np.array(
            [] if calendar else [end_and_shape(p.period)[0] for p in series.points], dtype=np.int64
        ),
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
