"""An alert while one assessment adds signals to it: what joining asks of it, found once for each signal added."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from warning.core.alerts import Alert
from warning.core.signals import Signal

T = TypeVar("T")


class Once(Generic[T]):
    """A property of a case, looked for again only when a signal was added: many signals ask the same of many cases."""

    def __init__(self, find: Callable[["Case"], T]) -> None:
        self._find, self._name = find, find.__name__

    def __get__(self, case: "Case", owner: object = None) -> T:
        if case.counted != len(case.signals):
            case.found.clear()
            case.counted = len(case.signals)
        if self._name not in case.found:
            case.found[self._name] = self._find(case)
        found: T = case.found[self._name]
        return found


@dataclass(slots=True)
class Case:
    """An alert while this assessment adds to it. `alert` is the latest version before, or None.

    One that `sleeps` lies too far back, and from its day of effect, for any signal of the assessment to be near.
    """

    key: str
    alert: Alert | None
    signals: list[Signal] = field(default_factory=list)
    found: dict[str, Any] = field(default_factory=dict)
    counted: int = -1
    sleeps: bool = False

    @Once
    def last_at(self) -> datetime:
        times = [s.known_at for s in self.signals]
        return max([*times, self.alert.last_evidence_at] if self.alert else times)

    @Once
    def opened_at(self) -> datetime:
        return self.alert.opened_at if self.alert else self.signals[0].known_at

    @Once
    def instrument(self) -> str | None:
        if self.alert and self.alert.facts.instrument:
            return self.alert.facts.instrument
        return next((s.facts.instrument for s in self.signals if s.facts.instrument), None)

    @Once
    def story(self) -> str:
        if self.alert and self.alert.story:
            return self.alert.story
        return next((s.story for s in self.signals if s.story), "")

    @Once
    def materials(self) -> set[str]:
        found = {m for s in self.signals for m in s.facts.materials}
        return found | set(self.alert.facts.materials if self.alert else ())

    @Once
    def entities(self) -> str:
        """How many firms or bodies the act names, "" where nobody counted them."""
        told = [self.alert.facts] if self.alert else []
        told += [s.facts for s in self.signals]
        return next((count for facts in told for what, count in facts.counts if what == "entities"), "")

    @Once
    def actors(self) -> set[str]:
        found = {a for s in self.signals for a in s.facts.actors}
        return found | set(self.alert.facts.actors if self.alert else ())

    @Once
    def effective(self) -> date | None:
        known = self.alert.facts.effective if self.alert else None
        return known or next((s.facts.effective for s in self.signals if s.facts.effective), None)

    @Once
    def official_documents(self) -> set[tuple[str, str]]:
        """(source, document) of every official piece of evidence shown."""
        exhibits = [*(self.alert.exhibits if self.alert else ()), *(s.exhibit for s in self.signals)]
        return {(e.source_id, e.evidence_id) for e in exhibits if e.official}

    @Once
    def targets(self) -> set[str]:
        found = {t for s in self.signals for t in s.facts.targets}
        return found | set(self.alert.facts.targets if self.alert else ())
