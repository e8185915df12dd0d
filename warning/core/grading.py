"""Settle one change: each country's severity, and the version that follows from what desks should be told."""

from dataclasses import replace

from warning.core.alerts import Alert, AlertChange, Difference
from warning.core.rulebook import Rulebook


def grade(change: AlertChange, book: Rulebook) -> AlertChange:
    """Return the change with gradings; a country's rise in severity alone makes a new version.

    News for a desk that reads a tear-line is a new version too; the others are told nothing of it.
    """
    before = change.previous
    alert = _graded(change.alert, before, book)
    known = dict(before.tearlines) if before else {}
    tearlines = {
        desk_id: _graded(own, _own_before(own, known.get(desk_id), before), book)
        for desk_id, own in change.alert.tearlines
    }
    if before is None:
        return AlertChange(kind="opened", alert=_versioned(alert, tearlines, alert.version))
    if alert.differences or any(own.differences for own in tearlines.values()):
        alert = _versioned(alert, tearlines, before.version + 1)
        return AlertChange(kind="updated", alert=alert, previous=before)
    tearlines = {
        desk_id: replace(own, differences=known[desk_id].differences if desk_id in known else ())
        for desk_id, own in tearlines.items()
    }
    alert = replace(alert, differences=before.differences)
    return AlertChange(kind="joined", alert=_versioned(alert, tearlines, before.version), previous=before)


def _own_before(own: Alert, known: Alert | None, before: Alert | None) -> Alert | None:
    """What the desk had before: its tear-line, else the alert itself; nothing where it sees the event only now."""
    if any(difference.code == "opened" for difference in own.differences):
        return None
    return known or before


def _graded(alert: Alert, before: Alert | None, book: Rulebook) -> Alert:
    if alert.is_recalled:
        return alert
    gradings = book.gradings.of(alert.facts, alert.severity, alert.certainty)
    graded = replace(alert, gradings=gradings)
    if before is None:
        return graded
    return replace(graded, differences=(*graded.differences, *_rises(before, graded)))


def _versioned(alert: Alert, tearlines: dict[str, Alert], version: int) -> Alert:
    """A tear-line goes by the number of the version it belongs to."""
    numbered = tuple((desk_id, replace(own, version=version)) for desk_id, own in sorted(tearlines.items()))
    return replace(alert, version=version, tearlines=numbered)


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
