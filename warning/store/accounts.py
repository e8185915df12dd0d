"""Is every alert version accounted for, at every destination that was there to be told?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import get_args

from sqlalchemy import Connection, Select, and_, case, func, select, union_all

from warning.core.canary import CANARY
from warning.core.deliveries import DeliveryState
from warning.store.schema import alert_versions, outbox, withheld

# What was mentioned within this time before the span tells which destinations there are.
BEFORE = timedelta(days=30)
STATES = get_args(DeliveryState)
Place = tuple[str, str, str]  # desk, channel, address


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A destination of which nothing says whether it was told of this version, or why not."""

    alert_key: str
    alert_version: int
    desk_id: str
    channel: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stuck:
    """The delivery that has been free to go for longest and has not ended; `error` is what its last try met, if any."""

    since: datetime
    channel: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """What became of the versions of a span. `overdue` counts deliveries free to go for too long and not ended."""

    versions: int
    states: Mapping[DeliveryState, int]
    withheld: int
    held: int
    overdue: int
    gaps: tuple[Gap, ...]
    stuck: Stuck | None = None


def accounts(connection: Connection, since: datetime, now: datetime, *, patience: timedelta) -> Accounts:
    """Return the accounts of the versions that came about at or after `since`.

    A destination counts for a version when it is mentioned for any version at or before it: one that a desk added
    later is nobody's loss.
    """
    o, w, v = outbox.c, withheld.c, alert_versions.c
    versions = {
        (row.alert_key, row.version): row.created_at
        for row in connection.execute(
            select(v.alert_key, v.version, v.created_at).where(v.created_at >= since)
        )
    }
    mentioned = _mentioned(connection, since)
    known = _known_since(connection, since - BEFORE)
    gaps = tuple(
        Gap(alert_key=key, alert_version=version, desk_id=desk, channel=channel, address=address)
        for (key, version), created_at in sorted(versions.items())
        for (desk, channel, address), first in sorted(known.items())
        if first <= created_at and (desk, channel, address) not in mentioned.get((key, version), ())
    )
    of_span = o.created_at >= since
    # By the name of each: SQLite would go through the index of all states that ever were, to group by it.
    by_state = select(o.state, func.count().label("n")).where(o.state.in_(STATES), of_span)
    states = {row.state: row.n for row in connection.execute(by_state.group_by(o.state))}
    waiting = o.state.in_(("pending", "sending", "unknown"))
    free_at = case((o.hold_until > o.created_at, o.hold_until), else_=o.created_at)
    count = select(func.count()).select_from(outbox)
    late = and_(waiting, free_at < now - patience)
    first = connection.execute(
        select(o.created_at, o.hold_until, o.channel, o.error).where(late).order_by(free_at).limit(1)
    ).first()
    return Accounts(
        versions=len(versions),
        states=states,
        withheld=_one(connection, select(func.count()).select_from(withheld).where(w.at >= since)),
        held=_one(connection, count.where(waiting, o.hold_until > now)),
        overdue=_one(connection, count.where(late)),
        gaps=gaps,
        stuck=first
        and Stuck(
            since=max(first.created_at, first.hold_until or first.created_at),
            channel=first.channel,
            error=first.error,
        ),
    )


def _mentioned(connection: Connection, since: datetime) -> Mapping[tuple[str, int], set[Place]]:
    """By version: the destinations that were told, are to be told, or were refused with a reason."""
    found: dict[tuple[str, int], set[Place]] = {}
    v = alert_versions.c
    recent = select(v.alert_key).where(v.created_at >= since)
    for table in (outbox, withheld):
        t = table.c
        query = select(t.alert_key, t.alert_version, t.desk_id, t.channel, t.address)
        for row in connection.execute(query.where(t.alert_key.in_(recent))):
            found.setdefault((row.alert_key, row.alert_version), set()).add(
                (row.desk_id, row.channel, row.address)
            )
    return found


def _known_since(connection: Connection, oldest: datetime) -> Mapping[Place, datetime]:
    """When each destination was first mentioned for an alert.

    Deputies are told by reminders alone and count for no version. Notices and digests go to places that get no alerts, and
    the canary's desk gets none but its own.
    """
    o, w = outbox.c, withheld.c
    places = union_all(
        select(o.desk_id, o.channel, o.address, o.created_at.label("at")).where(
            o.step == 0,
            o.reason != "shared",
            o.created_at >= oldest,
            o.alert_key.is_not(None),
            o.desk_id != CANARY,
        ),
        select(w.desk_id, w.channel, w.address, w.at.label("at")).where(w.at >= oldest),
    ).subquery()
    p = places.c
    query = select(p.desk_id, p.channel, p.address, func.min(p.at).label("first")).group_by(
        p.desk_id, p.channel, p.address
    )
    return {(row.desk_id, row.channel, row.address): row.first for row in connection.execute(query)}


def _one(connection: Connection, query: Select[int]) -> int:
    return connection.execute(query).scalar_one()
