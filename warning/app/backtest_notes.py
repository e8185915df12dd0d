"""What a replay leaves to be asked about afterwards: which rules had a part in an alert, and who was told when."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from warning.app.backtesting import Replay
from warning.core.assess import Assessment
from warning.core.expectations import Expectation
from warning.core.rulebook import Rulebook

# A step ends with midnight: what it assessed is of the day before.
INSTANT = timedelta(microseconds=1)


@dataclass(slots=True)
class Notes:
    """Taken while a replay runs. `told` counts, by ISO week and desk, the alerts it was first told of then.

    `looked` holds the days on which a rule had evidence to look at, `rule_of` the rule of each signal of those that are
    `expected` to bring something: of years of signals no others.
    """

    expected: frozenset[str] = frozenset()
    rule_of: dict[str, str] = field(default_factory=dict)
    told: Counter[tuple[str, str]] = field(default_factory=Counter)
    looked: dict[str, set[date]] = field(default_factory=dict)
    _known: set[tuple[str, str]] = field(default_factory=set)

    @classmethod
    def asked(cls, book: Rulebook) -> "Notes":
        """Notes for what the rules of a book expect."""
        return cls(expected=frozenset(rule.id for rule in book.rules if rule.backtest))

    def take(self, assessment: Assessment) -> None:
        self.rule_of.update((s.id, s.rule_id) for s in assessment.signals if s.rule_id in self.expected)
        day = (assessment.as_of - INSTANT).date()
        for trace in assessment.traces:
            if trace.considered:
                self.looked.setdefault(trace.rule_id, set()).add(day)
        week = assessment.as_of.isocalendar()
        for delivery in assessment.deliveries:
            pair = delivery.alert_key, delivery.desk_id
            if pair not in self._known:
                self._known.add(pair)
                self.told[f"{week.year}-W{week.week:02d}", delivery.desk_id] += 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One rule's expectation.

    `held` is None when not all of its days were replayed, or nothing that the rule looks at came in them. One of a rule
    that is `switched_off` is unmet: whoever switches a rule off withdraws what it promised too.
    """

    rule_id: str
    expectation: Expectation
    count: int
    held: bool | None
    switched_off: bool = False

    def document(self) -> dict[str, object]:
        """Return the verdict as plain values for JSON."""
        wanted = self.expectation
        return {
            "rule": self.rule_id,
            "from": wanted.first.isoformat(),
            "to": wanted.last.isoformat(),
            "expected": str(wanted),
            "found": self.count,
            "held": self.held,
            "switched_off": self.switched_off,
            "note": wanted.note,
        }


def judged(
    book: Rulebook, replay: Replay, notes: Notes, first: date | None, last: date | None
) -> tuple[Judged, ...]:
    """Judge the expectations of all rules. `first` and `last` are the days that were asked for."""
    return tuple(_judged(book, replay, notes, first, last))


def _judged(
    book: Rulebook, replay: Replay, notes: Notes, first: date | None, last: date | None
) -> Iterator[Judged]:
    opened = _openings(replay, notes)
    begins = first or (replay.first.date() if replay.first else date.max)
    ends = last or (replay.last.date() if replay.last else date.min)
    for rule in book.rules:
        for wanted in rule.backtest:
            days = opened.get(rule.id, ())
            count = sum(wanted.first <= day <= wanted.last for day in days)
            looked = any(wanted.first <= day <= wanted.last for day in notes.looked.get(rule.id, ()))
            replayed = begins <= wanted.first and wanted.last <= ends
            held = wanted.holds(count) if looked else None
            yield Judged(
                rule_id=rule.id,
                expectation=wanted,
                count=count,
                held=None if not replayed else held if rule.is_awake else False,
                switched_off=not rule.is_awake,
            )


def _openings(replay: Replay, notes: Notes) -> Mapping[str, list[date]]:
    """The days on which alerts were opened in which a rule had a part, by rule."""
    found: dict[str, list[date]] = {}
    for alert in replay.alerts.values():
        for rule_id in {notes.rule_of[name] for name in alert.signal_ids if name in notes.rule_of}:
            found.setdefault(rule_id, []).append(alert.opened_at.date())
    return found
