"""Which reminders are due: an alert a desk was told of, and that nobody there has acted on since."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from warning.core.alerts import Alert
from warning.core.deliveries import Delivery
from warning.core.desks import Desk, Destination
from warning.core.escalation import Escalation, Step
from warning.core.release import release_refusal
from warning.core.review import NEEDS_A_LOOK, Review
from warning.core.tearlines import as_seen_by
from warning.core.workdays import next_workday, office_time_after

LAPSES_AFTER = timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """An alert at a desk, as it stands there. `told_at` is when the desk was last told something it had to look at:
    the first message, or a rise. `reminded` counts the reminders owed or sent since then, `last_step` is the number
    of the last one ever.
    """

    alert: Alert
    desk: Desk
    review: Review
    told_at: datetime
    reminded: int = 0
    last_step: int = 0


def due_reminders(unanswered: Unanswered, escalation: Escalation, now: datetime) -> tuple[Delivery, ...]:
    """Return the next reminder when its time has come, one delivery a destination; empty otherwise.

    Steps come one at a time, so that a service that was down for a night does not ring three times at once; a step
    missed by more than `LAPSES_AFTER` is not made up for. A destination that may not see the alert is left out: a
    deputy's marking is checked like anybody's.
    """
    desk = unanswered.desk
    alert = as_seen_by(unanswered.alert, desk)
    steps = escalation.for_severity(alert.severity_for(desk.country))
    if unanswered.review.state not in NEEDS_A_LOOK or not alert.interrupts or alert.state != "open":
        return ()
    ahead = [step for step in steps if due_at(step, since(unanswered), desk) > now - LAPSES_AFTER]
    place = max(unanswered.reminded, len(steps) - len(ahead))
    if place >= len(steps) or due_at(steps[place], since(unanswered), desk) > now:
        return ()
    return tuple(
        Delivery(
            alert_key=alert.key,
            alert_version=alert.version,
            desk_id=desk.id,
            channel=destination.channel,
            address=destination.address,
            reason="reminder",
            severity=alert.severity_for(desk.country),
            step=unanswered.last_step + 1,
        )
        for destination in _destinations(steps[place], desk)
        if release_refusal(alert, desk, destination) is None
    )


def since(unanswered: Unanswered) -> datetime:
    """Return when the clock of the reminders started: being told, or being opened again later."""
    reopened = unanswered.review.since
    return unanswered.told_at if reopened is None else max(reopened, unanswered.told_at)


def due_at(step: Step, start: datetime, desk: Desk) -> datetime:
    """Return when (UTC) a step is due for something told at `start`."""
    if step.after_minutes is not None:
        return start + timedelta(minutes=step.after_minutes)
    where = {"timezone": desk.timezone, "country": desk.country}
    if step.after_office_minutes is not None:
        return office_time_after(start, step.after_office_minutes, desk.office_hours, **where)
    zone = ZoneInfo(desk.timezone)
    tomorrow = start.astimezone(zone).date() + timedelta(days=1)
    opens = datetime.combine(next_workday(tomorrow, desk.country), desk.office_hours.start, zone)
    return opens.astimezone(UTC)


def _destinations(step: Step, desk: Desk) -> Sequence[Destination]:
    chosen = desk.deputies if step.to == "deputies" and desk.deputies else desk.destinations
    return [each for destination in chosen for each in destination.each()]
