"""What rules remember over a rehearsal: the same earlier signals, arrivals and vitals that the store would give."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta

from warning.core.arrivals import Arrival, Awaited
from warning.core.evidence import Evidence, Item, Listing, Observation
from warning.core.health import SourceReport, Vitals
from warning.core.narrowing import Bound, narrowed_signals
from warning.core.recall import Recall, Recalled, first_of_each
from warning.core.series.select import selects
from warning.core.signals import Signal
from warning.core.terms import Terms
from warning.core.withdrawals import Withdrawal


class Remembered:
    """Fed with evidence in the order in which it became known, and with the signals of each assessment."""

    def __init__(self, wanted: Recall) -> None:
        self._wanted = wanted
        self._rules = wanted.rule_ids
        self._by_source: dict[str, list[Awaited]] = defaultdict(list)
        for one in wanted.awaited:
            self._by_source[one.source_id].append(one)
        for source_id in wanted.sources:
            self._by_source.setdefault(source_id, [])
        self._signals: dict[str, Signal] = {}
        self._arrivals: dict[Awaited, Arrival] = {}
        self._vitals: dict[str, Vitals] = {}
        self._held: dict[tuple[str, ...], object] = {}
        self._withdrawals: list[Withdrawal] = []

    def learn(self, record: Evidence) -> None:
        """Take one record in; what is no news to the store (the same text, figure or list again) is none here."""
        if isinstance(record, Withdrawal):
            self._withdrawals.append(record)
            return
        if record.source_id not in self._by_source:
            return
        vitals = self._vitals.get(record.source_id, Vitals())
        if isinstance(record, SourceReport):
            self._vitals[record.source_id] = vitals.with_report(record)
        elif self._is_news(record):
            self._vitals[record.source_id] = vitals.with_evidence(record.known_at)
            for awaited in self._by_source[record.source_id]:
                self._arrive(awaited, record)

    def _is_news(self, record: Item | Observation | Listing) -> bool:
        place: tuple[str, ...]
        if isinstance(record, Item):
            place, content = ("item", record.id), record.content_hash
        elif isinstance(record, Observation):
            place, content = ("figure", record.series_id, record.period), repr(record.value)
        else:
            place, content = ("list", record.source_id), record.id
        known = self._held.get(place)
        self._held[place] = content
        return known != content

    def _arrive(self, awaited: Awaited, record: Item | Observation | Listing) -> None:
        if isinstance(record, Observation):
            if awaited.expects != "figures" or not selects(awaited.select, record, Terms()):
                return
            arrival = Arrival(known_at=record.known_at, period_end=record.occurred_at)
        elif awaited.expects == ("items" if isinstance(record, Item) else "list"):
            arrival = Arrival(known_at=record.known_at)
        else:
            return
        self._arrivals[awaited] = arrival.or_later(self._arrivals.get(awaited))

    def keep(self, signals: Iterable[Signal], bounds: Sequence[Bound] = ()) -> None:
        """Keep what an assessment fired, each signal as it first did, and let go of what no rule reads any more.

        What these bounds narrow is kept no wider. What was taken back has been read by that assessment.
        """
        self._withdrawals.clear()
        for signal in signals:
            if signal.rule_id in self._rules:
                self._signals.setdefault(signal.id, signal)
        if bounds:
            self._signals |= {s.id: s for s in narrowed_signals(self._signals.values(), bounds)}
        newest = max((s.known_at for s in self._signals.values()), default=None)
        if newest is not None:
            oldest = newest - timedelta(days=self._wanted.days + 1)
            self._signals = {key: s for key, s in self._signals.items() if s.known_at >= oldest}

    def recalled(self) -> Recalled:
        return Recalled(
            signals=first_of_each(self._signals.values()),
            arrivals=dict(self._arrivals),
            vitals={source: self._vitals.get(source, Vitals()) for source in self._by_source},
            withdrawals=tuple(self._withdrawals),
        )
