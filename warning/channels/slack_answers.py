"""What Slack is told after somebody used a button: forms, private answers, and a line in the alert's thread."""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from warning.channels.block_kit import escape
from warning.channels.plain import shorten

log = logging.getLogger(__name__)
TIMEOUT_SECONDS = 10
MAX_TEXT = 2900


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What is said: plain lines, never markup, then blocks. A user of `calls` who stands in them as @U123 is told."""

    texts: tuple[str, ...]
    blocks: tuple[dict[str, Any], ...] = ()
    calls: tuple[str, ...] = ()

    def payload(self) -> dict[str, Any]:
        said = shorten(" ".join(self.texts), MAX_TEXT)
        section = {"type": "rich_text_section", "elements": self._elements()}
        spoken = {"type": "rich_text", "elements": [section]}
        return {
            "text": escape(said),
            "blocks": [spoken, *self.blocks],
            "unfurl_links": False,
            "unfurl_media": False,
        }

    def _elements(self) -> list[dict[str, Any]]:
        text = shorten("\n".join(self.texts), MAX_TEXT) or " "
        parts: list[dict[str, Any]] = []
        named = "|".join(f"@{re.escape(user)}" for user in self.calls)
        for piece in re.split(f"({named})", text) if named else [text]:
            if piece.removeprefix("@") in self.calls and piece.startswith("@"):
                parts.append({"type": "user", "user_id": piece.removeprefix("@")})
            elif piece:
                parts.append({"type": "text", "text": piece})
        return parts


class Answers(Protocol):
    """How the one handler speaks to Slack."""

    async def open_form(self, trigger_id: str, view: Mapping[str, Any]) -> None: ...
    async def tell(self, channel: str, user_id: str, line: Line) -> None: ...
    async def note(self, channel: str, thread_ts: str, line: Line) -> None: ...


class SlackAnswers:
    """Answers by the Web API. One that Slack does not take is logged: what was done is done and stored."""

    def __init__(self, token: str, base_url: str, *, timeout_seconds: int = TIMEOUT_SECONDS) -> None:
        self._client = AsyncWebClient(
            token=token, base_url=base_url, timeout=timeout_seconds, retry_handlers=[]
        )

    async def open_form(self, trigger_id: str, view: Mapping[str, Any]) -> None:
        await self._call("views.open", {"trigger_id": trigger_id, "view": dict(view)})

    async def tell(self, channel: str, user_id: str, line: Line) -> None:
        """Tell one person, in the channel, what nobody else sees."""
        await self._call("chat.postEphemeral", {"channel": channel, "user": user_id, **line.payload()})

    async def note(self, channel: str, thread_ts: str, line: Line) -> None:
        await self._call("chat.postMessage", {"channel": channel, "thread_ts": thread_ts, **line.payload()})

    async def _call(self, method: str, arguments: Mapping[str, Any]) -> None:
        try:
            await self._client.api_call(method, json=dict(arguments))
        except SlackApiError as wrong:
            data = wrong.response.data if isinstance(wrong.response.data, dict) else {}
            log.warning("%s: Slack answered %s", method, data.get("error", wrong.response.status_code))
        except (TimeoutError, aiohttp.ClientError, OSError) as wrong:
            log.warning("%s: %s", method, type(wrong).__name__)
