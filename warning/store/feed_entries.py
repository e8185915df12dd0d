"""What stands in a desk's out-feed, and since when: the versions it was told of, and those that took something back."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, or_, select

from warning.core.alerts import Alert
from warning.store.due_deliveries import LONGEST_HOLD
from warning.store.rows import batches, from_json
from warning.store.schema import alert_versions, narrowed_alerts, outbox, wider_versions

BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A version a desk was told of. `entered_at` is when its first delivery was free to go: a held one enters late.

    `wider` is how it stood before evidence joined it that fewer may see, None where nothing of the kind did.
    """

    alert: Alert
    entered_at: datetime
    wider: Alert | None = None


def entered_keys(
    connection: Connection, desk_id: str, since: datetime, until: datetime, now: datetime
) -> frozenset[str]:
    """Return the alerts of which something may have entered the desk's feed from `since` to before `until`."""
    told = _out(desk_id, now).with_only_columns(outbox.c.alert_key).where(*_entering(since, until))
    back = select(narrowed_alerts.c.alert_key).where(*_narrowed(desk_id, since, until))
    found = {*connection.execute(told.distinct()).scalars(), *connection.execute(back.distinct()).scalars()}
    return frozenset(key for key in found if key is not None)


def last_entered(
    connection: Connection, desk_id: str, since: datetime, until: datetime, now: datetime
) -> datetime | None:
    """Return when something last entered the desk's feed from `since` to before `until`; None when nothing did."""
    found = _moments(connection, desk_id, since, until, now, func.max)
    return max(found, default=None)


def first_entered(
    connection: Connection, desk_id: str, since: datetime, until: datetime, now: datetime
) -> datetime | None:
    found = _moments(connection, desk_id, since, until, now, func.min)
    return min(found, default=None)


def _moments(
    connection: Connection,
    desk_id: str,
    since: datetime,
    until: datetime,
    now: datetime,
    which: Callable[[ColumnElement[datetime]], ColumnElement[datetime]],
) -> list[datetime]:
    told = _out(desk_id, now).with_only_columns(which(_entered())).where(*_entering(since, until))
    back = select(which(narrowed_alerts.c.at)).where(*_narrowed(desk_id, since, until))
    found = (connection.execute(query).scalar() for query in (told, back))
    return [moment for moment in found if moment is not None]


def _narrowed(desk_id: str, since: datetime, until: datetime) -> tuple[ColumnElement[bool], ...]:
    """What was narrowed then, of what the desk was told of."""
    o, n = outbox.c, narrowed_alerts.c
    told = select(o.alert_key).where(o.desk_id == desk_id, o.alert_key == n.alert_key)
    return n.at >= since, n.at < until, told.exists()


def told_versions(
    connection: Connection, desk_id: str, keys: Collection[str], now: datetime
) -> tuple[Told, ...]:
    """Return the versions of these alerts that the desk was told of, each once, by (opened_at, key, version).

    What waits, was withheld or died is not told.
    """
    o, v, w = outbox.c, alert_versions.c, wider_versions.c
    found: list[Told] = []
    for part in batches(sorted(keys), BATCH):
        these = (
            _out(desk_id, now)
            .with_only_columns(o.alert_key, o.alert_version, func.min(_entered()).label("entered_at"))
            .where(o.alert_key.in_(part))
            .group_by(o.alert_key, o.alert_version)
            .subquery()
        )
        same = and_(v.alert_key == these.c.alert_key, v.version == these.c.alert_version)
        before = and_(w.alert_key == these.c.alert_key, w.version == these.c.alert_version)
        query = (
            select(v.content, these.c.entered_at, w.content.label("wider"))
            .select_from(these)
            .join(alert_versions, same)
            .outerjoin(wider_versions, before)
        )
        found += [
            Told(
                alert=from_json(Alert, row.content),
                entered_at=row.entered_at,
                wider=None if row.wider is None else from_json(Alert, row.wider),
            )
            for row in connection.execute(query)
        ]
    return tuple(sorted(found, key=lambda t: (t.alert.opened_at, t.alert.key, t.alert.version)))


def _out(desk_id: str, now: datetime) -> Select[tuple[str]]:
    o = outbox.c
    is_free = or_(o.hold_until.is_(None), o.hold_until <= now)
    return select(o.id).where(o.desk_id == desk_id, o.state != "dead", is_free)


def _entering(since: datetime, until: datetime) -> tuple[ColumnElement[bool], ...]:
    """The first two let the index answer: what is held waits no longer than the longest hold."""
    created = outbox.c.created_at
    return created >= since - LONGEST_HOLD, created < until, _entered() >= since, _entered() < until


def _entered() -> ColumnElement[datetime]:
    o = outbox.c
    return case((o.hold_until > o.created_at, o.hold_until), else_=o.created_at)
