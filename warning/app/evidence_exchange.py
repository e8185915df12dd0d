"""Interchange files into the store and out of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from warning.collect.interchange import own_identity, read_evidence, write_evidence
from warning.core.evidence import Evidence, Item, Listing, Observation
from warning.core.health import SourceReport
from warning.core.list_patience import PATIENCE, ListPatience
from warning.core.withdrawals import Withdrawal
from warning.store.repository import Repository
from warning.store.statistics import learn_tables

BATCH = 1_000
LEARNT_EVERY = 50
"""Batches after which PostgreSQL looks at what has grown."""
Patiences = Mapping[str, ListPatience]


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import did. `read` is the number of records; the rest says what became of them."""

    read: int = 0
    new: int = 0
    revised: int = 0
    unchanged: int = 0
    listing_changes: int = 0

    def __add__(self, other: "Imported") -> "Imported":
        return Imported(
            read=self.read + other.read,
            new=self.new + other.new,
            revised=self.revised + other.revised,
            unchanged=self.unchanged + other.unchanged,
            listing_changes=self.listing_changes + other.listing_changes,
        )


def import_files(
    repository: Repository, paths: Sequence[Path], imported_at: datetime, patiences: Patiences | None = None
) -> Imported:
    """Store the evidence of interchange files; the same files again change nothing.

    A list is held to the patience of its source, as when it is fetched; `patiences` are by source id, and a source
    that is not among them has the usual one.

    Every file is read to its end first: a mistake in any of them raises EvidenceError and nothing is stored.
    """
    for path in paths:
        for _ in read_evidence(path, imported_at=imported_at):
            pass
    total = Imported()
    for path in paths:
        records = map(own_identity, read_evidence(path, imported_at=imported_at))
        for number, batch in enumerate(_batches(records)):
            total += _store(repository, batch, patiences or {})
            if number % LEARNT_EVERY == 0:
                learn_tables(repository.engine)
    learn_tables(repository.engine)
    return total


def _batches(records: Iterable[Evidence]) -> Iterator[list[Evidence]]:
    """Cut into batches of at most a thousand; a list, which may be as large as all of those, ends its batch."""
    batch: list[Evidence] = []
    for record in records:
        batch.append(record)
        if len(batch) == BATCH or isinstance(record, Listing):
            yield batch
            batch = []
    if batch:
        yield batch


def export_file(
    repository: Repository, path: Path, since: datetime | None = None, until: datetime | None = None
) -> int:
    """Write all evidence in the store (or what was known from `since` on and before `until`) to a file; return how many records."""
    return write_evidence(path, repository.export(since, until))


def _store(repository: Repository, records: Sequence[Evidence], patiences: Patiences) -> Imported:
    items = repository.add_items(r for r in records if isinstance(r, Item))
    figures = repository.add_observations(r for r in records if isinstance(r, Observation))
    lists = Imported()
    for listing in (r for r in records if isinstance(r, Listing)):
        lists += _store_listing(repository, listing, patiences.get(listing.source_id, PATIENCE))
    acts = [r for r in records if isinstance(r, Withdrawal)]
    taken = repository.add_withdrawals(acts)
    reports = [r for r in records if isinstance(r, SourceReport)]
    told = repository.add_reports(reports)
    return lists + Imported(
        read=len(records),
        new=len(items.new) + len(figures.new) + told + taken,
        revised=len(items.revised) + len(figures.revised),
        unchanged=items.unchanged + figures.unchanged + len(reports) - told + len(acts) - taken,
    )


def _store_listing(repository: Repository, listing: Listing, patience: ListPatience) -> Imported:
    before = repository.latest_listing_version(listing.source_id)
    changes = len(repository.add_listing(listing, patience))
    if before is None:
        return Imported(new=1)
    if before.id == listing.id or listing.known_at < before.known_at:
        return Imported(unchanged=1)
    return Imported(revised=1, listing_changes=changes)
