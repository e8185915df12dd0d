"""Earlier signals that sequences read, of a rehearsal: found by what can matter to new ones, as the store would find them.

A sequence looks back a year, in which a hundred thousand signals fire. What they are looked up by stands in arrays, the
signals in a file; some that were asked for stay held.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from warning.app.growing_keys import GrowingKeys
from warning.app.put_by import PutBy
from warning.core.ids import name_key
from warning.core.narrowing import Bound, narrowed_signals
from warning.core.recall import Near, Recall, SignalNeed, StepNeed
from warning.core.rulebook import Rulebook
from warning.core.sequence_events import event_day
from warning.core.sequence_needs import sequence_rules, signal_need
from warning.core.series.columns import microseconds
from warning.core.signal_lines import line_of, signal_of
from warning.core.signals import Signal, is_withdrawal

MOST_HELD = 10_000
MOST_ASKED = 1_000
_ROW = np.dtype([("day", "i4"), ("kind", "i4"), ("known_us", "i8"), ("document", "i8"), ("place", "i8")])
_Kind = tuple[str, str, tuple[str, ...], tuple[str, ...], bool]
Marks = NDArray[np.bool_]
Rows = NDArray[Any]


class ReplayedSignals:
    """Fed with every assessment, asked before the sequences of each for what they may read."""

    def __init__(self, book: Rulebook) -> None:
        rules = sequence_rules(book)
        self._days = max((signal_need(rule, book).days for rule in rules), default=0)
        self._read = frozenset().union(*(signal_need(rule, book).rule_ids for rule in rules))
        self._kinds: dict[_Kind, int] = {}
        self._fits: dict[tuple[object, ...], Marks] = {}
        self._rows, self._file = _Rows(), PutBy()
        self._by_id, self._resting = GrowingKeys(), GrowingKeys()
        self._held: dict[int, Signal] = {}
        self._narrowed: dict[int, Signal] = {}

    def keep(self, signals: Iterable[Signal], bounds: Sequence[Bound], as_of: datetime) -> None:
        """Keep what sequences read, each signal as it first fired and no wider than these bounds.

        What fits no step is kept too: its document may fit one in another wording, and is known then. What no sequence
        reads any more is let go.
        """
        self._rows.let_go(microseconds(as_of - timedelta(days=self._days + 1)))
        self._forget(self._rows.first)
        fired = {s.id: s for s in signals if s.rule_id in self._read}
        known = set(self._by_id.of([name_key(name) for name in fired])[0].tolist())
        new = [signal for place, signal in enumerate(fired.values()) if place not in known]
        places = self._file.put(line_of(signal) for signal in new)
        numbers = self._rows.add([self._row(s, place) for s, place in zip(new, places, strict=True)])
        self._by_id.add([name_key(signal.id) for signal in new], numbers)
        resting = [(name, n) for n, s in zip(numbers, new, strict=True) for name in _names_beside(s)]
        self._resting.add([name_key(name) for name, _ in resting], [number for _, number in resting])
        self._hold(zip(numbers, new, strict=True))
        if bounds:
            self._narrow(bounds)

    def near(self, wanted: Recall, as_of: datetime) -> tuple[Signal, ...]:
        """Return what is near for any of the needs, each signal once."""
        numbers = {n for need in wanted.signals if need.near for n in self._numbers(need, need.near, as_of)}
        found = {number: self._signal(number) for number in sorted(numbers)}
        self._hold(found.items())
        return tuple(found.values())

    def _numbers(self, need: SignalNeed, near: Near, as_of: datetime) -> Iterable[int]:
        rows, numbers = self._rows.since(microseconds(as_of - timedelta(days=need.days)))
        days, kinds = rows["day"], rows["kind"]
        fitting = [self._fitting(step)[kinds] for step in near.steps]
        for step, marks in zip(near.steps, fitting, strict=True):
            if step.since is not None and not _within(days[marks], step.since, step.until).any():
                return ()
        told = np.zeros(len(rows), dtype=np.bool_)
        for step, marks in zip(near.steps, fitting, strict=True):
            told |= marks & _within(days, max(near.first, step.first), near.last)
        named = np.array([name_key(name) for name in near.documents], dtype=np.int64)
        documents = np.union1d(rows["document"][told], named)
        of_need = self._fitting(StepNeed(rule_ids=need.rule_ids))[kinds]
        back = self._marks(("back",), lambda kind: kind[-1])[kinds]
        found: list[int] = numbers[of_need & (np.isin(rows["document"], documents) | back)].tolist()
        return found

    def _fitting(self, step: StepNeed) -> Marks:
        """Mark the kinds that may fit a step, whatever their day."""
        asked = (step.rule_ids, step.acts, step.actors, step.materials)
        return self._marks(asked, lambda kind: _may_fit(step, kind))

    def _marks(self, asked: tuple[object, ...], fits: Callable[[_Kind], bool]) -> Marks:
        """Mark the kinds of signals that fit, of those met so far; each is asked once."""
        held = self._fits.get(asked, np.zeros(0, dtype=np.bool_))
        if len(held) < len(self._kinds):
            new = [fits(kind) for kind in islice(self._kinds, len(held), None)]
            held = np.append(held, np.array(new, dtype=np.bool_))
            if len(self._fits) >= MOST_ASKED:
                self._fits.clear()
            self._fits[asked] = held
        return held

    def _row(self, signal: Signal, place: int) -> tuple[int, int, int, int, int]:
        kind = self._kinds.setdefault(_kind_of(signal), len(self._kinds))
        known_us = microseconds(signal.known_at)
        return event_day(signal).toordinal(), kind, known_us, name_key(signal.exhibit.evidence_id), place

    def _signal(self, number: int) -> Signal:
        found = self._narrowed.get(number) or self._held.get(number)
        return found or signal_of(self._file.get(self._rows.place(number)))

    def _hold(self, numbered: Iterable[tuple[int, Signal]]) -> None:
        self._held.update(numbered)
        while len(self._held) > MOST_HELD:
            del self._held[next(iter(self._held))]

    def _narrow(self, bounds: Sequence[Bound]) -> None:
        """Hold what is kept of this evidence, or names it, no wider than its last word."""
        keys = [name_key(bound.evidence_id) for bound in bounds]
        numbers = {*self._rows.of_documents(keys), *self._resting.of(keys)[1].tolist()}
        for number in sorted(numbers):
            for narrower in narrowed_signals([self._signal(number)], bounds):
                self._narrowed[number] = narrower

    def _forget(self, first: int) -> None:
        """Let go of what is before a number. In the file it stays: twelve bytes of memory each, and room on the disk."""
        self._by_id.let_go(first)
        self._resting.let_go(first)
        self._narrowed = {number: one for number, one in self._narrowed.items() if number >= first}


class _Rows:
    """What signals are looked up by, one row each in the order in which they were kept; numbers count from the first ever."""

    def __init__(self) -> None:
        self._rows = np.zeros(1_024, dtype=_ROW)
        self._begin = self._end = 0
        self.first = 0  # the number of the first row that is kept

    @property
    def _kept(self) -> Rows:
        return self._rows[self._begin : self._end]

    def add(self, rows: Sequence[tuple[int, ...]]) -> range:
        """Add rows and return their numbers."""
        if self._end + len(rows) > len(self._rows):
            kept = self._kept
            self._rows = np.zeros(2 * (len(kept) + len(rows)), dtype=_ROW)
            self._rows[: len(kept)] = kept
            self._begin, self._end = 0, len(kept)
        number = self.first + self._end - self._begin
        self._rows[self._end : self._end + len(rows)] = np.array(list(rows), dtype=_ROW)
        self._end += len(rows)
        return range(number, number + len(rows))

    def let_go(self, since_us: int) -> None:
        """Forget the first rows, up to one that became known since then."""
        late = np.flatnonzero(self._kept["known_us"] >= since_us)
        gone = int(late[0]) if len(late) else self._end - self._begin
        self._begin, self.first = self._begin + gone, self.first + gone

    def since(self, since_us: int) -> tuple[Rows, NDArray[np.int64]]:
        """Return the rows of what became known since then, and their numbers."""
        kept = self._kept
        found = np.flatnonzero(kept["known_us"] >= since_us)
        return kept[found], found + self.first

    def of_documents(self, documents: Sequence[int]) -> list[int]:
        found = np.flatnonzero(np.isin(self._kept["document"], np.array(documents, dtype=np.int64)))
        return (found + self.first).tolist()

    def place(self, number: int) -> int:
        """Where a signal was put by."""
        return int(self._kept["place"][number - self.first])


def _kind_of(signal: Signal) -> _Kind:
    facts = signal.facts
    return signal.rule_id, facts.act, facts.actors, facts.materials, is_withdrawal(signal)


def _may_fit(step: StepNeed, kind: _Kind) -> bool:
    rule_id, act, actors, materials, _ = kind
    return (
        rule_id in step.rule_ids
        and (not step.acts or act in step.acts)
        and (not step.actors or not step.actors.isdisjoint(actors))
        and (step.materials is None or not step.materials.isdisjoint(materials))
    )


def _within(days: NDArray[np.int32], first: date, last: date) -> Marks:
    return (days >= first.toordinal()) & (days <= last.toordinal())


def _names_beside(signal: Signal) -> tuple[str, ...]:
    return (*signal.rests_on, *(one.evidence_id for one in signal.beside))
