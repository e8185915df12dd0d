"""The coverage of an installation now: cells of material x country x kind, and what each rule sees."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from warning.app.compose import Trees
from warning.app.source_views import vitals_of, watched_sources
from warning.catalog.load import load_rulebook
from warning.catalog.source_overlays import load_catalogue
from warning.catalog.sources import SourceSpec
from warning.core.blindness import Sight, sights
from warning.core.coverage import Cell, CellKey, coverage, top_materials
from warning.core.rulebook import Rulebook
from warning.store.coverage import heard
from warning.store.repository import Repository

WINDOW = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """`window` is how far back a cell must have brought something to be covered rather than quiet."""

    at: datetime
    window: timedelta
    book: Rulebook
    specs: tuple[SourceSpec, ...]
    cells: tuple[Cell, ...]
    sights: tuple[Sight, ...]


def covered_now(
    repository: Repository, where: Trees, now: datetime, *, window: timedelta = WINDOW
) -> Covered:
    """Read the catalogue, the rules and the collector's memory. Raises CatalogError."""
    book = load_rulebook(where.rules, where.feeds, where.overlay, today=now.date())
    specs = load_catalogue(where.feeds, where.overlay)
    cells, rule_sights = seen_between(repository, book, specs, now - window, now)
    return Covered(at=now, window=window, book=book, specs=specs, cells=cells, sights=rule_sights)


def seen_between(
    repository: Repository, book: Rulebook, specs: Sequence[SourceSpec], since: datetime, until: datetime
) -> tuple[tuple[Cell, ...], tuple[Sight, ...]]:
    """Return the cells, with the evidence of an interval, and what each rule sees, as the sources stand now."""
    watched = watched_sources(specs, book.terms)
    vitals = vitals_of(repository.source_states())
    by_cell: Counter[CellKey] = Counter()
    for (source_id, material), count in _heard(repository, since, until).items():
        if source_id in watched:
            profile = watched[source_id].profile
            by_cell[material, profile.country, profile.kind] += count
    cells = coverage(top_materials(book.terms), book.terms, watched, vitals, by_cell)
    return cells, sights(book, watched, vitals)


def sights_now(repository: Repository, book: Rulebook, specs: Sequence[SourceSpec]) -> Mapping[str, Sight]:
    """Return what each rule sees now, by its id."""
    watched = watched_sources(specs, book.terms)
    return {one.rule_id: one for one in sights(book, watched, vitals_of(repository.source_states()))}


def _heard(repository: Repository, since: datetime, until: datetime) -> Mapping[tuple[str, str], int]:
    return heard(repository.engine, since, until)
