"""Whom the end of an alert, or of a part of it, must reach: exactly those who got it, wherever they are read now."""

from collections.abc import Iterator, Sequence

from warning.core.alerts import AlertChange
from warning.core.deliveries import Delivery, Withheld, WithheldReason
from warning.core.desks import Desk, Destination
from warning.core.pace import Past, Place
from warning.core.recalls import is_about_handling, shuts_out
from warning.core.release import release_refusal
from warning.core.tearlines import as_seen_by, change_seen_by
from warning.core.vocabulary import Severity
from warning.core.withdrawing import ABOUT_WITHDRAWAL


def is_about_withdrawal(change: AlertChange) -> bool:
    """Whether a version takes back, or restores, something that was told before."""
    told = {d.code for d in change.alert.differences}
    told |= {d.code for _, own in change.alert.tearlines for d in own.differences}
    return change.previous is not None and bool(told & ABOUT_WITHDRAWAL)


def brings_news(change: AlertChange) -> bool:
    """Whether a version about a withdrawal is news to who was never told: a further report, or an alert that is back."""
    alert, before = change.alert, change.previous
    if alert.is_cancelled or before is None:
        return False
    return before.is_cancelled or not set(alert.signal_ids) <= set(before.signal_ids)


def correction_decisions(
    change: AlertChange, desks: Sequence[Desk], past: Past
) -> Iterator[Delivery | Withheld]:
    """Decide for every place that was reached, and for what still waits to go out.

    No silence, threshold, budget or review stands between a desk and the correction of what it was told. A place
    that its desk no longer lists is one that has moved: the desk is told where it is read now. One that may not carry the
    alert any more, and did, is told that what it showed is taken back.
    """
    key = change.alert.key
    told = {place for place in past.reached if place[0] == key}
    waiting = {place for place in past.held if place[0] == key} - told
    known = {desk.id: desk for desk in desks}
    owed: dict[Place, Delivery | Withheld] = {}
    for place in sorted(told | (set() if change.alert.is_cancelled else waiting)):
        desk = known.get(place[1])
        if desk is None:
            owed[place] = _withheld(change, place, "desk_gone", "no desk of this name is left to be told")
            continue
        for way in _ways(desk, place):
            decision = _decision(change, desk, *way, past, was_told=place in told)
            owed.setdefault((key, desk.id, way[0].channel, way[1]), decision)
    yield from owed.values()
    if change.alert.is_cancelled:
        yield from (_never_sent(change, place, past) for place in sorted(waiting))


def _ways(desk: Desk, place: Place) -> list[tuple[Destination, str]]:
    """The address itself while the desk lists it; else the desk's own of that channel, else all of its own."""
    _, _, channel, address = place
    listed = [
        (destination, address)
        for destination in (*desk.destinations, *desk.deputies)
        if destination.channel == channel and address in {*destination.to, destination.address}
    ]
    own = [(one, one.address) for several in desk.destinations for one in several.each()]
    return listed[:1] or [way for way in own if way[0].channel == channel] or own


def _decision(
    change: AlertChange, desk: Desk, destination: Destination, address: str, past: Past, *, was_told: bool
) -> Delivery | Withheld:
    seen, alert = change_seen_by(change, desk), as_seen_by(change.alert, desk)
    place = (change.alert.key, desk.id, destination.channel, address)
    refusal = release_refusal(alert, desk, destination)
    takes_back = refusal is not None and was_told and _carried_before(change, desk, destination)
    if not takes_back and (seen is None or not alert.differences):
        return _withheld(change, place, "nothing_new", "nothing changed that the desk may see")
    if alert.is_recalled and not was_told:
        if place in past.held:
            return _never_sent(change, place, past)
        return _withheld(change, place, "nothing_new", "the desk was not told of it here")
    if refusal and not takes_back:
        return _withheld(change, place, *refusal)
    is_recall = takes_back or alert.is_recalled
    return Delivery(
        alert_key=change.alert.key,
        alert_version=change.alert.version,
        desk_id=desk.id,
        channel=destination.channel,
        address=address,
        reason="recall" if is_recall else "cancel" if alert.is_cancelled else "correction",
        severity=Severity.UNKNOWN if is_recall else alert.severity_for(desk.country),
    )


def _carried_before(change: AlertChange, desk: Desk, destination: Destination) -> bool:
    """Whether this way showed, or may have shown, what it may not show any more."""
    if change.previous is None or not is_about_handling(change):
        return False
    could = release_refusal(as_seen_by(change.previous, desk), desk, destination) is None
    return could or shuts_out(change, desk, destination.ceiling)


def _never_sent(change: AlertChange, place: Place, past: Past) -> Withheld:
    _, desk_id, channel, address = place
    return Withheld(
        alert_key=change.alert.key,
        alert_version=past.held[place].version,
        desk_id=desk_id,
        channel=channel,
        address=address,
        reason="superseded",
        detail="what it told was taken back before it went out",
    )


def _withheld(change: AlertChange, place: Place, reason: WithheldReason, detail: str) -> Withheld:
    _, desk_id, channel, address = place
    return Withheld(
        alert_key=change.alert.key,
        alert_version=change.alert.version,
        desk_id=desk_id,
        channel=channel,
        address=address,
        reason=reason,
        detail=detail,
    )
