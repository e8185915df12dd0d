"""The figures of a window laid out in the ways that rules read them, and what one rule says of those that are to be judged."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Literal

from warning.core.evidence import KnownWindow, Observation
from warning.core.rulebook import Rulebook
from warning.core.rules import SeriesRule
from warning.core.series.absent import fill_absent
from warning.core.series.columns import Bools, Columns, columns_of
from warning.core.series.combined import Made
from warning.core.series.combining import comparable, fresh_rows, make
from warning.core.series.effective import standing
from warning.core.series.hs_revisions import bridged, revised_codes, without_ended
from warning.core.series.judge import Finding, RuleFindings, judge_rule
from warning.core.series.layout import Layout, lay_out_all
from warning.core.series.prepared import prepared
from warning.core.series.recheck import Recheck
from warning.core.series.revisions import as_before, only_of
from warning.core.series.signal import signal
from warning.core.series.signal_point import evidence
from warning.core.series.track import Track
from warning.core.series.windows import Board, Rows, board, board_of, fresh_rows_of
from warning.core.signals import Signal
from warning.core.terms import Terms

Key = tuple[str, str]
As = Literal["now", "before", "told", "low", "usual", "high"]
"""The figures as they stand; as before a revision; those alone of which something was told, also with hidden figures guessed."""
FILLS: tuple[As, ...] = ("low", "usual", "high")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one rule says of the fresh figures, by series and period, and the figures themselves.

    `points` holds each judged figure with the id of the published one that it is shown by. Of those that are `unknown`
    nobody can say how much they are beside their series: a suppressed cell, a unit that nothing converts.
    """

    result: RuleFindings
    signals: Mapping[Key, Signal]
    findings: Mapping[Key, Sequence[Finding]]
    points: Mapping[Key, tuple[Observation, str]]
    unknown: frozenset[Key] = frozenset()
    refused: tuple[str, ...] = ()


class Boards:
    """The window laid out once, and again with absent rows as zeros, or as before a revision, when that is asked for."""

    def __init__(self, known: KnownWindow, terms: Terms) -> None:
        self._terms = terms
        series = known.series
        self._columns = series if isinstance(series, Columns) else columns_of(series, known.fresh)
        self._earlier, self._corrects = known.earlier, tuple(known.corrects.values())
        self._laid: dict[_Way, Layout] = {}
        self._boards: dict[int, Board] = {}
        self._ended: dict[int, tuple[tuple[int, Observation], ...]] = {}

    def revised(self, rule: SeriesRule) -> bool:
        """Whether an earlier vintage is known of anything."""
        return bool(self._earlier) and bool(self._layout(rule, as_="before").has_fresh.any())

    def verdict(self, rule: SeriesRule, book: Rulebook, *, as_: As = "now") -> Verdict:
        if rule.combine:
            return self._of_made(rule, book, as_=as_)
        laid = self._layout(rule, as_=as_)
        chosen = self._chosen(rule, laid)
        on = self._board(rule, as_=as_)
        rows = fresh_rows_of(on, chosen)
        result = judge_rule(rule, on, rows)
        bridges = self._bridges(laid, chosen)
        if bridges:
            result = result.joined(judge_rule(rule, board(bridges), fresh_rows(bridges)))
        revised = rows if as_ == "told" else self._revised_rows(rule, rows)
        return self._verdict(rule, book, result, on, revised)

    def may_hold(self, rule: SeriesRule, book: Rulebook, key: Key, found: Recheck) -> bool:
        """Whether a figure may still give its signal, for all that is known: what was hidden since may be anything usual."""
        return any(key in self.verdict(rule, book, as_=as_).signals for as_ in FILLS[: len(found.fills)])

    def _of_made(self, rule: SeriesRule, book: Rulebook, *, as_: As) -> Verdict:
        """Judge what the rule makes of several series; nothing is read of those that have no counterpart."""
        assert rule.combine is not None
        as_it_stands = self._rows_of(rule, as_=as_)
        parts = comparable(rule.combine, as_it_stands, self._chosen(rule, as_it_stands))
        made = make(rule, self._layout(rule, as_=as_), parts) if len(parts) else Made()
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
    ) -> Verdict:
        groups = _by_figure(standing(result.findings, book))
        points = list(_points(on, revised)) if self._earlier else []
        return Verdict(
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
        return rows.where(self._layout(rule, as_="before").has_fresh[rows.owners])

    def _layout(self, rule: SeriesRule, *, as_: As) -> Layout:
        key = _way(rule, as_=as_)
        if key not in self._laid:
            self._laid[key] = prepared(rule, self._rows_of(rule, as_=as_))
        return self._laid[key]

    def _rows_of(self, rule: SeriesRule, *, as_: As) -> Layout:
        return self._as_it_stands(rule.missing_is_zero, as_=as_, slow=_is_slow(rule))

    def _as_it_stands(self, missing_is_zero: bool, *, as_: As, slow: bool) -> Layout:
        key = (missing_is_zero, as_, slow, *AS_IT_STANDS)
        if key not in self._laid:
            if as_ != "now":
                made = self._otherwise(self._as_it_stands(missing_is_zero, as_="now", slow=slow), as_)
            elif missing_is_zero:
                laid = self._as_it_stands(missing_is_zero=False, as_="now", slow=slow)
                made = without_ended(fill_absent(laid), self._terms)
            elif slow:
                made = self._as_it_stands(missing_is_zero=False, as_="now", slow=False).slow
            else:
                made = lay_out_all(self._columns)
            self._laid[key] = made
        return self._laid[key]

    def _otherwise(self, laid: Layout, as_: As) -> Layout:
        if as_ == "before":
            return as_before(laid, self._earlier)
        points = [one.point for one in self._corrects]
        if as_ == "told":
            return only_of(laid, points)
        at = FILLS.index(as_)
        hidden = {
            (point.series_id, point.period): point
            for one in self._corrects
            for point in (one.fills[at] if one.fills else ())
        }
        return only_of(as_before(laid, tuple(hidden.values())), points)

    def _board(self, rule: SeriesRule, *, as_: As) -> Board:
        # Two ways may be one layout, which stays in `_laid` and keeps its id.
        laid = self._layout(rule, as_=as_)
        if id(laid) not in self._boards:
            self._boards[id(laid)] = board_of(laid)
        return self._boards[id(laid)]


# What sets two layouts apart: absent rows as zeros, as of when, months and longer alone, stale quotes,
# joined months, holidays.
_Way = tuple[bool, As, bool, int, bool, tuple[str, ...]]
AS_IT_STANDS: tuple[int, bool, tuple[str, ...]] = (0, False, ())
SLOW = frozenset({"M", "Q", "A"})


def _way(rule: SeriesRule, *, as_: As) -> _Way:
    slow = _is_slow(rule)
    return rule.missing_is_zero, as_, slow, rule.stale_points, rule.lunar_new_year, rule.holidays


def _is_slow(rule: SeriesRule) -> bool:
    """Whether a rule looks at nothing but figures of months, quarters and years."""
    wanted = rule.select.frequencies
    return bool(wanted) and SLOW.issuperset(wanted) and not rule.other_series


def _points(on: Board, rows: Rows) -> Iterator[tuple[Key, tuple[Observation, str], float]]:
    """Each judged figure, what it is shown by, and its value as the rule reads it: NaN where it is not known."""
    values = on.slots.window(rows.owners, rows.places, 1)[:, 0]
    for owner, place, value in zip(rows.owners.tolist(), rows.places.tolist(), values.tolist(), strict=True):
        track = on.tracks[owner]
        point = track.points[place]
        if point is not None:
            yield (point.series_id, point.period), (point, track.sources.get(place, point).id), value


def _by_figure(findings: Sequence[Finding]) -> Mapping[Key, list[Finding]]:
    groups: dict[Key, list[Finding]] = defaultdict(list)
    for finding in findings:
        point = evidence(finding)
        groups[finding.track.meta.series_id, point.period].append(finding)
    return {key: groups[key] for key in sorted(groups)}
