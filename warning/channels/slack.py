"""The Slack channel: one message per alert and channel, updated in place, its history in the thread.

The only module that knows slack_sdk. The SDK's own retries are off: the outbox retries, after looking.
"""

import logging
import re
from collections.abc import Mapping
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from warning.channels.block_kit import escape, note_payload, slack_payload
from warning.channels.bulletin import Bulletin, bulletin_payload
from warning.channels.channel import Missing, Sent
from warning.channels.message import Message
from warning.channels.slack_errors import classified, not_sent
from warning.core.deliveries import OutboxRow
from warning.errors import DeliveryError, DeliveryRefused, DeliveryUnknown

log = logging.getLogger(__name__)
TIMEOUT_SECONDS = 20
HISTORY_PAGE = 200
HISTORY_PAGES = 10
CLOCK_SKEW_SECONDS = 3600
BULLETIN_SECONDS = 26 * 3600

# The message to be updated is gone, or may not be edited any more: the alert starts a new one.
_LOST_ROOT = {"message_not_found", "cant_update_message", "edit_window_closed"}
# What Slack thinks of the form says nothing against the words: they go out without it.
_REFUSED_FORM = {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"}
_LOUD = {"escalated", "reminder"}
# Scopes are missing: whether a message arrived can never be read, so it is sent again.
_UNREADABLE = {"missing_scope", "not_allowed_token_type", "method_not_supported_for_channel_type"}


class SlackChannel:
    """`base_url` ends in /api/ or whatever stands in for it. `can_act` says that somebody listens to the buttons."""

    def __init__(
        self, token: str, base_url: str, *, timeout_seconds: int = TIMEOUT_SECONDS, can_act: bool = True
    ) -> None:
        self._can_act = can_act
        self._client = AsyncWebClient(
            token=token, base_url=base_url, timeout=timeout_seconds, retry_handlers=[]
        )

    async def send(self, message: Message, *, row: OutboxRow, root_ref: str | None) -> Sent:
        """Post the first version; put a later one in the first's place and say in the thread what changed."""
        payload = slack_payload(message, row, can_act=self._can_act)
        first = slack_payload(message, row, can_act=self._can_act, calls=True)
        root = _root(root_ref)
        if root is None:
            return await self._post(first, row)
        channel, root_ts = root
        try:
            await self._write("chat.update", {"channel": channel, "ts": root_ts, **payload})
        except DeliveryRefused as refused:
            if refused.message not in _LOST_ROOT:
                raise
            return await self._post(first, row)
        if row.attempts < 2 or not await self._has_note(channel, root_ts, row):
            await self._note(message, row, channel, root_ts)
        return Sent(provider_ref=f"{channel}:{root_ts}")

    async def show(self, message: Message, *, row: OutboxRow, root_ref: str) -> None:
        """Put the message in the place of what stands there: no bell, no note. Raises what `send` raises."""
        root = _root(root_ref)
        if root is not None:
            payload = slack_payload(message, row, can_act=self._can_act)
            await self._write("chat.update", {"channel": root[0], "ts": root[1], **payload})

    async def reconcile(self, row: OutboxRow, *, root_ref: str | None) -> Sent | Missing:
        """Look for the delivery's id in the metadata of what stands in the channel or the thread."""
        root = _root(root_ref)
        try:
            if root and await self._has_note(*root, row):
                return Sent(provider_ref=":".join(root))
            # Without a root, or with one that was lost, the message stands by itself.
            found = await self._find(row, besides=root[1] if root else "")
        except DeliveryRefused as refused:
            if refused.message in _UNREADABLE:
                return Missing.UNKNOWABLE
            raise
        if not found:
            return Missing.ABSENT
        return Sent(provider_ref=f"{row.address}:{found}")

    async def tell(self, bulletin: Bulletin, address: str) -> Sent:
        """Post a bulletin, unless it stands in the channel already: a process may have ended before it was noted."""
        oldest = f"{bulletin.at.timestamp() - BULLETIN_SECONDS:.6f}"
        query: dict[str, Any] = {"channel": address, "oldest": oldest}
        try:
            ts = await self._search("conversations.history", query, bulletin.id)
        except DeliveryRefused as refused:
            if refused.message not in _UNREADABLE:
                raise
            ts = ""
        if not ts:
            payload = {"channel": address, **bulletin_payload(bulletin, escape)}
            ts = (await self._write("chat.postMessage", payload))["ts"]
        return Sent(provider_ref=f"{address}:{ts}")

    async def upload(self, bulletin: Bulletin, address: str, *, file_name: str, content: bytes) -> Sent:
        """Post a bulletin and put the file into its thread; what stands there already is not sent again."""
        ref = (await self.tell(bulletin, address)).provider_ref
        channel, _, ts = ref.rpartition(":")
        if await self._has_file(channel, ts, file_name):
            return Sent(provider_ref=ref)
        asked = {"filename": file_name, "length": len(content)}
        place = await self._call("files.getUploadURLExternal", asked, reads=True)
        await self._give(str(place["upload_url"]), file_name, content)
        files = [{"id": place["file_id"], "title": file_name}]
        await self._call(
            "files.completeUploadExternal", {"files": files, "channel_id": channel, "thread_ts": ts}
        )
        return Sent(provider_ref=ref)

    async def _has_file(self, channel: str, ts: str, file_name: str) -> bool:
        """Whether the thread has it. What cannot be read is taken as missing: a second copy harms nobody."""
        query = {"channel": channel, "ts": ts, "limit": HISTORY_PAGE}
        try:
            answer = await self._call("conversations.replies", query, reads=True)
        except DeliveryRefused as refused:
            if refused.message not in _UNREADABLE:
                raise
            return False
        files = (file for said in answer.get("messages", ()) for file in said.get("files", ()))
        return any(file_name in {file.get("name"), file.get("title")} for file in files)

    async def _give(self, url: str, file_name: str, content: bytes) -> None:
        """Hand over the bytes. Nobody sees them before the upload is completed: what fails is tried again."""
        form = aiohttp.FormData()
        form.add_field("file", content, filename=file_name, content_type="application/pdf")
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.post(url, data=form) as answer,
            ):
                if not answer.ok:
                    raise DeliveryError(f"the upload of {file_name}: HTTP {answer.status}")
        except (TimeoutError, aiohttp.ClientError, OSError) as wrong:
            raise DeliveryError(f"the upload of {file_name}: {type(wrong).__name__}") from wrong

    async def _post(self, payload: Mapping[str, Any], row: OutboxRow) -> Sent:
        answer = await self._write("chat.postMessage", {"channel": row.address, **payload})
        return Sent(provider_ref=f"{answer.get('channel', row.address)}:{answer['ts']}")

    async def _note(self, message: Message, row: OutboxRow, channel: str, root_ts: str) -> None:
        """A rise in severity, or a reminder, is shown in the channel too: an update in place rings no bell."""
        is_loud = row.reason in _LOUD
        note = {**note_payload(message, row, calls=is_loud), "channel": channel, "thread_ts": root_ts}
        await self._write("chat.postMessage", {**note, "reply_broadcast": is_loud})

    async def _find(self, row: OutboxRow, *, besides: str) -> str:
        oldest = f"{row.created_at.timestamp() - CLOCK_SKEW_SECONDS:.6f}"
        query: dict[str, Any] = {"channel": row.address, "oldest": oldest}
        return await self._search("conversations.history", query, row.id, besides=besides)

    async def _has_note(self, channel: str, root_ts: str, row: OutboxRow) -> str:
        """The note is written last: where it stands, the update above it was made."""
        query = {"channel": channel, "ts": root_ts}
        try:
            return await self._search("conversations.replies", query, row.id, besides=root_ts)
        except DeliveryRefused as refused:
            if refused.message not in {"thread_not_found", "message_not_found"}:
                raise
            return ""

    async def _search(
        self, method: str, query: Mapping[str, Any], delivery_id: str, besides: str = ""
    ) -> str:
        """Return the `ts` of the message that carries this delivery's id, "" when none does."""
        cursor = ""
        for _ in range(HISTORY_PAGES):
            page = {**query, "include_all_metadata": True, "limit": HISTORY_PAGE}
            answer = await self._call(method, {**page, **({"cursor": cursor} if cursor else {})}, reads=True)
            for said in answer.get("messages", ()):
                payload = said.get("metadata", {}).get("event_payload", {})
                if payload.get("delivery_id") == delivery_id and said["ts"] != besides:
                    return str(said["ts"])
            cursor = answer.get("response_metadata", {}).get("next_cursor", "")
            if not cursor:
                return ""
        raise DeliveryError(f"{method} has more than {HISTORY_PAGES * HISTORY_PAGE} messages to look through")

    async def _write(self, method: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        """Ask for a change. A desk whose message Slack finds badly formed gets its sentence, not silence."""
        try:
            return await self._call(method, arguments)
        except DeliveryRefused as refused:
            if refused.message not in _REFUSED_FORM:
                raise
            log.warning("%s: Slack answered %s; the message goes out as plain text", method, refused.message)
            return await self._call(method, {**arguments, "blocks": []})

    async def _call(
        self, method: str, arguments: Mapping[str, Any], *, reads: bool = False
    ) -> Mapping[str, Any]:
        """Ask Slack. What fails while reading changed nothing, so it is never unknown."""
        try:
            if reads:
                answer = await self._client.api_call(method, http_verb="GET", params=dict(arguments))
            else:
                answer = await self._client.api_call(method, json=dict(arguments))
        except SlackApiError as wrong:
            raise classified(wrong, reads=reads) from wrong
        except (TimeoutError, aiohttp.ClientError, OSError) as wrong:
            text = f"{method}: {type(wrong).__name__}"
            raise DeliveryError(text) if reads or not_sent(wrong) else DeliveryUnknown(text) from wrong
        data = answer.data
        if not isinstance(data, dict) or not data.get("ok"):
            raise (
                DeliveryError(method)
                if reads
                else DeliveryUnknown(f"{method}: an answer that is not Slack's")
            )
        return data


def _root(ref: str | None) -> tuple[str, str] | None:
    """Return (channel, ts); None without a root, or with one that another channel left (a file's name)."""
    channel, _, ts = (ref or "").rpartition(":")
    return (channel, ts) if re.fullmatch(r"\d+\.\d+", ts) else None
