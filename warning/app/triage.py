"""Triage: a person acts on an alert for a desk, and where every alert stands at each desk."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from warning.catalog.complaints import did_you_mean
from warning.core.alerts import Alert
from warning.core.desks import Desk
from warning.core.precision import WINDOW_DAYS, Precision, precisions
from warning.core.release import desk_refusal
from warning.core.review import (
    MAX_SNOOZE,
    Action,
    Review,
    ReviewEvent,
    Verdict,
    fold,
    levels_of,
    standing_verdicts,
)
from warning.core.rulebook import Rulebook
from warning.core.tearlines import as_seen_by, versions_seen_by
from warning.errors import ConfigError, EvidenceMissing, ReviewRefused
from warning.store.repository import Repository

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What a person wants done. `seen_version` is what they looked at; None takes the version that stands.

    Without `until`, a snooze lasts as long as it may, or until the severity rises for the desk's country.
    """

    alert_key: str
    desk_id: str
    actor: str
    action: Action
    reason: str = ""
    verdict: Verdict | None = None
    assignee: str = ""
    until: datetime | None = None
    seen_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Acted:
    """What came of an act: the event as stored, and where the alert stands at that desk."""

    event: ReviewEvent
    review: Review


def act(repository: Repository, book: Rulebook, wanted: Act, clock: Clock) -> Acted:
    """Do it, or raise: ConfigError (no such desk), EvidenceMissing (no such alert), ReviewRefused."""
    desk = desk_called(book, wanted.desk_id)
    (alert,) = repository.alerts(keys=(wanted.alert_key,)) or (None,)
    if alert is None:
        raise EvidenceMissing(f"no alert has the key {wanted.alert_key!r}")
    alert = as_seen_by(alert, desk)
    refused = desk_refusal(alert, desk)
    if refused:
        raise ReviewRefused(f"desk {desk.id} may not see alert {alert.key}: {refused[1]}")
    event = _event(wanted, alert, desk, clock())
    return Acted(event=event, review=repository.add_review(event, country=desk.country))


def desk_called(book: Rulebook, desk_id: str) -> Desk:
    """Return the desk. Raises ConfigError with the nearest names."""
    found = next((desk for desk in book.desks if desk.id == desk_id), None)
    if found is None:
        hint = did_you_mean(desk_id, [desk.id for desk in book.desks])
        raise ConfigError(f"no desk is called {desk_id!r}; {hint or 'there is none'}")
    return found


def reviews_at(
    repository: Repository, desk: Desk, alerts: Iterable[Alert], clock: Clock
) -> Mapping[str, Review]:
    """Return where each of these alerts stands at a desk, by alert key."""
    listed = list(alerts)
    keys = {alert.key for alert in listed}
    events: defaultdict[str, list[ReviewEvent]] = defaultdict(list)
    for event in repository.review_events(desk_id=desk.id, keys=keys):
        events[event.alert_key].append(event)
    versions: defaultdict[str, list[Alert]] = defaultdict(list)
    for version in repository.versions_since_review(desk.id, events.keys()):
        versions[version.key].append(as_seen_by(version, desk))
    now = clock()
    return {
        alert.key: fold(events[alert.key], levels_of(versions[alert.key], desk.country), now)
        for alert in listed
    }


def history(
    repository: Repository, book: Rulebook, versions: tuple[Alert, ...], clock: Clock
) -> tuple[Mapping[str, Review], tuple[ReviewEvent, ...]]:
    """Return where one alert stands at every desk that may see it, by desk id, and all that was done."""
    events = repository.review_events(alert_key=versions[-1].key)
    now = clock()
    standing = {
        desk.id: fold(
            [event for event in events if event.desk_id == desk.id],
            levels_of(versions_seen_by(versions, desk), desk.country),
            now,
        )
        for desk in book.desks
        if versions_seen_by(versions[-1:], desk)
    }
    return standing, events


def rule_precisions(repository: Repository, until: datetime) -> tuple[Precision, ...]:
    """Return how often each rule was right at each desk, by the verdicts of the 90 days before `until`."""
    closings = repository.closings_since(until - timedelta(days=WINDOW_DAYS))
    rule_of = {event.alert_key: rule_id for rule_id, event in closings}
    standing = standing_verdicts(event for _, event in closings if event.at <= until)
    return precisions(
        (rule_of[event.alert_key], event.desk_id, event.verdict) for event in standing if event.verdict
    )


def _event(wanted: Act, alert: Alert, desk: Desk, now: datetime) -> ReviewEvent:
    until = wanted.until
    if wanted.action == "snooze" and until is None:
        until = now + MAX_SNOOZE
    return ReviewEvent(
        alert_key=alert.key,
        alert_version=alert.version if wanted.seen_version is None else wanted.seen_version,
        severity=alert.severity_for(desk.country),
        desk_id=desk.id,
        actor=wanted.actor.strip(),
        at=now,
        action=wanted.action,
        reason=wanted.reason.strip(),
        verdict=wanted.verdict,
        assignee=wanted.assignee.strip(),
        until=until,
    )
