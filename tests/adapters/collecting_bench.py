"""A server that misbehaves with a store and a fetcher before it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeVar

from tests.adapters.collected_specs import NOW
from tests.adapters.hostile_server import hostile_server
from warning.app.collecting import Memory, collect_due
from warning.catalog.sources import SourceSpec
from warning.collect.fetch import Fetcher
from warning.collect.politeness import Politeness
from warning.core.evidence import Item
from warning.core.health import SourceState
from warning.settings import Settings
from warning.store.engine import open_engine
from warning.store.repository import Repository

T = TypeVar("T")


class Bench:
    """A server that misbehaves, a real store, a real fetcher, and a clock that is moved by hand."""

    def __init__(self, server, fetcher, repository) -> None:
        self.server, self.fetcher, self.repository = server, fetcher, repository
        self.now = NOW
        self.memory = Memory()
        self.settings = Settings()

    def url(self, path: str) -> str:
        return self.server.base + path

    async def collect(self, *specs: SourceSpec, **options):
        given = {"settings": self.settings, "memory": self.memory} | options
        store = given.pop("store", self.repository)
        return await collect_due(specs, store, self.fetcher, lambda: self.now, **given)

    def state(self, source_id: str = "s") -> SourceState:
        return self.repository.source_states()[source_id]

    def items(self) -> list[Item]:
        return list(
            self.repository.items_between(datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
        )


def run_on_bench(url: str, body: Callable[[Bench], Awaitable[T]]) -> T:
    """Return what the body gives that is run with a bench over the store at this address."""

    async def main() -> T:
        engine = open_engine(url)
        polite = Politeness(per_host=8)
        async with (
            hostile_server() as server,
            Fetcher(lambda: bench.now, allow_private_hosts=(server.host,), politeness=polite) as fetcher,
        ):
            bench = Bench(server, fetcher, Repository(engine))
            given = await body(bench)
        engine.dispose()
        return given

    return asyncio.run(main())
