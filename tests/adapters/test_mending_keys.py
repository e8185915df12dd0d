"""A source's key stays with the host it is for, whatever address a page names to an operator who asks for a mend."""

import asyncio
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from tests.adapters.collected_specs import RSS, spec_of
from tests.adapters.hostile_server import hostile_server
from warning.app.mending import mend
from warning.collect.fetch import Fetcher

NOW = datetime(2026, 2, 1, 3, tzinfo=UTC)
KEY = "TOP-SECRET-KEY-1"
PAGES = {
    "a notice where it was": (404, "<html><body><h1>404</h1><p>本页面已迁移至 <a href='{there}/feed'>新页面</a></p></body></html>"),
    "a refresh": (200, "<html><head><meta http-equiv=refresh content='3;url={there}/feed'></head></html>"),
    "a feed": (200, "<html><head><link rel=alternate type='application/rss+xml' href='{there}/feed'></head></html>"),
}  # fmt: skip


async def mended(status: int, page: str, path: str, headers: dict[str, str]):
    asked: list[str] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.close()

    elsewhere = await asyncio.start_server(listen, "127.0.0.1", 0)
    there = f"http://127.0.0.1:{elsewhere.sockets[0].getsockname()[1]}"
    async with (
        elsewhere,
        hostile_server() as server,
        Fetcher(lambda: NOW, allow_private_hosts=("127.0.0.1",)) as fetcher,
    ):
        server.pages["/old"] = (status, page.replace("{there}", there).encode())
        spec = spec_of(server.base + path, parse=RSS, needs_key="k", headers=headers)
        found = await mend(spec, fetcher, lambda: NOW, {"k": SecretStr(KEY)}, known={})
    return found, asked


@pytest.mark.parametrize("named", PAGES)
@pytest.mark.parametrize(
    ("path", "headers"),
    [("/old", {"X-Api-Key": "{key}"}), ("/old?api_key={key}", {})],
    ids=["header", "query"],
)
def test_an_address_at_another_host_is_not_asked_with_a_source_s_key_and_not_proposed(named, path, headers):
    status, page = PAGES[named]
    found, asked = asyncio.run(mended(status, page, path, headers))
    assert (asked, found.proposal) == ([], None)
    assert any("another host: not tried" in said for said in found.tried)
    assert KEY not in repr(found)
