"""What a replay told of figures, as long as a revision of them may correct it: what the service asks its store."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from warning.core.evidence import Observation
from warning.core.rulebook import Rulebook
from warning.core.signals import Signal

SWEEP = timedelta(days=30)


class ToldFigures:
    """Fed with what series rules say of each step. It forgets what no figure may correct any more."""

    def __init__(self, book: Rulebook) -> None:
        self._kept = timedelta(days=max(book.correction_days.values(), default=0) + 1)
        self._told: dict[str, dict[str, Signal]] = {}
        self._sweep = datetime.min.replace(tzinfo=UTC)

    def __len__(self) -> int:
        return len(self._told)

    def of(self, replaced: Iterable[Observation]) -> Mapping[str, tuple[Signal, ...]]:
        """Return the signals on figures of the series of these, by series, each in the form in which it first fired."""
        named = sorted({one.series_id for one in replaced})
        return {
            series_id: tuple(self._told[series_id].values()) for series_id in named if series_id in self._told
        }

    def keep(self, signals: Iterable[Signal], as_of: datetime) -> None:
        for signal in signals:
            if signal.figure is not None and signal.figure.published:
                self._told.setdefault(signal.figure.published, {}).setdefault(signal.id, signal)
        if as_of < self._sweep:
            return
        self._sweep = as_of + SWEEP
        for series_id, told in list(self._told.items()):
            kept = {name: one for name, one in told.items() if self._until(one) >= as_of}
            if kept:
                self._told[series_id] = kept
            else:
                del self._told[series_id]

    def _until(self, signal: Signal) -> datetime:
        return max(signal.known_at, signal.occurred_at) + self._kept
