"""Who was told of what and has been reminded how often: what due reminders are worked out from."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from warning.core.audit import SYSTEM, Plain, Record
from warning.core.deliveries import Delivery
from warning.store.assessments import store_routing
from warning.store.audit import add_audit
from warning.store.schema import alerts, outbox


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
    """Return every open alert that a desk was sent, with at least one such message sent at or after `since`."""
    o = outbox.c
    about_open = select(o.alert_key, o.desk_id).join(alerts, alerts.c.key == o.alert_key)
    told = (
        about_open.add_columns(func.max(o.sent_at).label("at"))
        .where(alerts.c.state == "open", o.state == "sent", o.step == 0)
        .where(o.reason.in_(("first", "escalated", "shared")), o.sent_at >= since)
        .group_by(o.alert_key, o.desk_id)
        .order_by(o.alert_key, o.desk_id)
    )
    again = about_open.add_columns(o.step, func.max(o.created_at).label("at"))
    again = again.where(alerts.c.state == "open", o.step > 0).group_by(o.alert_key, o.desk_id, o.step)
    reminders: defaultdict[tuple[str, str], list[tuple[int, datetime]]] = defaultdict(list)
    for row in connection.execute(again.order_by(o.step)):
        reminders[row.alert_key, row.desk_id].append((row.step, row.at))
    return tuple(
        ToldDesk(
            alert_key=row.alert_key,
            desk_id=row.desk_id,
            told_at=row.at,
            reminders=tuple(reminders[row.alert_key, row.desk_id]),
        )
        for row in connection.execute(told)
    )


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
