"""What one delivery says: the stored version as its desk may read it, checked once more before it goes out."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from warning.app.charting import chart_of
from warning.channels.figure_check import figure_refusal
from warning.channels.message import Message
from warning.channels.render import render
from warning.channels.render_standing import standing_line
from warning.core.alerts import Alert
from warning.core.deliveries import OutboxRow
from warning.core.desks import Desk, Destination
from warning.core.evidence import Observation
from warning.core.exposure_release import Audience
from warning.core.recalls import recalled
from warning.core.release import WayOut, release_refusal
from warning.core.review import ReviewEvent, fold, levels_of
from warning.core.rulebook import Rulebook
from warning.core.shares import Share
from warning.core.tearlines import as_seen_by, versions_seen_by
from warning.errors import DeliveryRefused


class StoredAlerts(Protocol):
    """What this module asks of the store."""

    def alert_versions(self, key: str) -> tuple[Alert, ...]: ...
    def shares_of(self, alert_key: str) -> tuple[Share, ...]: ...
    def review_events(
        self, *, alert_key: str | None = None, desk_id: str | None = None
    ) -> tuple[ReviewEvent, ...]: ...
    def observations_between(
        self, since: datetime, until: datetime, *, materials: Sequence[str] = ()
    ) -> tuple[Observation, ...]: ...


def message_of(row: OutboxRow, repository: StoredAlerts, book: Rulebook, now: datetime) -> Message:
    """Render the stored version; raise DeliveryRefused when this destination may not see it (any more)."""
    versions = repository.alert_versions(row.alert_key)
    alert = next((a for a in versions if a.version == row.alert_version), None)
    if alert is None:
        raise DeliveryRefused(f"version {row.alert_version} of the alert is not in the store")
    desk, destination = destination_of(book, row)
    alert = _as_told(alert, row, desk, destination)
    known = versions_seen_by([one for one in versions if one.version <= row.alert_version], desk)
    root = next(iter(known), None)
    share = _share(repository, row) if row.reason == "shared" else None
    audience = Audience(country=desk.country, ceiling=min(desk.clearance, destination.ceiling))
    message = render(alert, desk, book, root=root, reminder=row.step, share=share, audience=audience)
    chart = chart_of(message, book, repository) if row.channel == "mail" else None
    standing = _standing(repository, row, desk, known, now) if row.channel == "slack" else ""
    message = replace(message, mention=destination.mention, chart=chart, standing=standing)
    refusal = (
        release_refusal(alert, desk, destination)
        or payload_refusal(message, desk, destination)
        or figure_refusal(message, book, audience)
    )
    if refusal:
        raise DeliveryRefused(f"withheld: {': '.join(refusal)}")
    return message


def _as_told(alert: Alert, row: OutboxRow, desk: Desk, destination: Destination) -> Alert:
    """The version as the desk may read it; what is taken back from one way out goes there without a word of it.

    Such a message is marked like the most restricted thing that may have gone that way.
    """
    seen = as_seen_by(alert, desk)
    if row.reason != "recall" or seen.is_recalled:
        return seen
    return recalled(alert, marking=min(desk.clearance, destination.ceiling), release_to=None)


def _standing(
    repository: StoredAlerts, row: OutboxRow, desk: Desk, known: Sequence[Alert], now: datetime
) -> str:
    """Say who of this very desk looks after it. What other desks' people did is theirs to tell."""
    events = repository.review_events(alert_key=row.alert_key, desk_id=desk.id)
    return standing_line(fold(events, levels_of(known, desk.country), now), desk) if events else ""


def _share(repository: StoredAlerts, row: OutboxRow) -> Share | None:
    """Return the wish that this delivery fulfils: the last one granted for this desk and version."""
    granted = [
        share
        for share in repository.shares_of(row.alert_key)
        if share.to_desk == row.desk_id
        and share.alert_version == row.alert_version
        and share.shared_at is not None
    ]
    return granted[-1] if granted else None


def destination_of(book: Rulebook, row: OutboxRow) -> tuple[Desk, Destination]:
    """Return whom a delivery is for. Raises DeliveryRefused when the desk lists the address no longer."""
    for desk in book.desks:
        for destination in (*desk.destinations, *desk.deputies):
            listed = row.address in {*destination.to, destination.address}
            if desk.id == row.desk_id and destination.channel == row.channel and listed:
                return desk, destination
    raise DeliveryRefused(f"the desk {row.desk_id} no longer lists {row.channel} {row.address}")


def payload_refusal(message: Message, desk: Desk, destination: WayOut) -> tuple[str, str] | None:
    """Check what was rendered, not what was meant: the message and every piece of evidence it shows.

    Fails closed: one piece above the ceiling, or not released to the desk's country, holds the whole message.
    """
    ceiling = min(desk.clearance, destination.ceiling)
    if f"[TLP:{message.marking.value}]" not in message.title:
        return "marking_missing", "the message does not show its marking"
    parts = [(message.marking, message.release_to), *((s.marking, s.release_to) for s in message.sources)]
    parts += [(figure.marking, figure.release_to) for figure in message.figures]
    for marking, release_to in parts:
        if marking > ceiling:
            return "marking_exceeds_ceiling", f"TLP:{marking.value} shown, TLP:{ceiling.value} allowed"
        if release_to is not None and desk.country not in release_to:
            return "not_released", f"a part of the message is not released to {desk.country}"
    return None
