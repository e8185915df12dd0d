"""What the weekly budget kept from a desk, and what a roll-up has told of it since."""

import json
from datetime import datetime

from sqlalchemy import Engine, and_, exists, select

from warning.core.alerts import Alert
from warning.store.columns import fixed
from warning.store.digests import ArchivedDigest, archived_digests, save_digest
from warning.store.engine import reading, writing
from warning.store.rows import from_json
from warning.store.schema import alert_versions, alerts, digests, outbox, withheld

FORMAT = "roll-up by "


class RollUps:
    """One instance may be shared by threads; every call is one transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def withheld(
        self, desk_id: str, channel: str, address: str, *, since: datetime
    ) -> tuple[tuple[Alert, datetime], ...]:
        """Return the open alerts kept from a destination for want of budget, in the version that stands.

        One that the desk was told of after all is left out. The first withheld come first.
        """
        w, o = withheld.c, outbox.c
        told = exists().where(o.alert_key == w.alert_key, o.desk_id == desk_id, o.state != "dead")
        stands = and_(
            alert_versions.c.alert_key == alerts.c.key, alert_versions.c.version == alerts.c.version
        )
        query = (
            select(alert_versions.c.content, w.at)
            .select_from(withheld)
            .join(alerts, alerts.c.key == w.alert_key)
            .join(alert_versions, stands)
            .where(w.reason == fixed("over_budget"), w.at >= since, alerts.c.state == "open", ~told)
            .where(w.desk_id == desk_id, w.channel == channel, w.address == address)
            .order_by(w.at, w.alert_key)
        )
        found: dict[str, tuple[Alert, datetime]] = {}
        with reading(self._engine) as connection:
            for row in connection.execute(query):
                alert = from_json(Alert, row.content)
                found.setdefault(alert.key, (alert, row.at))
        return tuple(found.values())

    def told(self, desk_id: str, channel: str, address: str, *, since: datetime) -> frozenset[str]:
        """Return the keys of the alerts that roll-ups have told this destination of."""
        query = select(digests.c.seq).where(digests.c.desk_id == desk_id, digests.c.created_at >= since)
        with reading(self._engine) as connection:
            if connection.execute(query.limit(1)).first() is None:
                return frozenset()
            kept = archived_digests(connection, desk_id=desk_id)
        mine = [k for k in kept if k.format == f"{FORMAT}{channel} {address}" and k.created_at >= since]
        return frozenset(key for one in mine for key in json.loads(one.content)["alerts"])

    def has_day(self, desk_id: str, channel: str, address: str, day: str) -> bool:
        """Return whether this destination has had its roll-up of that day."""
        with reading(self._engine) as connection:
            kept = archived_digests(connection, desk_id=desk_id, week=day)
        return any(one.format == f"{FORMAT}{channel} {address}" for one in kept)

    def keep(
        self, desk_id: str, channel: str, address: str, *, day: str, keys: tuple[str, ...], at: datetime
    ) -> None:
        """Keep what was told: the next roll-up leaves it out."""
        kept = ArchivedDigest(
            desk_id=desk_id,
            week=day,
            format=f"{FORMAT}{channel} {address}",
            content=json.dumps({"alerts": list(keys)}).encode(),
            created_at=at,
        )
        with writing(self._engine) as connection:
            save_digest(connection, kept)
