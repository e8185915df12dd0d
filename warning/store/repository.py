"""The store as the use cases see it: every method is one transaction. The work is done in the modules beside it."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date, datetime, timedelta
from typing import TypeVar

from sqlalchemy import Engine

from warning.core.alerts import Alert, AlertState
from warning.core.approval import Approval
from warning.core.assess import Assessment, State
from warning.core.audit import Entry, Record, Verified, verify
from warning.core.chains import Followed
from warning.core.deliveries import Delivery, DeliveryState, OutboxRow, Withheld
from warning.core.evidence import Evidence, Item, Listing, ListingChange, Observation, Window
from warning.core.health import SourceReport, SourceState
from warning.core.joinable import Joinable
from warning.core.lifecycle import Lifecycle
from warning.core.list_memory import ListMemory
from warning.core.notices import Notice
from warning.core.page_checks import PageCheck
from warning.core.recall import Recall, Recalled
from warning.core.review import Review, ReviewEvent
from warning.core.rulebook import Need
from warning.core.shares import Share
from warning.core.silences import Silence
from warning.core.vocabulary import SourceKind
from warning.core.withdrawals import Withdrawal
from warning.store import (
    accounts,
    assessments,
    audit,
    deliveries,
    digests,
    endings,
    export,
    figures,
    items,
    lists,
    pace,
    page_checks,
    recall,
    reminders,
    reviews,
    shares,
    silences,
    sources,
    window,
    withdrawals,
)
from warning.store import alerts as alert_rows
from warning.store import archive as archive_rows
from warning.store.accounts import Accounts
from warning.store.alerts import Sought
from warning.store.archive import Fetch
from warning.store.assessments import TraceRecord
from warning.store.bell import Bell
from warning.store.candidates import candidate_keys, standing_keys
from warning.store.decoded import Decoded
from warning.store.deliveries import Owed
from warning.store.digests import ArchivedDigest
from warning.store.endings import Ended
from warning.store.engine import reading, writing
from warning.store.evidence_writer import EvidenceWriter, write_together
from warning.store.items import Stored
from warning.store.lists import ListingVersion
from warning.store.notices import Notices
from warning.store.reminders import ToldDesk
from warning.store.resident import Resident
from warning.store.rows import batches

T = TypeVar("T")
BATCH = 1_000


class Repository:
    """One instance may be shared by threads. Raises SchemaBehind, or StoreError when the database is away.

    `evidence` rings when there is something to assess, `owed` when there is something to deliver.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.evidence = Bell()
        self.owed = Bell()
        self._decoded = Decoded()

    def close(self) -> None:
        """Give back the database's connections."""
        self.engine.dispose()

    def _owe(self, owed: Sequence[Delivery]) -> None:
        if owed:
            self.owed.ring()

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

    def add_listing(self, listing: Listing) -> tuple[ListingChange, ...]:
        """Store a list and what changed since its last version; the first version is a baseline."""
        with writing(self.engine) as connection:
            changes = lists.add_listing(connection, listing)
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

    def export(self, since: datetime | None = None) -> Iterator[Evidence]:
        """Yield all evidence known at or after `since`; memory does not grow with the store."""
        return export.export(self.engine, since)

    # Assessments

    def unassessed(
        self, needs: tuple[Need, ...], as_of: datetime, limit: int, resident: Resident | None = None
    ) -> Window:
        """Return at most `limit` unassessed records of each kind with the history the rules want.

        A resident remembers the history; a window it gave is valid until it gives the next.
        """
        with reading(self.engine) as connection:
            return window.unassessed(connection, needs, as_of, limit, resident)

    def recall(self, wanted: Recall, as_of: datetime) -> Recalled:
        """Return the earlier signals, last arrivals and source health that a rulebook wants remembered."""
        with reading(self.engine) as connection:
            return recall.recalled(connection, wanted, as_of)

    def state(self) -> State:
        """Return every open alert and who was told how much of it: for tests and small stores."""
        with reading(self.engine) as connection:
            return alert_rows.state(connection, self._decoded)

    def state_for(self, wanted: Joinable) -> State:
        """Return the alerts that evidence may join, or that may mute it, and who was told how much of them."""
        with reading(self.engine) as connection:
            return alert_rows.state(connection, self._decoded, candidate_keys(connection, wanted))

    def standing_alerts(self, today: date, cases: Followed | None = None) -> tuple[Alert, ...]:
        """Return the open alerts with a date ahead, and those that tell of a gap: what rules of the calendar read.

        With `cases`, also those of acts whose next step is awaited.
        """
        with reading(self.engine) as connection:
            return alert_rows.latest(connection, self._decoded, standing_keys(connection, today, cases))

    def commit_assessment(self, assessment: Assessment, window: Window, *, book_version: str) -> bool:
        """Store everything an assessment decided, or nothing.

        Returns False when it is stored already. Raises AssessmentRaced when another process assessed the same
        evidence, or moved an alert on, since `unassessed` and `state` were read: read them again.
        """
        with writing(self.engine) as connection:
            stored = assessments.commit_assessment(connection, assessment, window, book_version=book_version)
        self._owe(assessment.deliveries)
        return stored

    def traces(
        self, since: datetime, until: datetime, *, rule_id: str | None = None
    ) -> tuple[TraceRecord, ...]:
        """Return what the rules did in the assessments at or after `since` and before `until`."""
        with reading(self.engine) as connection:
            return assessments.trace_records(connection, since, until, rule_id=rule_id)

    # Alerts and deliveries

    def alerts(
        self,
        *,
        states: Sequence[AlertState] = (),
        since: datetime | None = None,
        until: datetime | None = None,
        keys: Sequence[str] = (),
        prefix: str = "",
        interrupts: bool | None = None,
        limit: int | None = None,
        after: tuple[datetime, str] | None = None,
    ) -> tuple[Alert, ...]:
        """Return alerts, last updated first, in their latest version (with `until`: as they stood then).

        `after` is the (updated_at, key) of the last one of the page before.
        """
        sought = Sought(
            states=states, since=since, until=until, keys=keys, prefix=prefix,
            interrupts=interrupts, limit=limit, after=after,
        )  # fmt: skip
        with reading(self.engine) as connection:
            return alert_rows.find_alerts(connection, self._decoded, sought)

    def latest_alerts(self, keys: Collection[str]) -> tuple[Alert, ...]:
        """Return alerts in their latest version, by key; what was read before is not read again."""
        with reading(self.engine) as connection:
            return alert_rows.latest(connection, self._decoded, keys)

    def standing_at(self, until: datetime, keys: Collection[str]) -> tuple[Alert, ...]:
        """Return these alerts, and those with a date after it, as they stood just before `until`."""
        with reading(self.engine) as connection:
            return alert_rows.standing_at(connection, until, keys)

    def alert_versions(self, key: str) -> tuple[Alert, ...]:
        """Return every version of one alert, the first first."""
        with reading(self.engine) as connection:
            return alert_rows.versions(connection, key)

    def alert_version(self, key: str, version: int) -> Alert | None:
        """Return the version of an alert that a delivery speaks of."""
        with reading(self.engine) as connection:
            return alert_rows.version(connection, key, version)

    def alert_versions_between(self, since: datetime, until: datetime) -> tuple[Alert, ...]:
        """Return the versions that came about in an interval, oldest first: what changed in a week."""
        with reading(self.engine) as connection:
            return alert_rows.versions_between(connection, since, until)

    def deliveries(
        self,
        *,
        alert_key: str | None = None,
        desk_id: str | None = None,
        state: DeliveryState | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> tuple[Owed, ...]:
        """Return deliveries beside the alert versions they carry."""
        with reading(self.engine) as connection:
            return deliveries.deliveries(
                connection, alert_key=alert_key, desk_id=desk_id, state=state, since=since, until=until
            )

    def deliveries_of(self, alert_key: str) -> tuple[OutboxRow, ...]:
        with reading(self.engine) as connection:
            return deliveries.deliveries_of(connection, alert_key)

    def withheld_of(self, alert_key: str) -> tuple[Withheld, ...]:
        with reading(self.engine) as connection:
            return alert_rows.withheld_of(connection, alert_key)

    # Reviews

    def add_review(self, event: ReviewEvent, *, country: str) -> Review:
        """Store one act for one desk of that country; return where the alert stands there.

        Raises EvidenceMissing, or ReviewRefused when the alert has moved on or its state does not allow it.
        """
        with writing(self.engine) as connection:
            return reviews.add_review(connection, event, country)

    def review_events(
        self,
        *,
        alert_key: str | None = None,
        desk_id: str | None = None,
        keys: Collection[str] | None = None,
    ) -> tuple[ReviewEvent, ...]:
        """Return what people did about one alert, or several, for one desk, or all of it, in the order it was stored."""
        with reading(self.engine) as connection:
            return reviews.review_events(connection, alert_key=alert_key, desk_id=desk_id, keys=keys)

    def versions_since_review(self, desk_id: str, keys: Collection[str]) -> tuple[Alert, ...]:
        """Return the versions of these alerts newer than something this desk acted on."""
        with reading(self.engine) as connection:
            return reviews.versions_since_review(connection, desk_id, keys)

    def closings_since(self, since: datetime) -> tuple[tuple[str, ReviewEvent], ...]:
        """Return (rule id, event) of closings and reopenings at or after `since`: what precision is made of."""
        with reading(self.engine) as connection:
            return reviews.closings_since(connection, since)

    # How alerts end

    def end_alerts(self, policy: Lifecycle, ended: Mapping[str, date], now: datetime) -> int:
        """End the open alerts that are over by now; `ended` are acts of the register by instrument key. Return how many."""
        with writing(self.engine) as connection:
            return endings.end_alerts(connection, policy, ended, now)

    def ended(self, keys: Collection[str]) -> Mapping[str, Ended]:
        """Return when and why alerts ended, by key, of those that have."""
        with reading(self.engine) as connection:
            return endings.ended(connection, keys)

    # The gate before publication, reminders

    def awaiting_review(self) -> tuple[tuple[str, datetime], ...]:
        """Return (alert key, since when) of what waits for somebody's approval, the longest wait first."""
        with reading(self.engine) as connection:
            return pace.awaiting_review(connection)

    def decide(
        self, approval: Approval, alert: Alert, owed: Iterable[Delivery], refused: Iterable[Withheld]
    ) -> None:
        """Store what somebody decided about an alert's publication, and what follows from it, or nothing."""
        with writing(self.engine) as connection:
            pace.decide(connection, approval, alert, owed, refused)
        self.owed.ring()

    def told_desks(self, since: datetime) -> tuple[ToldDesk, ...]:
        """Return which desks have which open alerts, and how often they were reminded."""
        with reading(self.engine) as connection:
            return reminders.told_desks(connection, since)

    def add_reminders(self, owed: Iterable[Delivery], at: datetime) -> None:
        with writing(self.engine) as connection:
            reminders.add_reminders(connection, owed, at)
        self.owed.ring()

    def ask_share(self, share: Share, owed: Iterable[Delivery]) -> None:
        """Store a desk's wish to share an alert, and what is owed when it is granted at once."""
        with writing(self.engine) as connection:
            shares.ask_share(connection, share, owed)
        self.owed.ring()

    def confirm_share(self, share: Share, owed: Iterable[Delivery]) -> None:
        with writing(self.engine) as connection:
            shares.confirm_share(connection, share, owed)
        self.owed.ring()

    def shares_of(self, alert_key: str) -> tuple[Share, ...]:
        with reading(self.engine) as connection:
            return shares.shares_of(connection, alert_key)

    def waiting_shares(self, since: datetime) -> tuple[Share, ...]:
        with reading(self.engine) as connection:
            return shares.waiting_shares(connection, since)

    def notice(self, notice_id: str) -> Notice | None:
        """Return a message that is no alert, by id."""
        return Notices(self.engine).notice(notice_id)

    def over_budget(self, since: datetime) -> tuple[str, ...]:
        """Return the rule of every (alert, desk) that a desk's weekly budget withheld at or after `since`."""
        with reading(self.engine) as connection:
            return pace.over_budget(connection, since)

    def accounts(self, since: datetime, now: datetime, *, patience: timedelta) -> Accounts:
        """Return whether every alert version since then is accounted for at every destination."""
        with reading(self.engine) as connection:
            return accounts.accounts(connection, since, now, patience=patience)

    # Silences

    def add_silence(self, silence: Silence) -> None:
        with writing(self.engine) as connection:
            silences.add_silence(connection, silence)

    def expire_silence(self, silence_id: str, *, at: datetime, actor: str) -> Silence:
        """End a silence now and return it. Raises ReviewRefused when there is none, or it is over."""
        with writing(self.engine) as connection:
            return silences.expire_silence(connection, silence_id, at=at, actor=actor)

    def silences(self) -> tuple[Silence, ...]:
        """Return every silence ever made, the oldest first."""
        with reading(self.engine) as connection:
            return silences.all_silences(connection)

    # Mission reports

    def file_report(self, item: Item, record: Record) -> bool:
        """Store what a desk reports and who did, or neither. Returns whether it says anything new."""
        with writing(self.engine) as connection:
            stored = items.add_items(connection, [item])
            audit.add_audit(connection, record)
        return bool(stored.new or stored.revised)

    # Audit

    def audit(
        self, *, subject: str | None = None, since: datetime | None = None, limit: int = 100
    ) -> tuple[Entry, ...]:
        """Return entries of the audit log, newest first."""
        with reading(self.engine) as connection:
            return audit.entries(connection, subject=subject, since=since, limit=limit)

    def verify_audit(self, expected: str | None = None) -> Verified:
        """Follow the whole chain; memory does not grow with it. `expected` is a head noted earlier."""
        with reading(self.engine) as connection, closing(audit.chain(connection)) as entries:
            return verify(entries, expected)

    # Sources, digests, counts

    def source_states(self) -> Mapping[str, SourceState]:
        with reading(self.engine) as connection:
            return sources.source_states_by_id(connection)

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

    def save_digest(self, digest: ArchivedDigest) -> None:
        with writing(self.engine) as connection:
            digests.save_digest(connection, digest)

    def digests(self, *, desk_id: str | None = None, week: str | None = None) -> tuple[ArchivedDigest, ...]:
        """Return archived digests, newest first."""
        with reading(self.engine) as connection:
            return digests.archived_digests(connection, desk_id=desk_id, week=week)

    def counts(self) -> dict[str, int]:
        """Return rows by table, and `unassessed`: the evidence that waits."""
        with reading(self.engine) as connection:
            return sources.counts(connection)
