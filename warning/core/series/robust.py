"""Medians and robust scales over the rows of a matrix in which NaN is "not known"."""

import numpy as np
from numpy.typing import NDArray

from warning.core.series.track import Floats

# A normal sample's standard deviation is 1.4826 times its median absolute deviation (Rousseeuw and Croux 1993).
MAD_TO_SIGMA = 1.4826


def row_median(matrix: Floats) -> Floats:
    """Return each row's median of what is known; NaN for a row that knows nothing."""
    ordered = np.sort(matrix, axis=1)  # NaN sorts last
    known = np.count_nonzero(~np.isnan(matrix), axis=1)
    row = np.arange(len(matrix))
    low, high = np.maximum(known - 1, 0) // 2, np.minimum(known // 2, max(matrix.shape[1] - 1, 0))
    middle: Floats = (ordered[row, low] + ordered[row, high]) / 2
    return np.where(known > 0, middle, np.nan)


def row_mad(matrix: Floats, median: Floats) -> Floats:
    """Return each row's median absolute deviation from `median`, as a standard deviation."""
    return MAD_TO_SIGMA * row_median(np.abs(matrix - median[:, None]))


def row_mean_abs(matrix: Floats) -> Floats:
    """Return each row's mean size; NaN for a row that knows nothing."""
    known = np.count_nonzero(~np.isnan(matrix), axis=1)
    total = np.nansum(np.abs(matrix), axis=1)
    mean: Floats = np.divide(total, known, out=np.full(len(matrix), np.nan), where=known > 0)
    return mean


def logs(matrix: Floats) -> Floats:
    """Return natural logarithms; NaN where a figure is zero or negative, as no ratio is defined there."""
    out = np.full(matrix.shape, np.nan)
    result: Floats = np.log(matrix, out=out, where=matrix > 0)
    return result


def known_share(matrix: Floats) -> Floats:
    share: Floats = np.count_nonzero(~np.isnan(matrix), axis=1) / max(matrix.shape[1], 1)
    return share


def any_not_positive(matrix: Floats) -> NDArray[np.bool_]:
    """Say which rows hold a zero or a negative figure."""
    return np.asarray((matrix <= 0).any(axis=1), dtype=np.bool_)
