"""Figures that came too late to be news: they stand as history for others, and open nothing.

Those alone are judged that replace a vintage of which a rule told something: what was told is corrected. Which these are
follows from the signals, not from the alerts, so that whoever reads figures ahead of the alerts judges the same.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from warning.core.evidence import KnownWindow
from warning.core.old_news import PERIOD_LAG_DAYS
from warning.core.rulebook import FREQUENCIES, Rulebook
from warning.core.rules import SeriesRule
from warning.core.series.columns import MICROSECONDS_A_DAY, Bools, Columns, Ints, columns_of
from warning.core.signals import Signal
from warning.core.vocabulary import Frequency

Told = Mapping[str, tuple[Signal, ...]]
_Key = tuple[str, str]


def punctual(known: KnownWindow, book: Rulebook) -> KnownWindow:
    """Leave figures that came later than any rule takes for news out of what is new, unless they correct what was told.

    `corrects` names those that do. Any other revision of years ago would be judged against history that a replay of
    bounded memory holds no longer, and opens no alert whatever it says.
    """
    if not known.series:
        return known
    series = known.series
    columns = series if isinstance(series, Columns) else columns_of(series, known.fresh)
    fresh = columns.fresh
    owners = np.searchsorted(columns.offsets, fresh, side="right") - 1
    frequencies = columns.roster.frequencies(columns.codes[owners])
    ages = columns.known_at(fresh) // MICROSECONDS_A_DAY - columns.ends_at(fresh)
    late = ages > _days(book.news_days)[frequencies]
    told = _told_anew(known, book)
    if told:
        may = (ages >= _days(PERIOD_LAG_DAYS)[frequencies]) & (
            ages <= _days(book.correction_days)[frequencies]
        )
        corrects = _correcting(columns, fresh[may], owners[may], told)
        late &= ~np.isin(fresh, list(corrects))
        by_id = {columns.point(at).id: signals for at, signals in corrects.items()}
        known = replace(known, corrects=by_id)
    return replace(known, series=replace(columns, fresh=fresh[~late]) if late.any() else columns)


def may_correct(known_us: Ints, ends: Ints, frequencies: NDArray[np.int8]) -> Bools:
    """Say which figures came so late that they may correct what was told, and nothing else; ends are days since 1970."""
    late: Bools = known_us // MICROSECONDS_A_DAY - ends >= _days(PERIOD_LAG_DAYS)[frequencies]
    return late


def _days(of: Mapping[Frequency, int]) -> Ints:
    return np.array([of.get(frequency, 0) for frequency in FREQUENCIES], dtype=np.int64)


def _told_anew(known: KnownWindow, book: Rulebook) -> Mapping[_Key, tuple[Signal, ...]]:
    """What series rules told of the vintages that have been replaced, oldest first, by series and period."""
    if not known.told_figures:
        return {}
    rules = {rule.id for rule in book.rules if isinstance(rule, SeriesRule)}
    found = {}
    for one in known.earlier:
        told = [signal for signal in known.told_figures.get(one.id, ()) if signal.rule_id in rules]
        if told:
            found[one.series_id, one.period] = tuple(sorted(told, key=lambda s: (s.known_at, s.id)))
    return found


def _correcting(
    columns: Columns, places: Ints, owners: Ints, told: Mapping[_Key, tuple[Signal, ...]]
) -> Mapping[int, tuple[Signal, ...]]:
    """Which of the places hold a figure that replaces one of these, with what was told of that."""
    metas, wanted = columns.roster.metas, {series_id for series_id, _ in told}
    found = {}
    for at, code in zip(places.tolist(), columns.codes[owners].tolist(), strict=True):
        if metas[code].series_id not in wanted:
            continue
        point = columns.point(at)
        if (signals := told.get((point.series_id, point.period))) is not None:
            found[at] = signals
    return found
