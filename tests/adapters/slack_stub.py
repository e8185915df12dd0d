"""A Slack to fail against: real HTTP on loopback, an honest history, and faults on demand."""

import asyncio
import itertools
import json
from collections import defaultdict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import WSMsgType, web

# What a fault does. "before" means the message was not taken, "after" that it was.
FAULTS = {
    "429": "before",
    "429-bare": "before",
    "500": "before",
    "500-after": "after",
    "503-text": "before",
    "reset-before": "before",
    "reset-after": "after",
    "timeout-before": "before",
    "timeout-after": "after",
    "not-json-after": "after",
}


class SlackStub:
    """`faults` are used up in order, one a call of a writing method; anything else in it is an error code."""

    def __init__(self, now: float = 1_688_380_900) -> None:
        self.faults: deque[str] = deque()
        self.read_faults: deque[str] = deque()
        self.channels: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.retry_after = "7"
        self.hang_seconds = 5.0
        self.closed: dict[str, str] = {}
        self.views: list[dict[str, Any]] = []
        self.private: list[dict[str, Any]] = []
        self.sockets: list[web.WebSocketResponse] = []
        self.acknowledged: dict[str, Any] = {}
        self._clock = itertools.count(int(now))
        self.url = ""
        self.uploads: dict[str, bytes] = {}

    def roots(self, channel: str) -> list[dict[str, Any]]:
        return [m for m in self.channels[channel] if "thread_ts" not in m]

    def notes(self, channel: str) -> list[dict[str, Any]]:
        return [m for m in self.channels[channel] if "thread_ts" in m]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if method == "apps.connections.open":
            address = self.url.replace("http://", "ws://").replace("/api/", "/link")
            return web.json_response({"ok": True, "url": address})
        reads = method.startswith(("conversations.", "files.get"))
        arguments = dict(request.query) if reads else json.loads(await request.text())
        self.calls.append((method, arguments))
        faults = self.read_faults if reads else self.faults
        fault = faults.popleft() if faults else ""
        if not fault and arguments.get("channel") in self.closed:
            fault = self.closed[arguments["channel"]]
        if FAULTS.get(fault) == "before" or (fault and fault not in FAULTS):
            return await self._fail(request, fault)
        answer = self._answer(method, arguments)
        if fault:
            return await self._fail(request, fault)
        return web.json_response(answer)

    async def _fail(self, request: web.Request, fault: str) -> web.StreamResponse:
        kind = fault.removesuffix("-before").removesuffix("-after")
        if kind == "429":
            headers = {"Retry-After": self.retry_after}
            return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)
        if kind == "429-bare":
            return web.json_response({"ok": False, "error": "ratelimited"}, status=429)
        if kind == "500":
            return web.Response(status=500, text="<html>broken</html>", content_type="text/html")
        if kind == "503-text":
            return web.Response(status=503, text="upstream connect error", content_type="text/plain")
        if kind == "not-json":
            return web.Response(status=200, text="{half", content_type="application/json")
        if kind == "reset":
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if kind == "timeout":
            await asyncio.sleep(self.hang_seconds)
            return web.Response()
        return web.json_response({"ok": False, "error": fault})

    def _answer(self, method: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if method == "views.open":
            self.views.append(arguments)
            return {"ok": True, "view": arguments["view"]}
        if method == "chat.postEphemeral":
            self.private.append(arguments)
            return {"ok": True, "message_ts": f"{next(self._clock)}.000100"}
        if method == "files.getUploadURLExternal":
            number = f"F{next(self._clock)}"
            url = self.url.replace("/api/", f"/upload/{number}")
            return {"ok": True, "upload_url": url, "file_id": number}
        if method == "files.completeUploadExternal":
            return self._share_files(arguments)
        channel = arguments["channel"]
        if method == "chat.postMessage":
            said = {**arguments, "ts": f"{next(self._clock)}.000100"}
            self.channels[channel].append(said)
            return {"ok": True, "channel": channel, "ts": said["ts"]}
        if method == "chat.update":
            return self._update(channel, arguments)
        if method == "conversations.history":
            found = [m for m in self.roots(channel) if float(m["ts"]) >= float(arguments.get("oldest", 0))]
            return self._page(found[::-1], arguments)
        if method == "conversations.replies":
            thread = [m for m in self.channels[channel] if arguments["ts"] in {m["ts"], m.get("thread_ts")}]
            return self._page(thread, arguments)
        return {"ok": False, "error": "unknown_method"}

    def _share_files(self, arguments: dict[str, Any]) -> dict[str, Any]:
        assert all(one["id"] in self.uploads for one in arguments["files"])
        files = list(arguments["files"])
        said = {"ts": f"{next(self._clock)}.000100", "thread_ts": arguments["thread_ts"], "files": files}
        self.channels[arguments["channel_id"]].append(said)
        return {"ok": True, "files": arguments["files"]}

    async def upload(self, request: web.Request) -> web.StreamResponse:
        part = (await request.post())["file"]
        assert isinstance(part, web.FileField)
        self.uploads[request.match_info["number"]] = part.file.read()
        return web.Response(text="OK")

    async def link(self, request: web.Request) -> web.WebSocketResponse:
        """A Socket Mode connection: `press` sends into it, what the service acknowledges is kept by envelope."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets.append(socket)
        await socket.send_json({"type": "hello", "num_connections": 1})
        async for said in socket:
            if said.type is WSMsgType.TEXT and said.data.startswith("{"):
                told = json.loads(said.data)
                self.acknowledged[told["envelope_id"]] = told.get("payload")
        return socket

    async def press(self, envelope_id: str, payload: dict[str, Any]) -> None:
        envelope = {"type": "interactive", "envelope_id": envelope_id, "payload": payload}
        await self.sockets[-1].send_json({**envelope, "accepts_response_payload": True})

    def _update(self, channel: str, arguments: dict[str, Any]) -> dict[str, Any]:
        for said in self.channels[channel]:
            if said["ts"] == arguments["ts"]:
                said.update(arguments)
                return {"ok": True, "channel": channel, "ts": said["ts"]}
        return {"ok": False, "error": "message_not_found"}

    def _page(self, found: list[dict[str, Any]], arguments: dict[str, Any]) -> dict[str, Any]:
        """Metadata is given out only to those who ask for it, as Slack does."""
        start, size = int(arguments.get("cursor", 0)), int(arguments["limit"])
        wants = arguments.get("include_all_metadata") in {"1", "true", "True"}
        page = [
            m if wants else {k: v for k, v in m.items() if k != "metadata"}
            for m in found[start : start + size]
        ]
        more = str(start + size) if start + size < len(found) else ""
        return {"ok": True, "messages": page, "response_metadata": {"next_cursor": more}}


@asynccontextmanager
async def running(now: float = 1_688_380_900) -> AsyncIterator[SlackStub]:
    """Serve one stub on a free port of the loopback address; its messages are written from `now` on."""
    stub = SlackStub(now)
    application = web.Application()
    application.router.add_route("*", "/api/{method}", stub.handle)
    application.router.add_get("/link", stub.link)
    application.router.add_post("/upload/{number}", stub.upload)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    stub.url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    try:
        yield stub
    finally:
        await runner.cleanup()
