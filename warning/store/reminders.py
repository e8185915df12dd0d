"""Who was told of what and has been reminded how often: what due reminders are worked out from."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, exists, select, union

from warning.core.audit import SYSTEM, Plain, Record
from warning.core.deliveries import Delivery
from warning.core.review import MAX_SNOOZE
from warning.store.assessments import store_routing
from warning.store.audit import add_audit
from warning.store.rows import batches
from warning.store.schema import alerts, outbox, reviews

BATCH = 500
# From being owed to being sent: quiet hours over the longest holidays, then a week of trying.
LONGEST_WAIT = timedelta(days=30)
TELLING = ("first", "escalated", "shared")
SETTLING = ("ack", "assign", "close")
STIRRING = ("reopen", "escalate", "snooze")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldDesk:
    """An open alert at a desk that has it. `told_at` is when the first message, or the last rise, went out.

    `reminders` are (step, when it came to be owed), in order of steps.
    """

    alert_key: str
    desk_id: str
    told_at: datetime
    reminders: tuple[tuple[int, datetime], ...] = ()


def told_desks(connection: Connection, since: datetime) -> tuple[ToldDesk, ...]:
    """Return the open alerts that desks may still have to be reminded of, each with the desk.

    That is what a desk was sent at or after `since`, or what somebody reopened, escalated or snoozed there since (a
    snooze ends later), unless the last word about the version that stands was that somebody has it.
    """
    o = outbox.c
    recent = (
        select(o.alert_key, o.desk_id)
        .where(o.state == "sent", o.step == 0, o.sent_at >= since, o.created_at >= since - LONGEST_WAIT)
        .where(o.alert_key.is_not(None), o.reason.in_(TELLING))
    )
    r = reviews.c
    stirred = select(r.alert_key, r.desk_id).where(r.action.in_(STIRRING), r.at >= since - MAX_SNOOZE)
    pairs = union(recent, stirred).subquery()
    place = (alerts.c.key == pairs.c.alert_key, pairs.c.desk_id)
    of_version = (r.alert_key == alerts.c.key, r.alert_version == alerts.c.version, r.desk_id == place[1])
    settled = and_(
        exists().where(*of_version, r.action.in_(SETTLING)),
        ~exists().where(*of_version, r.action.in_(STIRRING)),
    )
    query = (
        select(pairs.c.alert_key, pairs.c.desk_id)
        .join(alerts, place[0])
        .where(alerts.c.state == "open", alerts.c.interrupts.is_(True), ~settled)
    )
    waiting = {(row.alert_key, row.desk_id) for row in connection.execute(query)}
    return tuple(_with_reminders(connection, waiting))


def _with_reminders(connection: Connection, waiting: AbstractSet[tuple[str, str]]) -> Iterator[ToldDesk]:
    """Add when each was told, and what it was reminded of; in order of alert and desk."""
    o = outbox.c
    columns = (o.alert_key, o.desk_id, o.step, o.state, o.reason, o.sent_at, o.created_at)
    for part in batches(sorted({key for key, _ in waiting}), BATCH):
        told: dict[tuple[str, str], datetime] = {}
        again: defaultdict[tuple[str, str], dict[int, datetime]] = defaultdict(dict)
        for row in connection.execute(select(*columns).where(o.alert_key.in_(part))):
            place = (row.alert_key, row.desk_id)
            if row.step > 0:
                again[place][row.step] = max(row.created_at, again[place].get(row.step, row.created_at))
            elif row.state == "sent" and row.reason in TELLING:
                told[place] = max(row.sent_at, told.get(place, row.sent_at))
        for key, desk_id in sorted(waiting & told.keys()):
            known = tuple(sorted(again[key, desk_id].items()))
            yield ToldDesk(alert_key=key, desk_id=desk_id, told_at=told[key, desk_id], reminders=known)


def add_reminders(connection: Connection, owed: Iterable[Delivery], at: datetime) -> None:
    """Owe reminders, and tell the audit log. One that is owed already is not owed twice."""
    listed = list(owed)
    store_routing(connection, listed, (), {}, at)
    for delivery in listed:
        told: dict[str, Plain] = {
            "action": "reminder",
            "desk": delivery.desk_id,
            "step": delivery.step,
            "channel": delivery.channel,
            "address": delivery.address,
        }
        add_audit(
            connection,
            Record(at=at, kind="delivery", actor=SYSTEM, subject=delivery.alert_key, content=told),
        )
