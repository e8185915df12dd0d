"""The gate before publication: what waits for a person's look, what is decided, and what goes out unreviewed."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from warning.app.system import System
from warning.core.alerts import Alert, AlertChange
from warning.core.approval import Approval, Decision
from warning.core.audit import SYSTEM
from warning.core.deliveries import Delivery
from warning.core.joinable import for_alert
from warning.core.pace import pace
from warning.core.routing import route
from warning.core.rulebook import Rulebook
from warning.core.vocabulary import Severity
from warning.errors import EvidenceMissing, ReviewRefused

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """An alert that waits for its review. `is_overdue` by the policy's `review.overdue_minutes`."""

    alert: Alert
    since: datetime
    is_overdue: bool

    def severity(self, book: Rulebook) -> Severity:
        return highest(self.alert, book)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What came of a decision: it as stored, and what is owed now."""

    approval: Approval
    owed: tuple[Delivery, ...]


def highest(alert: Alert, book: Rulebook) -> Severity:
    """Return the gravest level the alert has for any desk's country."""
    return max((alert.severity_for(desk.country) for desk in book.desks), default=alert.severity)


def review_queue(system: System) -> tuple[Queued, ...]:
    """Return what waits, the longest wait first."""
    waiting = dict(system.repository.awaiting_review())
    if not waiting:
        return ()
    overdue_before = system.clock() - timedelta(minutes=system.book().policy.review.overdue_minutes)
    alerts = {alert.key: alert for alert in system.repository.latest_alerts(waiting)}
    return tuple(
        Queued(alert=alerts[key], since=since, is_overdue=since <= overdue_before)
        for key, since in waiting.items()
        if key in alerts
    )


def decide(
    system: System,
    key: str,
    decision: Decision,
    *,
    actor: str,
    reason: str,
    seen_version: int | None = None,
) -> Decided:
    """Decide about one alert: approved is delivered now, rejected and archived are not.

    Raises EvidenceMissing (no such alert) and ReviewRefused (it does not wait, it moved on, no reason given).
    """
    (alert,) = system.repository.alerts(keys=(key,)) or (None,)
    if alert is None:
        raise EvidenceMissing(f"no alert has the key {key!r}")
    if not actor.strip():
        raise ReviewRefused("say who decides")
    if decision != "approved" and not reason.strip():
        raise ReviewRefused(f"say why it is {decision}: the desks may ask")
    book = system.book()
    approval = Approval(
        alert_key=key,
        alert_version=alert.version if seen_version is None else seen_version,
        decision=decision,
        actor=actor.strip(),
        reason=reason.strip(),
        at=system.clock(),
        severity=highest(alert, book),
    )
    return _decided(system, book, alert, approval)


def publish_overdue(system: System) -> int:
    """Publish what nobody reviewed in time and is too grave to wait; return how many alerts that makes."""
    published = 0
    for queued in review_queue(system):
        gate = system.book().policy.review
        if not queued.is_overdue or queued.severity(system.book()) < gate.publish_overdue:
            continue
        log.warning(
            "alert %s was not reviewed within %d minutes and goes out", queued.alert.key, gate.overdue_minutes
        )
        try:
            decide(
                system,
                queued.alert.key,
                "approved",
                actor=SYSTEM,
                reason=f"nobody reviewed it within {gate.overdue_minutes} minutes",
                seen_version=queued.alert.version,
            )
        except ReviewRefused as moved_on:
            log.info("%s", moved_on)
        else:
            published += 1
    return published


def _decided(system: System, book: Rulebook, alert: Alert, approval: Approval) -> Decided:
    """Route the alert anew under the decision, with the rest of the past as it is."""
    waiting = {key for key, _ in system.repository.awaiting_review()}
    state = system.repository.state_for(for_alert(book, alert, approval.at))
    was_rejected = (
        alert.key in state.past.approvals and state.past.approvals[alert.key].decision != "approved"
    )
    if alert.key not in waiting and not was_rejected:
        raise ReviewRefused(f"alert {alert.key} does not wait for a review")
    silences = tuple(silence for silence in state.silences if silence.is_active(approval.at))
    change = AlertChange(kind="updated", alert=alert)
    past = state.past.with_approval(approval)
    owed, refused = route([change], book.desks, state.told, silences)
    paced = pace(owed, [change], book, state.told, past, state.open_alerts, approval.at)
    # Every "no" that takes the place of the wait is kept: a desk that asked for silence, or is over its budget, may ask.
    system.repository.decide(approval, alert, paced.deliveries, (*refused, *paced.withheld))
    return Decided(approval=approval, owed=paced.deliveries)
