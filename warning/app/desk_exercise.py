"""`desks send-test`: one message, marked as an exercise, to every destination of a desk."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from warning.channels.channel import Channel
from warning.channels.render import render
from warning.core.alerts import Alert, Difference
from warning.core.deliveries import OutboxRow
from warning.core.desks import Desk, Destination
from warning.core.ids import content_id
from warning.core.rulebook import Rulebook
from warning.core.signals import Facts, Reason
from warning.core.vocabulary import Certainty, Marking, Severity
from warning.errors import DeliveryError

EXERCISE_RULE = "exercise"
TITLE = "Exercise: a test of this channel, nothing happened"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseSent:
    """What one destination answered; `error` is empty when it took the message."""

    desk_id: str
    channel: str
    address: str
    provider_ref: str = ""
    error: str = ""


async def send_exercise(
    book: Rulebook, desk: Desk, channels: Mapping[str, Channel], now: datetime
) -> tuple[ExerciseSent, ...]:
    """Send to each destination in turn; one that fails keeps none of the others from theirs.

    Nothing is stored: the alert exists in this message only.
    """
    alert = exercise(now)
    message = render(alert, desk, book, root=alert)
    answers: list[ExerciseSent] = []
    for destination in desk.destinations:
        for address in destination.to:
            row = _row(alert, desk, destination, address, now)
            reference = error = ""
            try:
                sent = await channels[destination.channel].send(message, row=row, root_ref=None)
                reference = sent.provider_ref
            except DeliveryError as failed:
                error = failed.message
            answers.append(
                ExerciseSent(
                    desk_id=desk.id,
                    channel=row.channel,
                    address=address,
                    provider_ref=reference,
                    error=error,
                )
            )
    return tuple(answers)


def exercise(now: datetime) -> Alert:
    """An alert that says of itself that it is an exercise; of the lowest level, for everybody to see."""
    return Alert(
        key=content_id("a", "exercise", now.isoformat()),
        version=1,
        rule_id=EXERCISE_RULE,
        rule_version="",
        rule_title=TITLE,
        title=TITLE,
        facts=Facts(act="exercise: nothing happened", direction="neutral"),
        severity=Severity.MINOR,
        certainty=Certainty.UNKNOWN,
        interrupts=False,
        marking=Marking.CLEAR,
        release_to=None,
        opened_at=now,
        updated_at=now,
        last_evidence_at=now,
        publishers=(),
        exhibits=(),
        evidence_total=0,
        signal_ids=(),
        why=(Reason(code="exercise", text=TITLE),),
        differences=(Difference(code="opened", after="exercise"),),
    )


def _row(alert: Alert, desk: Desk, destination: Destination, address: str, now: datetime) -> OutboxRow:
    return OutboxRow(
        id=content_id("d", alert.key, desk.id, destination.channel, address),
        alert_key=alert.key,
        alert_version=alert.version,
        desk_id=desk.id,
        channel=destination.channel,
        address=address,
        reason="first",
        state="sending",
        attempts=1,
        next_attempt_at=now,
        created_at=now,
    )
