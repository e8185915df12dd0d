"""The path from evidence to desks in a process that kills itself at a named write: the victim of the killing proofs.

    python -m bench.killed_path DATABASE SLACK SMTP

Reads one JSON line an errand, forks for each, and answers with one line: how the errand's process ended and how
many places it passed at which it could have died. A place is: before every statement that writes, before and after
every commit, before and after every request to Slack or to the mail server.
"""

import asyncio
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Lock
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Engine, event

from tests.adapters.alert_samples import BOOK
from warning.app.assessing import assess_new
from warning.app.calendar_day import CalendarDay
from warning.app.delivering import deliver_due
from warning.app.set_aside import SetAside
from warning.channels.bulletin import Bulletin
from warning.channels.channel import Channel, Sent
from warning.channels.mail import MailChannel
from warning.channels.mail_mime import MailIdentity
from warning.channels.message import Message
from warning.channels.slack import SlackChannel
from warning.channels.smtp_target import smtp_target
from warning.core.deliveries import OutboxRow
from warning.core.evidence import Item
from warning.store.engine import open_engine
from warning.store.outbox import Outbox
from warning.store.repository import Repository
from warning.store.resident import Resident

WRITES = ("insert", "update", "delete")
RULES = replace(
    BOOK,
    rules=tuple(rule for rule in BOOK.rules if rule.kind == "text"),
    policy=BOOK.policy.model_copy(update={"cooldown_minutes": 0}),  # both versions go out in one walk
)


class Places:
    """Counts the places passed, and dies at the wanted one (0: never)."""

    def __init__(self, die_at: int) -> None:
        self._die_at = die_at
        self._lock = Lock()
        self.passed = 0

    def passing(self) -> None:
        with self._lock:
            self.passed += 1
            if self.passed == self._die_at:
                os.kill(os.getpid(), signal.SIGKILL)

    def watch(self, engine: Engine) -> None:
        def statement(_c: Any, _k: Any, sql: str, *_: Any) -> None:
            if sql.lstrip().lower().startswith(WRITES):
                self.passing()

        event.listen(engine, "before_cursor_execute", statement)
        event.listen(engine, "commit", lambda _connection: self.passing())
        event.listen(engine.pool, "checkin", lambda *_: self.passing())


class DeadlySlack(SlackChannel):
    """Slack, with a place before and after each of its requests."""

    def __init__(self, places: Places, url: str) -> None:
        super().__init__("xoxb-of-a-stub", url)
        self._places = places

    async def _call(
        self, method: str, arguments: Mapping[str, Any], *, reads: bool = False
    ) -> Mapping[str, Any]:
        self._places.passing()
        answer = await super()._call(method, arguments, reads=reads)
        self._places.passing()
        return answer


class DeadlyMail(MailChannel):
    """Mail, with a place before and after each transaction."""

    def __init__(self, places: Places, url: str) -> None:
        super().__init__(smtp_target(url), MailIdentity(sender="ews@example.org"))
        self._places = places

    async def send(self, message: Message, *, row: OutboxRow, root_ref: str | None) -> Sent:
        self._places.passing()
        sent = await super().send(message, row=row, root_ref=root_ref)
        self._places.passing()
        return sent

    async def tell(self, bulletin: Bulletin, address: str) -> Sent:
        self._places.passing()
        sent = await super().tell(bulletin, address)
        self._places.passing()
        return sent

    async def post(self, mail: bytes, *, recipient: str, name: str) -> str:
        self._places.passing()
        ref = await super().post(mail, recipient=recipient, name=name)
        self._places.passing()
        return ref


def evidence(number: int, at: datetime) -> tuple[Item, Item]:
    """What is told of one event: a report, and the notice itself, which makes a second version."""
    title = f"MOFCOM Announcement No. {number} of 2026: China gallium export control"
    report = Item(
        id=f"n-{number:04d}", source_id="wire", kind="news", country="US", language="en", title=title, known_at=at
    )  # fmt: skip
    return report, replace(report, id=f"i-{number:04d}", source_id="mofcom", kind="regulatory", country="CN")


def walk(database: str, slack: str, smtp: str, errand: Mapping[str, Any]) -> int:
    """Bring one event from its evidence to its desks, finishing first what others left. Returns the places passed."""
    places = Places(errand["die_at"])
    engine = open_engine(database)
    places.watch(engine)
    offset = datetime.fromisoformat(errand["now"]) - datetime.now(UTC)

    def clock() -> datetime:
        return datetime.now(UTC) + offset

    system: Any = SimpleNamespace(
        book=lambda: RULES, live_book=lambda: RULES, repository=Repository(engine), clock=clock, set_aside=SetAside(),
        calendar=CalendarDay(), resident=Resident(),
    )  # fmt: skip
    channels: dict[str, Channel] = {"slack": DeadlySlack(places, slack), "mail": DeadlyMail(places, smtp)}
    at = datetime.fromisoformat(errand["evidence_at"])
    for number, item in enumerate(evidence(errand["event"], at)):
        system.repository.add_items([replace(item, known_at=at + timedelta(seconds=number))])
        assess_new(system)
        asyncio.run(_delivered(engine, channels, clock))
    engine.dispose()
    return places.passed


async def _delivered(engine: Engine, channels: Mapping[str, Channel], clock: Any) -> None:
    claimed = 1
    while claimed:
        done = await deliver_due(Outbox(engine), Repository(engine), channels, RULES, clock, limit=20)
        claimed = done.claimed


Walk = Callable[[str, str, str, Mapping[str, Any]], int]


def run_errands(walk: Walk, database: str, slack: str, smtp: str) -> None:
    """Fork for each errand that is read, and say how it ended."""
    for line in sys.stdin:
        errand = json.loads(line)
        out, into = os.pipe()
        child = os.fork()
        if not child:
            code = 1
            try:
                os.write(into, str(walk(database, slack, smtp, errand)).encode())
                code = 0
            except Exception:  # noqa: BLE001 - told to whoever reads, and the errand counts as broken off
                traceback.print_exc()
            finally:
                os._exit(code)
        os.close(into)
        with os.fdopen(out) as said:
            passed = int(said.read() or 0)
        _, status = os.waitpid(child, 0)
        print(json.dumps({"ended": os.waitstatus_to_exitcode(status), "passed": passed}), flush=True)


if __name__ == "__main__":
    run_errands(walk, *sys.argv[1:])
