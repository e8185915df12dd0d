"""What rules remember beside the evidence of the moment: earlier signals, last arrivals, how sources did."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from warning.core.arrivals import Arrival, Awaited
from warning.core.health import Vitals
from warning.core.signals import Signal
from warning.core.withdrawals import Withdrawal


@dataclass(frozen=True, slots=True, kw_only=True)
class StepNeed:
    """Signals that may be the event of one step: of these rules, about one of the acts, by one of the actors; any where empty.

    And about one of `materials`; whatever they are about with None.

    With `since` nothing at all is wanted unless the memory holds one of them, of a day from then to `until`, both included.
    Those of days before `first` do not matter: whoever keeps years leaves them unread.
    """

    rule_ids: frozenset[str]
    acts: frozenset[str] = frozenset()
    actors: frozenset[str] = frozenset()
    materials: frozenset[str] | None = None
    since: date | None = None
    until: date = date.max
    first: date = date.min


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """What of a memory can matter to new signals: the rest may be left unread.

    Where a step with `since` has none, nothing is wanted. Else wanted are all signals of the documents that have one of one of the `steps` whose event lies from `first` to `last`,
    both included, of `documents` by id, and those that take another back.
    """

    first: date
    last: date
    documents: frozenset[str]
    steps: tuple[StepNeed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalNeed:
    """The signals of these rules that became known within so many days before an assessment; only some with `near`."""

    rule_ids: frozenset[str]
    days: int
    near: Near | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """What a rulebook wants remembered: nothing more is loaded."""

    signals: tuple[SignalNeed, ...] = ()
    awaited: tuple[Awaited, ...] = ()
    watched: tuple[str, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources whose health is remembered: of what is awaited, and those only watched."""
        return tuple(sorted({*self.watched, *(one.source_id for one in self.awaited)}))

    @property
    def days(self) -> int:
        """How far back any rule wants signals."""
        return max((need.days for need in self.signals), default=0)

    @property
    def rule_ids(self) -> frozenset[str]:
        return frozenset().union(*(need.rule_ids for need in self.signals))


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """What was remembered, as known at one instant.

    `signals` are those of earlier assessments, each in the form in which it first fired. Arrivals and vitals are
    missing for what was never seen. `withdrawals` are those that no assessment has read yet. `seen` is how far the
    store's record of assessments went when the signals were read; None when nobody asked for signals.
    """

    signals: tuple[Signal, ...] = ()
    arrivals: Mapping[Awaited, Arrival] = field(default_factory=dict)
    vitals: Mapping[str, Vitals] = field(default_factory=dict)
    withdrawals: tuple[Withdrawal, ...] = ()
    seen: int | None = field(default=None, compare=False)

    def as_known(self, as_of: datetime) -> "Recalled":
        """Drop signals from the future, sort the others, and keep the first of each id."""
        return replace(
            self,
            signals=first_of_each(s for s in self.signals if s.known_at <= as_of),
            withdrawals=tuple(w for w in self.withdrawals if w.known_at <= as_of),
        )


def first_of_each(signals: Iterable[Signal]) -> tuple[Signal, ...]:
    """Return the signals by (known_at, id), each id once."""
    kept: dict[str, Signal] = {}
    for signal in sorted(signals, key=lambda s: (s.known_at, s.id)):
        kept.setdefault(signal.id, signal)
    return tuple(kept.values())
