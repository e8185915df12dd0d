"""When a signal comes too late to be news: it fires, but opens no alert and completes no sequence."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from warning.core.rules import AnyRule, SeriesRule
from warning.core.sequence_rules import SequenceRule
from warning.core.signals import Signal, is_unjudged
from warning.core.text.calendar_dates import dates_in
from warning.core.vocabulary import Frequency

PERIOD_LAG_DAYS: Mapping[Frequency, int] = {"D": 10, "W": 21, "M": 120, "Q": 200, "A": 550}
# How long after its period a figure that was told is looked after: a revision later than that corrects nothing.
CORRECTION_DAYS: Mapping[Frequency, int] = {"D": 60, "W": 120, "M": 731, "Q": 731, "A": 1_096}
# News writes a day without its year while it is near. Further ahead than this it is a day of last year, told again.
FURTHEST_BARE_DAY = timedelta(days=120)
# An act of one year is still news early in the next.
NUMBER_STAYS_NEW = timedelta(days=120)
_YEAR_OF_NUMBER = re.compile(r"\b(20\d\d)[/-]\d{1,5}$")


def lag_days(rule: AnyRule) -> int:
    """Return how long after it occurred the evidence of a rule may become known and still be news."""
    if isinstance(rule, SeriesRule):
        return max(PERIOD_LAG_DAYS[frequency] for frequency in rule.select.frequencies or ("M",))
    return rule.max_age_days


def came_late(signal: Signal, rule: AnyRule | None) -> bool:
    """Whether the evidence was history already when it became known, an old article told again included."""
    if rule is None:
        return False
    if signal.exhibit.first_seen_at is not None:
        return True
    return signal.known_at - signal.occurred_at > timedelta(days=lag_days(rule)) or is_told_again(signal)


def is_told_again(signal: Signal) -> bool:
    """Whether a headline of the press bears the marks of an older one under a new date.

    It tells a control by the number of a year long past, or by a day without a year that lies far ahead.
    Official texts and relief, which cites the older act, are left alone.
    """
    shown, facts = signal.exhibit, signal.facts
    if (
        shown.official
        or shown.kind != "news"
        or shown.published_at is None
        or facts.direction != "tightening"
    ):
        return False
    day = shown.published_at.date()
    year = _YEAR_OF_NUMBER.search(facts.instrument or "")
    if year and day - date(int(year.group(1)), 12, 31) > NUMBER_STAYS_NEW:
        return True
    if facts.effective is None or facts.effective - day <= FURTHEST_BARE_DAY:
        return False
    dated = {found.day for found in dates_in(shown.title, None)}
    bare = {found.day for found in dates_in(shown.title, day)} - dated
    return facts.effective in bare


def is_old_news(signal: Signal, rule: AnyRule | None, as_of: datetime) -> bool:
    """Evidence published, or learnt, too long ago is history: it fires in a test but opens no alert.

    A sequence is as new as the part that completed it; whether its last event is news was asked there.
    """
    if rule is None:
        return False
    if as_of - signal.known_at > timedelta(days=rule.max_age_days):
        return True
    return not isinstance(rule, SequenceRule) and came_late(signal, rule) and not corrects_late(signal, rule)


def corrects_late(signal: Signal, rule: AnyRule | None) -> bool:
    """Whether it tells in its alert, and nowhere else, of a figure that is history by now: it opens none and keeps none alive."""
    if is_unjudged(signal):
        return True
    if not signal.joins or not isinstance(rule, SeriesRule):
        return False
    return signal.known_at - signal.occurred_at >= timedelta(days=lag_days(rule))
