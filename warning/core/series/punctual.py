"""Figures that came too late to be news: they stand as history for others, and nothing is judged anew because of them."""

from dataclasses import replace

import numpy as np

from warning.core.evidence import KnownWindow
from warning.core.rulebook import FREQUENCIES, Rulebook
from warning.core.series.columns import MICROSECONDS_A_DAY, Columns, columns_of


def punctual(known: KnownWindow, book: Rulebook) -> KnownWindow:
    """Leave figures that came later than any rule takes for news out of what is new.

    A revision of years ago would be judged against history that a replay of bounded memory holds no longer, and
    opens no alert whatever it says.
    """
    if not known.series:
        return known
    series = known.series
    columns = series if isinstance(series, Columns) else columns_of(series, known.fresh)
    fresh = columns.fresh
    owners = np.searchsorted(columns.offsets, fresh, side="right") - 1
    days = np.array([book.news_days.get(frequency, 0) for frequency in FREQUENCIES])
    allowed = days[columns.roster.frequencies(columns.codes[owners])]
    late = columns.known_at(fresh) // MICROSECONDS_A_DAY - columns.ends_at(fresh) > allowed
    return replace(known, series=replace(columns, fresh=fresh[~late]) if late.any() else columns)
