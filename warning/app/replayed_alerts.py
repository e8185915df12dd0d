"""Alerts of a rehearsal whatever their age, found by what joins to them: what the store would look up.

What `core/joinable.py` names is found by index here as `store/candidates.py` finds it in a database. Years of alerts
and of the signals they rest on cost a day of the replay nothing.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from warning.app.alert_shelf import AlertShelf
from warning.app.growing_keys import GrowingKeys
from warning.app.kept_values import KeptValues
from warning.core.absence_rules import is_absence
from warning.core.alert_news import tells_late
from warning.core.alerts import Alert
from warning.core.assess import Assessment, Sensed, State
from warning.core.chains import chain_of, followed
from warning.core.deadline_rules import is_deadline
from warning.core.ids import instrument_key, name_key
from warning.core.joinable import Joinable, joinable
from warning.core.narrowing import narrowed_signals
from warning.core.next_looks import next_look
from warning.core.rulebook import Rulebook
from warning.core.sequence_rules import pattern_rule
from warning.core.signals import Signal

_NO_DAY = 0  # the ordinals of days begin with 1


class ReplayedAlerts:
    """Fed with every assessment, asked before each which alerts it looks at."""

    def __init__(self, book: Rulebook) -> None:
        self._book = book
        self.shelf = AlertShelf()
        self._by_name = GrowingKeys()
        self._told, self._opened, self._updated, self._effective = _ByDay(), _ByDay(), _ByDay(), _ByDay()
        self._by_word: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
        self._awaiting: set[int] = set()
        self._looks, self._looked = _Looks(), frozenset[int]()
        self._signals, self._kept = KeptValues[Signal](), GrowingKeys()

    def standing(self, as_of: datetime) -> tuple[Alert, ...]:
        """Return the open alerts of which a date, a step of their case or a gap may be news by now.

        Each is asked for again when something may be told of it, mostly on the next of its days: a year of dates ahead costs a
        day nothing.
        """
        book, today = self._book, as_of.date()
        cases = followed(book.chains, as_of, days=book.policy.lifecycle.expire_after_days)
        self._looked = self._looks.due(today)
        found: dict[int, Alert] = {}
        for number in self._with_namesakes(self._looked):
            alert = self.shelf.at(number)
            days = (alert.facts.effective, alert.facts.expires)
            is_ahead = any(day is not None and day >= today for day in days)
            is_followed = alert.last_evidence_at >= cases.since and chain_of(alert, book.chains) is not None
            if not (is_ahead or is_followed or is_absence(alert.story)):
                self._awaiting.discard(number)
                continue
            if alert.state == "open":
                found[number] = alert
            if number in self._looked:
                self._looks.put(number, next_look(alert, book, today))
        return tuple(alert for _, alert in sorted(found.items()))

    def _with_namesakes(self, numbers: Iterable[int]) -> set[int]:
        """These and the others of one instrument with them: of several that give one date the first speaks."""
        some = {number for number in numbers if number in self._awaiting}
        named = (self.shelf.at(number).facts.instrument for number in some)
        keys = {instrument_key(name) for name in named if name}
        return some.union(*(self._by_word["number", key] & self._awaiting for key in keys))

    def reached(self, state: State, sensed: Sensed, as_of: datetime) -> State:
        """Return the state with the alerts that an assessment of this may change, and what desks may still read is made of."""
        wanted = joinable(self._book, sensed.signals, as_of, sensed.withdrawals, sensed.bounds)
        holding = self._named(wanted.signal_ids)
        alerts = {number: self.shelf.at(number) for number in sorted(self._candidates(wanted))}
        resting = (alert for alert in alerts.values() if wanted.may_narrow(alert))
        return replace(
            state,
            open_alerts=tuple(alerts.values()),
            grounds=tuple(self._of(resting)),
            holding=frozenset(alert.key for number, alert in alerts.items() if number in holding),
        )

    def keep(self, assessment: Assessment) -> None:
        """Remember the alerts as they stand now, and each signal as it first fired, no wider than was said since."""
        fired = {signal.id: signal for signal in assessment.signals}
        held: dict[str, int] = {}
        named: list[tuple[str, int]] = []
        looked = self._looked
        for change in assessment.changes:
            number = self._put(change.alert)
            held |= dict.fromkeys(fired.keys() & set(change.alert.signal_ids), number)
            told_before = frozenset(change.previous.told_stories if change.previous else ())
            named += [(story, number) for story in change.alert.told_stories if story not in told_before]
        if any(_is_of_the_day(s) for name, s in fired.items() if name not in held):
            for number in looked:  # what was kept from being told is told as soon as nothing keeps it
                self._looks.put(number, date.min)
        for name, number in held.items():
            shown = fired[name]
            named += [(one, number) for one in {name, shown.exhibit.evidence_id, *shown.rests_on}]
        self._by_name.add([name_key(name) for name, _ in named], [number for _, number in named])
        known = self._kept_lines(held)
        self._keep_signals(fired[name] for name in held if name not in known)
        if assessment.bounds:
            bound = self._named({bound.evidence_id for bound in assessment.bounds})
            narrower = narrowed_signals(self._of(self.shelf.at(n) for n in bound), assessment.bounds)
            self._keep_signals(narrower)

    def _put(self, alert: Alert) -> int:
        """Take in the latest version of an alert and return its number."""
        number = self.shelf.put(alert)
        facts = alert.facts
        self._told.put(number, alert.last_evidence_at.date())
        self._opened.put(number, alert.opened_at.date())
        self._updated.put(number, alert.updated_at.date())
        self._effective.put(number, facts.effective)
        for sort, word in (
            ("number", instrument_key(facts.instrument) if facts.instrument else ""),
            ("story", alert.story),
            ("pattern", pattern_rule(alert.story)),
        ):
            if word:
                self._by_word[sort, word].add(number)
        awaits = is_absence(alert.story) or facts.effective or facts.expires
        if awaits or chain_of(alert, self._book.chains):
            self._awaiting.add(number)
            self._looks.put(number, date.min)
        return number

    def _candidates(self, wanted: Joinable) -> set[int]:
        """The numbers of the alerts that are wanted."""
        if wanted.is_empty:
            return set()
        rest = {number for key in wanted.keys if (number := self.shelf.number(key)) is not None}
        rest |= self._named(wanted.signal_ids | wanted.told)
        for sort, words in (
            ("number", wanted.instruments | wanted.set_aside),
            ("story", wanted.stories),
            ("pattern", wanted.patterns),
        ):
            rest = rest.union(*(self._by_word.get((sort, word), ()) for word in words))
        rest = rest.union(*(self._effective.between(day, day) for day in wanted.starts))
        windows, today = wanted.windows, wanted.as_of.date()
        for of_day, days in (
            (self._told, windows.gap_days),
            (self._opened, windows.related_days),
            (self._effective, windows.effective_days),
        ):
            rest = rest.union(*(of_day.between(*span) for span in wanted.days_around(days)))
        for rule in wanted.muting:
            rest |= self._updated.between(today - timedelta(days=rule.days + 1), today)
        return self._named(wanted.evidence) | {n for n in rest if wanted.takes(self.shelf.at(n))}

    def _named(self, names: Iterable[str]) -> set[int]:
        """The numbers of the alerts that rest on evidence or signals of these names, or that tell these stories."""
        found: list[int] = self._by_name.of([name_key(name) for name in names])[1].tolist()
        return set(found)

    def _kept_lines(self, signal_ids: Iterable[str]) -> dict[str, int]:
        """Where each of these signals that is kept was put by last."""
        names = list(signal_ids)
        places, numbers = self._kept.of([name_key(name) for name in names])
        pairs = sorted(zip(numbers.tolist(), places.tolist(), strict=True))
        return {names[place]: number for number, place in pairs}

    def _keep_signals(self, signals: Iterable[Signal]) -> None:
        some = list(signals)
        self._kept.add([name_key(s.id) for s in some], self._signals.put(some))

    def _of(self, alerts: Iterable[Alert]) -> Iterator[Signal]:
        ids = {name for alert in alerts for name in (alert.whole or alert).signal_ids}
        for _, number in sorted(self._kept_lines(ids).items()):
            yield self._signals.get(number)


def _is_of_the_day(signal: Signal) -> bool:
    """Whether no evidence of the day told it: a countdown, a gap, or a step that is late."""
    return is_deadline(signal.story) or is_absence(signal.story) or tells_late(signal)


class _Looks:
    """The day from which each number is to be looked at next: each time it is asked, as long as that is today."""

    def __init__(self) -> None:
        self._by_day: defaultdict[date, set[int]] = defaultdict(set)
        self._day_of: dict[int, date] = {}

    def put(self, number: int, day: date | None) -> None:
        """Look at it on that day and not before; None takes it out."""
        before = self._day_of.pop(number, None)
        if before is not None:
            self._by_day[before].discard(number)
        if day is not None:
            self._by_day[day].add(number)
            self._day_of[number] = day

    def due(self, today: date) -> frozenset[int]:
        """Return what is to be looked at by today, and take it out."""
        days = [day for day in self._by_day if day <= today]
        found = frozenset().union(*(self._by_day.pop(day) for day in days))
        for number in found:
            del self._day_of[number]
        return found


class _ByDay:
    """Numbers, from 0, by the one day that each has at present."""

    def __init__(self) -> None:
        self._days: dict[int, set[int]] = {}
        self._day_of = array("i")  # by number, as an ordinal; _NO_DAY where it has none

    def put(self, number: int, day: date | None) -> None:
        ordinal = _NO_DAY if day is None else day.toordinal()
        self._day_of.extend([_NO_DAY] * (number + 1 - len(self._day_of)))
        before = self._day_of[number]
        if before == ordinal:
            return
        self._day_of[number] = ordinal
        if before != _NO_DAY:
            self._days[before].discard(number)
        if ordinal != _NO_DAY:
            self._days.setdefault(ordinal, set()).add(number)

    def between(self, first: date, last: date) -> set[int]:
        days = range(first.toordinal(), last.toordinal() + 1)
        return set().union(*(self._days.get(day, ()) for day in days))
