"""Who may see an alert, or know of a source: the one check that every way out asks, and that fails closed."""

from typing import Protocol

from warning.core.alerts import Alert
from warning.core.deliveries import WithheldReason
from warning.core.desks import Desk
from warning.core.sources import SourceProfile
from warning.core.vocabulary import Marking


class WayOut(Protocol):
    """A destination, or a desk's feed: whatever lets out at most a marking."""

    @property
    def channel(self) -> str: ...
    @property
    def ceiling(self) -> Marking: ...


def release_refusal(alert: Alert, desk: Desk, destination: WayOut) -> tuple[WithheldReason, str] | None:
    """Return why this alert may not leave for this destination, None when it may. Every egress asks this."""
    refused = desk_refusal(alert, desk)
    if refused is None and alert.marking > destination.ceiling:
        return "marking_exceeds_ceiling", f"TLP:{alert.marking.value} may not leave by {destination.channel}"
    return refused


def desk_refusal(alert: Alert, desk: Desk) -> tuple[WithheldReason, str] | None:
    """Return why this desk may not know of the alert at all, by whatever way; None when it may."""
    return _refusal(alert, desk)


def source_refusal(
    source: SourceProfile, desk: Desk, destination: WayOut
) -> tuple[WithheldReason, str] | None:
    """Return why a desk may not learn by this destination that there is such a source, None when it may."""
    refused = _refusal(source, desk)
    if refused is None and source.marking > destination.ceiling:
        return "marking_exceeds_ceiling", f"TLP:{source.marking.value} may not leave by {destination.channel}"
    return refused


def _refusal(what: Alert | SourceProfile, desk: Desk) -> tuple[WithheldReason, str] | None:
    if what.marking > desk.clearance:
        detail = f"TLP:{what.marking.value} is above the desk's clearance TLP:{desk.clearance.value}"
        return "marking_exceeds_clearance", detail
    if what.release_to is not None and desk.country not in what.release_to:
        return "not_released", f"releasable to {', '.join(sorted(what.release_to)) or 'nobody'}"
    return None
