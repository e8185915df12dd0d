"""Series rules judged the slow way, one figure at a time: what the columns, layouts and screens must agree with."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np

from warning.core.evidence import KnownWindow, Observation
from warning.core.rulebook import Rulebook, history_days, rearm_days
from warning.core.rules import SeriesRule
from warning.core.series.judge import Finding, judge
from warning.core.series.judged import Condition
from warning.core.series.select import selects
from warning.core.series.signal import evidence, signal
from warning.core.series.stale import without_stale
from warning.core.series.track import COMPLETE_SHARE, SIBLINGS_MIN, Track, lay_out, ordinal
from warning.core.series.verdicts import conditions
from warning.core.series.windows import Board, Rows, board
from warning.core.series_tests import SeriesTest
from warning.core.signals import Signal


def slowly(book: Rulebook, known: KnownWindow) -> tuple[list[Signal], dict[str, tuple[int, ...]]]:
    """Return the signals, and by rule id: considered, too little history, lasting, refused."""
    with np.errstate(over="ignore"):
        laid = [lay_out(one, known.fresh) for one in known.series]
    filled = fill_absent_rows(laid, known.fresh)
    signals: list[Signal] = []
    counts: dict[str, tuple[int, ...]] = {}
    for rule in book.active("series"):
        assert isinstance(rule, SeriesRule)
        tracks = filled if rule.missing_is_zero else laid
        found: dict[tuple[str, str], list[Finding]] = defaultdict(list)
        total = np.zeros(4, dtype=int)
        for track in tracks:
            if not selects(rule.select, track.meta, book.terms):
                continue
            for place in as_read(rule, track).fresh:
                findings, told = _one(rule, track, place)
                total += told
                for finding in findings:
                    found[track.meta.series_id, evidence(finding).period].append(finding)
        signals += [signal(rule, found[key], book) for key in sorted(found)]
        counts[rule.id] = tuple(total.tolist())
    return signals, counts


def as_read(rule: SeriesRule, track: Track) -> Track:
    """Return a track without quotes that nobody renews, and with January and February as their mean in February."""
    read = replace(track, values=without_stale(track.values, rule.stale_points))
    if not (rule.lunar_new_year and track.on_calendar and track.meta.frequency == "M"):
        return read
    start = ordinal(next(p for p in track.points if p is not None).period)
    values, news = read.values.copy(), set(read.fresh)
    for place in range(len(values)):
        if (start + place) % 12 == 0:
            values[place] = np.nan
            news |= {place + 1} if place in news and place + 1 < len(values) else set()
        elif (start + place) % 12 == 1:
            values[place] = (read.values[place - 1] + read.values[place]) / 2 if place else np.nan
    return replace(read, values=values, fresh=tuple(sorted(news)))


def _one(rule: SeriesRule, track: Track, place: int) -> tuple[list[Finding], tuple[int, ...]]:
    read, on = in_reach(rule, track, place)
    if _known(rule, read, place) < rule.min_points:
        return [], (1, 1, 0, 0)
    findings, lasting, refused = [], 0, 0
    for test in rule.tests:
        if test.frequencies and track.meta.frequency not in test.frequencies:
            continue
        for condition in conditions(test):
            judged = judge(rule, condition, on, _row(place))
            refused += int(judged.refused[0])
            if not judged.holds[0]:
                continue
            if any(_held(rule, condition, track, p) for p in before(rule, test, track, place)):
                lasting += 1
                continue
            findings.append(
                Finding(
                    track=read, place=place, condition=condition,
                    observed=float(judged.observed[0]), baseline=float(judged.baseline[0]),
                    ratio=float(judged.ratio[0]), score=float(judged.score[0]),
                )
            )  # fmt: skip
    return findings, (1, 0, lasting, refused)


def _row(place: int) -> Rows:
    return Rows(owners=np.zeros(1, dtype=np.int64), places=np.array([place], dtype=np.int64))


def in_reach(rule: SeriesRule, track: Track, place: int) -> tuple[Track, Board]:
    """Return a track as the rule reads it where nothing but what one verdict looks back on was ever published."""
    frequency = track.meta.frequency
    first = max(place - rule.raw_reach(frequency) + 1, 0)
    if track.on_calendar:
        while first < place and track.points[first] is None:
            first += 1  # a series begins with a published figure; absent rows before it are not known
    else:
        days = history_days(rule.raw_reach(frequency), frequency)
        while track.ends[first] <= track.ends[place] - days:
            first += 1
    values = np.where(np.arange(len(track.values)) < first, np.nan, track.values)
    read = as_read(rule, replace(track, values=values))
    return read, board([read])


def before(rule: SeriesRule, test: SeriesTest, track: Track, place: int) -> list[int]:
    places = [p for p in range(place - rule.rearm(test), place) if p >= 0]
    days = rearm_days(rule.rearm(test), track.meta.frequency)
    return [p for p in places if track.on_calendar or track.ends[place] - track.ends[p] <= days]


def _held(rule: SeriesRule, condition: Condition, track: Track, place: int) -> bool:
    read, on = in_reach(rule, track, place)
    enough = _known(rule, read, place) >= rule.min_points
    return enough and bool(judge(rule, condition, on, _row(place)).holds[0])


def _known(rule: SeriesRule, track: Track, place: int) -> int:
    first = max(place - rule.reach(track.meta.frequency) + 1, 0)
    return int(np.count_nonzero(~np.isnan(track.values[first : place + 1])))


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
