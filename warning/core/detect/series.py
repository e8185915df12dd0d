"""Detector for rules of the kind series: every fresh figure judged as of its own period."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime

from warning.core.evidence import KnownWindow
from warning.core.rulebook import Rulebook
from warning.core.rules import SeriesRule
from warning.core.series.explaining import explain_series
from warning.core.series.judge import Finding, RuleFindings, judge_rule
from warning.core.series.select import selects
from warning.core.series.signal import evidence, signal
from warning.core.series.track import Track, fill_absent_rows, lay_out
from warning.core.series.windows import Board, board, fresh_rows
from warning.core.signals import Outcome, Signal, Trace
from warning.core.vocabulary import Frequency

__all__ = ["detect_series", "explain_series"]


def detect_series(
    book: Rulebook,
    known: KnownWindow,
    as_of: datetime,  # noqa: ARG001 - the window is already what was known then
) -> tuple[list[Signal], list[Trace]]:
    """Judge every fresh figure by every active rule; one signal a rule and figure, one trace a rule."""
    rules = [rule for rule in book.active("series") if isinstance(rule, SeriesRule)]
    seen: set[Frequency] = {one.meta.frequency for one in known.series}
    boards = _Boards(known, pad=max((rule.points(f) for rule in rules for f in seen), default=0))
    signals: list[Signal] = []
    traces: list[Trace] = []
    for rule in rules:
        on = boards.board(missing_is_zero=rule.missing_is_zero)
        chosen = [i for i in boards.candidates(rule) if selects(rule.select, on.tracks[i].meta, book.terms)]
        result = judge_rule(rule, on, fresh_rows(on.tracks, [i for i in chosen if on.tracks[i].fresh]))
        fired = [signal(rule, group, book) for group in _by_figure(result.findings)]
        signals += fired
        traces.append(_trace(rule, result, len(fired)))
    return signals, traces


class _Boards:
    """The window laid out once, and once more with absent rows as zeros when a rule asks for it."""

    def __init__(self, known: KnownWindow, *, pad: int) -> None:
        self._known = known
        self._pad = pad
        self._laid = [lay_out(one, known.fresh) for one in known.series]
        self._made: dict[bool, Board] = {}
        self._buckets: dict[tuple[bool, str, str], list[int]] = defaultdict(list)

    def board(self, *, missing_is_zero: bool) -> Board:
        if missing_is_zero not in self._made:
            laid = self._filled() if missing_is_zero else tuple(t for t in self._laid if t.fresh)
            self._made[missing_is_zero] = board(laid, self._pad)
            for place, track in enumerate(laid):
                meta = track.meta
                self._buckets[missing_is_zero, meta.measure, meta.frequency].append(place)
        return self._made[missing_is_zero]

    def candidates(self, rule: SeriesRule) -> Iterator[int]:
        """Yield the tracks whose measure and frequency the rule looks at."""
        select = rule.select
        for (zero, measure, frequency), places in self._buckets.items():
            if (
                zero is rule.missing_is_zero
                and _may(select.measures, measure)
                and _may(select.frequencies, frequency)
            ):
                yield from places

    def _filled(self) -> tuple[Track, ...]:
        laid = fill_absent_rows(self._laid, self._known.fresh)
        return tuple(track for track in laid if track.fresh)


def _may(wanted: Sequence[str], found: str) -> bool:
    return not wanted or found in wanted


def _by_figure(findings: Sequence[Finding]) -> list[list[Finding]]:
    groups: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        groups[finding.track.meta.series_id, evidence(finding).id].append(finding)
    return [groups[key] for key in sorted(groups)]


def _trace(rule: SeriesRule, result: RuleFindings, fired: int) -> Trace:
    parts = {
        "with too little history": result.too_little,
        "went on from before": result.lasting,
        "held zeros, where a ratio means nothing": result.refused,
    }
    told = "; ".join(f"{count} {words}" for words, count in parts.items() if count)
    return Trace(
        rule_id=rule.id,
        rule_version=rule.version,
        outcome=_outcome(result, fired),
        considered=result.considered,
        fired=fired,
        detail=told,
    )


def _outcome(result: RuleFindings, fired: int) -> Outcome:
    if fired:
        return "fired"
    if not result.considered:
        return "no_evidence"
    return "too_little_data" if result.too_little == result.considered else "below_threshold"
