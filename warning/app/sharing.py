"""One desk gives an alert to an ally's: asked, confirmed by a second person where it takes two, delivered, recorded."""

from dataclasses import dataclass, replace

from warning.app.system import System
from warning.app.triage import desk_called
from warning.core.alerts import Alert
from warning.core.shares import CONFIRM_WITHIN, Share, confirm_refusal, deliveries, needs_two, share_refusal
from warning.core.tearlines import as_seen_by
from warning.errors import EvidenceMissing, ReviewRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What came of it. `owed` counts the deliveries; none while a second person has to confirm."""

    share: Share
    owed: int


def share_alert(
    system: System,
    key: str,
    *,
    giver: str,
    taker: str,
    actor: str,
    reason: str,
    seen_version: int | None = None,
) -> Shared:
    """Give an alert to another desk, or ask for it where its marking takes two people.

    `seen_version` is what the person looked at; None takes the version that stands.
    Raises EvidenceMissing (no such alert), ConfigError (no such desk) and ReviewRefused, which says why not.
    """
    alert = _alert(system, key)
    if seen_version is not None and seen_version != alert.version:
        raise ReviewRefused(
            f"alert {key} stands at version {alert.version} now, not at {seen_version}: look again"
        )
    book = system.book()
    gives, takes = desk_called(book, giver), desk_called(book, taker)
    if not actor.strip() or not reason.strip():
        raise ReviewRefused("say who shares it and why: the record is kept")
    refused = share_refusal(alert, gives, takes)
    if refused:
        raise ReviewRefused(f"alert {key} is not shared: {refused}")
    now = system.clock()
    marking = as_seen_by(alert, takes).marking
    alone = not needs_two(marking)
    share = Share(
        alert_key=key,
        alert_version=alert.version,
        from_desk=giver,
        to_desk=taker,
        marking=marking,
        actor=actor.strip(),
        reason=reason.strip(),
        asked_at=now,
        shared_at=now if alone else None,
    )
    owed = deliveries(alert, takes)
    if not owed:
        raise ReviewRefused(
            f"alert {key} is not shared: none of the desk's ways out may carry TLP:{marking.value}"
        )
    system.repository.ask_share(share, owed if alone else ())
    return Shared(share=share, owed=len(owed) if alone else 0)


def confirm_share(system: System, key: str, *, taker: str, person: str) -> Shared:
    """Confirm the last wish to share an alert with that desk. Raises as `share_alert` does."""
    alert = _alert(system, key)
    takes = desk_called(system.book(), taker)
    asked = [s for s in system.repository.shares_of(key) if s.to_desk == taker and s.shared_at is None]
    if not asked:
        raise ReviewRefused(f"nobody has asked to share alert {key} with {taker}")
    now = system.clock()
    gives = desk_called(system.book(), asked[-1].from_desk)
    refused = confirm_refusal(asked[-1], person.strip(), alert.version, now) or share_refusal(
        alert, gives, takes
    )
    if refused or not person.strip():
        raise ReviewRefused(f"alert {key} is not shared: {refused or 'say who confirms it'}")
    share = replace(asked[-1], confirmed_by=person.strip(), shared_at=now)
    owed = deliveries(alert, takes)
    system.repository.confirm_share(share, owed)
    return Shared(share=share, owed=len(owed))


def waiting_shares(system: System) -> tuple[Share, ...]:
    """Return the wishes that wait for a second person, the oldest first."""
    return system.repository.waiting_shares(system.clock() - CONFIRM_WITHIN)


def _alert(system: System, key: str) -> Alert:
    (alert,) = system.repository.alerts(keys=(key,)) or (None,)
    if alert is None:
        raise EvidenceMissing(f"no alert has the key {key!r}")
    return alert
