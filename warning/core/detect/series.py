"""Detector for rules of the kind series: every fresh figure judged as of its own period."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from warning.core.evidence import KnownWindow
from warning.core.rulebook import Rulebook
from warning.core.rules import SeriesRule
from warning.core.series.columns import Columns, columns_of
from warning.core.series.combining import fresh_rows, make
from warning.core.series.effective import standing
from warning.core.series.explaining import SeriesGroup, explain_group, explain_series
from warning.core.series.judge import Finding, RuleFindings, judge_rule
from warning.core.series.layout import Layout, fill_absent, lay_out_all
from warning.core.series.signal import signal
from warning.core.series.signal_point import evidence
from warning.core.series.windows import Board, board, board_of, fresh_rows_of
from warning.core.signals import Outcome, Signal, Trace

__all__ = ["SeriesGroup", "detect_series", "explain_group", "explain_series"]


def detect_series(
    book: Rulebook,
    known: KnownWindow,
    as_of: datetime,  # noqa: ARG001 - the window is already what was known then
) -> tuple[list[Signal], list[Trace]]:
    """Judge every fresh figure by every active rule; one signal a rule and figure, one trace a rule."""
    rules = [rule for rule in book.active("series") if isinstance(rule, SeriesRule)]
    boards = _Boards(known)
    signals: list[Signal] = []
    traces: list[Trace] = []
    for rule in rules:
        laid = boards.laid(missing_is_zero=rule.missing_is_zero)
        chosen = laid.columns.roster.chosen(rule.select, book.terms, laid.codes)
        made = make(rule, laid, chosen) if rule.combine else None
        if made is not None:
            result = judge_rule(rule, board(made.tracks), fresh_rows(made.tracks))
        else:
            result = judge_rule(rule, boards.board(laid), fresh_rows_of(laid, chosen & laid.has_fresh))
        fired = [signal(rule, group, book) for group in _by_figure(standing(result.findings, book))]
        signals += fired
        traces.append(_trace(rule, result, len(fired), made.refused if made else ()))
    return signals, traces


class _Boards:
    """The window laid out once, and once more with absent rows as zeros when a rule asks for it."""

    def __init__(self, known: KnownWindow) -> None:
        series = known.series
        self._columns = series if isinstance(series, Columns) else columns_of(series, known.fresh)
        self._laid: dict[bool, Layout] = {}
        self._boards: dict[int, Board] = {}

    def laid(self, *, missing_is_zero: bool) -> Layout:
        if False not in self._laid:
            self._laid[False] = lay_out_all(self._columns)
        if missing_is_zero not in self._laid:
            self._laid[True] = fill_absent(self._laid[False])
        return self._laid[missing_is_zero]

    def board(self, laid: Layout) -> Board:
        if id(laid) not in self._boards:
            self._boards[id(laid)] = board_of(laid)
        return self._boards[id(laid)]


def _by_figure(findings: Sequence[Finding]) -> list[list[Finding]]:
    groups: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        groups[finding.track.meta.series_id, evidence(finding).id].append(finding)
    return [groups[key] for key in sorted(groups)]


def _trace(rule: SeriesRule, result: RuleFindings, fired: int, refused: Sequence[str]) -> Trace:
    parts = {
        "with too little history": result.too_little,
        "went on from before": result.lasting,
        "held zeros, where a ratio means nothing": result.refused,
    }
    told = [f"{count} {words}" for words, count in parts.items() if count]
    told += [f"not compared: {why}" for why in refused]
    return Trace(
        rule_id=rule.id,
        rule_version=rule.version,
        outcome=_outcome(result, fired),
        considered=result.considered,
        fired=fired,
        detail="; ".join(told),
    )


def _outcome(result: RuleFindings, fired: int) -> Outcome:
    if fired:
        return "fired"
    if not result.considered:
        return "no_evidence"
    return "too_little_data" if result.too_little == result.considered else "below_threshold"
