"""A collector that reads one mailbox, with its store: what tests of mailboxes share."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial

from pydantic import SecretStr

from tests.adapters.collected_specs import spec_of
from tests.adapters.mortal_parser import parse_or_die
from warning.app.collecting import Memory, collect_due
from warning.app.parse_pool import ParsePool
from warning.collect.fetch import Fetcher
from warning.settings import Settings
from warning.store.engine import open_engine
from warning.store.repository import Repository

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
EVER = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))


def mail(number: int, head: bytes = b"") -> bytes:
    return (
        b"Subject: report %d\r\nMessage-ID: <%d@m>\r\n" % (number, number)
        + (head + b"\r\n" if head else b"")
        + b"\r\ntext\r\n"
    )


class Desk:
    """A collector with its store; `restart` forgets what a process remembers. `in_processes`: mails are read as in a service."""

    in_processes = False

    def __init__(self, box, sqlite_url: str) -> None:
        self.box, self.now = box, NOW
        self.repository = Repository(open_engine(sqlite_url))
        self.memory = Memory()
        self.spec = spec_of(
            f"imaps://desk:{{key}}@127.0.0.1:{box.port}/INBOX", "mission-mailbox", kind="mission", country="WLD", language="en",
            needs_key="box", parse={"format": "mail"}, expect={"rows": {"min": 0}}, timeout="60s", idle_timeout="20s",
        )  # fmt: skip

    def restart(self) -> None:
        self.memory = Memory()

    def poll(self, store=None):
        self.now += timedelta(hours=2)

        async def once():
            settings = Settings(source_keys={"box": SecretStr(self.box.password)})
            async with (
                Fetcher(lambda: self.now, allow_private_hosts=("127.0.0.1",), tls=self.box.tls) as fetcher,
                ParsePool(workers=1) as pool,
            ):
                if self.in_processes:
                    self.memory.parser = partial(pool.run, parse_or_die)
                return await collect_due(
                    [self.spec], store or self.repository, fetcher, lambda: self.now, settings=settings, memory=self.memory
                )  # fmt: skip

        (outcome,) = asyncio.run(once()).outcomes
        return outcome

    def titles(self) -> list[str]:
        return sorted(item.title for item in self.repository.items_between(*EVER))

    @property
    def state(self):
        return self.repository.source_states()["mission-mailbox"]
