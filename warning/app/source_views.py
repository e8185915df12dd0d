"""The catalogue and the collector's memory as the core asks for them: what each source can bring, and how it does."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from urllib.parse import unquote_plus, urlsplit

from warning.app.overdue import overdue_since
from warning.catalog.brings import of_table, yields_of
from warning.catalog.sources import SourceSpec
from warning.core.health import SourceState, Vitals, report_of
from warning.core.source_needs import WatchedSource
from warning.core.terms import Material, Terms


def watched_sources(specs: Iterable[SourceSpec], terms: Terms) -> Mapping[str, WatchedSource]:
    """Return what every enabled source can bring, by id."""
    return {
        spec.id: WatchedSource(
            profile=spec.profile, yields=yields_of(spec), materials=materials_of(spec, terms)
        )
        for spec in specs
        if spec.enabled
    }


def vitals_of(
    states: Mapping[str, SourceState], specs: Iterable[SourceSpec] = (), now: datetime | None = None
) -> Mapping[str, Vitals]:
    """Return how the sources do, from what the collector remembers of each.

    With `specs` and `now` also which of them nobody asks any more, so that a service that stands still looks like none.
    """
    paces = {spec.id: spec.every for spec in specs} if now is not None else {}
    return {
        name: Vitals(
            read_at=state.last_success_at,
            report=report_of(state),
            dark_since=state.dark_since,
            overdue_since=None if now is None else overdue_since(state, paces.get(name), now),
        )
        for name, state in states.items()
    }


def materials_of(spec: SourceSpec, terms: Terms) -> frozenset[str] | None:
    """The materials a source is limited to: those of its table, or those its query asks for; None for any.

    Empty where a table is about no material, as an index of freight or of all supply chains.
    """
    if (table := spec.table) is not None:
        return of_table(table, terms)
    query = unquote_plus(urlsplit(spec.url).query).casefold()
    found = frozenset(name for name, m in terms.materials.items() if not m.is_class and _is_named(m, query))
    return found or None


def _is_named(material: Material, query: str) -> bool:
    for names in (material.names, material.compounds):
        for language, words in names.items():
            for word in words:
                if language == "en":
                    if re.search(rf"\b{re.escape(word.casefold())}\b", query):
                        return True
                elif word.casefold() in query:
                    return True
    return False
