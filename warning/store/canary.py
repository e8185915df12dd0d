"""The canary's flights, how far the one under way has come, and the removal of what a flight leaves behind."""

from datetime import date, datetime, timedelta

from sqlalchemy import Connection, Engine, delete, func, select, update

from warning.core.canary import CANARY, Flight, title_of
from warning.store.engine import reading, writing
from warning.store.item_statements import by_source, remark
from warning.store.rows import insert_new, item_of
from warning.store.schema import (
    alert_versions,
    alerts,
    assessments,
    canary_flights,
    documents,
    fetches,
    item_labels,
    item_revisions,
    items,
    outbox,
    signals,
    source_reports,
    traces,
    withheld,
)

KEPT = timedelta(days=90)
UNENDED = ("pending", "sending", "unknown")
# A flight leaves before the next day's one; nothing older is looked through for what it left.
LEFT_WITHIN = timedelta(days=3)


class CanaryFlights:
    """One instance may be shared by threads; every call is one transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def start(self, day: date, at: datetime) -> None:
        """Note that the canary of a day was asked for; only the first time counts."""
        with writing(self._engine) as connection:
            row = {"day": day.isoformat(), "started_at": at}
            connection.execute(insert_new(connection, canary_flights).values(row))

    def land(self, day: date, at: datetime) -> None:
        c = canary_flights.c
        with writing(self._engine) as connection:
            connection.execute(
                update(canary_flights)
                .where(c.day == day.isoformat(), c.landed_at.is_(None))
                .values(landed_at=at)
            )

    def tell(self, day: date, at: datetime) -> None:
        """Note that the operators were told that the canary of a day is missing."""
        with writing(self._engine) as connection:
            connection.execute(
                insert_new(connection, canary_flights).values(day=day.isoformat(), started_at=at, told_at=at)
            )
            connection.execute(
                update(canary_flights).where(canary_flights.c.day == day.isoformat()).values(told_at=at)
            )

    def settle(self) -> None:
        """Note that the operators know that what was missing has landed."""
        c = canary_flights.c
        with writing(self._engine) as connection:
            connection.execute(update(canary_flights).where(c.landed_at.is_not(None)).values(told_at=None))

    def flights(self, limit: int = 30) -> tuple[Flight, ...]:
        """Return the newest flights, the newest first."""
        query = select(canary_flights).order_by(canary_flights.c.day.desc()).limit(limit)
        with reading(self._engine) as connection:
            return tuple(
                Flight(
                    day=date.fromisoformat(row.day),
                    started_at=row.started_at,
                    landed_at=row.landed_at,
                    told_at=row.told_at,
                )
                for row in connection.execute(query)
            )

    def has_landed(self, day: date) -> bool:
        return any(f.day == day and f.landed_at is not None for f in self.flights(3))

    def stage(self, day: date) -> str:
        """Say how far the canary of a day has come: the last link it passed, and the first it did not."""
        with reading(self._engine) as connection:
            return _stage(connection, title_of(day))

    def sweep(self, now: datetime) -> int:
        """Remove what landed flights left in the store, return how many items that were. Nothing of one under way."""
        landed = {title_of(f.day) for f in self.flights() if f.landed_at is not None}
        with writing(self._engine) as connection:
            found = connection.execute(
                select(items.c.seq, items.c.title).where(by_source(connection, CANARY))
            ).all()
            done = [row.seq for row in found if row.title in landed]
            waiting = [row for row in found if row.title not in landed]
            busy = connection.execute(
                select(outbox.c.id).where(outbox.c.desk_id == CANARY, outbox.c.state.in_(UNENDED))
            ).first()
            if done and not waiting and busy is None:
                _remove(connection, now - LEFT_WITHIN)
            connection.execute(
                delete(canary_flights).where(canary_flights.c.day < (now - KEPT).date().isoformat())
            )
        return len(done)


def _stage(connection: Connection, title: str) -> str:
    item = connection.execute(
        select(items.c.id, items.c.assessed_at).where(by_source(connection, CANARY), items.c.title == title)
    ).first()
    if item is None:
        return "it was not collected, or what was collected was not stored"
    if item.assessed_at is None:
        return "it is stored, and no assessment has seen it"
    if connection.execute(select(signals.c.id).where(signals.c.evidence_id == item.id)).first() is None:
        return "it was assessed, and its rule did not fire"
    keys = _alert_keys(connection)
    if not keys:
        return "its rule fired, and no alert came of it"
    newest = select(outbox.c.state, outbox.c.error).where(
        outbox.c.alert_key.in_(keys), outbox.c.desk_id == CANARY
    )
    row = connection.execute(newest.order_by(outbox.c.created_at.desc())).first()
    if row is None:
        return "its alert was opened, and nothing is owed to its desk"
    return f"its delivery is {row.state}" + (f": {row.error}" if row.error else "")


def _alert_keys(connection: Connection) -> list[str]:
    """The canary's alerts, by its signals: those are found by their rule without a look at any others."""
    fired = select(signals.c.alert_key).where(signals.c.rule_id == CANARY, signals.c.alert_key.is_not(None))
    return sorted(connection.execute(fired.distinct()).scalars())


def _remove(connection: Connection, since: datetime) -> None:
    """Everything the canary's source, rule and desk left since then, in the order in which it hangs together."""
    keys = _alert_keys(connection)
    for table in (outbox, withheld, alert_versions):
        connection.execute(delete(table).where(table.c.alert_key.in_(keys)))
    connection.execute(delete(alerts).where(alerts.c.key.in_(keys)))
    connection.execute(delete(signals).where(signals.c.rule_id == CANARY))
    rounds = select(assessments.c.id).where(assessments.c.as_of >= since)
    connection.execute(delete(traces).where(traces.c.assessment_id.in_(rounds), traces.c.rule_id == CANARY))
    stored = connection.execute(select(items).where(by_source(connection, CANARY))).all()
    numbers = [row.seq for row in stored]
    for table in (item_revisions, item_labels):
        connection.execute(delete(table).where(table.c.item_seq.in_(numbers)))
    for row in stored:
        remark(connection, row.seq, item_of(row), None)
    connection.execute(delete(items).where(items.c.seq.in_(numbers)))
    digests = (
        connection.execute(select(fetches.c.digest).where(fetches.c.source_id == CANARY)).scalars().all()
    )
    connection.execute(delete(fetches).where(fetches.c.source_id == CANARY))
    held = select(func.count()).select_from(fetches)
    for digest in digests:
        if not connection.execute(held.where(fetches.c.digest == digest)).scalar():
            connection.execute(delete(documents).where(documents.c.digest == digest))
    connection.execute(delete(source_reports).where(source_reports.c.source_id == CANARY))
