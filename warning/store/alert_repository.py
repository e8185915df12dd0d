"""Assessments, the alerts they make and what is owed of them: every method is one transaction."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from warning.core.alerts import Alert, AlertState
from warning.core.assess import Assessment, State
from warning.core.chains import Followed
from warning.core.deliveries import DeliveryState, OutboxRow, Withheld
from warning.core.evidence import Window
from warning.core.joinable import Joinable
from warning.core.lifecycle import Lifecycle
from warning.core.recall import Recall, Recalled
from warning.core.rulebook import Need
from warning.core.signals import Signal
from warning.core.stories import Stories, Telling
from warning.store import alerts as alert_rows
from warning.store import (
    assessments,
    deliveries,
    endings,
    feed_entries,
    recall,
    stories,
    window,
)
from warning.store.alerts import Sought
from warning.store.assessments import TraceRecord
from warning.store.candidates import candidate_keys, standing_keys
from warning.store.connected import Connected
from warning.store.deliveries import Owed
from warning.store.endings import Ended
from warning.store.engine import reading, writing
from warning.store.feed_entries import Told
from warning.store.narrowed_versions import kept_signals
from warning.store.resident import Resident
from warning.store.stories import ToldAgain


class AlertRepository(Connected):
    """The part of the repository that assessments write and desks read."""

    # Assessments

    def unassessed(
        self,
        needs: tuple[Need, ...],
        as_of: datetime,
        limit: int,
        resident: Resident | None = None,
        *,
        most_items: int | None = None,
    ) -> Window:
        """Return at most `limit` unassessed records of each kind (`most_items` items) with the history the rules want.

        A resident remembers the history; a window it gave is valid until it gives the next.
        """
        with reading(self.engine) as connection:
            return window.unassessed(connection, needs, as_of, limit, resident, most_items)

    def recall(self, wanted: Recall, as_of: datetime) -> Recalled:
        """Return the earlier signals, last arrivals and source health that a rulebook wants remembered."""
        with reading(self.engine) as connection:
            return recall.recalled(connection, wanted, as_of)

    def stories_near(self, wanted: Sequence[Telling]) -> Stories:
        """Return what was told in words near to these, and the stories of evidence assessed before."""
        if not wanted:
            return Stories()
        with reading(self.engine) as connection:
            return stories.near_stories(connection, wanted)

    def told_again(self, wanted: Collection[str]) -> tuple[ToldAgain, ...]:
        """Return the articles of these stories that the press told again, and that opened no alert."""
        with reading(self.engine) as connection:
            return stories.told_again(connection, wanted)

    def story_of(self, evidence_id: str) -> tuple[str, datetime | None] | None:
        """Return the story of a piece of evidence, and when it was first seen where the press told it again."""
        with reading(self.engine) as connection:
            return stories.story_of(connection, evidence_id)

    def signals_of_story(self, story: str) -> tuple[Signal, ...]:
        """Return the signals on the evidence of one story, oldest first."""
        with reading(self.engine) as connection:
            return stories.signals_of_story(connection, story)

    def state(self) -> State:
        """Return every open alert and who was told how much of it: for tests and small stores."""
        with reading(self.engine) as connection:
            return alert_rows.state(connection, self._decoded)

    def state_for(self, wanted: Joinable) -> State:
        """Return the alerts that evidence may join, or that may mute it, and who was told how much of them."""
        with reading(self.engine) as connection:
            found = alert_rows.state(connection, self._decoded, candidate_keys(connection, wanted))
            resting = [alert for alert in found.open_alerts if wanted.may_narrow(alert)]
            return replace(found, grounds=kept_signals(connection, resting)) if resting else found

    def standing_alerts(self, today: date, cases: Followed | None = None) -> tuple[Alert, ...]:
        """Return the open alerts with a date ahead, and those that tell of a gap: what rules of the calendar read.

        With `cases`, also those of acts whose next step is awaited.
        """
        with reading(self.engine) as connection:
            return alert_rows.latest(connection, self._decoded, standing_keys(connection, today, cases))

    def commit_assessment(self, assessment: Assessment, window: Window, *, book_version: str) -> bool:
        """Store everything an assessment decided, or nothing.

        Returns False when it looked at nothing and changed nothing. Raises AssessmentRaced when its evidence was assessed,
        or an alert moved on, since `unassessed` and `state` were read: read them again.
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

    def last_fired(self) -> dict[str, datetime]:
        """Return by rule, of whatever rules ever fired, when the last evidence on which it did became known."""
        with reading(self.engine) as connection:
            return assessments.last_fired(connection)

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

    def entered_keys(self, desk_id: str, since: datetime, until: datetime, now: datetime) -> frozenset[str]:
        """Return the alerts of which something may have entered a desk's out-feed from `since` to before `until`."""
        with reading(self.engine) as connection:
            return feed_entries.entered_keys(connection, desk_id, since, until, now)

    def last_entered(self, desk_id: str, since: datetime, until: datetime, now: datetime) -> datetime | None:
        """Return when something last entered a desk's out-feed in that span, None when nothing did."""
        with reading(self.engine) as connection:
            return feed_entries.last_entered(connection, desk_id, since, until, now)

    def first_entered(self, desk_id: str, since: datetime, until: datetime, now: datetime) -> datetime | None:
        with reading(self.engine) as connection:
            return feed_entries.first_entered(connection, desk_id, since, until, now)

    def told_versions(self, desk_id: str, keys: Collection[str], now: datetime) -> tuple[Told, ...]:
        """Return the versions of these alerts that a desk was told of, with when each entered its out-feed."""
        with reading(self.engine) as connection:
            return feed_entries.told_versions(connection, desk_id, keys, now)

    def deliveries_of(self, alert_key: str) -> tuple[OutboxRow, ...]:
        with reading(self.engine) as connection:
            return deliveries.deliveries_of(connection, alert_key)

    def withheld_of(self, alert_key: str) -> tuple[Withheld, ...]:
        with reading(self.engine) as connection:
            return alert_rows.withheld_of(connection, alert_key)

    # How alerts end

    def end_alerts(self, policy: Lifecycle, ended: Mapping[str, date], now: datetime) -> int:
        """End the open alerts that are over by now; `ended` are acts of the register by instrument key. Return how many."""
        with writing(self.engine) as connection:
            return endings.end_alerts(connection, policy, ended, now)

    def ended(self, keys: Collection[str]) -> Mapping[str, Ended]:
        """Return when and why alerts ended, by key, of those that have."""
        with reading(self.engine) as connection:
            return endings.ended(connection, keys)
