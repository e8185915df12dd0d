"""Which sources may be due, at a cost that grows with those that are due and not with those there are."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

from warning.catalog.sources import SourceSpec
from warning.core.health import SourceState

Asked = list[tuple[SourceSpec, SourceState]]


class States(Protocol):
    """What it takes of the store."""

    def source_states(self) -> Mapping[str, SourceState]: ...

    def due_source_states(self, now: datetime) -> Mapping[str, SourceState]: ...


class DueSources:
    """Remembers the catalogue by id and the sources never polled. A new catalogue is looked through whole."""

    def __init__(self) -> None:
        self._catalogue: Iterable[SourceSpec] | None = None
        self._by_id: dict[str, SourceSpec] = {}
        self._never_polled: dict[str, SourceSpec] = {}

    def at(self, now: datetime, sources: Iterable[SourceSpec], states: States) -> Asked:
        """Return the sources whose stored time has come, and those never polled, with their states.

        The store decides coarsely: whether a source is due now is for the caller to say.
        """
        if sources is not self._catalogue:
            return self.all(sources, states)
        known = states.due_source_states(now)
        due = [(self._by_id[name], state) for name, state in known.items() if name in self._by_id]
        return due + [(spec, SourceState(source_id=name)) for name, spec in self._never_polled.items()]

    def all(self, sources: Iterable[SourceSpec], states: States) -> Asked:
        """Return every source of the catalogue with its state."""
        known = states.source_states()
        self._by_id = {spec.id: spec for spec in sources}
        self._never_polled = {name: spec for name, spec in self._by_id.items() if name not in known}
        self._catalogue = sources
        return [(spec, known.get(name, SourceState(source_id=name))) for name, spec in self._by_id.items()]

    def polled(self, source_id: str) -> None:
        """A source's state is stored now."""
        self._never_polled.pop(source_id, None)
