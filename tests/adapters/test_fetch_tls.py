"""The fetcher over TLS, with a certificate authority of this test's own."""

import asyncio
import ssl
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
import trustme
from aiohttp import web

from tests.adapters.hostile_server import FEED, hostile_server
from warning.collect.fetch import Fetcher
from warning.collect.fetch_values import FetchRequest
from warning.errors import FetchError

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@asynccontextmanager
async def tls_server(authority: trustme.CA, name: str, to: str = ""):
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": to}) if to else web.Response(body=FEED)

    app = web.Application()
    app.router.add_get("/", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    try:
        yield f"https://127.0.0.1:{site._server.sockets[0].getsockname()[1]}/"
    finally:
        await runner.cleanup()


async def fetched(url: str, trusted: trustme.CA | None):
    tls = ssl.create_default_context()
    if trusted is not None:
        trusted.configure_trust(tls)
    async with Fetcher(lambda: NOW, allow_private_hosts=("127.0.0.1",), tls=tls) as fetcher:
        return await fetcher.fetch(FetchRequest(source_id="s", url=url, total_seconds=5, spacing_seconds=0))


def test_a_document_arrives_over_tls(authority):
    async def body():
        async with tls_server(authority, "127.0.0.1") as url:
            return await fetched(url, authority)

    answer = asyncio.run(body())
    assert answer.document.body == FEED
    assert answer.notes == ()


@pytest.mark.parametrize("case", ["unknown authority", "another name"])
def test_a_certificate_that_does_not_hold_is_told_as_such(authority, case):
    async def body():
        name = "other.example" if case == "another name" else "127.0.0.1"
        async with tls_server(authority, name) as url:
            return await fetched(url, authority if case == "another name" else None)

    with pytest.raises(FetchError, match="certificate is not valid"):
        asyncio.run(body())


def test_a_downgrade_from_https_to_http_is_noted(authority):
    async def body():
        async with hostile_server() as plain, tls_server(authority, "127.0.0.1", f"{plain.base}/feed") as url:
            return await fetched(url, authority)

    (note,) = asyncio.run(body()).notes
    assert note.startswith("redirected from https to plain http (http://127.0.0.1:")
