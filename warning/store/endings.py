"""How stored alerts end: by the clock, by the register, and when the last desk that was told closes its case."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, func, or_, select, update

from warning.core.alerts import AlertState
from warning.core.audit import SYSTEM, Plain, Record
from warning.core.lifecycle import Ending, Lifecycle, Standing, ending
from warning.core.review import ReviewEvent
from warning.store.audit import add_audit
from warning.store.rows import batches
from warning.store.schema import alerts, outbox, reviews

BATCH = 500
# More than this at once only after an upgrade, or a change of policy: the next round goes on.
MOST_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """When and why an alert ended."""

    at: datetime
    because: str


def end_alerts(connection: Connection, policy: Lifecycle, ended: Mapping[str, date], now: datetime) -> int:
    """End what is over by now, each with an entry in the audit log; return how many that makes."""
    found = [
        over for one in _standing(connection, policy, ended, now) if (over := ending(one, policy, ended, now))
    ]
    records = [record for over in found if (record := _end(connection, over, now))]
    add_audit(connection, *records)
    return len(records)


def settle(connection: Connection, event: ReviewEvent) -> Record | None:
    """Close an alert when every desk that was told has closed what stands, open it when one reopens; return the entry."""
    if event.action == "reopen":
        return _reopen(connection, event)
    if event.action != "close":
        return None
    o, r = outbox.c, reviews.c
    told = select(o.desk_id).where(o.alert_key == event.alert_key, o.state != "dead").distinct()
    last = (
        select(r.desk_id, func.max(r.seq).label("seq"))
        .where(r.alert_key == event.alert_key, r.action.in_(("close", "reopen")))
        .group_by(r.desk_id)
        .subquery()
    )
    closed = (
        select(r.desk_id)
        .join(last, last.c.seq == r.seq)
        .join(alerts, alerts.c.key == r.alert_key)
        .where(r.action == "close", r.alert_version == alerts.c.version)
    )
    if set(connection.execute(told).scalars()) - set(connection.execute(closed).scalars()):
        return None
    because = f"closed by every desk that was told, last by {event.desk_id} as {event.verdict}"
    return _end(connection, Ending(key=event.alert_key, state="closed", because=because), event.at)


def ended(connection: Connection, keys: Collection[str]) -> Mapping[str, Ended]:
    found = {}
    for part in batches(sorted(keys), BATCH):
        query = select(alerts.c.key, alerts.c.ended_at, alerts.c.ended_because)
        for row in connection.execute(query.where(alerts.c.key.in_(part), alerts.c.ended_at.is_not(None))):
            found[row.key] = Ended(at=row.ended_at, because=row.ended_because)
    return found


def _standing(
    connection: Connection, policy: Lifecycle, ended: Mapping[str, date], now: datetime
) -> list[Standing]:
    a = alerts.c
    quiet = a.last_evidence_at < now - timedelta(days=policy.expire_after_days)
    today = now.date().isoformat()
    nothing_ahead = (
        or_(a.effective.is_(None), a.effective < today),
        or_(a.expires.is_(None), a.expires < today),
    )
    query = select(alerts).where(a.state == "open", quiet, *nothing_ahead)
    rows = list(connection.execute(query.order_by(a.last_evidence_at).limit(MOST_AT_ONCE)))
    for part in batches(sorted(ended), BATCH):
        rows += connection.execute(select(alerts).where(a.state == "open", a.instrument_key.in_(part))).all()
    return [
        Standing(
            key=row.key,
            last_evidence_at=row.last_evidence_at,
            instrument=row.instrument_key or "",
            story=row.story,
            effective=date.fromisoformat(row.effective) if row.effective else None,
            expires=date.fromisoformat(row.expires) if row.expires else None,
        )
        for row in rows
    ]


def _end(connection: Connection, over: Ending, at: datetime) -> Record | None:
    change = update(alerts).where(alerts.c.key == over.key, alerts.c.state == "open")
    ended_now = connection.execute(change.values(state=over.state, ended_at=at, ended_because=over.because))
    if ended_now.rowcount != 1:
        return None
    told: dict[str, Plain] = {"action": over.state, "reason": over.because}
    return Record(at=at, kind="review", actor=SYSTEM, subject=over.key, content=told)


def _reopen(connection: Connection, event: ReviewEvent) -> Record | None:
    was: AlertState | None = connection.execute(
        select(alerts.c.state).where(
            alerts.c.key == event.alert_key, alerts.c.state.in_(("closed", "expired"))
        )
    ).scalar()
    if was is None:
        return None
    values = {"state": "open", "ended_at": None, "ended_because": ""}
    connection.execute(update(alerts).where(alerts.c.key == event.alert_key).values(values))
    told: dict[str, Plain] = {"action": "open", "reason": f"{event.desk_id} reopened what was {was}"}
    return Record(at=event.at, kind="review", actor=SYSTEM, subject=event.alert_key, content=told)
