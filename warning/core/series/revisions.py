"""Figures published anew: what the vintage before them would have said, and what is to be taken back."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from warning.core.evidence import Observation
from warning.core.rules import SeriesRule
from warning.core.series.columns import Floats, end_and_shape
from warning.core.series.figures import amount, factor_beside, unit_of
from warning.core.series.layout import Layout
from warning.core.series.slots import with_others
from warning.core.signals import REVISED, WITHDRAWN, Reason, Signal, signal_id


def as_before(laid: Layout, earlier: Sequence[Observation]) -> Layout:
    """Return the layout with the earlier vintages in their places, and these alone as what is new."""
    codes, metas = laid.codes, laid.columns.roster.metas
    slots: list[int] = []
    others: dict[int, Floats] = {}
    places: dict[int, Observation] = {}
    for point, track, slot in _found(laid, earlier):
        # A float of Python's own: 1e308 tonnes are infinitely many kilograms, without a word of warning.
        factor = factor_beside(point, metas[int(codes[track])])
        value = np.nan if point.value is None else point.value * factor
        if track not in others:
            others[track] = laid.figures.whole(track).copy()
        others[track][slot - int(laid.starts[track])] = value
        slots.append(slot)
        places[laid.origin(slot)] = point
    now = laid.columns.point
    columns = replace(laid.columns, point=lambda at: places.get(at) or now(at))
    figures = with_others(laid.figures, len(laid), others)
    fresh = np.unique(np.array(slots, dtype=np.int64))
    return replace(laid, columns=columns, figures=figures, fresh=fresh)


def only_of(laid: Layout, points: Sequence[Observation]) -> Layout:
    """Return the layout with these figures, as they stand, alone as what is to be judged."""
    slots = [slot for _, _, slot in _found(laid, points)]
    return replace(laid, fresh=np.unique(np.array(slots, dtype=np.int64)))


def _found(laid: Layout, points: Sequence[Observation]) -> Iterator[tuple[Observation, int, int]]:
    """Yield each point that has a place in the layout, with its track and slot."""
    metas, wanted = laid.columns.roster.metas, {point.series_id for point in points}
    tracks = {
        metas[code].series_id: i
        for i, code in enumerate(laid.codes.tolist())
        if metas[code].series_id in wanted
    }
    for point in points:
        track = tracks.get(point.series_id)
        slot = None if track is None else laid.slot(track, end_and_shape(point.period)[0])
        if track is not None and slot is not None:
            yield point, track, slot


def told_of(signal: Signal, was: Observation, now: Observation) -> Signal:
    """Return a signal on a revised figure with what was published first, unless it is as much in other words."""
    params = revision_params(was, now)
    if params[0][1] == params[1][1]:
        return signal
    text = f"A revision: {params[0][1]} was published for {now.period} first, now {params[1][1]}"
    return replace(signal, why=(*signal.why, Reason(code=REVISED, text=text, params=params)))


def withdrawal(rule: SeriesRule, before: Signal, was: Observation, now: Observation, shown_id: str) -> Signal:
    """Return the correction of a signal that the figure published anew no longer gives.

    It is told in the alert of that signal and nowhere else. `shown_id` is the published figure's own id.
    """
    params = revision_params(was, now)
    text = f"Taken back: {params[0][1]} was published for {now.period} first, now {params[1][1]}; the rule no longer holds"
    return replace(
        before,
        id=signal_id(rule.id, f"{WITHDRAWN}:{before.id}:{now.id}"),
        known_at=now.known_at,
        exhibit=replace(before.exhibit, evidence_id=shown_id, known_at=now.known_at, title=text),
        why=(Reason(code=WITHDRAWN, text=text, params=params),),
        joins=before.id,
    )


def revision_params(was: Observation, now: Observation) -> tuple[tuple[str, str], ...]:
    """The two figures in words and the period; a suppressed cell is said to be that."""

    def said(point: Observation) -> str:
        if point.value is None:
            return "a suppressed cell"
        value = point.value * unit_of(point)[0]
        return amount(value, point, beside=value)

    return ("before", said(was)), ("after", said(now)), ("period", now.period)
