"""One rule over many series: which rows hold which condition, and why the others do not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from warning.core.rulebook import FREQUENCIES
from warning.core.rules import SeriesRule
from warning.core.series.judged import Condition, Judged
from warning.core.series.reach import RuleReach
from warning.core.series.screens import screen
from warning.core.series.track import Bools, Track
from warning.core.series.verdicts import conditions
from warning.core.series.windows import Board, Rows, asked_of, speaks_of, window

# Rows judged at a time: a window of 260 figures and this many rows take 42 MB.
CHUNK_ROWS = 20_000
# Figures of earlier windows judged at a time, 8 MB of them.
EARLIER_FIGURES = 1_000_000
# So few are judged as soon as screened.
FEW_ROWS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One condition that holds at one place of one series."""

    track: Track
    place: int
    condition: Condition
    observed: float
    baseline: float
    ratio: float
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFindings:
    """What a rule made of its rows. `lasting` held already before; `refused` held figures no ratio fits."""

    findings: tuple[Finding, ...]
    considered: int
    too_little: int
    lasting: int
    refused: int

    def joined(self, other: "RuleFindings") -> "RuleFindings":
        return RuleFindings(
            findings=self.findings + other.findings,
            considered=self.considered + other.considered,
            too_little=self.too_little + other.too_little,
            lasting=self.lasting + other.lasting,
            refused=self.refused + other.refused,
        )


def judge_rule(rule: SeriesRule, on: Board, rows: Rows) -> RuleFindings:
    """Judge every row by every condition of the rule, by what the rule reads and nothing else."""
    reach = RuleReach.of(rule)
    cut = reach.curtailed(on, rows)
    if not cut.any():
        return _judge_rows(reach, on, rows)
    whole = _judge_rows(reach, on, rows.where(~cut))
    return whole.joined(_judge_rows(reach, reach.within(on), rows.where(cut).plain()))


def _judge_rows(reach: RuleReach, on: Board, rows: Rows) -> RuleFindings:
    rule = reach.rule
    found: list[Finding] = []
    too_little = lasting = refused = 0
    for start in range(0, len(rows), CHUNK_ROWS):
        part = rows.part(start, start + CHUNK_ROWS)
        known = reach.enough(on, part)
        too_little += int(np.count_nonzero(~known))
        part = part.where(known)
        frequencies = on.frequencies[part.owners]
        present = [FREQUENCIES[place] for place in np.flatnonzero(np.bincount(frequencies))]
        speaking = (test for test in rule.tests if speaks_of(test.frequencies, present))
        for condition in (c for test in speaking for c in conditions(test)):
            speaks = asked_of(condition.test.frequencies, frequencies)
            asked, left_out = _screened(condition, on, part.where(speaks), rule)
            refused += left_out
            if not len(asked):
                continue
            judged = judge(rule, condition, on, asked)
            refused += int(np.count_nonzero(judged.refused))
            holds = judged.holds
            new = holds & ~_held_before(reach, condition, on, asked, holds)
            lasting += int(np.count_nonzero(holds & ~new))
            found += _findings(condition, on, asked, judged, new)
    return RuleFindings(
        findings=tuple(found), considered=len(rows), too_little=too_little, lasting=lasting, refused=refused
    )


def _screened(condition: Condition, on: Board, rows: Rows, rule: SeriesRule) -> tuple[Rows, int]:
    """Return the rows the condition may hold on, and how many of the others it refuses because of zeros."""
    screened = None if on.reaches else screen(condition, on, rows, rule.confirm(condition.test))
    if screened is None:
        return rows, 0
    return rows.where(screened.may), int(np.count_nonzero(screened.refused & ~screened.may))


def judge(rule: SeriesRule, condition: Condition, on: Board, rows: Rows) -> Judged:
    """Judge rows by one condition, the rule's floor on the size of the move included."""
    confirm = rule.confirm(condition.test)
    # A figure of 1e308 may overflow into an infinite ratio, which no test holds against its limits.
    with np.errstate(all="ignore"):
        # Sums of a row come out alike, to the last bit, only where its figures stand one after the other.
        figures = np.ascontiguousarray(window(on, rows, condition.width(confirm)))
        judged = condition.judge(figures, confirm)
        if not rule.materiality_min:
            return judged
        material = np.abs(judged.observed - judged.baseline) >= rule.materiality_min
    return replace(judged, holds=judged.holds & material)


def _held_before(reach: RuleReach, condition: Condition, on: Board, rows: Rows, holds: Bools) -> Bools:
    """Say for which rows the condition held at one of the places before that re-arming asks about."""
    rule = reach.rule
    before = np.zeros(len(rows), dtype=bool)
    asked, most, begin = np.flatnonzero(holds), rule.rearm(condition.test), 1
    size = condition.width(rule.confirm(condition.test))
    while len(asked) and begin <= most:
        # What lasts held one figure earlier: only what did not is asked about all places before.
        end = (
            begin + 1 if begin == 1 else min(begin + max(EARLIER_FIGURES // (size * len(asked)), 1), most + 1)
        )
        of, places = np.repeat(asked, end - begin), np.repeat(rows.places[asked], end - begin)
        places = places - np.tile(np.arange(begin, end), len(asked))
        near = reach.nearby(condition.test, on, Rows(owners=rows.owners[of], places=rows.places[of]), places)
        of, places = of[near], places[near]
        earlier = Rows(owners=rows.owners[of], places=places)
        cut = reach.curtailed(on, earlier)
        before[of[~cut][_held(reach, condition, on, earlier.where(~cut))]] = True
        if cut.any():
            before[of[cut][_held(reach, condition, reach.within(on), earlier.where(cut))]] = True
        asked, begin = asked[~before[asked]], end
    return before


def _held(reach: RuleReach, condition: Condition, on: Board, rows: Rows) -> Bools:
    """Say for which rows the condition held, whatever came before them."""
    rule = reach.rule
    screened = (
        screen(condition, on, rows, rule.confirm(condition.test))
        if len(rows) > FEW_ROWS and not on.reaches
        else None
    )
    may = np.ones(len(rows), dtype=np.bool_) if screened is None else screened.may.copy()
    asked = rows.where(may)
    may[may] = judge(rule, condition, on, asked).holds & reach.enough(on, asked)
    return may


def _findings(condition: Condition, on: Board, rows: Rows, judged: Judged, new: Bools) -> Sequence[Finding]:
    return [
        Finding(
            track=on.tracks[rows.owners[row]],
            place=int(rows.places[row]),
            condition=condition,
            observed=float(judged.observed[row]),
            baseline=float(judged.baseline[row]),
            ratio=float(judged.ratio[row]),
            score=float(judged.score[row]),
        )
        for row in np.flatnonzero(new)
    ]
