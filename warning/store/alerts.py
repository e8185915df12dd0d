"""Alerts: one row an event for looking up, and the whole value of every version as JSON."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Select, and_, func, select

from warning.core.alerts import Alert
from warning.core.assess import State
from warning.core.deliveries import Withheld
from warning.core.vocabulary import Severity
from warning.store.pace import is_open, past
from warning.store.rows import from_json
from warning.store.schema import alert_versions, alerts, outbox, withheld
from warning.store.silences import kept_silences

AlertState = Literal["open", "closed"]


def state(connection: Connection, *, since: datetime | None = None) -> State:
    """Return what earlier assessments left behind; with `since`, only alerts whose last evidence is as new."""
    query = _latest().where(alerts.c.state == "open")
    if since is not None:
        query = query.where(alerts.c.last_evidence_at >= since)
    return State(
        open_alerts=_read(connection, query.order_by(alerts.c.key)),
        told=told(connection, since),
        silences=kept_silences(connection),
        past=past(connection, since),
    )


def told(connection: Connection, since: datetime | None = None) -> Mapping[tuple[str, str], Severity]:
    """Return the highest severity delivered or owed, by (alert key, desk id), of the alerts that `state` returns.

    Dead letters told nobody.
    """
    query = (
        select(outbox.c.alert_key, outbox.c.desk_id, outbox.c.severity)
        .join(alerts, alerts.c.key == outbox.c.alert_key)
        .where(outbox.c.state != "dead", is_open(since))
        .distinct()
    )
    highest: dict[tuple[str, str], Severity] = {}
    for key, desk_id, value in connection.execute(query):
        severity = Severity(value)
        highest[key, desk_id] = max(severity, highest.get((key, desk_id), severity))
    return highest


def find_alerts(
    connection: Connection,
    *,
    state: AlertState | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    keys: Sequence[str] = (),
) -> tuple[Alert, ...]:
    """Return alerts, last updated first, each in its latest version.

    With `until`, each is shown in the version that stood just before then. `since` keeps the alerts whose
    version came about, or (without `until`) got its last evidence, at or after it.
    """
    query = _latest() if until is None else _latest_before(until)
    moved_at = alerts.c.updated_at if until is None else alert_versions.c.created_at
    if state is not None:
        query = query.where(alerts.c.state == state)
    if since is not None:
        query = query.where(moved_at >= since)
    if keys:
        query = query.where(alerts.c.key.in_(keys))
    return _read(connection, query.order_by(moved_at.desc(), alerts.c.key))


def versions(connection: Connection, key: str) -> tuple[Alert, ...]:
    """Return every version of one alert, the first first; empty when there is no such alert."""
    query = (
        select(alert_versions.c.content)
        .where(alert_versions.c.alert_key == key)
        .order_by(alert_versions.c.version)
    )
    return _read(connection, query)


def version(connection: Connection, key: str, number: int) -> Alert | None:
    """Return one version of one alert: what a delivery speaks of."""
    query = select(alert_versions.c.content).where(
        alert_versions.c.alert_key == key, alert_versions.c.version == number
    )
    return next(iter(_read(connection, query)), None)


def versions_between(connection: Connection, since: datetime, until: datetime) -> tuple[Alert, ...]:
    """Return the versions that came about at or after `since` and before `until`, oldest first."""
    query = (
        select(alert_versions.c.content)
        .where(alert_versions.c.created_at >= since, alert_versions.c.created_at < until)
        .order_by(alert_versions.c.created_at, alert_versions.c.alert_key, alert_versions.c.version)
    )
    return _read(connection, query)


def withheld_of(connection: Connection, key: str) -> tuple[Withheld, ...]:
    """Return who was not told of which version of an alert, and why."""
    w = withheld.c
    query = (
        select(w.alert_key, w.alert_version, w.desk_id, w.channel, w.address, w.reason, w.detail)
        .where(w.alert_key == key)
        .order_by(w.alert_version, w.desk_id, w.channel, w.address)
    )
    return tuple(Withheld(**row._mapping) for row in connection.execute(query))  # noqa: SLF001 - SQLAlchemy's public name


def _latest() -> Select[Any]:
    return (
        select(alert_versions.c.content)
        .select_from(alerts)
        .join(alert_versions, _same_version(alerts.c.version))
    )


def _latest_before(until: datetime) -> Select[Any]:
    newest = (
        select(alert_versions.c.alert_key, func.max(alert_versions.c.version).label("version"))
        .where(alert_versions.c.created_at < until)
        .group_by(alert_versions.c.alert_key)
        .subquery()
    )
    return (
        select(alert_versions.c.content)
        .select_from(alerts)
        .join(newest, newest.c.alert_key == alerts.c.key)
        .join(alert_versions, _same_version(newest.c.version))
    )


def _same_version(number: Any) -> Any:
    return and_(alert_versions.c.alert_key == alerts.c.key, alert_versions.c.version == number)


def _read(connection: Connection, query: Select[Any]) -> tuple[Alert, ...]:
    return tuple(from_json(Alert, row.content) for row in connection.execute(query))
