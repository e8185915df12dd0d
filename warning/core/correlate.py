"""Signals about one event become one alert: by instrument number, by story, or by act, material and actor."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime

from warning.core.alerts import Alert, AlertChange
from warning.core.deadline_rules import counts_to_effect
from warning.core.joining import open_alert
from warning.core.joining_case import Case
from warning.core.joining_cases import Cases
from warning.core.old_news import is_old_news
from warning.core.rulebook import Rulebook
from warning.core.rules import AnyRule, TextRule
from warning.core.signals import Signal, Trace
from warning.core.tearlines import with_tearlines
from warning.core.withdrawing import rejoined


def correlate(
    signals: Sequence[Signal],
    open_alerts: Sequence[Alert],
    book: Rulebook,
    as_of: datetime,
    *,
    holding: AbstractSet[str] | None = None,
) -> tuple[tuple[AlertChange, ...], tuple[Trace, ...]]:
    """Join each signal to the alert it belongs to, or open one.

    `holding` are the keys of the alerts that may hold one of the signals, or one that it joins or brings, already; None
    where that is not known. Alerts hold thousands of signals: all of theirs are gone through then.

    Returns the changes sorted by alert key (versions and gradings are settled by `grade`), and one trace for
    each rule whose signals were suppressed: their evidence is old news, or they are background, or
    of a fallback rule, on a document that another interrupting rule tells of anyway.
    """
    rules = {rule.id: rule for rule in book.rules}
    told = {s.exhibit.evidence_id for s in signals if s.interrupts}
    firmly = {s.exhibit.evidence_id for s in signals if s.interrupts and not _is_fallback(s, rules)}
    news = [
        s
        for s in signals
        if (s.interrupts or s.exhibit.evidence_id not in told)
        and not (s.exhibit.evidence_id in firmly and _is_fallback(s, rules))
        and not is_old_news(s, rules.get(s.rule_id), as_of)
    ]
    cases = Cases(book, open_alerts, news, holding)
    for signal in sorted(news, key=_joining_order):
        cases.add(signal)
    changes = [_change(case, book) for case in cases.touched()]
    return tuple(sorted(changes, key=lambda c: c.alert.key)), _suppressed(signals, news)


def _is_fallback(signal: Signal, rules: Mapping[str, AnyRule]) -> bool:
    rule = rules.get(signal.rule_id)
    return isinstance(rule, TextRule) and rule.fallback


def _joining_order(signal: Signal) -> tuple[bool, datetime, bool, bool, bool, str, int, str]:
    """Oldest first; at one instant the instrument before the talk about it; of one document the gravest.

    What is told in another signal's alert comes after that signal, and a countdown after the act it counts to.
    """
    official, evidence = signal.exhibit.official, signal.exhibit.evidence_id
    named = signal.facts.instrument is not None
    return (
        counts_to_effect(signal.story, signal.facts),
        signal.known_at,
        bool(signal.joins),
        not named,
        not official,
        evidence,
        -signal.severity.rank,
        signal.id,
    )


def _suppressed(signals: Sequence[Signal], news: Sequence[Signal]) -> tuple[Trace, ...]:
    kept = {s.id for s in news}
    old: dict[tuple[str, str], int] = {}
    for signal in signals:
        if signal.id not in kept:
            rule = (signal.rule_id, signal.rule_version)
            old[rule] = old.get(rule, 0) + 1
    return tuple(
        Trace(
            rule_id=rule_id,
            rule_version=version,
            outcome="suppressed",
            considered=count,
            fired=0,
            detail=f"{count} on evidence older than max_age_days, told again from an older article, or told by an interrupting rule",
        )
        for (rule_id, version), count in sorted(old.items())
    )


def _change(case: Case, book: Rulebook) -> AlertChange:
    if case.alert is None:
        opened = open_alert(case.key, case.signals, book)
        return AlertChange(kind="opened", alert=with_tearlines(None, opened, case.signals, book))
    alert = rejoined(case.alert, case.signals, book)
    alert = with_tearlines(case.alert, alert, case.signals, book)
    if alert.differences:
        return AlertChange(kind="updated", alert=alert, previous=case.alert)
    return AlertChange(kind="joined", alert=alert, previous=case.alert)
