"""Socket Mode: Slack hands over what people press through a connection that we opened, so no public address is needed."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

log = logging.getLogger(__name__)

Accept = Callable[[Mapping[str, Any]], Mapping[str, Any]]


async def listen(app_token: str, base_url: str, accept: Accept, stop: asyncio.Event) -> None:
    """Stay connected until `stop`; the SDK connects, and connects again, every five seconds while it cannot.

    `accept` answers at once (Slack waits three seconds) and never blocks.
    """
    client = _client(app_token, base_url, accept)
    connecting = asyncio.create_task(client.connect())  # type: ignore[no-untyped-call]  # slack_sdk leaves it untyped
    try:
        await stop.wait()
    finally:
        await client.close()  # type: ignore[no-untyped-call]  # as above
        connecting.cancel()
        with suppress(asyncio.CancelledError):
            await connecting


def _client(app_token: str, base_url: str, accept: Accept) -> SocketModeClient:
    web = AsyncWebClient(base_url=base_url, retry_handlers=[])
    said = logging.getLogger(f"{__name__}.sdk")
    said.setLevel(logging.WARNING)
    if not said.filters:
        said.addFilter(_Brief())
    client = SocketModeClient(app_token=app_token, web_client=web, logger=said)
    client.socket_mode_request_listeners.append(_answering(accept))
    return client


class _Brief(logging.Filter):
    """Tells each fault of the connection once, in a line: the SDK tells it every five seconds, with its trace."""

    def __init__(self) -> None:
        super().__init__()
        self._last = ""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        is_new, self._last = said != self._last, said
        record.exc_info = record.exc_text = None
        return is_new


def _answering(accept: Accept) -> Callable[[AsyncBaseSocketModeClient, SocketModeRequest], Awaitable[None]]:
    async def answer(client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        reply = accept(request.payload) if request.type == "interactive" else {}
        await client.send_socket_mode_response(
            SocketModeResponse(envelope_id=request.envelope_id, payload=dict(reply) or None)
        )

    return answer
