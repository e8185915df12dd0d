"""Every source of the catalogue with how it is doing: one row a source, the worst first, and what rules see."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from pydantic import SecretStr

from warning.app.compose import Trees
from warning.app.elevating import Burst
from warning.app.source_requests import key_of
from warning.app.source_timing import due_in_burst
from warning.app.source_views import vitals_of, watched_sources
from warning.catalog.load import load_rulebook
from warning.catalog.sources import SourceSpec
from warning.core.blindness import Sight, sights
from warning.core.health import SourceCondition, SourceState
from warning.core.rulebook import Rulebook

WORST_FIRST: tuple[SourceCondition, ...] = (
    "failing", "blocked", "drifted", "empty", "frozen", "moved", "partial", "unconfigured", "new", "ok", "not_modified",
)  # fmt: skip
TROUBLED = frozenset({"failing", "blocked", "drifted", "empty", "frozen", "moved", "partial"})


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRow:
    spec: SourceSpec
    state: SourceState
    burst: Burst | None = None

    @property
    def is_troubled(self) -> bool:
        return self.spec.enabled and self.state.condition in TROUBLED

    @property
    def next_at(self) -> datetime | None:
        """When it is asked next, in a burst by the burst's pace."""
        return due_in_burst(self.spec, self.state) if self.burst else self.state.next_due_at


def board(
    sources: Iterable[SourceSpec], states: Mapping[str, SourceState], keys: Mapping[str, SecretStr]
) -> tuple[BoardRow, ...]:
    """Return the rows; a source that was never polled has the state `new`, `unconfigured` where its key is not among `keys`."""
    rows = [BoardRow(spec=spec, state=states.get(spec.id) or _never_polled(spec, keys)) for spec in sources]
    return tuple(sorted(rows, key=lambda row: (WORST_FIRST.index(row.state.condition), row.spec.id)))


def _never_polled(spec: SourceSpec, keys: Mapping[str, SecretStr]) -> SourceState:
    state = SourceState(source_id=spec.id)
    if key_of(spec, keys) is not None:
        return state
    return replace(state, condition="unconfigured", cause=f"{spec.key_setting} is not set")


def book_of(where: Trees, today: date) -> Rulebook:
    """Return the rulebook as of a day. Raises CatalogError while the rules cannot be read."""
    return load_rulebook(where.rules, where.feeds, where.overlay, today=today)


def rules_without(book: Rulebook, rows: Sequence[BoardRow], now: datetime) -> tuple[Sight, ...]:
    """Return what every rule sees as the sources are now."""
    states, specs = {row.spec.id: row.state for row in rows}, [row.spec for row in rows]
    return sights(book, watched_sources(specs, book.terms), vitals_of(states, specs, now))
