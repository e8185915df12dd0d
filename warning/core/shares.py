"""Sharing: one desk gives an alert to another, as far as the other may see it. Above GREEN it takes two people."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from warning.core.alerts import Alert
from warning.core.deliveries import Delivery
from warning.core.desks import Desk
from warning.core.release import desk_refusal, release_refusal
from warning.core.tearlines import as_seen_by
from warning.core.vocabulary import Marking

ALONE_UP_TO = Marking.GREEN
CONFIRM_WITHIN = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One desk's wish that another gets an alert. `marking` is that of what the other reads.

    `shared_at` is None while a second person has to confirm it.
    """

    alert_key: str
    alert_version: int
    from_desk: str
    to_desk: str
    marking: Marking
    actor: str
    reason: str
    asked_at: datetime
    confirmed_by: str = ""
    shared_at: datetime | None = None

    def waits(self, now: datetime) -> bool:
        """Whether a second person may still confirm it."""
        return self.shared_at is None and now - self.asked_at <= CONFIRM_WITHIN


def needs_two(marking: Marking) -> bool:
    return marking > ALONE_UP_TO


def share_refusal(alert: Alert, giver: Desk, taker: Desk) -> str | None:
    """Return why the alert may not be given from one desk to the other, None when it may."""
    if giver.id == taker.id:
        return "a desk does not share with itself"
    own = as_seen_by(alert, giver)
    if own.is_recalled or desk_refusal(own, giver) is not None:
        return f"the desk {giver.id} may not see it"
    taken = as_seen_by(alert, taker)
    if taken.is_recalled:
        return f"nothing of it may be shown to the desk {taker.id} any more"
    refused = desk_refusal(taken, taker)
    return f"the desk {taker.id} may not see it: {refused[1]}" if refused else None


def confirm_refusal(share: Share, person: str, version: int, now: datetime) -> str | None:
    """Return why `person` may not confirm this wish, None when they may."""
    if _account(share.actor) == _account(person):
        return f"{share.actor} asked for it; somebody else has to confirm it"
    if not share.waits(now):
        return f"it was asked for at {share.asked_at:%Y-%m-%d %H:%M}Z, more than a day ago: ask again"
    if share.alert_version != version:
        return f"version {version} stands now, {share.actor} asked to share version {share.alert_version}: ask again"
    return None


def _account(person: str) -> str:
    """Who acts: by the account where there is one ("slack:U0123 kim"), since a name there can be changed."""
    account, _, _ = person.partition(" ")
    return (account if account.startswith("slack:") else person).casefold()


def deliveries(alert: Alert, taker: Desk) -> tuple[Delivery, ...]:
    """Return what the other desk is owed: one delivery for each way out that may carry what it reads.

    Its threshold does not count: somebody thought of it. Later versions reach it as they reach any desk told.
    """
    seen = as_seen_by(alert, taker)
    return tuple(
        Delivery(
            alert_key=alert.key,
            alert_version=alert.version,
            desk_id=taker.id,
            channel=destination.channel,
            address=destination.address,
            reason="shared",
            severity=seen.severity_for(taker.country),
        )
        for several in taker.destinations
        for destination in several.each()
        if release_refusal(seen, taker, destination) is None
    )
