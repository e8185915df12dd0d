"""Review events: added under the alert's lock, so that two people cannot act on what neither has seen."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, exists, select

from warning.core.alerts import Alert
from warning.core.audit import Record
from warning.core.review import Review, ReviewEvent, Verdict, fold, levels_of, refusal
from warning.core.vocabulary import Severity
from warning.errors import EvidenceMissing, ReviewRefused
from warning.store.alerts import versions
from warning.store.audit import add_audit
from warning.store.rows import from_json, storable
from warning.store.schema import alert_versions, alerts, reviews


def add_review(connection: Connection, event: ReviewEvent, country: str) -> Review:
    """Store what a person did and return where the alert stands at that desk, whose country is `country`.

    Raises EvidenceMissing when there is no such alert, ReviewRefused when a newer version stands than the one
    acted on, or when the state at this desk does not allow it.
    """
    standing = select(alerts.c.version).where(alerts.c.key == event.alert_key).with_for_update()
    row = connection.execute(standing).first()
    if row is None:
        raise EvidenceMissing(f"no alert has the key {event.alert_key!r}")
    if row.version != event.alert_version:
        raise ReviewRefused(
            f"alert {event.alert_key} stands at version {row.version} now, not at version "
            f"{event.alert_version}: read what changed (`warning alerts show {event.alert_key}`), then act"
        )
    seen = [version.for_desk(event.desk_id) for version in versions(connection, event.alert_key)]
    levels = levels_of(seen, country)
    before = review_events(connection, alert_key=event.alert_key, desk_id=event.desk_id)
    refused = refusal(fold(before, levels, event.at), event)
    if refused:
        raise ReviewRefused(f"{event.action} of alert {event.alert_key} for desk {event.desk_id}: {refused}")
    connection.execute(reviews.insert(), _values(event))
    add_audit(connection, _record(event))
    return fold((*before, event), levels, event.at)


def review_events(
    connection: Connection, *, alert_key: str | None = None, desk_id: str | None = None
) -> tuple[ReviewEvent, ...]:
    """Return what was done, in the order it was stored."""
    query = select(reviews).order_by(reviews.c.seq)
    if alert_key is not None:
        query = query.where(reviews.c.alert_key == alert_key)
    if desk_id is not None:
        query = query.where(reviews.c.desk_id == desk_id)
    return tuple(_event(row) for row in connection.execute(query))


def versions_since_review(connection: Connection, desk_id: str) -> tuple[Alert, ...]:
    """Return the versions newer than something this desk acted on, by alert and version."""
    acted_on_earlier = exists().where(
        reviews.c.alert_key == alert_versions.c.alert_key,
        reviews.c.desk_id == desk_id,
        reviews.c.alert_version < alert_versions.c.version,
    )
    query = select(alert_versions.c.content).where(acted_on_earlier)
    query = query.order_by(alert_versions.c.alert_key, alert_versions.c.version)
    return tuple(from_json(Alert, row.content) for row in connection.execute(query))


def closings_since(connection: Connection, since: datetime) -> tuple[tuple[str, ReviewEvent], ...]:
    """Return (rule id, event) of every closing and reopening at or after `since`, in stored order."""
    query = (
        select(reviews, alerts.c.rule_id)
        .join(alerts, alerts.c.key == reviews.c.alert_key)
        .where(reviews.c.action.in_(("close", "reopen")), reviews.c.at >= since)
        .order_by(reviews.c.seq)
    )
    return tuple((row.rule_id, _event(row)) for row in connection.execute(query))


def _values(event: ReviewEvent) -> dict[str, Any]:
    return {
        "alert_key": event.alert_key,
        "alert_version": event.alert_version,
        "severity": event.severity.value,
        "desk_id": event.desk_id,
        "actor": storable(event.actor),
        "at": event.at,
        "action": event.action,
        "reason": storable(event.reason),
        "verdict": event.verdict,
        "assignee": storable(event.assignee),
        "until": event.until,
    }


def _record(event: ReviewEvent) -> Record:
    told = {
        "version": event.alert_version,
        "severity": event.severity.value,
        "desk": event.desk_id,
        "action": event.action,
        "reason": event.reason,
        "verdict": event.verdict,
        "assignee": event.assignee,
        "until": event.until.isoformat() if event.until else None,
    }
    return Record(at=event.at, kind="review", actor=event.actor, subject=event.alert_key, content=told)


def _event(row: Row[Any]) -> ReviewEvent:
    verdict: Verdict | None = row.verdict
    return ReviewEvent(
        alert_key=row.alert_key,
        alert_version=row.alert_version,
        severity=Severity(row.severity),
        desk_id=row.desk_id,
        actor=row.actor,
        at=row.at,
        action=row.action,
        reason=row.reason,
        verdict=verdict,
        assignee=row.assignee,
        until=row.until,
    )
