"""Which desk is told of which alert version by which channel, and for every "no" the reason."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from warning.core.alerts import Alert, AlertChange
from warning.core.canary import is_out_of_the_way
from warning.core.deliveries import Delivery, Withheld, WithheldReason
from warning.core.desks import Desk, Destination
from warning.core.pace import Past
from warning.core.recalls import is_about_handling
from warning.core.recipients import brings_news, correction_decisions, is_about_withdrawal
from warning.core.release import release_refusal
from warning.core.silences import Silence, silence_for
from warning.core.tearlines import as_seen_by, change_seen_by
from warning.core.vocabulary import Severity

Told = Mapping[tuple[str, str], Severity]


def route(
    changes: Iterable[AlertChange],
    desks: Sequence[Desk],
    told: Told,
    silences: Sequence[Silence] = (),
    past: Past | None = None,
) -> tuple[tuple[Delivery, ...], tuple[Withheld, ...]]:
    """Decide for every (changed alert, desk, destination); `joined` changes tell nobody anything.

    `silences` are those in force now. What takes back something told, or narrows who may see it, goes to exactly those
    whom `past` says it reached; what is news besides goes to the others as any news does.
    """
    owed: list[Delivery] = []
    withheld: list[Withheld] = []
    for change in (change for change in changes if change.kind != "joined"):
        decisions: list[Delivery | Withheld] = []
        takes_back, narrows = is_about_withdrawal(change), is_about_handling(change)
        if takes_back or narrows:
            decisions += correction_decisions(change, desks, past or Past())
        if narrows or not takes_back or brings_news(change):
            answered = {(d.desk_id, d.channel, d.address) for d in decisions}
            concerned = (desk for desk in desks if not is_out_of_the_way(change.alert, desk))
            every = (d for desk in concerned for d in _decisions(change, desk, told, silences))
            decisions += [d for d in every if (d.desk_id, d.channel, d.address) not in answered]
        owed += (d for d in decisions if isinstance(d, Delivery))
        withheld += (d for d in decisions if isinstance(d, Withheld))
    return tuple(sorted(owed)), tuple(sorted(withheld))


def _decisions(
    change: AlertChange, desk: Desk, told: Told, silences: Sequence[Silence]
) -> Iterator[Delivery | Withheld]:
    """Decide for every destination of a desk, about what the desk may see of the change."""
    seen = change_seen_by(change, desk)
    alert = as_seen_by(change.alert, desk)
    for destination in (each for several in desk.destinations for each in several.each()):
        if seen is None or alert.is_cancelled or alert.is_recalled:
            yield _withheld(alert, desk, destination, "nothing_new", "nothing changed that the desk may see")
            continue
        decision = decide(alert, desk, destination, told)
        if isinstance(decision, Delivery):
            yield _silenced(seen, desk, decision, told, silences) or decision
        else:
            yield decision


def decide(alert: Alert, desk: Desk, destination: Destination, told: Told) -> Delivery | Withheld:
    """Return what this destination is owed, or why not.

    A desk that was told of an alert is told of its later versions too, also when they fall below its
    threshold: a correction must reach whoever got the original.
    """
    refusal = release_refusal(alert, desk, destination)
    if refusal:
        return _withheld(alert, desk, destination, *refusal)
    if not alert.interrupts:
        is_doubtful = bool(alert.exhibits) and alert.exhibits[0].is_doubtful  # what is doubtful stands last
        what = "doubtful reports alone go" if is_doubtful else "background coverage goes"
        return _withheld(alert, desk, destination, "context", f"{what} to the digest")
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
