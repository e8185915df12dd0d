"""What people do about alerts, and what is told them beside: every method is one transaction."""

from collections.abc import Collection, Iterable
from contextlib import closing
from datetime import datetime, timedelta

from warning.core.alerts import Alert
from warning.core.approval import Approval
from warning.core.audit import Entry, Record, Verified, verify
from warning.core.deliveries import Delivery, Withheld
from warning.core.evidence import Item
from warning.core.notices import Notice
from warning.core.review import Review, ReviewEvent
from warning.core.shares import Share
from warning.core.silences import Silence
from warning.store import (
    accounts,
    audit,
    digests,
    items,
    mission_reports,
    pace,
    reminders,
    reviews,
    shares,
    silences,
)
from warning.store.accounts import Accounts
from warning.store.connected import Connected
from warning.store.digests import ArchivedDigest
from warning.store.engine import reading, writing
from warning.store.notices import Notices
from warning.store.reminders import ToldDesk


class DeskRepository(Connected):
    """The part of the repository that desks and reviewers write."""

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

    def file_report(
        self, item: Item, record: Record, *, twice_within: timedelta | None = None
    ) -> tuple[bool, Item | None]:
        """Store what a desk reports and who did, or neither. Returns whether it says anything new.

        With `twice_within` nothing is stored where the same author filed the same words within that time of it, by
        whatever process: the report that stands is returned beside.
        """
        with writing(self.engine) as connection:
            if twice_within is not None:
                before = mission_reports.filed_before(connection, item, record.actor, twice_within)
                if before is not None:
                    return False, before
            stored = items.add_items(connection, [item])
            audit.add_audit(connection, record)
        return bool(stored.new or stored.revised), None

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

    # Digests

    def save_digest(self, digest: ArchivedDigest) -> None:
        with writing(self.engine) as connection:
            digests.save_digest(connection, digest)

    def digests(self, *, desk_id: str | None = None, week: str | None = None) -> tuple[ArchivedDigest, ...]:
        """Return archived digests, newest first."""
        with reading(self.engine) as connection:
            return digests.archived_digests(connection, desk_id=desk_id, week=week)
