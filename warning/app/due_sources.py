"""Which sources may be due, at a cost that grows with those that are due and not with those there are."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from operator import is_
from typing import Protocol

from warning.catalog.sources import SourceSpec
from warning.core.health import SourceState

Asked = list[tuple[SourceSpec, SourceState]]
READ_TOGETHER = 250
"""So many states are read before the first of their sources are asked: asking waits for no more."""


class States(Protocol):
    """What it takes of the store."""

    def source_states_of(self, source_ids: Collection[str]) -> Mapping[str, SourceState]: ...

    def due_source_states(self, now: datetime, also: Collection[str] = ()) -> Mapping[str, SourceState]: ...


class DueSources:
    """Remembers the catalogue by id and the sources never polled. A new catalogue is looked through whole."""

    def __init__(self) -> None:
        self._catalogue: tuple[SourceSpec, ...] | None = None
        self._by_id: dict[str, SourceSpec] = {}
        self._never_polled: dict[str, SourceSpec] = {}
        self._keyed: tuple[str, ...] = ()
        self._again: set[str] = set()

    def at(
        self, now: datetime, also: Collection[str], sources: Iterable[SourceSpec], states: States
    ) -> Iterator[Asked]:
        """Yield the sources whose stored time has come, those of `also`, and those never polled, with their states.

        The store decides coarsely: whether a source is due now is for the caller to say.
        """
        sources = tuple(sources)
        if not self._is_known(sources):
            yield from self.all(sources, states)
            return
        again, self._again = self._again, set()
        known = states.due_source_states(now, {*also, *self._keyed, *again})
        due = [(self._by_id[name], state) for name, state in known.items() if name in self._by_id]
        # A copy made at once: polls of the rounds before end while this one looks, in another thread.
        yield due + [(spec, SourceState(source_id=name)) for name, spec in self._never_polled.copy().items()]

    def all(self, sources: Iterable[SourceSpec], states: States) -> Iterator[Asked]:
        """Yield every source of the catalogue with its state, a part at a time. Known is what was looked through to its end."""
        self._catalogue = None
        sources = tuple(sources)
        self._by_id = {spec.id: spec for spec in sources}
        self._never_polled = {}
        # A key may arrive at any time, and its source is asked at once.
        self._keyed = tuple(spec.id for spec in sources if spec.needs_key is not None)
        rest = iter(tuple(self._by_id.values()))
        while part := list(islice(rest, READ_TOGETHER)):
            self._never_polled |= {
                spec.id: spec for spec in part
            }  # `polled` may take one out before its state is read
            known = states.source_states_of([spec.id for spec in part])
            for name in known:
                self._never_polled.pop(name, None)
            yield [(spec, known.get(spec.id) or SourceState(source_id=spec.id)) for spec in part]
        self._catalogue = sources

    def _is_known(self, sources: tuple[SourceSpec, ...]) -> bool:
        """Whether it is the catalogue looked through last: the same entries, not only equal ones."""
        known = self._catalogue
        return known is not None and len(known) == len(sources) and all(map(is_, known, sources))

    def entry_of(self, source_id: str) -> SourceSpec | None:
        """Return a source's entry in the catalogue that was looked through last; None where it has none."""
        return self._by_id.get(source_id)

    def look_again(self, source_id: str) -> None:
        """A poll of the source is under way, in the way of before perhaps: the next round looks at it whatever its time."""
        self._again.add(source_id)

    def polled(self, source_id: str) -> None:
        """A source's state is stored now."""
        self._never_polled.pop(source_id, None)
