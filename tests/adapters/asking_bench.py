"""A fetcher in another process, before a server that misbehaves."""

import asyncio
from contextlib import asynccontextmanager
from pathlib import Path

from tests.adapters.hostile_server import hostile_server
from warning.app.asking_apart import AskingApart
from warning.app.asking_line import Manner
from warning.app.body_room import BodyRoom
from warning.app.parse_nursery import Forked
from warning.collect.fetch_values import FetchRequest


class Apart:
    """A fetcher in another process, and a server that misbehaves before it."""

    def __init__(self, server, fetcher, room) -> None:
        self.server, self.fetcher, self.room = server, fetcher, room

    def ask(self, path: str, **options):
        usual = {"spacing_seconds": 0.0, "total_seconds": 20.0, "max_bytes": 1_000_000}
        url = path if path.startswith("http") else self.server.base + path
        return self.fetcher.fetch(FetchRequest(source_id="s", url=url, **(usual | options)))

    @property
    def process(self) -> int:
        """The id of the process that asks, found as the only child of the one that bears."""
        origin = self.fetcher._nursery._origin.pid
        (child,) = Path(f"/proc/{origin}/task/{origin}/children").read_text().split()
        return int(child)


async def until(is_so) -> None:
    """What happens in another process, or at the server, tells nobody here."""
    while not is_so():  # noqa: ASYNC110 - there is no event to wait for
        await asyncio.sleep(0.01)


@asynccontextmanager
async def apart():
    born_in, room = Forked(asks=True), BodyRoom()
    try:
        async with hostile_server() as server:
            manner = Manner(allow_private_hosts=(server.host,), contact="ops@example.org")
            async with AskingApart(born_in, manner, room) as fetcher:
                yield Apart(server, fetcher, room)
    finally:
        born_in.close()
