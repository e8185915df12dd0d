"""The whole tree of pass and fail for one series rule on the newest figure of one series."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isnan

import numpy as np

from warning.core.evidence import Observation, Series
from warning.core.explain import ExplainNode
from warning.core.phrases import counted
from warning.core.rulebook import Rulebook
from warning.core.rules import SeriesRule
from warning.core.series.columns import columns_of
from warning.core.series.combining import made_of
from warning.core.series.effective import standing
from warning.core.series.figures import amount, number
from warning.core.series.judge import Finding, judge, judge_rule
from warning.core.series.judged import Condition
from warning.core.series.layout import lay_out_all
from warning.core.series.prepared import prepared
from warning.core.series.publication import publication, publications
from warning.core.series.reach import RuleReach
from warning.core.series.reasons import reason, threshold
from warning.core.series.select import faults, selects
from warning.core.series.signal_point import evidence
from warning.core.series.track import Track
from warning.core.series.verdicts import conditions
from warning.core.series.windows import Board, Rows, board, known_counts


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesGroup:
    """Series seen together, `fresh` the ids of their new figures: what a rule that combines is asked about."""

    series: tuple[Series, ...]
    fresh: frozenset[str]


def explain_series(
    rule: SeriesRule, series: Series, book: Rulebook, as_of: datetime | None = None
) -> ExplainNode:
    """Say, condition by condition, why the rule fires on the newest figure, or why it does not.

    The publication calendar is told as of `as_of`, else as of the time at which the newest figure became known.
    """
    newest = series.points[-1]
    selected = _selected(rule, newest, book)
    label = f"{rule.id} on {series.meta.series_id} {newest.period}"
    if not selected.passed:
        return ExplainNode(label=label, passed=False, children=(selected,))
    if rule.combine is not None:
        return explain_group(rule, SeriesGroup(series=(series,), fresh=frozenset({newest.id})), book, as_of)
    (track,) = _tracks(rule, (series,), frozenset({newest.id}))
    judged = _judged(rule, track, len(track.values) - 1, book)
    passed = all(node.passed for node in judged)
    calendar = publication(rule, series, book, as_of or newest.known_at)
    return ExplainNode(label=label, passed=passed, children=(selected, calendar, *judged))


def explain_group(
    rule: SeriesRule, group: SeriesGroup, book: Rulebook, as_of: datetime | None = None
) -> ExplainNode:
    """Say which series the rule makes of these, and why it fires on the newest figure of one or does not.

    The publication calendars of its parts are told as of `as_of`, else of the time at which the newest became known.
    """
    assert rule.combine is not None
    now = as_of or max(one.points[-1].known_at for one in group.series)
    parts = {one.meta.series_id: one for one in group.series}
    tracks = _tracks(rule, group.series, group.fresh)
    chosen = [track for track in tracks if selects(rule.select, track.meta, book.terms)]
    others = {t.meta.series_id: t for t in tracks if t.meta.series_id in rule.other_series}
    made = made_of(rule.combine, chosen, others)
    selected = ExplainNode(
        label="select", passed=bool(chosen), detail=f"{len(chosen)} of {len(tracks)} series are the rule's"
    )
    compared = ExplainNode(
        label=f"combine: {rule.combine.method}",
        passed=bool(made.tracks),
        detail="; ".join([f"{len(made.tracks)} made", *(f"not compared: {why}" for why in made.refused)]),
    )
    answers = tuple(
        ExplainNode(
            label=f"{' and '.join(track.parts[:3])} {track.meta.period}",
            passed=all(node.passed for node in nodes),
            children=(publications(rule, [parts[name] for name in track.parts], book, now), *nodes),
        )
        for track in made.tracks
        if track.fresh
        for nodes in [_judged(rule, track, track.fresh[-1], book)]
    )
    return ExplainNode(
        label=rule.id, passed=any(a.passed for a in answers), children=(selected, compared, *answers)
    )


def _tracks(rule: SeriesRule, series: Sequence[Series], fresh: frozenset[str]) -> list[Track]:
    """Lay the series out as the rule reads them."""
    return list(prepared(rule, lay_out_all(columns_of(series, fresh))))


def _selected(rule: SeriesRule, newest: Observation, book: Rulebook) -> ExplainNode:
    found = list(faults(rule.select, newest, book.terms))
    detail = "it has " + ", ".join(found) if found else "the rule looks at this series"
    return ExplainNode(label="select", passed=not found, detail=detail)


def _judged(rule: SeriesRule, track: Track, place: int, book: Rulebook) -> tuple[ExplainNode, ExplainNode]:
    on = RuleReach.of(rule).within(board([track]))
    rows = Rows(owners=np.zeros(1, dtype=np.int64), places=np.array([place]))
    reach = rule.reach(track.meta.frequency)
    count = int(known_counts(on, rows, reach)[0])
    history = ExplainNode(
        label="history",
        passed=count >= rule.min_points,
        detail=f"{counted(count, 'figure')} known of the {reach} read up to {_period(track, place)}, the rule wants {rule.min_points}",
    )
    tests = ExplainNode(
        label="any of the tests",
        passed=bool(standing(judge_rule(rule, on, rows).findings, book)),
        children=tuple(_conditions(rule, on, rows, track, book)),
        any_of=True,
    )
    return history, tests


def _period(track: Track, place: int) -> str:
    point = track.points[place]
    return point.period if point is not None else "the period of the row that is absent"


def _conditions(
    rule: SeriesRule, on: Board, rows: Rows, track: Track, book: Rulebook
) -> Iterator[ExplainNode]:
    frequency = track.meta.frequency
    asked = [test for test in rule.tests if not test.frequencies or frequency in test.frequencies]
    for condition in (c for test in asked for c in conditions(test)):
        yield _condition(rule, condition, on, rows, track, book)


def _condition(
    rule: SeriesRule, condition: Condition, on: Board, rows: Rows, track: Track, book: Rulebook
) -> ExplainNode:
    judged = judge(rule, condition, on, rows)
    finding = Finding(
        track=track,
        place=int(rows.places[0]),
        condition=condition,
        observed=float(judged.observed[0]),
        baseline=float(judged.baseline[0]),
        ratio=float(judged.ratio[0]),
        score=float(judged.score[0]),
    )
    holds = bool(judged.holds[0])
    lacks_act = holds and not standing((finding,), book)
    before = holds and rule.rearm(condition.test) > 0 and not _fires_alone(rule, condition, on, rows)
    if judged.refused[0]:
        detail = "the window holds zeros, a ratio means nothing there"
    elif isnan(finding.observed) or isnan(finding.baseline) or isnan(finding.ratio):
        detail = f"too little is known to compare (threshold {threshold(finding)})"
    else:
        detail = reason(rule, finding, evidence(finding)).text
    if not holds:
        detail += "".join(f"; {why}" for why in _held_back(rule, condition, on, rows, evidence(finding)))
    if before:
        detail = f"{detail}; it held already within the {rule.rearm(condition.test)} figures before"
    if lacks_act:
        detail = f"{detail}; no act of the register took effect between the rush and the fall"
    return ExplainNode(label=condition.code, passed=holds and not before and not lacks_act, detail=detail)


def _held_back(
    rule: SeriesRule, condition: Condition, on: Board, rows: Rows, point: Observation
) -> Iterator[str]:
    """Name each further demand that the move does not meet by itself: the season, a floor, a spread."""
    test, plain = condition.test, rule.model_copy(update={"materiality_min": 0.0})
    defaults = {name: type(test).model_fields[name].default for name in _DEMANDS if hasattr(test, name)}
    asked = [name for name, default in defaults.items() if getattr(test, name) != default]

    def holds(of: SeriesRule, kept: str = "") -> bool:
        relaxed = test.model_copy(update={name: defaults[name] for name in asked if name != kept})
        same = next(c for c in conditions(relaxed) if c.code == condition.code)
        return bool(judge(of, same, on, rows).holds[0])

    if not holds(plain):
        return
    for name in asked:
        if not holds(plain, name):
            value = getattr(test, name)
            said = amount(value, point) if name == "baseline_min" else number(value)
            yield f"{_DEMANDS[name].format(said)} keeps it quiet"
    if rule.materiality_min and not holds(rule):
        yield f"the least move of {amount(rule.materiality_min, point)} keeps it quiet"


_DEMANDS = {
    "season_points": "the comparison with the same season, {} figures before,",
    "low_points": "a figure as low in the {} before",
    "scales": "the spread of the series (the fall must be {} robust scales)",
    "baseline_min": "the floor of {} under the usual level",
    "min_ratio": "the least move of {} times the level",
}


def _fires_alone(rule: SeriesRule, condition: Condition, on: Board, rows: Rows) -> bool:
    told = (finding.condition for finding in judge_rule(rule, on, rows).findings)
    return any(one.code == condition.code and one.test is condition.test for one in told)
