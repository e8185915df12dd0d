"""Alerts: one row an event for looking up, and the whole value of every version as JSON."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, func, or_, select

from warning.core.alerts import Alert, AlertState
from warning.core.assess import State
from warning.core.deliveries import Withheld
from warning.core.lifecycle import with_state
from warning.core.vocabulary import Severity
from warning.store.candidates import dated_keys
from warning.store.columns import BeginsWith
from warning.store.decoded import Decoded, Stamp
from warning.store.pace import past
from warning.store.rows import batches, from_json
from warning.store.schema import alert_versions, alerts, outbox, withheld
from warning.store.silences import kept_silences

BATCH = 500


def state(connection: Connection, decoded: Decoded, keys: Collection[str] | None = None) -> State:
    """Return what earlier assessments left behind about the alerts of these keys, in any state; of all that are open without."""
    if keys is None:
        keys = connection.execute(select(alerts.c.key).where(alerts.c.state == "open")).scalars().all()
    return State(
        open_alerts=latest(connection, decoded, keys),
        told=told(connection, keys),
        silences=kept_silences(connection),
        past=past(connection, keys),
    )


def latest(connection: Connection, decoded: Decoded, keys: Collection[str]) -> tuple[Alert, ...]:
    """Return the newest version of each alert, sorted by key. What was read before is not read again."""
    found: list[Alert] = []
    unread: list[str] = []
    for part in batches(sorted(keys), BATCH):
        for row in connection.execute(select(*_STAMP).where(alerts.c.key.in_(part))):
            known = decoded.known(_stamp(row))
            if known is None:
                unread.append(row.key)
            else:
                found.append(with_state(known, row.state))
    for part in batches(unread, BATCH):
        found += _decode(connection, _latest().where(alerts.c.key.in_(part)), decoded)
    return tuple(sorted(found, key=lambda alert: alert.key))


def told(connection: Connection, keys: Collection[str]) -> Mapping[tuple[str, str], Severity]:
    """Return the highest severity delivered or owed, by (alert key, desk id). Dead letters told nobody."""
    highest: dict[tuple[str, str], Severity] = {}
    for part in batches(sorted(keys), BATCH):
        query = (
            select(outbox.c.alert_key, outbox.c.desk_id, outbox.c.severity)
            .where(outbox.c.alert_key.in_(part), outbox.c.state != "dead")
            .distinct()
        )
        for key, desk_id, value in connection.execute(query):
            severity = Severity(value)
            highest[key, desk_id] = max(severity, highest.get((key, desk_id), severity))
    return highest


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which alerts are listed. `since` and `until` are read as `find_alerts` says; `after` is the last one of the page before."""

    states: Sequence[AlertState] = ()
    since: datetime | None = None
    until: datetime | None = None
    keys: Sequence[str] = ()
    prefix: str = ""
    interrupts: bool | None = None
    limit: int | None = None
    after: tuple[datetime, str] | None = None


def find_alerts(connection: Connection, decoded: Decoded, sought: Sought) -> tuple[Alert, ...]:
    """Return alerts, last updated first, each in its latest version.

    With `until`, each is shown in the version that stood just before then. `since` keeps the alerts whose
    version came about, or (without `until`) got its last evidence, at or after it.
    """
    query = _latest() if sought.until is None else _latest_before(sought.until)
    moved_at = alerts.c.updated_at if sought.until is None else alert_versions.c.created_at
    if sought.states:
        query = query.where(alerts.c.state.in_(sought.states))
    if sought.since is not None:
        query = query.where(moved_at >= sought.since)
    if sought.keys:
        query = query.where(alerts.c.key.in_(sought.keys))
    if sought.prefix:
        query = query.where(BeginsWith(alerts.c.key, sought.prefix))
    if sought.interrupts is not None:
        query = query.where(alerts.c.interrupts.is_(sought.interrupts))
    if sought.after is not None:
        at, key = sought.after
        query = query.where(or_(moved_at < at, and_(moved_at == at, alerts.c.key > key)))
    query = query.order_by(moved_at.desc(), alerts.c.key).limit(sought.limit)
    return tuple(_decode(connection, query, decoded, is_latest=sought.until is None))


def standing_at(connection: Connection, until: datetime, keys: Collection[str]) -> tuple[Alert, ...]:
    """Return these alerts, and those with a date after it, as they stood just before `until`; sorted by key."""
    wanted = sorted(dated_keys(connection, until.date()).union(keys))
    found: list[Alert] = []
    for part in batches(wanted, BATCH):
        found += _decode(connection, _latest_before(until, part), Decoded(), is_latest=False)
    return tuple(sorted(found, key=lambda alert: alert.key))


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


_STAMP = (alerts.c.key, alerts.c.version, alerts.c.digest, alerts.c.state)


def _stamp(row: Any) -> Stamp:
    return row.key, row.version, row.digest


def _decode(
    connection: Connection, query: Select[Any], decoded: Decoded, *, is_latest: bool = True
) -> Iterator[Alert]:
    """Read rows of `_latest`; of an earlier version the state is the one it had then."""
    for row in connection.execute(query):
        if not is_latest:
            yield from_json(Alert, row.content)
            continue
        known = decoded.known(_stamp(row))
        yield with_state(known, row.state) if known else decoded.read(_stamp(row), row.content, row.state)


def _latest() -> Select[Any]:
    return (
        select(alert_versions.c.content, *_STAMP)
        .select_from(alerts)
        .join(alert_versions, _same_version(alerts.c.version))
    )


def _latest_before(until: datetime, keys: Sequence[str] | None = None) -> Select[Any]:
    of = alert_versions.c.alert_key.is_not(None) if keys is None else alert_versions.c.alert_key.in_(keys)
    newest = (
        select(alert_versions.c.alert_key, func.max(alert_versions.c.version).label("version"))
        .where(alert_versions.c.created_at < until, of)
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
