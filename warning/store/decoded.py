"""Alerts read from the database once: kept by the digest of what is stored, the ones longest unused let go first."""

from collections import OrderedDict
from threading import Lock

from warning.core.alerts import Alert, AlertState
from warning.core.lifecycle import with_state
from warning.store.rows import from_json

# An alert with its forty exhibits takes about 20 kB of memory.
KEPT = 5_000
Stamp = tuple[str, int, str]  # key, version, digest


class Decoded:
    """One instance may be shared by threads."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._alerts: OrderedDict[Stamp, Alert] = OrderedDict()
        self._lock = Lock()

    def known(self, stamp: Stamp) -> Alert | None:
        """Return the alert when its stored form was read before."""
        with self._lock:
            alert = self._alerts.get(stamp)
            if alert is not None:
                self._alerts.move_to_end(stamp)
        return alert

    def read(self, stamp: Stamp, content: str, state: AlertState) -> Alert:
        """Decode and keep."""
        alert = with_state(from_json(Alert, content), state)
        with self._lock:
            self._alerts[stamp] = alert
            while len(self._alerts) > self._kept:
                self._alerts.popitem(last=False)
        return alert
