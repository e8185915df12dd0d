"""Settle one change: each country's severity, and the version that follows from what desks should be told."""

from dataclasses import replace

from warning.core.alerts import Alert, AlertChange, Difference
from warning.core.exposure import grade_for
from warning.core.rulebook import Rulebook


def grade(change: AlertChange, book: Rulebook) -> AlertChange:
    """Return the change with gradings; a country's rise in severity alone makes a new version."""
    gradings = tuple(
        grade_for(
            change.alert.facts, change.alert.severity, exposure, book.policy.severity, book.terms.materials
        )
        for _, exposure in sorted(book.exposure.items())
    )
    alert = replace(change.alert, gradings=gradings)
    if change.previous is None:
        return AlertChange(kind="opened", alert=alert)
    differences = (*alert.differences, *_rises(change.previous, alert))
    if not differences:
        alert = replace(alert, differences=change.previous.differences)
        return AlertChange(kind="joined", alert=alert, previous=change.previous)
    alert = replace(alert, differences=differences, version=change.previous.version + 1)
    return AlertChange(kind="updated", alert=alert, previous=change.previous)


def _rises(before: Alert, after: Alert) -> tuple[Difference, ...]:
    return tuple(
        Difference(
            code="severity",
            before=f"{g.country}:{before.severity_for(g.country).value}",
            after=f"{g.country}:{g.severity.value}",
        )
        for g in after.gradings
        if g.severity > before.severity_for(g.country)
    )
