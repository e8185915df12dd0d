"""The outbox: what is owed to whom, claimed under a lease, ending sent or dead and never nothing.

pending -> sending (claimed) -> sent | pending (retry) | unknown (may have arrived) | dead.
A claim whose lease ran out was cut short: its row becomes unknown, for the next claimer to reconcile.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, get_args

from sqlalchemy import Engine, Row, and_, case, func, or_, select, update

from warning.core.audit import SYSTEM, Record
from warning.core.deliveries import MAY_HAVE_ARRIVED, DeliveryState, OutboxRow
from warning.core.review import Action
from warning.errors import StoreError
from warning.store import channel_pauses
from warning.store.audit import add_audit
from warning.store.channel_pauses import HeldChannel
from warning.store.deliveries import outbox_row
from warning.store.due_deliveries import due, expire_leases
from warning.store.engine import reading, writing
from warning.store.rows import storable
from warning.store.schema import outbox, reviews

REPLACED_IN_PLACE = frozenset({"slack"})
SHOWN_ACTIONS = tuple(action for action in get_args(Action) if action != "note")
WAITS = "waits: the destination did not take the message before it"


class Outbox:
    """One instance may be shared by threads; every call is one transaction."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def claim(
        self,
        now: datetime,
        *,
        limit: int,
        lease_seconds: float,
        besides: Collection[tuple[str, str]] = (),
    ) -> tuple[OutboxRow, ...]:
        """Take at most `limit` due rows, oldest first, for `lease_seconds`; nobody else gets them meanwhile.

        Rows come back in the state they were in: `pending`, or `unknown` when the message may have arrived
        already and must be looked for before it is sent again. `attempts` counts this one. A version of an
        alert is not given out before the version before it is sent or dead at the same destination. `besides`
        names destinations (channel, address) that are busy.

        The claim outlives a power cut: what was about to be sent then is looked for, not sent as if for the first time.
        """
        with writing(self.engine, synced=True) as connection:
            cut_short = expire_leases(connection, now)
            rows = connection.execute(due(now, limit, besides)).all()
            connection.execute(
                update(outbox)
                .where(outbox.c.id.in_([row.id for row in rows]))
                .values(
                    state="sending",
                    attempts=outbox.c.attempts + 1,
                    lease_until=now + timedelta(seconds=lease_seconds),
                    updated_at=now,
                )
            )
            add_audit(connection, *(_ended(row, now) for row in cut_short))
        return tuple(outbox_row(row, attempts=row.attempts + 1) for row in rows)

    def sent(self, row_id: str, *, now: datetime, provider_ref: str = "") -> bool:
        """Record that the channel accepted it, whoever holds the row by now: what arrived has arrived.

        The record outlives a power cut: of a message that nobody can look for, it alone says that it went out.
        """
        values: dict[str, Any] = {"state": "sent", "sent_at": now}
        values |= {"provider_ref": storable(provider_ref), "error": ""}
        return self._end(row_id, ("pending", "sending", "unknown"), now, values, told=True, synced=True)

    def retry(self, row_id: str, *, at: datetime, error: str, attempt: int | None = None) -> bool:
        """Give the row back, to be tried again at `at`: the channel certainly did not take it.

        With `attempt` (the claimed row's `attempts`) a sender whose lease ran out cannot give back what
        another one holds by now.
        """
        values = {"state": "pending", "next_attempt_at": at, "error": storable(error)}
        return self._end(row_id, ("sending",), None, values, attempt)

    def unknown(self, row_id: str, *, at: datetime, error: str, attempt: int | None = None) -> bool:
        """Give the row back, to be reconciled at `at`: the channel may have taken it. See `retry`."""
        values = {"state": "unknown", "next_attempt_at": at, "error": storable(error)}
        return self._end(row_id, ("sending",), None, values, attempt, told=True)

    def release(self, row: OutboxRow, *, at: datetime) -> bool:
        """Give a claimed row back untried, as it was before the claim; the claim counts for no attempt."""
        values: dict[str, Any] = {"state": row.state, "attempts": row.attempts - 1, "next_attempt_at": at}
        return self._end(row.id, ("sending",), None, values | {"error": WAITS}, row.attempts)

    def dead(self, row_id: str, *, now: datetime, error: str) -> bool:
        """Give up: the destination will never accept it. `requeue` brings it back."""
        values = {"state": "dead", "error": storable(error)}
        return self._end(row_id, ("pending", "sending", "unknown"), now, values, told=True)

    def requeue(self, row_id: str, *, now: datetime, actor: str = "operator") -> bool:
        """An operator's second chance for a dead row, or a nudge for one that waits.

        Raises StoreError when there is no such row. A sent row, or one being sent, stays as it is: False.
        """
        with writing(self.engine) as connection:
            row = connection.execute(select(outbox.c.state).where(outbox.c.id == row_id)).first()
            if row is None:
                raise StoreError(f"no delivery has the id {row_id!r}")
            if row.state not in {"dead", "pending", "unknown"}:
                return False
            state = "unknown" if row.state == "unknown" else "pending"
            attempts = 0 if row.state == "dead" else outbox.c.attempts
            change = update(outbox).where(outbox.c.id == row_id, outbox.c.state == row.state)
            change = change.values(state=state, attempts=attempts, next_attempt_at=now, updated_at=now)
            moved = connection.execute(change).rowcount == 1
            if moved:
                content = {"action": "requeue", "before": row.state, "after": state}
                asked = Record(at=now, kind="operator", actor=actor, subject=row_id, content=content)
                add_audit(connection, asked)
        return moved

    def pause(self, channel: str, address: str, *, until: datetime) -> None:
        """Let one destination rest (Retry-After); a longer pause already set stays."""
        with writing(self.engine) as connection:
            channel_pauses.pause(connection, channel, address, until)

    def hold(self, channel: str, *, now: datetime, cause: str) -> datetime:
        """Hold a whole channel that refuses who we are; return until when. Each time it is longer, up to an hour.

        The first message it takes ends the hold.
        """
        with writing(self.engine) as connection:
            return channel_pauses.hold(connection, channel, now, cause)

    def held_channels(self) -> tuple[HeldChannel, ...]:
        """Return the channels that refused who we are when they were last tried."""
        with reading(self.engine) as connection:
            return channel_pauses.held_channels(connection)

    def root_ref(self, alert_key: str, desk_id: str, channel: str, address: str) -> str | None:
        """Return the channel's own id of the message about this alert that stands there: the thread's root.

        That is the first one sent; where later versions take its place, the one last written, for a message that was lost
        is posted anew.
        """
        o = outbox.c
        newest = (o.sent_at.desc(), o.alert_version.desc(), o.step.desc())
        query = (
            select(o.provider_ref)
            .where(o.alert_key == alert_key, o.desk_id == desk_id)
            .where(o.channel == channel, o.address == address)
            .where(o.state == "sent", o.provider_ref != "")
            .order_by(*(newest if channel in REPLACED_IN_PLACE else (o.alert_version,)))
        )
        with reading(self.engine) as connection:
            return connection.execute(query.limit(1)).scalar()

    def may_have_reached(self, row: OutboxRow) -> bool:
        """Whether an earlier delivery of the same alert to the same place arrived, or may have."""
        o = outbox.c
        query = (
            select(o.id)
            .where(o.alert_key == row.alert_key, o.desk_id == row.desk_id, o.id != row.id)
            .where(o.channel == row.channel, o.address == row.address, o.reason != "recall")
            .where(or_(o.state.in_(("sent", "sending", "unknown")), o.error.contains(MAY_HAVE_ARRIVED)))
        )
        with reading(self.engine) as connection:
            return connection.execute(query.limit(1)).first() is not None

    def shown(self, row_id: str, *, now: datetime) -> None:
        """Note that the message of a row stands as everything done until `now` would have it."""
        change = update(outbox).where(outbox.c.id == row_id, outbox.c.state == "sent")
        with writing(self.engine) as connection:
            connection.execute(change.values(updated_at=now))

    def shown_before(
        self, channels: Collection[str], since: datetime, until: datetime, *, limit: int
    ) -> tuple[tuple[str, str], ...]:
        """Return (alert key, desk id) where somebody acted between the two times and no message was written since."""
        o, r = outbox.c, reviews.c
        acted = (
            select(r.alert_key, r.desk_id, func.max(r.at).label("at"))
            .where(r.action.in_(SHOWN_ACTIONS), r.at >= since, r.at <= until)
            .group_by(r.alert_key, r.desk_id)
            .subquery()
        )
        query = (
            select(o.alert_key, o.desk_id)
            .join(acted, and_(acted.c.alert_key == o.alert_key, acted.c.desk_id == o.desk_id))
            .where(o.state == "sent", o.channel.in_(sorted(channels)))
            .group_by(o.alert_key, o.desk_id, o.channel, o.address, acted.c.at)
            .having(func.max(o.updated_at) < acted.c.at)
            .order_by(acted.c.at, o.alert_key, o.desk_id)
        )
        with reading(self.engine) as connection:
            found = connection.execute(query.limit(limit)).all()
        return tuple(dict.fromkeys((row.alert_key, row.desk_id) for row in found))

    def rows(
        self,
        state: DeliveryState | None = None,
        *,
        since: datetime | None = None,
        alert_key: str | None = None,
    ) -> tuple[OutboxRow, ...]:
        """Return the rows in the order they came to be owed: all, or in one state, owed since, of one alert."""
        query = select(outbox).order_by(outbox.c.created_at, outbox.c.alert_version, outbox.c.id)
        if state is not None:
            query = query.where(outbox.c.state == state)
        if since is not None:
            query = query.where(outbox.c.created_at >= since)
        if alert_key is not None:
            query = query.where(outbox.c.alert_key == alert_key)
        with reading(self.engine) as connection:
            return tuple(outbox_row(row) for row in connection.execute(query))

    def row(self, row_id: str) -> OutboxRow | None:
        with reading(self.engine) as connection:
            row = connection.execute(select(outbox).where(outbox.c.id == row_id)).first()
        return None if row is None else outbox_row(row)

    def next_due_at(self) -> datetime | None:
        """Return when the next waiting row is due, pauses apart; None when nothing waits."""
        held_first = outbox.c.hold_until > outbox.c.next_attempt_at
        due_at = case((held_first, outbox.c.hold_until), else_=outbox.c.next_attempt_at)
        query = select(func.min(due_at)).where(outbox.c.state.in_(("pending", "unknown")))
        with reading(self.engine) as connection:
            return connection.execute(query).scalar()

    def _end(
        self,
        row_id: str,
        states: Collection[str],
        now: datetime | None,
        values: dict[str, Any],
        attempt: int | None = None,
        told: bool = False,
        synced: bool = False,
    ) -> bool:
        """End a claim, and with `told` tell the audit log. False when the row is no longer in one of the states: somebody else has it."""
        values |= {"lease_until": None} | ({"updated_at": now} if now else {})
        change = update(outbox).where(outbox.c.id == row_id, outbox.c.state.in_(states)).values(values)
        if attempt is not None:
            change = change.where(outbox.c.attempts == attempt)
        with writing(self.engine, synced=synced) as connection:
            row = connection.execute(change.returning(outbox)).first()
            if row is not None and row.state == "sent":
                channel_pauses.end_hold(connection, row.channel)
            if row is not None and told:
                add_audit(connection, _ended(row, now or row.updated_at))
        return row is not None


def _ended(row: Row[Any], at: datetime) -> Record:
    told = {
        "alert": row.alert_key or row.notice_id,
        "version": row.alert_version,
        "desk": row.desk_id,
        "channel": row.channel,
        "address": row.address,
        "state": row.state,
        "provider_ref": row.provider_ref,
        "error": row.error,
    }
    return Record(at=at, kind="delivery", actor=SYSTEM, subject=row.id, content=told)
