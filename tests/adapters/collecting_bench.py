"""A server that misbehaves with a store and a fetcher before it."""

from datetime import UTC, datetime

from tests.adapters.collected_specs import NOW
from warning.app.collecting import Memory, collect_due
from warning.catalog.sources import SourceSpec
from warning.core.evidence import Item
from warning.core.health import SourceState
from warning.settings import Settings


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
