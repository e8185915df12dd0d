"""When a signal comes too late to be news: it fires, but opens no alert and completes no sequence."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from warning.core.rules import AnyRule, SeriesRule
from warning.core.sequence_rules import SequenceRule
from warning.core.signals import Signal
from warning.core.vocabulary import Frequency

PERIOD_LAG_DAYS: Mapping[Frequency, int] = {"D": 10, "W": 21, "M": 120, "Q": 200, "A": 550}


def lag_days(rule: AnyRule) -> int:
    """Return how long after it occurred the evidence of a rule may become known and still be news."""
    if isinstance(rule, SeriesRule):
        return max(PERIOD_LAG_DAYS[frequency] for frequency in rule.select.frequencies or ("M",))
    return rule.max_age_days


def came_late(signal: Signal, rule: AnyRule | None) -> bool:
    """Whether the evidence was history already when it became known."""
    return rule is not None and signal.known_at - signal.occurred_at > timedelta(days=lag_days(rule))


def is_old_news(signal: Signal, rule: AnyRule | None, as_of: datetime) -> bool:
    """Evidence published, or learnt, too long ago is history: it fires in a test but opens no alert.

    A sequence is as new as the part that completed it; whether its last event is news was asked there.
    """
    if rule is None:
        return False
    if as_of - signal.known_at > timedelta(days=rule.max_age_days):
        return True
    return not isinstance(rule, SequenceRule) and came_late(signal, rule)
