"""The small HTTP server: what people press in Slack, signed by Slack, and the desks' out-feeds under their tokens."""

import asyncio
import base64
import binascii
import hmac
import json
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import parse_qs

from aiohttp import web
from slack_sdk.signature import Clock as SlackClock
from slack_sdk.signature import SignatureVerifier

from warning.errors import SettingsError

log = logging.getLogger(__name__)
MOST_BYTES = 512 * 1024
DEFAULT_PORT = 8780

Accept = Callable[[Mapping[str, Any]], Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """One document of a feed. `etag` is a hash of its bytes."""

    body: bytes
    content_type: str
    etag: str


class Feeds(Protocol):
    """Where the out-feeds come from. None when there is no such document; called in a thread."""

    def feed(self, desk_id: str, base_url: str) -> Served | None: ...
    def archive(self, desk_id: str, day: str, base_url: str) -> Served | None: ...
    def message(self, desk_id: str, name: str) -> Served | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """What is served. Without `signing_secret` nothing is taken from Slack; a desk without a token has no feed."""

    clock: Callable[[], datetime]
    signing_secret: str = field(default="", repr=False)
    accept: Accept | None = None
    feeds: Feeds | None = None
    feed_tokens: Mapping[str, str] = field(default_factory=dict, repr=False)


@asynccontextmanager
async def serving(listen: str, doors: Doors) -> AsyncIterator[str]:
    """Serve on `host:port` (port 0 picks a free one) and yield the address, until the block ends.

    Raises SettingsError when the address cannot be read or is taken.
    """
    host, port = listen_address(listen)
    runner = web.AppRunner(_application(doors), access_log=None, shutdown_timeout=3.0)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as wrong:
            raise SettingsError(f"WARNING_LISTEN: cannot listen on {listen}: {wrong.strerror}") from wrong
        bound = runner.addresses[0]
        shown = f"[{bound[0]}]" if ":" in str(bound[0]) else bound[0]
        yield f"http://{shown}:{bound[1]}"
    finally:
        await runner.cleanup()


def listen_address(listen: str) -> tuple[str, int]:
    """Read "host:port", "[v6]:port" or "host". Raises SettingsError."""
    host, colon, port = listen.rpartition(":") if not listen.endswith("]") else (listen, "", "")
    if not colon:
        host, port = listen, str(DEFAULT_PORT)
    if not host or not port.isdigit() or int(port) > 65535:
        raise SettingsError("WARNING_LISTEN: write host:port, such as 127.0.0.1:8780")
    return host.strip("[]"), int(port)


def _application(doors: Doors) -> web.Application:
    application = web.Application(client_max_size=MOST_BYTES)
    if doors.signing_secret and doors.accept is not None:
        taking = _Interactions(doors.signing_secret, doors.accept, doors.clock)
        application.router.add_post("/slack/interactions", taking.handle)
    if doors.feeds is not None and doors.feed_tokens:
        giving = _OutFeeds(doors.feeds, doors.feed_tokens)
        application.router.add_get("/feeds/{desk}/alerts.atom", giving.feed)
        application.router.add_get("/feeds/{desk}/alerts-{day}.atom", giving.archive)
        application.router.add_get("/feeds/{desk}/{name}.xml", giving.message)
    return application


class _SlackTime(SlackClock):
    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock

    def now(self) -> float:
        return self._clock().timestamp()


class _Interactions:
    """Slack's own requests: signed over the time and the body; one older than five minutes is a replay."""

    def __init__(self, secret: str, accept: Accept, clock: Callable[[], datetime]) -> None:
        self._verifier = SignatureVerifier(secret, _SlackTime(clock))
        self._accept = accept

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.read()
        if not self._is_slacks(request, body):
            log.warning("a request to /slack/interactions without a valid signature was refused")
            return web.Response(status=401)
        try:
            payload = json.loads(parse_qs(body.decode())["payload"][0])
        except (KeyError, UnicodeDecodeError, json.JSONDecodeError):
            return web.Response(status=400)
        reply = self._accept(payload) if isinstance(payload, dict) else {}
        return web.json_response(dict(reply)) if reply else web.Response()

    def _is_slacks(self, request: web.Request, body: bytes) -> bool:
        stamp = request.headers.get("X-Slack-Request-Timestamp", "")
        signature = request.headers.get("X-Slack-Signature", "")
        if not (stamp.isascii() and stamp.isdigit() and signature.isascii()):
            return False
        return self._verifier.is_valid(body=body, timestamp=stamp, signature=signature)


class _OutFeeds:
    """A desk's feed under that desk's token, as a bearer or as the password of basic authentication."""

    def __init__(self, feeds: Feeds, tokens: Mapping[str, str]) -> None:
        self._feeds = feeds
        self._tokens = tokens

    async def feed(self, request: web.Request) -> web.Response:
        desk_id = self._desk(request)
        return _given(request, await asyncio.to_thread(self._feeds.feed, desk_id, _beside(request, desk_id)))

    async def archive(self, request: web.Request) -> web.Response:
        desk_id, day = self._desk(request), request.match_info["day"]
        served = await asyncio.to_thread(self._feeds.archive, desk_id, day, _beside(request, desk_id))
        return _given(request, served)

    async def message(self, request: web.Request) -> web.Response:
        desk_id = self._desk(request)
        name = request.match_info["name"]
        return _given(request, await asyncio.to_thread(self._feeds.message, desk_id, name))

    def _desk(self, request: web.Request) -> str:
        """Raise 401 alike for a wrong token and for a desk that has none: who asks learns nothing of either."""
        desk_id = request.match_info["desk"]
        expected, given = self._tokens.get(desk_id, ""), _token(request)
        if not hmac.compare_digest(expected.encode(), given.encode()) or not expected:
            raise web.HTTPUnauthorized(headers={"WWW-Authenticate": 'Basic realm="feeds", charset="UTF-8"'})
        return desk_id


def _beside(request: web.Request, desk_id: str) -> str:
    return f"{request.scheme}://{request.host}/feeds/{desk_id}/"


def _token(request: web.Request) -> str:
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _given(request: web.Request, served: Served | None) -> web.Response:
    if served is None:
        raise web.HTTPNotFound
    headers = {"ETag": f'"{served.etag}"', "Cache-Control": "private, no-cache"}
    if any(known.value == served.etag for known in request.if_none_match or ()):
        return web.Response(status=304, headers=headers)
    return web.Response(body=served.body, content_type=served.content_type, charset="utf-8", headers=headers)
