"""Review events: added under the alert's lock, so that two people cannot act on what neither has seen."""

from collections.abc import Collection
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
from warning.store.endings import settle
from warning.store.rows import batches, from_json, storable
from warning.store.schema import alert_versions, alerts, reviews

BATCH = 500


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
    record = settle(connection, event)
    add_audit(connection, _record(event), *([record] if record else ()))
    return fold((*before, event), levels, event.at)


def review_events(
    connection: Connection,
    *,
    alert_key: str | None = None,
    desk_id: str | None = None,
    keys: Collection[str] | None = None,
) -> tuple[ReviewEvent, ...]:
    """Return what was done, in the order it was stored; with `keys`, to these alerts alone."""
    if keys is not None:
        return _events_of(connection, keys, desk_id)
    query = select(reviews).order_by(reviews.c.seq)
    if alert_key is not None:
        query = query.where(reviews.c.alert_key == alert_key)
    if desk_id is not None:
        query = query.where(reviews.c.desk_id == desk_id)
    return tuple(_event(row) for row in connection.execute(query))


def _events_of(connection: Connection, keys: Collection[str], desk_id: str | None) -> tuple[ReviewEvent, ...]:
    found: list[Row[Any]] = []
    for part in batches(sorted(keys), BATCH):
        # Put in order here: asked for an order, SQLite reads all that the desk ever did.
        query = select(reviews).where(reviews.c.alert_key.in_(part))
        if desk_id is not None:
            query = query.where(reviews.c.desk_id == desk_id)
        found += connection.execute(query).all()
    return tuple(_event(row) for row in sorted(found, key=lambda row: row.seq))


def versions_since_review(connection: Connection, desk_id: str, keys: Collection[str]) -> tuple[Alert, ...]:
    """Return the versions of these alerts newer than something this desk acted on, by alert and version."""
    v = alert_versions.c
    acted_on_earlier = exists().where(
        reviews.c.alert_key == v.alert_key, reviews.c.desk_id == desk_id, reviews.c.alert_version < v.version
    )
    found: list[Alert] = []
    for part in batches(sorted(keys), BATCH):
        query = select(v.content).where(v.alert_key.in_(part), acted_on_earlier)
        rows = connection.execute(query.order_by(v.alert_key, v.version))
        found += [from_json(Alert, row.content) for row in rows]
    return tuple(found)


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
