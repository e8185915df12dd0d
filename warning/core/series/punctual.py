"""Figures that came too late to be news: they stand as history for others, and open nothing.

Those alone are judged that correct what a rule told: of the figure itself, or of one that was held against it. Which these
are follows from the signals, not from the alerts, so that whoever reads figures ahead of the alerts judges the same.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from warning.core.evidence import KnownWindow
from warning.core.old_news import PERIOD_LAG_DAYS
from warning.core.rulebook import FREQUENCIES, Rulebook
from warning.core.rules import SeriesRule
from warning.core.series.columns import MICROSECONDS_A_DAY, Columns, Ints, columns_of
from warning.core.series.recheck import Ages, Recheck, rechecks
from warning.core.series.unjudged import Unjudged, unjudged
from warning.core.vocabulary import Frequency


def punctual(known: KnownWindow, book: Rulebook) -> KnownWindow:
    """Leave figures that came later than any rule takes for news out of what is new, unless they correct what was told.

    `corrects` names what is judged once more for the sake of what was told. Any other revision of years ago would be judged
    against history that a replay of bounded memory holds no longer, and opens no alert whatever it says.
    """
    if not known.series:
        return replace(known, unjudged=unjudged(known.unread, known.told_figures, book))
    series = known.series
    columns = series if isinstance(series, Columns) else columns_of(series, known.fresh)
    fresh = columns.fresh
    owners = np.searchsorted(columns.offsets, fresh, side="right") - 1
    frequencies = columns.roster.frequencies(columns.codes[owners])
    late = (
        columns.known_at(fresh) // MICROSECONDS_A_DAY - columns.ends_at(fresh)
        > _days(book.news_days)[frequencies]
    )
    corrects = _corrects(columns, known, book)
    if corrects:
        known = replace(known, corrects={one.point.id: one for one in corrects.values()})
        late &= ~np.isin(fresh, [at for at, one in corrects.items() if one.is_fresh])
    known = replace(known, unjudged=_unjudged(columns, known, book))
    return replace(known, series=replace(columns, fresh=fresh[~late]) if late.any() else columns)


def _unjudged(columns: Columns, known: KnownWindow, book: Rulebook) -> tuple[Unjudged, ...]:
    if not known.told_figures:
        return ()
    before = {
        (one.series_id, one.period): one for one in known.earlier if one.series_id in known.told_figures
    }
    pairs = []
    if before:
        named, metas = {series_id for series_id, _ in before}, columns.roster.metas
        owners = np.searchsorted(columns.offsets, columns.fresh, side="right") - 1
        mine = np.array([metas[code].series_id in named for code in columns.codes[owners].tolist()])
        fresh = map(columns.point, columns.fresh[mine].tolist())
        pairs = [(before[key], one) for one in fresh if (key := (one.series_id, one.period)) in before]
    return unjudged((*pairs, *known.unread), known.told_figures, book)


def _corrects(columns: Columns, known: KnownWindow, book: Rulebook) -> Mapping[int, Recheck]:
    if not known.told_figures or not known.earlier:
        return {}
    rules = {rule.id for rule in book.rules if isinstance(rule, SeriesRule)}
    told = {
        series_id: some
        for series_id, signals in known.told_figures.items()
        if (some := [one for one in signals if one.rule_id in rules])
    }
    ages = Ages(late=_days(PERIOD_LAG_DAYS), last=_days(book.correction_days))
    return rechecks(columns, told, known.earlier, ages)


def _days(of: Mapping[Frequency, int]) -> Ints:
    return np.array([of.get(frequency, 0) for frequency in FREQUENCIES], dtype=np.int64)
