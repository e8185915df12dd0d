"""Pauses of destinations (Retry-After) and of whole channels that refuse who we are."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select

from warning.store.rows import insert_or, storable
from warning.store.schema import channel_pauses

WHOLE = "*"  # a pause of all of a channel's addresses
FIRST_HOLD = timedelta(minutes=1)
LONGEST_HOLD_OF_A_CHANNEL = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldChannel:
    """A channel that refused who we are `failures` times since then; it is tried again at `until`."""

    channel: str
    cause: str
    since: datetime
    until: datetime
    failures: int


def pause(connection: Connection, channel: str, address: str, until: datetime) -> None:
    """Let one destination rest until then; a longer pause already set stays."""
    statement = insert_or(connection, channel_pauses).values(channel=channel, address=address, until=until)
    shorter = channel_pauses.c.until < statement.excluded.until
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["channel", "address"],
            set_={"until": statement.excluded.until},
            where=shorter,
        )
    )


def hold(connection: Connection, channel: str, now: datetime, cause: str) -> datetime:
    """Hold a whole channel that refuses who we are; return until when. Each time it is longer, up to an hour."""
    p = channel_pauses.c
    kept = connection.execute(
        select(channel_pauses).where(p.channel == channel, p.address == WHOLE).with_for_update()
    ).first()
    if kept is not None and kept.until > now:  # another queue of the same round met the same refusal
        held: datetime = kept.until
        return held
    failures = 1 if kept is None else kept.failures + 1
    until: datetime = now + min(FIRST_HOLD * 2 ** min(failures - 1, 10), LONGEST_HOLD_OF_A_CHANNEL)
    values = {"until": until, "failures": failures, "cause": storable(cause)}
    row = {"channel": channel, "address": WHOLE, **values}
    statement = insert_or(connection, channel_pauses).values(**row, since=now)
    connection.execute(statement.on_conflict_do_update(index_elements=["channel", "address"], set_=values))
    return until


def end_hold(connection: Connection, channel: str) -> None:
    """The channel took a message: it knows who we are."""
    p = channel_pauses.c
    connection.execute(delete(channel_pauses).where(p.channel == channel, p.address == WHOLE))


def held_channels(connection: Connection) -> tuple[HeldChannel, ...]:
    """Return the channels that refused who we are when they were last tried."""
    p = channel_pauses.c
    query = select(channel_pauses).where(p.address == WHOLE, p.failures > 0).order_by(p.channel)
    return tuple(
        HeldChannel(
            channel=row.channel, cause=row.cause, since=row.since, until=row.until, failures=row.failures
        )
        for row in connection.execute(query)
    )
