"""The publishers of the reconstruction, played on loopback; and the way the fetcher's requests reach them."""

import socket
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import sha256
from types import TracebackType
from typing import Self

from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from warning.app.demo_data import Publisher
from warning.app.demo_render import Page, render

LOOPBACK = "127.0.0.1"


class LoopbackResolver(AbstractResolver):
    """Leads every name of the reconstruction to the demonstration's own server, and knows no other name.

    Names under .invalid belong to nobody, so a link that leaves the demonstration leads nowhere.
    """

    def __init__(self, port: int) -> None:
        self._port = port

    async def resolve(
        self,
        host: str,
        port: int = 0,  # noqa: ARG002 - the address decides
        family: socket.AddressFamily = socket.AF_INET,
    ) -> list[ResolveResult]:
        if not host.endswith(".reconstruction.invalid"):
            raise OSError(f"{host} is no publisher of the reconstruction")
        return [ResolveResult(hostname=host, host=LOOPBACK, port=self._port, family=family, proto=0, flags=0)]

    async def close(self) -> None:
        """Nothing is held open."""


class PublishersServer:
    """Serves what each publisher had published by `clock()`. Use as `async with`; `port` is known inside.

    `answers` counts what was answered by status.
    """

    def __init__(self, publishers: Iterable[Publisher], clock: Callable[[], datetime]) -> None:
        self._by_host = {publisher.host: publisher for publisher in publishers}
        self._clock = clock
        self._runner: web.AppRunner | None = None
        self.port = 0
        self.answers: Counter[int] = Counter()

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, LOOPBACK, 0)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        publisher = self._by_host.get(request.host.split(":")[0])
        response = self._response(publisher, request)
        self.answers[response.status] += 1
        return response

    def _response(self, publisher: Publisher | None, request: web.Request) -> web.Response:
        now = self._clock()
        if publisher is None:
            return web.Response(status=404, text="no such publisher\n")
        if publisher.outage and publisher.outage[0] <= now < publisher.outage[1]:
            return web.Response(status=503, text="the server is being repaired (reconstruction)\n")
        page = render(publisher, request.path, now)
        if page is None:
            return web.Response(status=404, text="not published (yet)\n")
        return _conditional(page, request)


def _conditional(page: Page, request: web.Request) -> web.Response:
    headers = {
        "ETag": f'"{sha256(page.body).hexdigest()[:16]}"',
        "Last-Modified": format_datetime(page.modified_at.astimezone(UTC), usegmt=True),
        "Cache-Control": "no-cache",
    }
    if request.headers.get("If-None-Match") == headers["ETag"]:
        return web.Response(status=304, headers=headers)
    return web.Response(body=page.body, headers={**headers, "Content-Type": page.content_type})
