"""What the weekly budget kept from a desk."""

from datetime import datetime

from sqlalchemy import Engine, and_, exists, select

from warning.core.alerts import Alert
from warning.store.columns import fixed
from warning.store.engine import reading
from warning.store.rows import from_json
from warning.store.schema import alert_versions, alerts, outbox, withheld


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
