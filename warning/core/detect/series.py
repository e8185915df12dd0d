"""Detector for rules of the kind series: every fresh figure judged as of its own period."""

from datetime import datetime

from warning.core.evidence import KnownWindow
from warning.core.rulebook import Rulebook
from warning.core.rules import SeriesRule
from warning.core.series.boards import Boards, Verdict
from warning.core.series.correcting import corrections, news, taken_back, with_first
from warning.core.series.explaining import SeriesGroup, explain_group, explain_series
from warning.core.series.judge import RuleFindings
from warning.core.series.late import settled
from warning.core.series.unjudged import told_unjudged
from warning.core.signals import Outcome, Signal, Trace

__all__ = ["SeriesGroup", "detect_series", "explain_group", "explain_series"]


def detect_series(
    book: Rulebook,
    known: KnownWindow,
    as_of: datetime,  # noqa: ARG001 - the window is already what was known then
) -> tuple[list[Signal], list[Trace]]:
    """Judge every fresh figure by every active rule; one signal a rule and figure, one trace a rule.

    Where a fresh figure replaces an earlier vintage, a signal that the earlier one gave and the new one does
    not is taken back by a signal of its own. What `known.corrects` names corrects what was told, whatever vintage told it.
    """
    rules = [rule for rule in book.active("series") if isinstance(rule, SeriesRule)]
    boards = Boards(known, book.terms)
    signals: list[Signal] = []
    corrected: list[Signal] = []
    traces: list[Trace] = []
    for rule in rules:
        now = boards.verdict(rule, book)
        fired = now.signals
        if boards.revised(rule):
            before = boards.verdict(rule, book, as_="before")
            fired = {key: with_first(one, before, now, key) for key, one in fired.items()}
            signals += taken_back(rule, before, now, known.corrects)
            anew = list(corrections(rule, boards, book, now, known.corrects)) if known.corrects else []
            fired = news(fired, known.corrects, anew)
            corrected += anew
        signals += fired.values()
        traces.append(_trace(rule.id, book.versions[rule.id], now, len(fired)))
    return [*signals, *settled(corrected, signals), *told_unjudged(known.unjudged, book)], traces


def _trace(rule_id: str, rule_version: str, verdict: Verdict, fired: int) -> Trace:
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
