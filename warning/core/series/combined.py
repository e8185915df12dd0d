"""Several series of one rule made into the one that its tests judge.

Everything here reads tracks as they were known: a made figure knows no more than its parts, and is fresh when
one of them is. Groups are made in order of their keys, so that the order of evidence carries no meaning.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from warning.core.evidence import Observation, observation_id
from warning.core.series.columns import end_and_shape
from warning.core.series.figures import unit_of
from warning.core.series.select import material_id
from warning.core.series.track import Bools, Floats, Track, ordinal, period_at
from warning.core.series_combine import Grouping

HS6_DIGITS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """The series made for one rule. `refused` says what could not be compared, one sentence for each."""

    tracks: tuple[Track, ...] = ()
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Tracks on one calendar: `values` has a row for each and a column for each period from `first` on.

    NaN is not known. `published` says where a row stood, a suppressed one too. `news` holds, for each column
    with a fresh figure, the one that became known last.
    """

    first: int
    values: Floats
    published: Bools
    news: Mapping[int, Observation]


def commodity(point: Observation, by: Grouping) -> str:
    """The six-digit code, or the material: what two series must share to be compared."""
    if by == "hs_code" and point.hs_code:
        return point.hs_code[:HS6_DIGITS]
    return material_id(point.material)


def route(point: Observation) -> tuple[str, str]:
    """Return exporter and importer, whoever of the two reports."""
    if point.measure in {"import_quantity", "import_value"}:
        return point.partner, point.reporter
    return point.reporter, point.partner


def unit_key(point: Observation) -> str:
    return f"{unit_of(point)[1]} {point.currency or ''}"


def grid(tracks: Sequence[Track]) -> Grid:
    """Lay calendar tracks over one another (at least one; every one `on_calendar`)."""
    begins = [_begin(track) for track in tracks]
    first = min(begins)
    width = max(begin + len(track.values) for begin, track in zip(begins, tracks, strict=True)) - first
    values = np.full((len(tracks), width), np.nan)
    published = np.zeros((len(tracks), width), dtype=bool)
    news: dict[int, Observation] = {}
    for row, (begin, track) in enumerate(zip(begins, tracks, strict=True)):
        at = slice(begin - first, begin - first + len(track.values))
        values[row, at] = track.values
        published[row, at] = [point is not None for point in track.points]
        for place in track.fresh:
            point = track.points[place]
            if point is not None:
                column = begin - first + place
                news[column] = _later(news.get(column), point)
    return Grid(first=first, values=values, published=published, news=news)


def _begin(track: Track) -> int:
    point = track.points[0]
    assert point is not None
    return ordinal(point.period)


def _later(held: Observation | None, point: Observation) -> Observation:
    if held is None or (point.known_at, point.id) > (held.known_at, held.id):
        return point
    return held


def summed(rows: Floats) -> Floats:
    """Return the sum of each column over what is known; NaN where nothing is."""
    total: Floats = np.where(np.isnan(rows).all(axis=0), np.nan, np.nansum(rows, axis=0))
    return total


def rolling(rows: Floats, points: int) -> Floats:
    """Return the total of the last `points` columns at each column; NaN where one of them is not known."""
    if points == 1:
        return rows
    padded = np.concatenate([np.full((*rows.shape[:-1], points - 1), np.nan), rows], axis=-1)
    total: Floats = np.lib.stride_tricks.sliding_window_view(padded, points, axis=-1).sum(axis=-1)
    return total


def whole_table(published: Bools) -> Bools:
    """Say in which columns a table is whole: half of the rows of the period before, and three or no fewer."""
    here = np.count_nonzero(published, axis=0)
    before = np.concatenate([[0], here[:-1]])
    whole: Bools = (here > 0) & (here >= before / 2) & ((here >= 3) | (here >= before))
    return whole


def made_track(
    like: Observation,
    values: Floats,
    news: Mapping[int, Observation],
    periods: Sequence[str] | None,
    first: int = 0,
    *,
    parts: Sequence[str],
    method: Literal["spread", "share", "concentration", "mirror_gap", "bridge"],
) -> Track:
    """Return the made series. `like` gives its name, unit and parties; `news` the figure that completed a place.

    `periods` names the place's periods where the calendar does not (days).
    """
    on_calendar = periods is None
    start = replace(like, period=_period(like, first)) if on_calendar else like

    def named(place: int) -> str:
        return period_at(start, place) if periods is None else periods[place]

    known: NDArray[np.int64] = np.flatnonzero(~np.isnan(values))
    last = int(known[-1]) if len(known) else -1
    points: list[Observation | None] = [None] * len(values)
    sources: dict[int, Observation] = {}
    for place in sorted({*news, last} - {-1}):
        if np.isnan(values[place]):
            continue
        period, value = named(place), float(values[place])
        source = news.get(place)
        points[place] = replace(
            like,
            id=observation_id(like.source_id, like.series_id, period, value),
            period=period,
            value=value,
            known_at=source.known_at if source else like.known_at,
        )
        if source is not None:
            sources[place] = source
    return Track(
        points=tuple(points),
        values=values,
        fresh=tuple(sorted(sources)),
        on_calendar=on_calendar,
        method=method,
        parts=tuple(parts),
        sources=sources,
        ends=np.array([end_and_shape(period)[0] for period in periods or ()], dtype=np.int64),
    )


def _period(like: Observation, at: int) -> str:
    origin = replace(like, period={"M": "0000-01", "Q": "0000-Q1", "A": "0000"}[like.frequency])
    return period_at(origin, at)


def by_key(tracks: Iterable[Track], keys: Iterable[object]) -> list[tuple[object, list[Track]]]:
    """Group the tracks, groups in order of their keys, tracks in order of their ids."""
    groups: dict[object, list[Track]] = {}
    for track, key in zip(tracks, keys, strict=True):
        groups.setdefault(key, []).append(track)
    for group in groups.values():
        group.sort(key=lambda track: track.meta.series_id)
    return sorted(groups.items(), key=lambda pair: repr(pair[0]))
