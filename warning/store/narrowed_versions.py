"""Alerts whose marking was narrowed: their earlier versions and the signals kept obey it too, and the audit log keeps who had been told."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, or_, select, update

from warning.core.alerts import Alert, AlertChange
from warning.core.audit import SYSTEM, Record
from warning.core.deliveries import MAY_HAVE_ARRIVED
from warning.core.narrowing import Bound, handling, narrowed, narrowed_by, narrowed_signals
from warning.core.signals import Signal
from warning.store.audit import add_audit
from warning.store.rows import batches, from_json, insert_new, storable, to_json
from warning.store.schema import (
    alert_versions,
    narrowed_alerts,
    outbox,
    signal_grounds,
    signals,
    wider_versions,
)

BATCH = 500


def keep_wider(connection: Connection, change: AlertChange) -> None:
    """Keep a version as it stood, before evidence goes into it that fewer may see; the widest form is kept."""
    before = change.previous
    if before is not None and _handlings(before) != _handlings(change.alert):
        row = {
            "alert_key": before.key,
            "version": before.version,
            "content": storable(to_json(Alert, before)),
        }
        connection.execute(insert_new(connection, wider_versions), row)


def _handlings(alert: Alert) -> list[str]:
    return [handling(alert), *(f"{desk_id} {handling(own)}" for desk_id, own in alert.tearlines)]


def keep_within(
    connection: Connection, change: AlertChange, bounds: tuple[Bound, ...], as_of: datetime
) -> None:
    """Bring the earlier versions under the bounds, whoever reads them by whatever way, and note who was told before."""
    before = change.previous
    if before is None or not bounds or narrowed(before, bounds) == before:
        return
    for table in (alert_versions, wider_versions):
        c = table.c
        # The version that stands was stored under the bounds; what is kept of it from before was not.
        until = change.alert.version - (table is alert_versions)
        earlier = (c.alert_key == change.alert.key, c.version <= until)
        for row in connection.execute(select(c.version, c.content).where(*earlier)).all():
            bound = narrowed_by(from_json(Alert, row.content), bounds, change.alert)
            written = update(table).where(c.alert_key == change.alert.key, c.version == row.version)
            connection.execute(written.values(content=storable(to_json(Alert, bound))))
    moment = {"alert_key": change.alert.key, "at": change.alert.updated_at}
    connection.execute(insert_new(connection, narrowed_alerts), moment)
    content = {
        "action": "narrowed",
        "before": handling(before),
        "after": handling(change.alert),
        "told": ", ".join(_told(connection, change.alert)),
    }
    add_audit(
        connection, Record(at=as_of, kind="review", actor=SYSTEM, subject=change.alert.key, content=content)
    )


def kept_signals(connection: Connection, resting: Iterable[Alert]) -> tuple[Signal, ...]:
    """Return the stored signals of these alerts, sorted by id: what desks may still read is made of them."""
    ids = {name for alert in resting for name in (alert.whole or alert).signal_ids}
    found: list[Signal] = []
    for some in batches(sorted(ids), BATCH):
        query = select(signals.c.content).where(signals.c.id.in_(some)).order_by(signals.c.id)
        found += [from_json(Signal, content) for content in connection.execute(query).scalars()]
    return tuple(found)


def keep_signals_within(connection: Connection, bounds: tuple[Bound, ...]) -> None:
    """Bring the stored signals that rest on the evidence under the bounds: later sequences read them."""
    s = signals.c
    for some in batches(sorted(bound.evidence_id for bound in bounds), BATCH):
        named = select(signal_grounds.c.signal_id).where(signal_grounds.c.evidence_id.in_(some))
        query = select(s.content).where(or_(s.evidence_id.in_(some), s.id.in_(named)))
        found = connection.execute(query).scalars()
        stored = [from_json(Signal, content) for content in found]
        for signal in narrowed_signals(stored, bounds):
            content = storable(to_json(Signal, signal))
            connection.execute(update(signals).where(s.id == signal.id).values(content=content))


def _told(connection: Connection, alert: Alert) -> list[str]:
    """The places that have an earlier version, or may."""
    o = outbox.c
    query = (
        select(o.desk_id, o.channel, o.address)
        .where(o.alert_key == alert.key, o.alert_version < alert.version)
        .where(or_(o.state.in_(("sent", "sending", "unknown")), o.error.contains(MAY_HAVE_ARRIVED)))
        .distinct()
        .order_by(o.desk_id, o.channel, o.address)
    )
    return [f"{row.desk_id} {row.channel} {row.address}" for row in connection.execute(query)]
