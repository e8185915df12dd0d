"""When an alert that stands has to be looked at again: the next day on which one of its dates, or a step of its case, may be news.

Nothing of what a countdown or a case tells changes between two such days but by evidence, which changes the alert, or by
withdrawals. What other evidence or a source that is read again may end or make known, a gap and a late step, is looked at
each time. Whoever keeps thousands of alerts looks at those few and at those of the day instead of at all of them.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from warning.core.absence_rules import is_absence
from warning.core.alerts import Alert
from warning.core.chains import LATE_NEWS_DAYS, Chain, case_of, chain_of
from warning.core.deadline_rules import DeadlineRule
from warning.core.detect.absence import has_told_arrival
from warning.core.evidence_dates import dates_of
from warning.core.ids import instrument_key
from warning.core.measures import Measure
from warning.core.rulebook import Rulebook

DAY = timedelta(days=1)


def next_look(alert: Alert, book: Rulebook, today: date) -> date | None:
    """Return the first day on which the alert may tell something that it did not, None where there is none.

    Today where any assessment may: of a gap until it was told that it ended, of a case while a late step of it may be told,
    which sources that fail keep back, and of an act of the register.
    """
    if is_absence(alert.story):
        return None if has_told_arrival(alert) else today
    if _is_watched(alert, book, today):
        return today
    days = (*_thresholds(alert, book), *_steps(alert, book, today))
    return min((day for day in days if day > today), default=None)


def _is_watched(alert: Alert, book: Rulebook, today: date) -> bool:
    """Whether any assessment of the day may tell a step of its case."""
    chain = _telling_chain(alert, book)
    if chain is None:
        return False
    if _is_registered(alert.facts.instrument, book.measures):  # it has dates of its own there
        return True
    due = _told_late(alert, book, today)
    return due is not None and due < today <= due + timedelta(days=LATE_NEWS_DAYS)


def _thresholds(alert: Alert, book: Rulebook) -> Iterator[date]:
    """The days on which a rule's next threshold before a date is passed."""
    rules = [rule for rule in book.active("deadline") if isinstance(rule, DeadlineRule)]
    left = {days for rule in rules for days in rule.before_days}
    for deadline in dates_of(alert):
        yield from (deadline.day - timedelta(days=days) for days in left)


def _steps(alert: Alert, book: Rulebook, today: date) -> Iterator[date]:
    """The days on which a step of the case may be taken by the calendar, and the first on which one may be told as late."""
    if _telling_chain(alert, book) is None:
        return
    for day in (alert.facts.effective, alert.facts.expires):
        if day is not None:
            yield from (day, day + DAY)
    due = _told_late(alert, book, today)
    if due is not None:
        yield due + DAY


def _telling_chain(alert: Alert, book: Rulebook) -> Chain | None:
    """The chain of its case where that tells of any step that is late."""
    chain = chain_of(alert, book.chains)
    return chain if chain is not None and any(step.late == "tell" for step in chain.steps) else None


def _told_late(alert: Alert, book: Rulebook, today: date) -> date | None:
    """The last day on which the expected step would be in time, where it is told when it is late."""
    case = case_of(alert, book.chains, book.measures, today)
    is_told = case is not None and case.expected is not None and case.expected.late == "tell"
    return case.due if case is not None and is_told else None


def _is_registered(instrument: str | None, register: Iterable[Measure]) -> bool:
    """Whether an act of the register is this one, or sets it aside."""
    key = instrument_key(instrument) if instrument else ""
    names = (n for m in register for n in (m.instrument, *m.aliases, *(one.instrument for one in m.suspends)))
    return bool(key) and any(instrument_key(name) == key for name in names if name)
