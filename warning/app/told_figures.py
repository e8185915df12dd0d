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
        self._until: dict[str, datetime] = {}
        self._sweep = datetime.min.replace(tzinfo=UTC)

    def __len__(self) -> int:
        return len(self._told)

    def of(self, replaced: Iterable[Observation]) -> Mapping[str, tuple[Signal, ...]]:
        """Return the signals on these figures, each in the form in which it first fired."""
        return {one.id: tuple(self._told[one.id].values()) for one in replaced if one.id in self._told}

    def keep(self, signals: Iterable[Signal], as_of: datetime) -> None:
        for signal in signals:
            figure, until = signal.exhibit.evidence_id, max(signal.known_at, signal.occurred_at) + self._kept
            self._told.setdefault(figure, {}).setdefault(signal.id, signal)
            self._until[figure] = max(until, self._until.get(figure, until))
        if as_of < self._sweep:
            return
        self._sweep = as_of + SWEEP
        for figure in [name for name, until in self._until.items() if until < as_of]:
            del self._told[figure], self._until[figure]
