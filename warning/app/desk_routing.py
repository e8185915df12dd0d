"""`desks route`: who would get an item or an alert, by which channel, and why or why not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from warning.app.history import History
from warning.core.alerts import Alert, AlertChange
from warning.core.assess import State, assess
from warning.core.deliveries import Delivery, Withheld
from warning.core.evidence import Item
from warning.core.routing import route
from warning.core.rulebook import Rulebook


@dataclass(frozen=True, slots=True, kw_only=True)
class Routed:
    """One alert and the answer of every destination, sorted by desk."""

    alert: Alert
    deliveries: tuple[Delivery, ...]
    withheld: tuple[Withheld, ...]

    def document(self) -> dict[str, object]:
        """Return the answers as plain values for JSON."""
        owed = [
            {
                "desk": d.desk_id,
                "channel": d.channel,
                "address": d.address,
                "severity": d.severity.value,
                "reason": d.reason,
            }
            for d in self.deliveries
        ]
        withheld = [
            {
                "desk": w.desk_id,
                "channel": w.channel,
                "address": w.address,
                "reason": w.reason,
                "detail": w.detail,
            }
            for w in self.withheld
        ]
        return {
            "alert": self.alert.key,
            "title": self.alert.title,
            "rule": self.alert.rule_id,
            "interrupts": self.alert.interrupts,
            "marking": self.alert.marking.value,
            "severity": {g.country: g.severity.value for g in self.alert.gradings},
            "because": {g.country: g.because for g in self.alert.gradings},
            "delivered": owed,
            "withheld": withheld,
        }


def route_item(book: Rulebook, item: Item) -> tuple[Routed, ...]:
    """Assess one item as if it were the first thing ever seen; empty when no rule fires on it."""
    as_of = item.known_at + timedelta(seconds=1)
    assessment = assess(book, History(book).admit([item]), State(), as_of)
    return tuple(
        Routed(
            alert=change.alert,
            deliveries=_levels(book, change.alert, assessment.deliveries),
            withheld=tuple(w for w in assessment.withheld if w.alert_key == change.alert.key),
        )
        for change in assessment.changes
    )


def route_alert(book: Rulebook, versions: Sequence[Alert]) -> Routed:
    """Route the latest version of a stored alert anew, as if no desk had been told of it yet."""
    alert = versions[-1]
    deliveries, withheld = route([AlertChange(kind="opened", alert=alert)], book.desks, {})
    return Routed(alert=alert, deliveries=_levels(book, alert, deliveries), withheld=withheld)


def _levels(book: Rulebook, alert: Alert, deliveries: Sequence[Delivery]) -> tuple[Delivery, ...]:
    """The alert's own deliveries, each with the level its desk is told: that of the desk's country."""
    countries = {desk.id: desk.country for desk in book.desks}
    return tuple(
        replace(delivery, severity=alert.severity_for(countries[delivery.desk_id]))
        for delivery in deliveries
        if delivery.alert_key == alert.key
    )
