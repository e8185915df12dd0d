"""The coverage of an installation now: cells of material x country x kind, and what each rule sees."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from warning.app.compose import Trees
from warning.app.overdue import overdue_since
from warning.app.source_views import vitals_of, watched_sources
from warning.catalog.load import load_rulebook
from warning.catalog.source_overlays import load_catalogue
from warning.catalog.sources import SourceSpec
from warning.core.blind_stretches import NOT_READ, BlindStretch, DarkSpan, blind_stretches, dark_spans
from warning.core.blindness import Sight, sights
from warning.core.coverage import Cell, CellKey, coverage, top_materials
from warning.core.health import SourceState
from warning.core.rulebook import Rulebook
from warning.store.coverage import heard
from warning.store.repository import Repository
from warning.store.source_notices import SourceHistory
from warning.store.sources import SIGN_OF_LIFE

WINDOW = timedelta(days=7)
# A publisher's max-age may stretch a pace to twice its length, and each poll is spread by a tenth.
LONGEST_PACE = 2.5
GRACE = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """`window` is how far back a cell must have brought something to be covered rather than quiet.

    `stretches` say where nothing could be seen for a part of it, also where all is read again.
    """

    at: datetime
    window: timedelta
    book: Rulebook
    specs: tuple[SourceSpec, ...]
    cells: tuple[Cell, ...]
    sights: tuple[Sight, ...]
    stretches: tuple[BlindStretch, ...] = ()


def covered_now(
    repository: Repository, where: Trees, now: datetime, *, window: timedelta = WINDOW
) -> Covered:
    """Read the catalogue, the rules and the collector's memory. Raises CatalogError."""
    book = load_rulebook(where.rules, where.feeds, where.overlay, today=now.date())
    specs = load_catalogue(where.feeds, where.overlay)
    cells, rule_sights = seen_between(repository, book, specs, now - window, now, now)
    stretches = blind_between(repository, specs, cells, now - window, now)
    return Covered(
        at=now, window=window, book=book, specs=specs, cells=cells, sights=rule_sights, stretches=stretches
    )


def seen_between(
    repository: Repository,
    book: Rulebook,
    specs: Sequence[SourceSpec],
    since: datetime,
    until: datetime,
    now: datetime,
) -> tuple[tuple[Cell, ...], tuple[Sight, ...]]:
    """Return the cells, with the evidence of an interval, and what each rule sees, as the sources stand now."""
    watched = watched_sources(specs, book.terms)
    vitals = vitals_of(repository.source_states(), specs, now)
    by_cell: Counter[CellKey] = Counter()
    for (source_id, material), count in _heard(repository, since, until).items():
        if source_id in watched:
            profile = watched[source_id].profile
            by_cell[material, profile.country, profile.kind] += count
    cells = coverage(top_materials(book.terms), book.terms, watched, vitals, by_cell)
    return cells, sights(book, watched, vitals)


def blind_between(
    repository: Repository,
    specs: Sequence[SourceSpec],
    cells: Sequence[Cell],
    since: datetime,
    until: datetime,
) -> tuple[BlindStretch, ...]:
    """Return where nothing could be seen for a part of an interval that is over, or runs until now."""
    reports = SourceHistory(repository.engine).between(since, until)
    states = repository.source_states()
    dark = {
        spec.id: (
            *dark_spans(
                reports.get(spec.id, ()),
                since,
                until,
                silent_after=SIGN_OF_LIFE + LONGEST_PACE * spec.every + GRACE,
            ),
            *_unread(states.get(spec.id), spec.every, since, until),
        )
        for spec in specs
        if spec.enabled
    }
    absent = {one.source_id for cell in cells for one in cell.dark if one.is_absent}
    return blind_stretches(cells, dark, absent=absent)


def _unread(
    state: SourceState | None, every: timedelta, since: datetime, until: datetime
) -> tuple[DarkSpan, ...]:
    """When a source was due within an interval and nobody asked it: reports alone tell that from their next sign of life on."""
    if state is None:
        return ()
    running = overdue_since(state, every, until)
    spans = (*state.unread, (running, until)) if running is not None else state.unread
    clipped = ((max(begin, since), min(end, until)) for begin, end in spans)
    return tuple(DarkSpan(since=b, until=e, condition=NOT_READ) for b, e in clipped if b < e)


def sights_now(repository: Repository, book: Rulebook, specs: Sequence[SourceSpec]) -> Mapping[str, Sight]:
    """Return what each rule sees now, by its id."""
    watched = watched_sources(specs, book.terms)
    return {one.rule_id: one for one in sights(book, watched, vitals_of(repository.source_states()))}


def _heard(repository: Repository, since: datetime, until: datetime) -> Mapping[tuple[str, str], int]:
    return heard(repository.engine, since, until)
