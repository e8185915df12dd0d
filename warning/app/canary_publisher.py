"""The canary's publisher: a feed on loopback with one item a day, until that day's flight has landed."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, time
from email.utils import format_datetime
from types import TracebackType
from typing import Self

from aiohttp import web

from warning.catalog.sources import SourceSpec
from warning.core.canary import CANARY, title_of
from warning.core.iso_codes import NOWHERE
from warning.store.canary import CanaryFlights

LOOPBACK = "127.0.0.1"
EVERY = "5m"


class CanaryPublisher:
    """Use as `async with`; inside, `spec` is the source to collect and `host` what the fetcher must be let through to."""

    def __init__(self, flights: CanaryFlights, clock: Callable[[], datetime]) -> None:
        self._flights = flights
        self._clock = clock
        self._runner: web.AppRunner | None = None
        self.host = ""

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/canary.xml", self._answer)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, LOOPBACK, 0)
        await site.start()
        self.host = f"{LOOPBACK}:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def spec(self) -> SourceSpec:
        return SourceSpec.model_validate(
            {
                "id": CANARY, "title": "Canary", "url": f"http://{self.host}/canary.xml", "kind": "mission",
                "country": NOWHERE, "language": "en", "publisher": CANARY, "publisher_title": "Canary",
                "official": False, "reliability": "A", "licence": "none", "release_to": [NOWHERE], "every": EVERY,
                "spacing": "0s", "timeout": "10s", "idle_timeout": "10s", "parse": {"format": "rss"},
                "expect": {"rows": {"min": 0}}, "verified": "never",
            }
        )  # fmt: skip

    async def _answer(self, request: web.Request) -> web.Response:  # noqa: ARG002 - the handler's signature
        now = self._clock()
        day = now.astimezone(UTC).date()
        item = ""
        if not await asyncio.to_thread(self._flights.has_landed, day):
            await asyncio.to_thread(self._flights.start, day, now)
            published = format_datetime(datetime.combine(day, time.min, tzinfo=UTC))
            item = (
                f"<item><guid isPermaLink='false'>{CANARY}-{day}</guid><title>{title_of(day)}</title>"
                f"<pubDate>{published}</pubDate></item>"
            )
        feed = f"<?xml version='1.0'?><rss version='2.0'><channel><title>Canary {day}</title>{item}</channel></rss>"
        return web.Response(text=feed, content_type="application/rss+xml")
