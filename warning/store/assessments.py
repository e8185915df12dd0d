"""One assessment, stored whole or not at all: alerts, what is owed, what was withheld, why, and what was read."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, count
from typing import Any

from sqlalchemy import Connection, Table, and_, delete, func, select, update

from warning.core.alerts import Alert, AlertChange
from warning.core.assess import Assessment
from warning.core.audit import SYSTEM, Plain, Record
from warning.core.deliveries import Delivery, Withheld
from warning.core.evidence import Window
from warning.core.ids import content_id, instrument_key
from warning.core.signals import Signal, Trace
from warning.core.vocabulary import Severity
from warning.errors import AssessmentRaced
from warning.store.assessed import mark_assessed
from warning.store.audit import add_audit
from warning.store.engine import serialise
from warning.store.narrowed_versions import keep_signals_within, keep_wider, keep_within
from warning.store.near_signals import recalled_day
from warning.store.recall import overtaken
from warning.store.rows import insert_new, insert_or, storable, to_json
from warning.store.schema import (
    alert_versions,
    alerts,
    assessments,
    outbox,
    signal_grounds,
    signals,
    traces,
    withheld,
)
from warning.store.stories import keep_stories, keep_tellings_within
from warning.store.withdrawals import mark_read


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceRecord:
    """What one rule did in the assessment of one instant."""

    as_of: datetime
    book_version: str
    trace: Trace


def commit_assessment(
    connection: Connection, assessment: Assessment, window: Window, *, book_version: str
) -> bool:
    """Store everything an assessment decided; the caller's transaction makes it one.

    Returns False when it looked at nothing and changed nothing. Raises AssessmentRaced when the evidence, an alert or
    the earlier signals that rules remember have moved on since they were read: also when it is stored already.
    """
    if not window.fresh and not assessment.changes and not assessment.withdrawals:
        return False
    serialise(connection, "assessment")
    if overtaken(connection, window.recalled.seen):
        raise AssessmentRaced(
            "another process committed signals since the earlier ones were read; assess again"
        )
    mark_assessed(connection, window, assessment.as_of)
    mark_read(connection, assessment.withdrawals, assessment.as_of)
    identity = _record(connection, assessment, window, book_version)
    for change in assessment.changes:
        _store_change(connection, change)
        keep_within(connection, change, assessment.bounds, assessment.as_of)
    by_alert = {change.alert.key: change.alert for change in assessment.changes}
    _store_signals(connection, _signal_rows(assessment.signals, by_alert.values()))
    _insert(connection, signal_grounds, _ground_rows(assessment.signals))
    keep_signals_within(connection, assessment.bounds)
    keep_stories(connection, assessment)
    keep_tellings_within(connection, assessment.bounds)
    _insert(connection, traces, (_trace_row(identity, trace) for trace in assessment.traces))
    store_routing(connection, assessment.deliveries, assessment.withheld, by_alert, assessment.as_of)
    add_audit(connection, _audit_record(identity, assessment, window, book_version))
    return True


def store_routing(
    connection: Connection,
    owed: Iterable[Delivery],
    refused: Iterable[Withheld],
    alert_of: Mapping[str, Alert],
    as_of: datetime,
) -> None:
    """Store what routing decided. A held delivery whose place a newer version took leaves the outbox.

    Raises AssessmentRaced when such a one has gone out meanwhile.
    """
    listed = list(refused)
    _withdraw(connection, (w for w in listed if w.reason == "superseded"))
    _insert(connection, withheld, (_withheld_row(w, as_of) for w in listed))
    _insert(connection, outbox, (_outbox_row(d, alert_of, as_of) for d in owed))


def _withdraw(connection: Connection, superseded: Iterable[Withheld]) -> None:
    o = outbox.c
    for old in superseded:
        held = (
            delete(outbox)
            .where(
                o.alert_key == old.alert_key, o.alert_version == old.alert_version, o.desk_id == old.desk_id
            )
            .where(o.channel == old.channel, o.address == old.address, o.step == 0)
            .where(o.state == "pending", o.attempts == 0, o.hold_until.is_not(None))
        )
        gone = connection.execute(held)
        if gone.rowcount != 1:
            raise AssessmentRaced(
                f"version {old.alert_version} of alert {old.alert_key} was just sent; assess again"
            )


def _audit_record(identity: str, assessment: Assessment, window: Window, book_version: str) -> Record:
    kinds = [change.kind for change in assessment.changes]
    counted: dict[str, Plain] = {
        "book_version": book_version,
        "evidence": len(window.fresh),
        "signals": len(assessment.signals),
        "opened": kinds.count("opened"),
        "updated": kinds.count("updated"),
        "joined": kinds.count("joined"),
        "owed": len(assessment.deliveries),
        "withheld": len(assessment.withheld),
    }
    return Record(at=assessment.as_of, kind="assessment", actor=SYSTEM, subject=identity, content=counted)


def _record(connection: Connection, assessment: Assessment, window: Window, book_version: str) -> str:
    """Store that it took place and return its identity: which rules read which evidence, when, and for the how-manieth time.

    Evidence that was read waits again when it is edited or relabelled, and a clock may not have moved meanwhile.
    """
    row = {
        "as_of": assessment.as_of,
        "book_version": book_version,
        "evidence": len(window.fresh),
        "signals": len(assessment.signals),
        "changes": len(assessment.changes),
    }
    acts = sorted(act.id for act in assessment.withdrawals)
    read = (assessment.as_of.isoformat(), book_version, *sorted(window.fresh), *acts)
    statement = insert_new(connection, assessments).returning(assessments.c.id)
    identities = chain([content_id("a", *read)], (content_id("a", *read, f"again {n}") for n in count(1)))
    return next(
        identity
        for identity in identities
        if connection.execute(statement, row | {"id": identity}).first() is not None
    )


def _store_change(connection: Connection, change: AlertChange) -> None:
    """A new version is added; joined evidence goes into the version that stands."""
    alert = change.alert
    content = storable(to_json(Alert, alert))
    columns = _alert_columns(alert, content)
    if change.kind == "opened":
        row = {"key": alert.key, **columns}
        statement = insert_new(connection, alerts).returning(alerts.c.key)
        if connection.execute(statement, row).first() is None:
            raise AssessmentRaced(f"alert {alert.key} was opened by another process; assess again")
        _add_version(connection, alert, content)
        return
    standing = alert.version if change.kind == "joined" else alert.version - 1
    moved = connection.execute(
        update(alerts)
        .where(alerts.c.key == alert.key, alerts.c.version == standing)
        .values(columns)
        .returning(alerts.c.key)
    ).first()
    if moved is None:
        raise AssessmentRaced(f"alert {alert.key} no longer stands at version {standing}; assess again")
    if change.kind == "joined":
        keep_wider(connection, change)
        _replace_version(connection, alert, content)
    else:
        _add_version(connection, alert, content)


def _alert_columns(alert: Alert, content: str) -> dict[str, Any]:
    facts = alert.facts
    return {
        "version": alert.version,
        "state": alert.state,
        "rule_id": alert.rule_id,
        "act": alert.facts.act,
        "direction": alert.facts.direction,
        "instrument": alert.facts.instrument,
        "severity": alert.severity.value,
        "interrupts": alert.interrupts,
        "opened_at": alert.opened_at,
        "updated_at": alert.updated_at,
        "last_evidence_at": alert.last_evidence_at,
        "instrument_key": instrument_key(facts.instrument) if facts.instrument else None,
        "story": alert.story,
        "effective": facts.effective.isoformat() if facts.effective else None,
        "expires": facts.expires.isoformat() if facts.expires else None,
        "digest": content_id("v", content),
        **_ended(alert),
    }


def _ended(alert: Alert) -> dict[str, Any]:
    """When and why it ended; what stays closed or expired keeps what was written then."""
    if alert.state == "open":
        return {"ended_at": None, "ended_because": ""}
    if alert.state == "cancelled":
        return {"ended_at": alert.updated_at, "ended_because": "its evidence was withdrawn"}
    return {}


def _add_version(connection: Connection, alert: Alert, content: str) -> None:
    row = {
        "alert_key": alert.key,
        "version": alert.version,
        "created_at": alert.updated_at,
        "content": content,
    }
    connection.execute(alert_versions.insert(), row)


def _replace_version(connection: Connection, alert: Alert, content: str) -> None:
    """`created_at` stays: a version belongs to the week in which it came about."""
    connection.execute(
        update(alert_versions)
        .where(alert_versions.c.alert_key == alert.key, alert_versions.c.version == alert.version)
        .values(content=content)
    )


def _insert(connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    listed = list(rows)
    if listed:
        connection.execute(insert_new(connection, table), listed)


def _store_signals(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Keep each as it first fired; one that went into no alert then, and does now, gets that alert's key."""
    if not rows:
        return
    statement = insert_or(connection, signals)
    late = statement.on_conflict_do_update(
        index_elements=["id"],
        set_={"alert_key": statement.excluded.alert_key},
        where=and_(signals.c.alert_key.is_(None), statement.excluded.alert_key.is_not(None)),
    )
    connection.execute(late, rows)


def _signal_rows(fired: Iterable[Signal], changed: Iterable[Alert]) -> list[dict[str, Any]]:
    alert_of = {signal_id: alert.key for alert in changed for signal_id in alert.signal_ids}
    return [
        {
            "id": signal.id,
            "rule_id": signal.rule_id,
            "evidence_id": signal.exhibit.evidence_id,
            "source_id": signal.exhibit.source_id,
            "alert_key": alert_of.get(signal.id),
            "known_at": signal.known_at,
            "content": storable(to_json(Signal, signal)),
            "day": recalled_day(signal),
            "materials": json.dumps(signal.facts.materials),
            "act": signal.facts.act,
            "actors": json.dumps(signal.facts.actors),
        }
        for signal in fired
    ]


def _ground_rows(fired: Iterable[Signal]) -> Iterable[dict[str, str]]:
    return ({"evidence_id": name, "signal_id": signal.id} for signal in fired for name in signal.rests_on)


def _trace_row(identity: str, trace: Trace) -> dict[str, Any]:
    return {
        "assessment_id": identity,
        "rule_id": trace.rule_id,
        "rule_version": trace.rule_version,
        "outcome": trace.outcome,
        "considered": trace.considered,
        "fired": trace.fired,
        "detail": storable(trace.detail),
    }


def _withheld_row(refused: Withheld, as_of: datetime) -> dict[str, Any]:
    return {
        "alert_key": refused.alert_key,
        "alert_version": refused.alert_version,
        "desk_id": refused.desk_id,
        "channel": refused.channel,
        "address": refused.address,
        "reason": refused.reason,
        "detail": storable(refused.detail),
        "at": as_of,
    }


def _outbox_row(delivery: Delivery, alert_of: Mapping[str, Alert], as_of: datetime) -> dict[str, Any]:
    return {
        "id": delivery.id,
        "alert_key": delivery.alert_key,
        "alert_version": delivery.alert_version,
        "desk_id": delivery.desk_id,
        "channel": delivery.channel,
        "address": delivery.address,
        "reason": delivery.reason,
        "severity": _told_severity(delivery, alert_of.get(delivery.alert_key)).value,
        "state": "pending",
        "attempts": 0,
        "next_attempt_at": as_of,
        "created_at": as_of,
        "updated_at": as_of,
        "provider_ref": "",
        "error": "",
        "step": delivery.step,
        "hold_until": delivery.hold_until,
        "hold_reason": delivery.hold_reason,
    }


def _told_severity(delivery: Delivery, alert: Alert | None) -> Severity:
    """Without a word from the router, the highest that any country was told of."""
    if alert is None or delivery.severity != Severity.UNKNOWN:
        return delivery.severity
    return max((grading.severity for grading in alert.gradings), default=alert.severity)


def trace_records(
    connection: Connection, since: datetime, until: datetime, *, rule_id: str | None = None
) -> tuple[TraceRecord, ...]:
    """Return what the rules did in the assessments at or after `since` and before `until`, oldest first."""
    query = (
        select(traces, assessments.c.as_of, assessments.c.book_version)
        .join(assessments)
        .where(assessments.c.as_of >= since, assessments.c.as_of < until)
        .order_by(assessments.c.as_of, traces.c.seq)
    )
    if rule_id is not None:
        query = query.where(traces.c.rule_id == rule_id)
    return tuple(_trace_record(row) for row in connection.execute(query))


def last_fired(connection: Connection) -> dict[str, datetime]:
    """Return by rule when the last evidence on which it fired became known. Signals stay when traces have left."""
    newest = select(signals.c.rule_id, func.max(signals.c.known_at).label("last")).group_by(signals.c.rule_id)
    return {row.rule_id: row.last for row in connection.execute(newest)}


def _trace_record(row: Any) -> TraceRecord:
    trace = Trace(
        rule_id=row.rule_id,
        rule_version=row.rule_version,
        outcome=row.outcome,
        considered=row.considered,
        fired=row.fired,
        detail=row.detail,
    )
    return TraceRecord(as_of=row.as_of, book_version=row.book_version, trace=trace)
