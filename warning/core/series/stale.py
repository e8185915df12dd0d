"""Quotes that stand still because nobody renews them."""

import numpy as np

from warning.core.series.track import Bools, Floats


def without_stale(values: Floats, most_points: int) -> Floats:
    """Return the figures with NaN for each that repeats the one before it more than `most_points` times.

    100 100 100 100 with `most_points` 2 keeps three figures: the quote and two repeats. 0 keeps everything.
    A figure that is not known ends the run.
    """
    if not most_points or len(values) < 2:
        return values
    stale: Floats = np.where(is_stale(values, most_points), np.nan, values)
    return stale


def is_stale(values: Floats, most_points: int, begins: Bools | None = None) -> Bools:
    """Say which figures repeat the one before them more than `most_points` times.

    `begins` marks the first figure of each of several series that stand one behind the other.
    """
    new = np.ones(len(values), dtype=bool)
    new[1:] = values[1:] != values[:-1]
    if begins is not None:
        new |= begins
    place = np.arange(len(values))
    since = place - np.maximum.accumulate(np.where(new, place, 0))
    stale: Bools = since > most_points
    return stale
