"""A real HTTP server that misbehaves in every way a publisher, or whoever poses as one, can."""

import asyncio
import gzip
import zlib
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import zstandard
from aiohttp import web

FEED = b"""<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>t</title>
<item><guid>1</guid><title>Export control on gallium</title><link>https://example.org/1</link>
<pubDate>Mon, 03 Jul 2023 10:00:00 GMT</pubDate></item></channel></rss>"""
LAST_MODIFIED = "Mon, 03 Jul 2023 10:00:00 GMT"


@dataclass
class Hostile:
    """`base` is the server's address; `hits` counts requests a path; `seen` keeps the last headers a path.

    `pages` are answers set by a test: (status, body) by path, before every other route; the body of a redirect is
    where it leads.
    """

    base: str = ""
    raw_base: str = ""
    hits: Counter[str] = field(default_factory=Counter)
    seen: dict[str, dict[str, str]] = field(default_factory=dict)
    bodies: dict[str, bytes] = field(default_factory=dict)
    open_at_once: int = 0
    most_at_once: int = 0
    sent_bytes: int = 0
    feed: bytes = FEED
    pages: dict[str, tuple[int, bytes]] = field(default_factory=dict)

    @property
    def host(self) -> str:
        return self.base.removeprefix("http://")


@asynccontextmanager
async def hostile_server(host: str = "127.0.0.1") -> AsyncIterator[Hostile]:
    """Serve on free ports of `host`; 0.0.0.0 answers on every loopback address."""
    state = Hostile()
    app = web.Application(middlewares=[_counting(state)])
    routes = _Routes(state)
    app.router.add_route("*", "/{name:.*}", routes.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, host, 0)
    await site.start()
    state.base = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"
    raw = await asyncio.start_server(_raw(state), "127.0.0.1", 0)
    state.raw_base = f"http://127.0.0.1:{raw.sockets[0].getsockname()[1]}"
    try:
        yield state
    finally:
        raw.close()
        await runner.cleanup()


def _counting(state: Hostile):
    @web.middleware
    async def count(request: web.Request, handler):
        state.hits[request.path] += 1
        state.seen[request.path] = dict(request.headers)
        state.bodies[request.path] = await request.read()
        state.open_at_once += 1
        state.most_at_once = max(state.most_at_once, state.open_at_once)
        try:
            return await handler(request)
        finally:
            state.open_at_once -= 1

    return count


class _Routes:
    def __init__(self, state: Hostile) -> None:
        self.state = state

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if request.path in self.state.pages:
            status, body = self.state.pages[request.path]
            if status in {301, 302}:
                return web.Response(status=status, headers={"Location": body.decode()})
            return web.Response(status=status, body=body, content_type="text/html")
        name = request.match_info["name"].split("/")[0].replace("-", "_")
        handler = getattr(self, f"_{name}", None)
        if handler is None:
            return web.Response(status=404)
        return await handler(request)

    async def _feed(self, request: web.Request) -> web.StreamResponse:
        return web.Response(body=self.state.feed, content_type="application/rss+xml")

    async def _echo(self, request: web.Request) -> web.StreamResponse:
        return web.Response(body=await request.read())

    async def _conditional(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("If-None-Match") == '"v1"':
            return web.Response(status=304, headers={"ETag": '"v1"', "Cache-Control": "max-age=900"})
        return web.Response(body=FEED, headers={"ETag": '"v1"', "Last-Modified": LAST_MODIFIED})

    async def _dated(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("If-Modified-Since") == LAST_MODIFIED:
            return web.Response(status=304)
        return web.Response(body=FEED, headers={"Last-Modified": LAST_MODIFIED})

    async def _endless(self, request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        while True:
            await answer.write(b"x" * 65_536)
            self.state.sent_bytes += 65_536

    async def _drip(self, request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        while True:
            await answer.write(b"x")
            await asyncio.sleep(0.05)

    async def _flow(self, request: web.Request) -> web.StreamResponse:
        """A large document over a narrow line: it comes all the while."""
        answer = web.StreamResponse()
        await answer.prepare(request)
        for _ in range(20):
            await answer.write(b"x" * 1_000)
            await asyncio.sleep(0.02)
        return answer

    async def _silent(self, request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(30)
        return web.Response()

    async def _stalls(self, request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        await answer.write(b"the beginning")
        await asyncio.sleep(30)
        return answer

    async def _slow(self, request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.1)
        return web.Response(body=FEED)

    async def _packed(self, request: web.Request) -> web.StreamResponse:
        kind = request.match_info["name"].split("/")[1]
        body = {"gzip": gzip.compress, "deflate": zlib.compress, "raw-deflate": _raw_deflate}[kind](FEED)
        return _packed_answer(body, kind.removeprefix("raw-"))

    async def _bomb(self, request: web.Request) -> web.StreamResponse:
        pack = zlib.compressobj(9, zlib.DEFLATED, 31)
        body = b"".join(pack.compress(bytes(1_048_576)) for _ in range(20)) + pack.flush()
        self.state.sent_bytes = len(body)
        return _packed_answer(body, "gzip")

    async def _zstd_bomb(self, request: web.Request) -> web.StreamResponse:
        return _packed_answer(zstandard.compress(bytes(20 * 1_048_576)), "zstd")

    async def _broken_gzip(self, request: web.Request) -> web.StreamResponse:
        return _packed_answer(b"\x1f\x8bnot gzip at all", "gzip")

    async def _cut_gzip(self, request: web.Request) -> web.StreamResponse:
        return _packed_answer(gzip.compress(FEED * 50)[:-20], "gzip")

    async def _padded_gzip(self, request: web.Request) -> web.StreamResponse:
        return _packed_answer(gzip.compress(FEED[:100]) + gzip.compress(FEED[100:]) + bytes(40), "gzip")

    async def _odd_packing(self, request: web.Request) -> web.StreamResponse:
        return _packed_answer(FEED, "sdch")

    async def _loop(self, request: web.Request) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": "/loop"})

    async def _redirect(self, request: web.Request) -> web.StreamResponse:
        code = int(request.query.get("code", "302"))
        return web.Response(status=code, headers={"Location": request.query["to"]})

    async def _nowhere(self, request: web.Request) -> web.StreamResponse:
        return web.Response(status=302)

    async def _busy(self, request: web.Request) -> web.StreamResponse:
        wait = request.query.get("wait")
        status = int(request.query.get("status", "429"))
        return web.Response(status=status, headers={"Retry-After": wait} if wait else {})

    async def _status(self, request: web.Request) -> web.StreamResponse:
        return web.Response(status=int(request.match_info["name"].split("/")[1]), body=b"an error page")

    async def _challenge(self, request: web.Request) -> web.StreamResponse:
        return web.Response(status=200, headers={"cf-mitigated": "challenge"}, body=b"<html>")

    async def _max_age(self, request: web.Request) -> web.StreamResponse:
        return web.Response(body=FEED, headers={"Cache-Control": "public, max-age=7200", "Age": "200"})

    async def _garbage(self, request: web.Request) -> web.StreamResponse:
        return web.Response(body=bytes(range(256)) * 40, content_type="application/rss+xml")

    async def _list(self, request: web.Request) -> web.StreamResponse:
        rows = "".join(
            f'<li><a href="/page/{n}">Announcement No {n}</a><span>2026-01-{n:02d}</span></li>'
            for n in range(int(request.query.get("n", "3")), 0, -1)
        )
        return web.Response(text=f"<html><ul class='list'>{rows}</ul></html>", content_type="text/html")

    async def _page(self, request: web.Request) -> web.StreamResponse:
        number = request.path.rsplit("/", 1)[1]
        text = f"<html><div class='nav'>menu</div><div id='text'>Full text of {number}: gallium.</div></html>"
        return web.Response(text=text, content_type="text/html")


def _raw_deflate(body: bytes) -> bytes:
    pack = zlib.compressobj(9, zlib.DEFLATED, -15)
    return pack.compress(body) + pack.flush()


def _packed_answer(body: bytes, encoding: str) -> web.Response:
    return web.Response(body=body, headers={"Content-Encoding": encoding})


def _raw(state: Hostile):
    """A server that speaks bytes, for what no HTTP library would send."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            path = head.split(b" ")[1].decode()
            state.hits[path] += 1
            if path == "/reset":
                writer.transport.abort()
                return
            if path == "/drip-headers":
                writer.write(_OK + b"X-Slow: ")
                while True:
                    writer.write(b"x")
                    await writer.drain()
                    await asyncio.sleep(0.05)
            writer.write(_RAW[path])
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    return talk


_OK = b"HTTP/1.1 200 OK\r\n"
_RAW = {
    "/short-body": _OK + b"Content-Length: 1000\r\n\r\nonly this",
    "/long-body": _OK + b"Content-Length: 9\r\n\r\nonly this and much more that was not announced",
    "/negative-length": _OK + b"Content-Length: -5\r\n\r\nabc",
    "/two-lengths": _OK + b"Content-Length: 3\r\nContent-Length: 400\r\n\r\nabc",
    "/huge-header": _OK + b"X-Big: " + b"a" * 200_000 + b"\r\nContent-Length: 2\r\n\r\nok",
    "/many-headers": _OK + b"".join(b"X-%d: a\r\n" % n for n in range(20_000)) + b"\r\nok",
    "/not-http": b"\x00\xffSSH-2.0-OpenSSH_9.9\r\n\r\n",
    "/empty": b"",
    "/bad-chunk": _OK + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\nabc\r\n",
    "/cut-chunk": _OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n5\r\nab",
    "/poisoned": _OK
    + b'ETag: "x\x01\x1b[31m"\r\nLast-Modified: not a date\r\n'
    + b"Content-Type: text/html; \x07bell\r\nRetry-After: -9e99\r\n"
    + b"Cache-Control: max-age=99999999999999999999\r\nContent-Length: 2\r\n\r\nok",
    "/odd-status": b"HTTP/1.1 799 \x1b[2J\r\nContent-Length: 2\r\n\r\nok",
}
