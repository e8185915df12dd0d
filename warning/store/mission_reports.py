"""Whether a desk's author filed the same words a moment ago; two processes that ask at once ask one after the other."""

import json
from datetime import timedelta

from sqlalchemy import Connection, select

from warning.core.evidence import Item
from warning.core.ids import is_report_name
from warning.core.mission_reports import FILED
from warning.store.engine import serialise
from warning.store.items import items_between
from warning.store.rows import storable, storable_item
from warning.store.schema import audit


def filed_before(connection: Connection, item: Item, actor: str, within: timedelta) -> Item | None:
    """Return the report with the same words that this author filed within that time of this one, None where none is.

    Until the transaction ends nobody else is answered about this source. A clock may run ahead of another, or a process
    wait for its turn: what is known a little later than this counts too.
    """
    serialise(connection, f"reports {item.source_id}")
    item, known_at = storable_item(item), item.known_at
    lately = items_between(connection, known_at - within, known_at + within, source_id=item.source_id)
    alike = (one for one in lately if _says_the_same(one, item) and is_report_name(one.external_id))
    return next(
        (one for one in alike if _filed_by(connection, one.external_id) == storable(actor).casefold()), None
    )


def _says_the_same(one: Item, other: Item) -> bool:
    return (one.content_hash, one.country, one.language) == (
        other.content_hash,
        other.country,
        other.language,
    )


def _filed_by(connection: Connection, name: str) -> str | None:
    """Return who filed a report, in one case."""
    query = select(audit.c.actor, audit.c.content).where(audit.c.subject == name, audit.c.kind == "operator")
    acts = connection.execute(query.order_by(audit.c.seq))
    return next((act.actor.casefold() for act in acts if json.loads(act.content).get("act") == FILED), None)
