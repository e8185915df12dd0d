"""Which desk is told of which alert version by which channel, and for every "no" the reason."""

from collections.abc import Iterable, Mapping, Sequence

from warning.core.alerts import Alert, AlertChange
from warning.core.deliveries import Delivery, Withheld, WithheldReason
from warning.core.desks import Desk, Destination
from warning.core.silences import Silence, silence_for
from warning.core.vocabulary import Severity

Told = Mapping[tuple[str, str], Severity]


def route(
    changes: Iterable[AlertChange], desks: Sequence[Desk], told: Told, silences: Sequence[Silence] = ()
) -> tuple[tuple[Delivery, ...], tuple[Withheld, ...]]:
    """Decide for every (changed alert, desk, destination); `joined` changes tell nobody anything.

    `silences` are those in force now.
    """
    owed: list[Delivery] = []
    withheld: list[Withheld] = []
    for change in changes:
        if change.kind == "joined":
            continue
        for desk in desks:
            for destination in (each for several in desk.destinations for each in several.each()):
                decision = decide(change.alert, desk, destination, told)
                if isinstance(decision, Delivery):
                    decision = _silenced(change, desk, decision, told, silences) or decision
                if isinstance(decision, Delivery):
                    owed.append(decision)
                else:
                    withheld.append(decision)
    return tuple(sorted(owed)), tuple(sorted(withheld))


def decide(alert: Alert, desk: Desk, destination: Destination, told: Told) -> Delivery | Withheld:
    """Return what this destination is owed, or why not.

    A desk that was told of an alert is told of its later versions too, also when they fall below its
    threshold: a correction must reach whoever got the original.
    """
    refusal = release_refusal(alert, desk, destination)
    if refusal:
        return _withheld(alert, desk, destination, *refusal)
    if not alert.interrupts:
        return _withheld(alert, desk, destination, "context", "background coverage goes to the digest")
    severity = alert.severity_for(desk.country)
    threshold = destination.threshold or desk.threshold
    before = told.get((alert.key, desk.id))
    if severity < threshold and before is None:
        detail = f"{severity.value} for {desk.country}, the desk asks for {threshold.value}"
        return _withheld(alert, desk, destination, "below_threshold", detail)
    return Delivery(
        alert_key=alert.key,
        alert_version=alert.version,
        desk_id=desk.id,
        channel=destination.channel,
        address=destination.address,
        reason="first" if before is None else "escalated" if severity > before else "update",
        severity=severity,
    )


def _silenced(
    change: AlertChange, desk: Desk, owed: Delivery, told: Told, silences: Sequence[Silence]
) -> Withheld | None:
    """Return the refusal when the desk asked for silence about this, None when it is delivered after all."""
    before = [told[change.alert.key, desk.id]] if (change.alert.key, desk.id) in told else []
    if change.previous is not None:
        before.append(change.previous.severity_for(desk.country))
    silence = silence_for(silences, change.alert, desk.id, change.alert.severity_for(desk.country), before)
    if silence is None:
        return None
    return Withheld(
        alert_key=owed.alert_key,
        alert_version=owed.alert_version,
        desk_id=owed.desk_id,
        channel=owed.channel,
        address=owed.address,
        reason="silenced",
        detail=f"{silence.id} by {silence.actor} until {silence.until:%Y-%m-%d %H:%M}Z: {silence.reason}",
    )


def release_refusal(alert: Alert, desk: Desk, destination: Destination) -> tuple[WithheldReason, str] | None:
    """Return why this alert may not leave for this destination, None when it may. Every egress asks this."""
    refused = desk_refusal(alert, desk)
    if refused is None and alert.marking > destination.ceiling:
        return "marking_exceeds_ceiling", f"TLP:{alert.marking.value} may not leave by {destination.channel}"
    return refused


def desk_refusal(alert: Alert, desk: Desk) -> tuple[WithheldReason, str] | None:
    """Return why this desk may not know of the alert at all, by whatever way; None when it may."""
    if alert.marking > desk.clearance:
        detail = f"TLP:{alert.marking.value} is above the desk's clearance TLP:{desk.clearance.value}"
        return "marking_exceeds_clearance", detail
    if alert.release_to is not None and desk.country not in alert.release_to:
        return "not_released", f"releasable to {', '.join(sorted(alert.release_to)) or 'nobody'}"
    return None


def _withheld(
    alert: Alert, desk: Desk, destination: Destination, reason: WithheldReason, detail: str
) -> Withheld:
    return Withheld(
        alert_key=alert.key,
        alert_version=alert.version,
        desk_id=desk.id,
        channel=destination.channel,
        address=destination.address,
        reason=reason,
        detail=detail,
    )
