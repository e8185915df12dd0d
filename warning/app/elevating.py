"""Which sources are asked more often now: those a watch is open on, by who it awaits and by material."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from warning.catalog.sources import SourceSpec

# The rules and what they are read with are memory that a collector without bursts can do without.
if TYPE_CHECKING:
    from warning.core.rulebook import Rulebook
    from warning.core.watches import Watch
    from warning.store.repository import Repository

LOOKED_AT = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Burst:
    """Why a source is asked more often, and until when."""

    until: date
    rule_id: str


def bursts(sources: Iterable[SourceSpec], watches: Iterable["Watch"]) -> Mapping[str, Burst]:
    """Return the sources in a burst by id, each with the watch that ends last.

    A source is meant when the watch names it, when it is of a country whose answer is awaited, or when it is a search for
    one of the materials of the act.
    """
    found: dict[str, Burst] = {}
    for watch in sorted(watches, key=lambda w: (w.until, w.rule_id)):
        for spec in sources:
            if spec.burst is not None and spec.enabled and _is_meant(spec, watch):
                found[spec.id] = Burst(until=watch.until, rule_id=watch.rule_id)
    return found


def _is_meant(spec: SourceSpec, watch: "Watch") -> bool:
    if spec.id in watch.sources or (spec.official and spec.country in watch.actors):
        return True
    return not set(spec.materials).isdisjoint(watch.materials)


class Elevated:
    """Remembers for a minute which sources are in a burst: a round every few seconds need not ask the store."""

    def __init__(self) -> None:
        self._looked_at: datetime | None = None
        self._found: frozenset[str] = frozenset()

    def now(
        self, sources: Iterable[SourceSpec], repository: "Repository", book: "Rulebook", as_of: datetime
    ) -> frozenset[str]:
        from warning.app.watching import watches_now  # noqa: PLC0415 - see above

        if self._looked_at is None or not timedelta(0) <= as_of - self._looked_at < LOOKED_AT:
            self._found = frozenset(bursts(sources, watches_now(repository, book, as_of, answers=False)))
            self._looked_at = as_of
        return self._found
