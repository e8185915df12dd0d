"""What of the outbox is due now, as one statement, and the claims that were cut short."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    exists,
    or_,
    select,
    true,
    tuple_,
    update,
)

from warning.store.channel_pauses import WHOLE
from warning.store.schema import channel_pauses, outbox

FINAL = ("sent", "dead")
WAITING = ("pending", "unknown")
# No wait is as long (back-off and Retry-After end at an hour): a later time was written by a clock gone wrong.
LONGEST_WAIT = timedelta(hours=2)
# Quiet hours over the longest holidays, and a margin.
LONGEST_HOLD = timedelta(days=14)
CUT_SHORT = "the process ended, or took too long, while it was sending"


def expire_leases(connection: Connection, now: datetime) -> Sequence[Row[Any]]:
    """Return the rows whose sender was cut short, as they stand now."""
    change = (
        update(outbox)
        .where(outbox.c.state == "sending", has_come(outbox.c.lease_until, now))
        .values(state="unknown", error=CUT_SHORT, next_attempt_at=now, lease_until=None, updated_at=now)
        .returning(outbox)
    )
    return connection.execute(change).all()


def has_come(
    column: ColumnElement[datetime | None], now: datetime, longest: timedelta = LONGEST_WAIT
) -> ColumnElement[bool]:
    return or_(column <= now, column > now + longest)


def due(now: datetime, limit: int, besides: Collection[tuple[str, str]] = ()) -> Select[Any]:
    """Rows that may be sent now. PostgreSQL skips rows another claimer holds; SQLite has one writer."""
    before = outbox.alias("before")
    same_destination = and_(
        before.c.alert_key == outbox.c.alert_key,
        before.c.desk_id == outbox.c.desk_id,
        before.c.channel == outbox.c.channel,
        before.c.address == outbox.c.address,
    )
    waits_for_another = exists().where(
        same_destination, before.c.alert_version < outbox.c.alert_version, before.c.state.not_in(FINAL)
    )
    paused = exists().where(
        channel_pauses.c.channel == outbox.c.channel,
        channel_pauses.c.address.in_((outbox.c.address, WHOLE)),
        ~has_come(channel_pauses.c.until, now),
    )
    destination = tuple_(outbox.c.channel, outbox.c.address)
    # Written into the statement: an index over what waits serves only who says so when the plan is made.
    waits = outbox.c.state.in_(bindparam("waiting", WAITING, expanding=True, literal_execute=True))
    return (
        select(outbox)
        .where(waits, has_come(outbox.c.next_attempt_at, now))
        .where(destination.not_in(sorted(besides)) if besides else true())
        .where(or_(outbox.c.hold_until.is_(None), has_come(outbox.c.hold_until, now, LONGEST_HOLD)))
        .where(~waits_for_another, ~paused)
        .order_by(outbox.c.created_at, outbox.c.alert_version, outbox.c.id)
        .limit(limit)
        .with_for_update(of=outbox, skip_locked=True)
    )
