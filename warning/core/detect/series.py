"""Detector for rules of the kind series: every fresh figure judged as of its own period."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isnan

from warning.core.evidence import KnownWindow, Observation
from warning.core.rulebook import Rulebook
from warning.core.rules import SeriesRule
from warning.core.series.absent import fill_absent
from warning.core.series.columns import Bools, Columns, columns_of
from warning.core.series.combined import Made
from warning.core.series.combining import comparable, fresh_rows, make
from warning.core.series.effective import standing
from warning.core.series.explaining import SeriesGroup, explain_group, explain_series
from warning.core.series.hs_revisions import bridged, revised_codes, without_ended
from warning.core.series.judge import Finding, RuleFindings, judge_rule
from warning.core.series.late import graver, no_longer_held, own_signal, settled, still_told, unarmed
from warning.core.series.layout import Layout, lay_out_all
from warning.core.series.prepared import prepared
from warning.core.series.revisions import as_before, told_of, withdrawal
from warning.core.series.signal import signal
from warning.core.series.signal_point import evidence
from warning.core.series.track import Track
from warning.core.series.windows import Board, Rows, board, board_of, fresh_rows_of
from warning.core.signals import Outcome, Signal, Trace
from warning.core.terms import Terms

__all__ = ["SeriesGroup", "detect_series", "explain_group", "explain_series"]


def detect_series(
    book: Rulebook,
    known: KnownWindow,
    as_of: datetime,  # noqa: ARG001 - the window is already what was known then
) -> tuple[list[Signal], list[Trace]]:
    """Judge every fresh figure by every active rule; one signal a rule and figure, one trace a rule.

    Where a fresh figure replaces an earlier vintage, a signal that the earlier one gave and the new one does
    not is taken back by a signal of its own. What `known.corrects` names says nothing but that.
    """
    rules = [rule for rule in book.active("series") if isinstance(rule, SeriesRule)]
    boards = _Boards(known, book.terms)
    signals: list[Signal] = []
    corrections: list[Signal] = []
    traces: list[Trace] = []
    for rule in rules:
        now = boards.verdict(rule, book)
        fired = {k: one for k, one in now.signals.items() if one.exhibit.evidence_id not in known.corrects}
        if boards.revised(rule):
            before = boards.verdict(rule, book, before=True)
            fired = {key: _with_first(one, before, now, key) for key, one in fired.items()}
            signals += _taken_back(rule, before, now, known.corrects)
            corrections += _corrections(rule, boards, book, now, known.corrects) if known.corrects else ()
        signals += fired.values()
        traces.append(_trace(rule.id, book.versions[rule.id], now, len(fired)))
    return [*signals, *settled(corrections)], traces


_Key = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Verdict:
    """What one rule says of the fresh figures, by series and period, and the figures themselves.

    `points` holds each judged figure with the id of the published one that it is shown by. Of those that are `unknown`
    nobody can say how much they are beside their series: a suppressed cell, a unit that nothing converts.
    """

    result: RuleFindings
    signals: Mapping[_Key, Signal]
    findings: Mapping[_Key, Sequence[Finding]]
    points: Mapping[_Key, tuple[Observation, str]]
    unknown: frozenset[_Key] = frozenset()
    refused: tuple[str, ...] = ()


def _with_first(one: Signal, before: _Verdict, now: _Verdict, key: _Key) -> Signal:
    if key not in before.points or key not in now.points:
        return one
    return told_of(one, before.points[key][0], now.points[key][0])


def _taken_back(
    rule: SeriesRule, before: _Verdict, now: _Verdict, corrects: Mapping[str, tuple[Signal, ...]]
) -> list[Signal]:
    return [
        withdrawal(rule, was, before.points[key][0], *now.points[key])
        for key, was in before.signals.items()
        if key not in now.signals
        and key in now.points
        and now.points[key][1] not in corrects
        and key not in now.unknown
    ]


def _corrections(
    rule: SeriesRule,
    boards: "_Boards",
    book: Rulebook,
    now: _Verdict,
    corrects: Mapping[str, tuple[Signal, ...]],
) -> Iterator[Signal]:
    """What the rule says of late figures of which something was told before.

    Whether what it told itself still holds is asked without regard to the figures before: they may be revised as well.
    """
    alone = unarmed(rule)
    before = boards.verdict(alone, book, before=True)
    after = boards.verdict(alone, book)
    for key, (point, shown_id) in now.points.items():
        told = corrects.get(shown_id)
        if told is None or key not in before.points:
            continue
        was, own = before.points[key][0], own_signal(rule, told)
        found = None
        if own is None:
            found = graver(now.signals[key], told, was, point) if key in now.signals else None
        elif key in after.signals:
            found = still_told(after.signals[key], own, was, point, after.findings[key])
        elif key in before.signals or was.value == 0 or key in before.unknown:
            # Of a fall that went on to nothing, or to what is not known, no test may have told.
            held, is_known = before.findings.get(key, ()), key not in after.unknown
            found = no_longer_held(rule, own, was, point, shown_id, held, is_known=is_known)
        if found is not None:
            yield found


class _Boards:
    """The window laid out once, and again with absent rows as zeros, or as before a revision, when that is asked for."""

    def __init__(self, known: KnownWindow, terms: Terms) -> None:
        self._terms = terms
        series = known.series
        self._columns = series if isinstance(series, Columns) else columns_of(series, known.fresh)
        self._earlier = known.earlier
        self._laid: dict[_Way, Layout] = {}
        self._boards: dict[int, Board] = {}
        self._ended: dict[int, tuple[tuple[int, Observation], ...]] = {}

    def revised(self, rule: SeriesRule) -> bool:
        """Whether an earlier vintage is known of anything."""
        return bool(self._earlier) and bool(self._layout(rule, before=True).has_fresh.any())

    def verdict(self, rule: SeriesRule, book: Rulebook, *, before: bool = False) -> _Verdict:
        if rule.combine:
            return self._of_made(rule, book, before=before)
        laid = self._layout(rule, before=before)
        chosen = self._chosen(rule, laid)
        on = self._board(rule, before=before)
        rows = fresh_rows_of(on, chosen)
        result = judge_rule(rule, on, rows)
        bridges = self._bridges(laid, chosen)
        if bridges:
            result = result.joined(judge_rule(rule, board(bridges), fresh_rows(bridges)))
        return self._verdict(rule, book, result, on, self._revised_rows(rule, rows))

    def _of_made(self, rule: SeriesRule, book: Rulebook, *, before: bool) -> _Verdict:
        """Judge what the rule makes of several series; nothing is read of those that have no counterpart."""
        assert rule.combine is not None
        as_it_stands = self._rows_of(rule, before=before)
        parts = comparable(rule.combine, as_it_stands, self._chosen(rule, as_it_stands))
        made = make(rule, self._layout(rule, before=before), parts) if len(parts) else Made()
        on, rows = board(made.tracks), fresh_rows(made.tracks)
        return self._verdict(rule, book, judge_rule(rule, on, rows), on, rows, made.refused)

    def _verdict(
        self,
        rule: SeriesRule,
        book: Rulebook,
        result: RuleFindings,
        on: Board,
        revised: Rows,
        refused: tuple[str, ...] = (),
    ) -> _Verdict:
        groups = _by_figure(standing(result.findings, book))
        points = list(_points(on, revised)) if self._earlier else []
        return _Verdict(
            result=result,
            signals={key: signal(rule, group, book) for key, group in groups.items()},
            findings=groups,
            points={key: shown for key, shown, _ in points},
            unknown=frozenset(key for key, _, value in points if isnan(value)),
            refused=refused,
        )

    def _chosen(self, rule: SeriesRule, laid: Layout) -> Bools:
        return laid.columns.roster.chosen(rule.select, self._terms, laid.codes)

    def _bridges(self, laid: Layout, chosen: Bools) -> tuple[Track, ...]:
        if id(laid) not in self._ended:
            self._ended[id(laid)] = tuple(revised_codes(laid, self._terms))
        return tuple(t for t in bridged(laid, chosen, self._terms, self._ended[id(laid)]) if t.fresh)

    def _revised_rows(self, rule: SeriesRule, rows: Rows) -> Rows:
        """Leave out the rows of series that no earlier vintage is known of."""
        if not self._earlier:
            return rows
        return rows.where(self._layout(rule, before=True).has_fresh[rows.owners])

    def _layout(self, rule: SeriesRule, *, before: bool) -> Layout:
        key = _way(rule, before=before)
        if key not in self._laid:
            self._laid[key] = prepared(rule, self._rows_of(rule, before=before))
        return self._laid[key]

    def _rows_of(self, rule: SeriesRule, *, before: bool) -> Layout:
        return self._as_it_stands(rule.missing_is_zero, before=before, slow=_is_slow(rule))

    def _as_it_stands(self, missing_is_zero: bool, *, before: bool, slow: bool) -> Layout:
        key = (missing_is_zero, before, slow, *AS_IT_STANDS)
        if key not in self._laid:
            if before:
                laid = self._as_it_stands(missing_is_zero, before=False, slow=slow)
                made = as_before(laid, self._earlier)
            elif missing_is_zero:
                laid = self._as_it_stands(missing_is_zero=False, before=False, slow=slow)
                made = without_ended(fill_absent(laid), self._terms)
            elif slow:
                made = self._as_it_stands(missing_is_zero=False, before=False, slow=False).slow
            else:
                made = lay_out_all(self._columns)
            self._laid[key] = made
        return self._laid[key]

    def _board(self, rule: SeriesRule, *, before: bool) -> Board:
        # Two ways may be one layout, which stays in `_laid` and keeps its id.
        laid = self._layout(rule, before=before)
        if id(laid) not in self._boards:
            self._boards[id(laid)] = board_of(laid)
        return self._boards[id(laid)]


# What sets two layouts apart: absent rows as zeros, the vintages before, months and longer alone, stale quotes,
# joined months, holidays.
_Way = tuple[bool, bool, bool, int, bool, tuple[str, ...]]
AS_IT_STANDS: tuple[int, bool, tuple[str, ...]] = (0, False, ())
SLOW = frozenset({"M", "Q", "A"})


def _way(rule: SeriesRule, *, before: bool) -> _Way:
    slow = _is_slow(rule)
    return rule.missing_is_zero, before, slow, rule.stale_points, rule.lunar_new_year, rule.holidays


def _is_slow(rule: SeriesRule) -> bool:
    """Whether a rule looks at nothing but figures of months, quarters and years."""
    wanted = rule.select.frequencies
    return bool(wanted) and SLOW.issuperset(wanted) and not rule.other_series


def _points(on: Board, rows: Rows) -> Iterator[tuple[_Key, tuple[Observation, str], float]]:
    """Each judged figure, what it is shown by, and its value as the rule reads it: NaN where it is not known."""
    values = on.slots.window(rows.owners, rows.places, 1)[:, 0]
    for owner, place, value in zip(rows.owners.tolist(), rows.places.tolist(), values.tolist(), strict=True):
        track = on.tracks[owner]
        point = track.points[place]
        if point is not None:
            yield (point.series_id, point.period), (point, track.sources.get(place, point).id), value


def _by_figure(findings: Sequence[Finding]) -> Mapping[_Key, list[Finding]]:
    groups: dict[_Key, list[Finding]] = defaultdict(list)
    for finding in findings:
        point = evidence(finding)
        groups[finding.track.meta.series_id, point.period].append(finding)
    return {key: groups[key] for key in sorted(groups)}


def _trace(rule_id: str, rule_version: str, verdict: _Verdict, fired: int) -> Trace:
    result = verdict.result
    parts = {
        "with too little history": result.too_little,
        "went on from before": result.lasting,
        "held zeros, where a ratio means nothing": result.refused,
    }
    told = [f"{count} {words}" for words, count in parts.items() if count]
    told += [f"not compared: {why}" for why in verdict.refused]
    return Trace(
        rule_id=rule_id,
        rule_version=rule_version,
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
