"""`rules test`: tests of files under a virtual clock, through the replay that a backtest takes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from time import perf_counter

from warning.app.backtesting import backtest_replay
from warning.app.clock_evidence import records_of
from warning.app.rule_examples import switched_on, unmet_facts
from warning.core.alerts import Alert
from warning.core.assess import Assessment
from warning.core.clock_tests import ClockTest, ExpectedAlert, Moment
from warning.core.evidence import Evidence
from warning.core.rulebook import Rulebook
from warning.errors import EvidenceError

MOST_STEPS = 200_000
STEPS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockResult:
    """One test's verdict. `faults` says what differs at which time; empty when everything is as expected. `seconds` is what it took."""

    file: str
    name: str
    faults: tuple[str, ...] = ()
    seconds: float = field(default=0.0, compare=False)

    @property
    def passed(self) -> bool:
        return not self.faults


@dataclass(slots=True)
class Ledger:
    """What a replay decided, assessment by assessment; the questions are about any time in it."""

    decided: list[Assessment] = field(default_factory=list)

    def alerts(self, until: datetime) -> Mapping[str, Alert]:
        """The newest version of every alert at `until`, by key, the oldest alert first."""
        return {c.alert.key: c.alert for a in self._until(until) for c in a.changes}

    def told(self, until: datetime) -> Mapping[str, set[str]]:
        """The desks told of each alert, by alert key."""
        told: dict[str, set[str]] = {}
        for assessment in self._until(until):
            for delivery in assessment.deliveries:
                told.setdefault(delivery.alert_key, set()).add(delivery.desk_id)
        return told

    def rules(self, until: datetime) -> Mapping[str, str]:
        """The rule behind each signal, by signal id."""
        return {signal.id: signal.rule_id for a in self._until(until) for signal in a.signals}

    def _until(self, until: datetime) -> Iterator[Assessment]:
        return (assessment for assessment in self.decided if assessment.as_of <= until)


def run_clock_test(book: Rulebook, test: ClockTest, file: Path) -> ClockResult:
    """Run one test. What cannot be run at all is a fault as well."""
    began = perf_counter()
    try:
        records = tuple(records_of(test.evidence, file.parent))
        _refuse_endless(test, _first_day(test, records))
    except (ValueError, OverflowError, EvidenceError) as wrong:
        return ClockResult(file=str(file), name=test.name, faults=(str(wrong),))
    ledger = replayed(book_of(book, test), test, records)
    faults = [fault for moment in test.expect for fault in _faults(moment, ledger)]
    took = perf_counter() - began
    return ClockResult(file=str(file), name=test.name, faults=tuple(faults), seconds=took)


def book_of(book: Rulebook, test: ClockTest) -> Rulebook:
    """The rules that take part, also those that are switched off when the test names them; its own register."""
    named = tuple(switched_on(rule) for rule in book.rules if rule.id in test.rules)
    return replace(book, rules=named if test.rules else book.rules, measures=test.measures)


def replayed(book: Rulebook, test: ClockTest, records: Sequence[Evidence]) -> Ledger:
    ledger = Ledger()
    first, step = _first_day(test, records), _step(test)
    last = test.expect[-1].until.date()
    backtest_replay(book, records, first=first, last=last, step=step, watch=ledger.decided.append)
    return ledger


def _first_day(test: ClockTest, records: Sequence[Evidence]) -> date:
    begins = [test.starts] if test.starts else [r.known_at.date() for r in records]
    return min([*begins, test.expect[0].until.date()])


def _step(test: ClockTest) -> timedelta:
    return int(test.every[:-1]) * STEPS[test.every[-1]]


def _refuse_endless(test: ClockTest, first: date) -> None:
    last = test.expect[-1].until.date()
    steps = (last - first) // _step(test)
    if steps > MOST_STEPS:
        raise ValueError(
            f"{first} to {last} in steps of {test.every} are {steps:,} steps, {MOST_STEPS:,} at most: correct the days, or"
            " write a longer `every`"
        )


def _faults(moment: Moment, ledger: Ledger) -> Iterator[str]:
    until = moment.until
    left = dict(ledger.alerts(until))
    told, rules = ledger.told(until), ledger.rules(until)
    for expected in moment.alerts:
        theirs = [a for a in left.values() if expected.rule in {rules.get(s) for s in a.signal_ids}]
        differing = [
            (list(_differences(expected, alert, told.get(alert.key, set()))), alert) for alert in theirs
        ]
        if not differing:
            yield f"{moment.at}: expected an alert of {expected.rule}, there is none"
            continue
        differences, nearest = min(differing, key=lambda pair: len(pair[0]))
        del left[nearest.key]
        yield from (f"{moment.at}: {expected.rule}: {difference}" for difference in differences)
    for alert in left.values():
        yield f"{moment.at}: {alert.rule_id} fired unexpectedly on {alert.opened_at.date()}: {alert.title}"


def _differences(expected: ExpectedAlert, alert: Alert, told: set[str]) -> Iterator[str]:
    for country, severity in expected.severity.items():
        found = alert.severity_for(country)
        if found is not severity:
            yield f"severity for {country}: expected {severity.value}, found {found.value}"
    if expected.told is not None and set(expected.told) != told:
        yield f"told: expected {_listed(expected.told)}, found {_listed(told)}"
    if expected.version is not None and expected.version != alert.version:
        yield f"version: expected {expected.version}, found {alert.version}"
    if expected.state is not None and expected.state != alert.state:
        yield f"state: expected {expected.state}, found {alert.state}"
    if expected.interrupts is not None and expected.interrupts is not alert.interrupts:
        yield f"interrupts: expected {expected.interrupts}, found {alert.interrupts}"
    changed = {difference.code for difference in alert.differences}
    if not set(expected.changed) <= changed:
        yield f"changed: expected {_listed(expected.changed)}, found {_listed(changed)}"
    yield from unmet_facts(alert.facts, expected.facts)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(sorted(words)) or "nobody and nothing"
