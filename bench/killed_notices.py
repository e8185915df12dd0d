"""Notices on their way in a process that kills itself at a named write: the victim of `bench/kill_notices.py`.

python -m bench.killed_notices DATABASE SLACK SMTP
"""

import asyncio
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from bench.killed_path import DeadlyMail, DeadlySlack, Places, run_errands
from tests.adapters.alert_samples import BOOK
from warning.app.delivering import deliver_due
from warning.app.digests import owe_digest, write_digest
from warning.app.noticing import BULLETIN
from warning.app.telling_operators import tell_operators
from warning.channels.bulletin import Bulletin
from warning.channels.channel import Channel
from warning.core.desks import Destination
from warning.core.notices import Notice, NoticePlace
from warning.core.rulebook import Rulebook
from warning.core.vocabulary import Marking
from warning.store.engine import open_engine
from warning.store.notices import Notices
from warning.store.outbox import Outbox
from warning.store.repository import Repository

KINDS = ("digest", "roll-up", "operator")
ROOM, MAILBOX = "C0KR", "desk@example.org"
PLACES = (
    Destination(channel="slack", to=(ROOM,), ceiling=Marking.GREEN),
    Destination(channel="mail", to=(MAILBOX,), ceiling=Marking.GREEN),
)
WEEK_ONE = datetime(2020, 1, 6, tzinfo=UTC)


def book() -> Rulebook:
    desk = next(desk for desk in BOOK.desks if desk.id == "kr")
    ways = {"destinations": PLACES, "digest_to": PLACES}
    operators = {"id": "operators", "kind": "operator", "clearance": Marking.GREEN, **ways}
    return replace(
        BOOK, desks=(desk.model_copy(update=ways),), operators=(desk.model_copy(update=operators),)
    )


def owe_each(system: Any, number: int) -> None:
    """Owe the round's three notices: each has the same id whoever owes it."""
    at = system.clock()
    monday = WEEK_ONE + timedelta(weeks=number)
    week = f"{monday.isocalendar().year}-W{monday.isocalendar().week:02d}"
    owe_digest(system, write_digest(system.repository, system.book(), (), "kr", week=week, now=at))
    bulletin = Bulletin(
        id=f"b-{number:04d}", desk_id="kr", marking=Marking.GREEN, subject="[TLP:GREEN] Roll-up",
        lead="What did not interrupt.", lines=(f"alert {number}",), closing=(), at=at,
    )  # fmt: skip
    notice = Notice(
        id=bulletin.id, kind="roll-up", desk_id="kr", topic="day", marking=Marking.GREEN,
        content=BULLETIN.dump_json(bulletin).decode(), created_at=at,
    )  # fmt: skip
    places = (NoticePlace(channel=each.channel, address=each.to[0]) for each in PLACES)
    Notices(system.repository.engine).owe(notice, places)
    tell_operators(
        system, topic="sources", key=str(number), subject="a source went blind", lines=["HTTP 403"]
    )


def walk(database: str, slack: str, smtp: str, errand: Mapping[str, Any]) -> int:
    """Owe and deliver one round's notices, finishing first what others left. Returns the places passed."""
    places = Places(errand["die_at"])
    engine = open_engine(database)
    places.watch(engine)
    offset = datetime.fromisoformat(errand["now"]) - datetime.now(UTC)
    rules, channels = book(), _channels(places, slack, smtp)

    def clock() -> datetime:
        return datetime.now(UTC) + offset

    repository = Repository(engine)
    owe_each(SimpleNamespace(repository=repository, book=lambda: rules, clock=clock), errand["event"])
    claimed = 1
    while claimed:
        done = asyncio.run(deliver_due(Outbox(engine), repository, channels, rules, clock, limit=20))
        claimed = done.claimed
    engine.dispose()
    return places.passed


def _channels(places: Places, slack: str, smtp: str) -> dict[str, Channel]:
    return {"slack": DeadlySlack(places, slack), "mail": DeadlyMail(places, smtp)}


if __name__ == "__main__":
    run_errands(walk, *sys.argv[1:])
