"""Alerts of a rehearsal whatever their age, found by the evidence they rest on: what the store would look up.

A replay lets go of alerts that nothing joins any more. A marking that is narrowed, or evidence that is taken back, reaches
those too, and what desks may still read is made of the signals that an alert rests on.
"""

import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from warning.core.alerts import Alert
from warning.core.assess import Assessment, Sensed, State
from warning.core.joinable import joinable
from warning.core.narrowing import narrowed_signals
from warning.core.rulebook import Rulebook
from warning.core.signal_lines import line_of, signal_of
from warning.core.signals import Signal


class ReplayedAlerts:
    """Fed with every assessment. Signals are held packed, for most are never asked for again."""

    def __init__(self) -> None:
        self._alerts: dict[str, Alert] = {}
        self._keys: defaultdict[str, set[str]] = defaultdict(set)
        self._signals: dict[str, bytes] = {}

    def reached(self, state: State, sensed: Sensed, book: Rulebook) -> State:
        """Return the state with the older alerts that narrowed, withdrawn or restored evidence reaches, and their grounds."""
        evidence = {bound.evidence_id for bound in sensed.bounds}
        evidence |= {act.evidence_id for act in sensed.withdrawals}
        known = {alert.key for alert in state.open_alerts}
        keys = {key for name in evidence for key in self._keys.get(name, ())}
        if not keys:
            return state
        older = (self._alerts[key] for key in sorted(keys - known))
        state = replace(state, open_alerts=(*state.open_alerts, *older))
        wanted = joinable(book, (), max(a.updated_at for a in state.open_alerts), (), sensed.bounds)
        resting = (alert for alert in state.open_alerts if wanted.may_narrow(alert))
        return replace(state, grounds=tuple(self._of(resting)))

    def keep(self, assessment: Assessment) -> None:
        """Remember the alerts as they stand now, and each signal as it first fired, no wider than was said since."""
        self._alerts |= {change.alert.key: change.alert for change in assessment.changes}
        told = {name: c.alert.key for c in assessment.changes for name in c.alert.signal_ids}
        for signal in assessment.signals:
            key = told.get(signal.id)
            if key is None:
                continue
            if signal.id not in self._signals:
                self._signals[signal.id] = zlib.compress(line_of(signal), 1)
            for name in (signal.exhibit.evidence_id, *signal.rests_on):
                self._keys[name].add(key)
        bound = {key for one in assessment.bounds for key in self._keys.get(one.evidence_id, ())}
        for signal in narrowed_signals(self._of(self._alerts[key] for key in bound), assessment.bounds):
            self._signals[signal.id] = zlib.compress(line_of(signal), 1)

    def _of(self, alerts: Iterable[Alert]) -> Iterator[Signal]:
        ids = {name for alert in alerts for name in (alert.whole or alert).signal_ids}
        for name in sorted(ids):
            packed = self._signals.get(name)
            if packed is not None:
                yield signal_of(zlib.decompress(packed))
