"""Evidence in and out, and how its sources do: every method is one transaction."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from warning.core.evidence import Evidence, Item, Listing, ListingChange, Observation
from warning.core.health import SourceReport, SourceState
from warning.core.list_memory import ListMemory
from warning.core.list_patience import PATIENCE, ListPatience
from warning.core.page_checks import PageCheck
from warning.core.relabelling import Labels
from warning.core.vocabulary import SourceKind
from warning.core.withdrawals import Withdrawal
from warning.store import archive as archive_rows
from warning.store import (
    export,
    figures,
    items,
    lists,
    page_checks,
    sources,
    withdrawals,
)
from warning.store.archive import Fetch
from warning.store.connected import Connected
from warning.store.engine import reading, writing
from warning.store.evidence_writer import EvidenceWriter, write_together
from warning.store.items import Stored
from warning.store.lists import ListingVersion
from warning.store.relabelled_items import ALWAYS, relabel_items
from warning.store.rows import batches

T = TypeVar("T")
BATCH = 1_000


class EvidenceRepository(Connected):
    """The part of the repository that collectors write and assessments read."""

    # Raw documents

    def archive(
        self, raw: bytes, *, source_id: str, url: str, content_type: str, fetched_at: datetime
    ) -> str:
        """Keep the bytes by content, log the fetch, return their SHA-256 in hexadecimal."""
        with writing(self.engine) as connection:
            return archive_rows.archive(
                connection,
                raw,
                source_id=source_id,
                url=url,
                content_type=content_type,
                fetched_at=fetched_at,
            )

    def archived(self, digest: str) -> bytes:
        """Return the bytes as fetched. Raises EvidenceMissing."""
        with reading(self.engine) as connection:
            return archive_rows.archived(connection, digest)

    def fetch_log(
        self, *, source_id: str | None = None, digest: str | None = None, limit: int = 100
    ) -> tuple[Fetch, ...]:
        """Return which source gave which bytes when, newest first."""
        with reading(self.engine) as connection:
            return archive_rows.fetch_log(connection, source_id=source_id, digest=digest, limit=limit)

    # Evidence in

    def together(self, works: Iterable[Callable[[EvidenceWriter], T]]) -> list[T | Exception]:
        """Do pieces of work in one transaction; a piece that fails gives its exception and costs only itself."""
        return write_together(self.engine, works)

    def evidence_came(self) -> None:
        """Say that something stored together waits for an assessment: most polls bring nothing."""
        self.evidence.ring()

    def relabel_items(
        self,
        source_id: str,
        mend: tuple[Labels, ...],
        since: datetime,
        named: Iterable[str],
        after: Mapping[Labels, int] = ALWAYS,
    ) -> Iterator[int]:
        """Put the mended of a source's labels on its items, in one transaction a step; see `relabelled_items.py`."""
        return relabel_items(self.engine, source_id, mend, since, named, after)

    def add_items(self, batch: Iterable[Item]) -> Stored[Item]:
        """Store items, in transactions of a thousand. An edited item is unassessed again."""
        stored: Stored[Item] = Stored()
        for part in batches(batch, BATCH):
            with writing(self.engine) as connection:
                stored += items.add_items(connection, part)
        self.evidence.ring()
        return stored

    def add_observations(
        self, batch: Iterable[Observation], *, seen_at: datetime | None = None
    ) -> Stored[Observation]:
        """Store figures that differ from the latest vintage of their period; revisions are known from `seen_at` on."""
        stored: Stored[Observation] = Stored()
        for part in batches(batch, BATCH):
            with writing(self.engine) as connection:
                stored += figures.add_observations(connection, part, seen_at)
        return stored

    def add_listing(self, listing: Listing, patience: ListPatience = PATIENCE) -> tuple[ListingChange, ...]:
        """Store a list and what changed since its last version; the first version is a baseline."""
        with writing(self.engine) as connection:
            changes = lists.add_listing(connection, listing, patience)
        self.evidence.ring()
        return changes

    def add_reports(self, reports: Iterable[SourceReport]) -> int:
        """Store how sources did, from a file; return how many reports are new."""
        with writing(self.engine) as connection:
            return sources.add_reports(connection, reports)

    # Evidence out

    def add_withdrawals(self, acts: Iterable[Withdrawal]) -> int:
        """Store that evidence was taken back or restored, for the next assessment; return how many acts were new."""
        with writing(self.engine) as connection:
            return withdrawals.add_withdrawals(connection, acts)

    def waiting_withdrawals(self, as_of: datetime) -> tuple[Withdrawal, ...]:
        """Return what was taken back or restored and no assessment has read yet."""
        with reading(self.engine) as connection:
            return withdrawals.waiting(connection, as_of)

    def page_checks(self) -> tuple[PageCheck, ...]:
        """Return the last look at each page behind an alert, by address."""
        with reading(self.engine) as connection:
            return page_checks.known_checks(connection)

    def keep_page_check(self, check: PageCheck, acts: Iterable[Withdrawal]) -> None:
        """Store a look at a page with what it takes back or restores, or nothing."""
        with writing(self.engine) as connection:
            page_checks.keep_check(connection, check)
            withdrawals.add_withdrawals(connection, acts)

    def latest_listing(self, source_id: str) -> Listing | None:
        with reading(self.engine) as connection:
            return lists.latest_listing(connection, source_id)

    def latest_listing_version(self, source_id: str) -> ListingVersion | None:
        """Return which version of a list is the latest, without reading its entries."""
        with reading(self.engine) as connection:
            return lists.latest_version(connection, source_id)

    def lists_waiting(self) -> tuple[ListMemory, ...]:
        """Return the lists of which something waits to be told; what is due already may be among it."""
        with reading(self.engine) as connection:
            return lists.list_memories_waiting(connection)

    def find_item(self, item_id: str, source_id: str | None = None) -> Item | None:
        """Return one item by id; naming its source makes this an index look-up."""
        with reading(self.engine) as connection:
            return items.find_item(connection, item_id, source_id)

    def item_history(self, item: Item) -> tuple[Item, ...]:
        """Return the earlier texts of an item, oldest first."""
        with reading(self.engine) as connection:
            return items.item_history(connection, item)

    def known_items(self, source_id: str, item_ids: Iterable[str]) -> frozenset[str]:
        """Return which of these ids the store holds for a source: what needs no detail page again."""
        with reading(self.engine) as connection:
            return items.known_items(connection, source_id, item_ids)

    def items_between(
        self,
        since: datetime,
        until: datetime,
        *,
        kinds: Sequence[SourceKind] = (),
        source_id: str | None = None,
        limit: int | None = None,
    ) -> tuple[Item, ...]:
        """Return items known at or after `since` and before `until`, oldest first."""
        with reading(self.engine) as connection:
            return items.items_between(
                connection, since, until, kinds=kinds, source_id=source_id, limit=limit
            )

    def observations_between(
        self,
        since: datetime,
        until: datetime,
        *,
        materials: Sequence[str] = (),
        source_id: str | None = None,
    ) -> tuple[Observation, ...]:
        """Return all vintages of periods that ended after `since` and not after `until`."""
        with reading(self.engine) as connection:
            return figures.figures_between(connection, since, until, materials=materials, source_id=source_id)

    def latest_observations(
        self, *, material: str | None = None, as_of: datetime | None = None
    ) -> tuple[Observation, ...]:
        """Return the newest figure of each series, of one material or of all."""
        with reading(self.engine) as connection:
            return figures.latest_figures(connection, material=material, as_of=as_of)

    def series_owners(self, series_ids: Collection[str]) -> Mapping[str, str]:
        """Return the source that first brought each of these series, by series id; nobody's are not among them."""
        with reading(self.engine) as connection:
            return figures.series_owners(connection, series_ids)

    def export(self, since: datetime | None = None, until: datetime | None = None) -> Iterator[Evidence]:
        """Yield all evidence known at or after `since` and before `until`; memory does not grow with the store."""
        return export.export(self.engine, since, until)

    # Sources

    def source_states(self) -> Mapping[str, SourceState]:
        with reading(self.engine) as connection:
            return sources.source_states_by_id(connection)

    def source_states_of(self, source_ids: Collection[str]) -> Mapping[str, SourceState]:
        """Return the states of these sources, by id; one that was never tried is not among them."""
        with reading(self.engine) as connection:
            return sources.source_states_of(connection, source_ids)

    def due_source_states(self, now: datetime, also: Collection[str] = ()) -> Mapping[str, SourceState]:
        """Return the states of the sources that may be polled at `now`, found by index, and those of `also`."""
        with reading(self.engine) as connection:
            return sources.due_source_states(connection, now, also)

    def watching_since(self) -> datetime | None:
        """Return when a source was first asked; None before."""
        with reading(self.engine) as connection:
            return sources.first_report(connection)

    def save_source_state(self, state: SourceState) -> None:
        with writing(self.engine) as connection:
            sources.save_source_state(connection, state)
