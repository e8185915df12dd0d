"""Publishers that misbehave in two dozen ways: a server of bytes, for what no HTTP library would send.

Each publishes an entry every few minutes of virtual time, and answers as it should when it is not in a bad mood. Its
ETag counts the entries: a reader that remembers one whose entries it lost is never sent them again.
"""

import asyncio
import gzip
import random
import zlib
from collections import Counter
from dataclasses import dataclass, field
from functools import cache

import zstandard

BAD_SHARE = 0.7
OK = b"HTTP/1.1 200 OK\r\n"
PAGE = b"<html><head><title>%b</title></head><body>%b</body></html>"
LAUGHS = (
    b"<!DOCTYPE r [<!ENTITY a 'ha'>"
    + b"".join(b"<!ENTITY a%d '%b'>" % (n, b"&a;" * 10) for n in range(9))
    + b"]>"
)


@dataclass
class Publishers:
    """`minute` is the virtual time; `moody` whether they misbehave; `seen` counts answers by mood."""

    count: int
    seed: int = 1
    minute: int = 0
    every_minutes: int = 7
    moody: bool = True
    port: int = 0
    seen: Counter[str] = field(default_factory=Counter)
    inside: int = 0

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self._asked: set[int] = set()

    def entries(self, number: int) -> range:
        """The entries a publisher has published by now, the first at once."""
        return range(1 + (self.minute + number % self.every_minutes) // self.every_minutes)

    def feed(self, number: int) -> bytes:
        return feed_of(number, self.entries(number))

    async def serve(self) -> asyncio.Server:
        server = await asyncio.start_server(self._talk, "0.0.0.0", 0)
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 20)
            path = head.split(b" ")[1].decode()
            if path == "/inside":
                self.inside += 1
            await self._answer(head.lower(), path, writer)
        except (ConnectionError, asyncio.IncompleteReadError, TimeoutError, ValueError):
            pass
        finally:
            writer.close()

    async def _answer(self, head: bytes, path: str, writer: asyncio.StreamWriter) -> None:
        number = int(path.strip("/")) if path.strip("/").isdigit() else 0
        first = number not in self._asked
        self._asked.add(number)
        bad = self.moody and (first or self.dice.random() < BAD_SHARE)
        mood = MOODS[number % len(MOODS)] if bad else "well"
        self.seen[mood] += 1
        tag = b'"%d"' % len(self.entries(number))
        body = self.feed(number)
        if mood == "well" and b"if-none-match: " + tag in head:
            await _send(writer, b"HTTP/1.1 304 Not Modified\r\nETag: %b\r\nConnection: close\r\n\r\n" % tag)
        elif mood in SLOW:
            await SLOW[mood](writer, body)
        else:
            await _send(writer, _quick(mood, body, tag, number))


def feed_of(number: int, entries: range) -> bytes:
    items = b"".join(
        b"<item><guid>%d-%d</guid><title>Notice %d of %d on gallium</title><link>https://p%d.example/%d</link>"
        b"<pubDate>Mon, 05 Jan 2026 %02d:%02d:00 GMT</pubDate></item>" % (number, e, e, number, number, e, e // 60, e % 60)
        for e in entries
    )  # fmt: skip
    return (
        b'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>t</title>%b</channel></rss>'
        % items
    )


async def _send(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(data)
    await writer.drain()


def _whole(body: bytes, *more: bytes, status: bytes = OK) -> bytes:
    headers = b"".join(
        line + b"\r\n" for line in (b"Connection: close", b"Content-Length: %d" % len(body), *more)
    )
    return status + headers + b"\r\n" + body


def _status(number: int, *more: bytes, body: bytes = b"no") -> bytes:
    return _whole(body, *more, status=b"HTTP/1.1 %d So\r\n" % number)


@cache
def _gzip_bomb() -> bytes:
    pack = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(pack.compress(bytes(1_048_576)) for _ in range(40)) + pack.flush()


@cache
def _zstd_bomb() -> bytes:
    return zstandard.compress(bytes(40 * 1_048_576))


def _quick(mood: str, body: bytes, tag: bytes, number: int) -> bytes:
    match mood:
        case "gzip bomb":
            return _whole(_gzip_bomb(), b"Content-Encoding: gzip")
        case "zstd bomb":
            return _whole(_zstd_bomb(), b"Content-Encoding: zstd")
        case "broken packing":
            return _whole(b"\x1f\x8bnot gzip at all", b"Content-Encoding: gzip")
        case "cut packing":
            return _whole(gzip.compress(body * 9)[:-20], b"Content-Encoding: gzip")
        case "server error":
            return _status(500)
        case "asks to wait":
            return _status(503, b"Retry-After: 180")
        case "asks to wait for ever":
            return _status(429, b"Retry-After: 99999999999999999999")
        case "not found":
            return _status(404)
        case "redirect loop":
            return _status(302, b"Location: /%d" % number)
        case "redirect inside":
            return _status(301, b"Location: http://127.0.0.1:1/inside")
        case "redirect to a file":
            return _status(302, b"Location: file:///etc/passwd")
        case "challenge":
            return _status(403, b"cf-mitigated: challenge", body=PAGE % (b"Just a moment...", b"wait"))
        case "login page":
            return _whole(
                PAGE % (b"Sign in", b"<form><input type=password></form>"), b"Content-Type: text/html"
            )
        case "empty answer":
            return _whole(b"")
        case "garbage":
            return _whole(bytes(range(256)) * 40)
        case "laughs":
            return _whole(body.replace(b"<rss", LAUGHS + b"<rss").replace(b"Notice", b"&a8; Notice"))
        case "short body":
            return OK + b"Content-Length: 900000\r\n\r\n" + body
        case "bad chunk":
            return OK + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\nabc\r\n"
        case "huge header":
            return OK + b"X-Big: " + b"a" * 200_000 + b"\r\n\r\nok"
        case "not http":
            return b"\x00\xffSSH-2.0-OpenSSH_9.9\r\n\r\n"
        case "half the feed":
            return _whole(body[: len(body) // 2])
        case "entries many times over":
            return _whole(
                body.replace(
                    b"</channel>", body[body.find(b"<item>") : body.find(b"</channel>")] * 300 + b"</channel>"
                )
            )
        case "poisoned headers":
            return _whole(
                body,
                b'ETag: "x\x01\x1b[31m"',
                b"Last-Modified: Mon, 99 Foo 99999",
                b"Content-Type: x; charset=zip",
            )
        case "says 304 to everything":
            return b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n"
    return _whole(body, b"ETag: " + tag)


async def _silent(_writer: asyncio.StreamWriter, _body: bytes) -> None:
    await asyncio.sleep(6)


async def _stalls(writer: asyncio.StreamWriter, body: bytes) -> None:
    await _send(writer, OK + b"Content-Length: %d\r\n\r\n" % len(body) + body[:80])
    await asyncio.sleep(6)


async def _resets(writer: asyncio.StreamWriter, _body: bytes) -> None:
    writer.transport.abort()


async def _drips(writer: asyncio.StreamWriter, _body: bytes) -> None:
    await _send(writer, OK + b"\r\n")
    for _ in range(100):
        await _send(writer, b"<")
        await asyncio.sleep(0.06)


async def _floods(writer: asyncio.StreamWriter, _body: bytes) -> None:
    await _send(writer, OK + b"\r\n")
    for _ in range(16_000):
        await _send(writer, b"x" * 65_536)


SLOW = {"silent": _silent, "stalls": _stalls, "resets": _resets, "drips": _drips, "floods": _floods}
MOODS = (
    *SLOW, "gzip bomb", "zstd bomb", "broken packing", "cut packing", "server error", "asks to wait",
    "asks to wait for ever", "not found", "redirect loop", "redirect inside", "redirect to a file", "challenge",
    "login page", "empty answer", "garbage", "laughs", "short body", "bad chunk", "huge header", "not http",
    "half the feed", "entries many times over", "poisoned headers", "says 304 to everything", "well",
)  # fmt: skip
