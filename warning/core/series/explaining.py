"""The whole tree of pass and fail for one series rule on the newest figure of one series."""

from collections.abc import Iterator
from math import isnan

import numpy as np

from warning.core.evidence import Series
from warning.core.explain import ExplainNode
from warning.core.rulebook import Rulebook
from warning.core.rules import SeriesRule
from warning.core.series.judge import Finding, judge, judge_rule
from warning.core.series.judged import Condition
from warning.core.series.reasons import reason, threshold
from warning.core.series.select import faults
from warning.core.series.signal import evidence
from warning.core.series.track import Track, lay_out
from warning.core.series.verdicts import conditions
from warning.core.series.windows import Board, Rows, board, known_counts


def explain_series(rule: SeriesRule, series: Series, book: Rulebook) -> ExplainNode:
    """Say, condition by condition, why the rule fires on the newest figure, or why it does not."""
    newest = series.points[-1]
    track = lay_out(series, frozenset({newest.id}))
    selected = ExplainNode(
        label="select",
        passed=not (found := list(faults(rule.select, newest, book.terms))),
        detail="the rule looks at this series" if not found else "it has " + ", ".join(found),
    )
    label = f"{rule.id} on {series.meta.series_id} {newest.period}"
    if found:
        return ExplainNode(label=label, passed=False, children=(selected,))
    on = board([track])
    rows = Rows(owners=np.zeros(1, dtype=np.int64), places=np.array([len(track.values) - 1]))
    count = int(known_counts(on, rows)[0])
    history = ExplainNode(
        label="history",
        passed=count >= rule.min_points,
        detail=f"{count} figures, the rule wants {rule.min_points}",
    )
    tests = ExplainNode(
        label="any of the tests",
        passed=bool(judge_rule(rule, on, rows).findings),
        children=tuple(_conditions(rule, on, rows, track)),
    )
    passed = bool(history.passed and tests.passed)
    return ExplainNode(label=label, passed=passed, children=(selected, history, tests))


def _conditions(rule: SeriesRule, on: Board, rows: Rows, track: Track) -> Iterator[ExplainNode]:
    frequency = track.meta.frequency
    asked = [test for test in rule.tests if not test.frequencies or frequency in test.frequencies]
    for condition in (c for test in asked for c in conditions(test)):
        yield _condition(rule, condition, on, rows, track)


def _condition(rule: SeriesRule, condition: Condition, on: Board, rows: Rows, track: Track) -> ExplainNode:
    judged = judge(rule, condition, on, rows)
    finding = Finding(
        track=track,
        place=len(track.values) - 1,
        condition=condition,
        observed=float(judged.observed[0]),
        baseline=float(judged.baseline[0]),
        ratio=float(judged.ratio[0]),
        score=float(judged.score[0]),
    )
    holds = bool(judged.holds[0])
    before = holds and rule.rearm(condition.test) > 0 and not _fires_alone(rule, condition, on, rows)
    if judged.refused[0]:
        detail = "the window holds zeros, a ratio means nothing there"
    elif isnan(finding.observed) or isnan(finding.baseline) or isnan(finding.ratio):
        detail = f"too little is known to compare (threshold {threshold(finding)})"
    else:
        detail = reason(rule, finding, evidence(finding)).text
    if before:
        detail = f"{detail}; it held already within the {rule.rearm(condition.test)} figures before"
    return ExplainNode(label=condition.code, passed=holds and not before, detail=detail)


def _fires_alone(rule: SeriesRule, condition: Condition, on: Board, rows: Rows) -> bool:
    alone = rule.model_copy(update={"tests": (condition.test,)})
    return any(f.condition.code == condition.code for f in judge_rule(alone, on, rows).findings)
