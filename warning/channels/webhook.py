"""Signed webhooks by the Standard Webhooks headers: a program on the other side knows the sender, and a copy by its id."""

import base64
import binascii
import email.utils
import hashlib
import hmac
import json
import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import aiohttp
from yarl import URL

from warning.channels.channel import Missing, Sent
from warning.channels.message import Message
from warning.channels.outbox_files import write_whole
from warning.channels.webhook_form import webhook_body
from warning.core.deliveries import OutboxRow
from warning.errors import DeliveryError, DeliveryRateLimited, DeliveryRefused, DeliveryUnknown, FetchRefused

TIMEOUT_SECONDS = 20.0
SECRET_PREFIX = "whsec_"  # noqa: S105 - what the standard writes before a secret, not one
_LATER = {408, 425, 429}

Clock = Callable[[], datetime]


class Web(Protocol):
    """Which hosts may be asked. Raises FetchRefused for one that may not."""

    def check_url(self, url: URL) -> None: ...
    def connector(self) -> aiohttp.BaseConnector: ...


class WebhookChannel:
    """`secrets` are by desk id, as the receiver was given them: whsec_ and base64, or any text."""

    def __init__(
        self,
        secrets: Mapping[str, str],
        web: Web,
        clock: Clock,
        *,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        self._secrets = secrets
        self._web = web
        self._clock = clock
        self._timeout = aiohttp.ClientTimeout(total=timeout_seconds)

    async def send(self, message: Message, *, row: OutboxRow, root_ref: str | None) -> Sent:  # noqa: ARG002 - the protocol's
        """Post the version. Its id is the delivery's own: whoever gets it twice can tell."""
        secret = self._secrets.get(row.desk_id)
        if not secret:
            raise DeliveryRefused(f"no secret is set: WARNING_KEY_WEBHOOK_{_env(row.desk_id)}")
        body = webhook_body(message, row)
        headers = signed_headers(row.id, body, secret, self._clock())
        url = URL(row.address)
        try:
            self._web.check_url(url)
            await self._post(url, body, headers)
        except FetchRefused as refused:
            raise DeliveryRefused(refused.message) from refused
        return Sent(provider_ref=row.id)

    async def reconcile(self, row: OutboxRow, *, root_ref: str | None) -> Sent | Missing:  # noqa: ARG002 - the protocol's
        """A receiver cannot be asked; it knows a copy by its webhook-id."""
        return Missing.UNKNOWABLE

    async def _post(self, url: URL, body: bytes, headers: Mapping[str, str]) -> None:
        try:
            async with (
                aiohttp.ClientSession(connector=self._web.connector(), timeout=self._timeout) as session,
                session.post(url, data=body, headers=headers, allow_redirects=False) as answer,
            ):
                judge(answer.status, answer.headers.get("Retry-After", ""), self._clock())
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL) as wrong:
            raise DeliveryError(f"no connection: {type(wrong).__name__}") from wrong
        except (TimeoutError, aiohttp.ClientError, OSError) as wrong:
            raise DeliveryUnknown(f"no answer: {type(wrong).__name__}") from wrong


class WebhookFiles:
    """Leaves the body as `.webhook.json` where no secret is set."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    async def send(self, message: Message, *, row: OutboxRow, root_ref: str | None) -> Sent:  # noqa: ARG002 - the protocol's
        text = json.dumps(json.loads(webhook_body(message, row)), ensure_ascii=False, indent=2)
        name = f"{row.created_at:%Y%m%dT%H%M%S}-{row.desk_id}-v{row.alert_version}-{row.id}.webhook.json"
        write_whole(self._directory / name, text.encode())
        return Sent(provider_ref=row.id)

    async def reconcile(self, row: OutboxRow, *, root_ref: str | None) -> Sent | Missing:  # noqa: ARG002 - the protocol's
        return Missing.ABSENT


def signed_headers(webhook_id: str, body: bytes, secret: str, at: datetime) -> dict[str, str]:
    """Return the headers: the signature covers the id, the time and the body."""
    stamp = str(int(at.timestamp()))
    signed = b".".join((webhook_id.encode(), stamp.encode(), body))
    digest = hmac.digest(_key(secret), signed, hashlib.sha256)
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "allied-early-warning",
        "webhook-id": webhook_id,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def judge(status: int, retry_after: str, now: datetime) -> None:
    """Raise what an answer means; return when the receiver has it."""
    if 200 <= status <= 299:
        return
    if status == 429 or (status == 503 and retry_after):
        raise DeliveryRateLimited(
            f"HTTP {status}: asked to wait", retry_after_seconds=_wait(retry_after, now)
        )
    if status in _LATER:
        raise DeliveryError(f"HTTP {status}")
    if status >= 500:
        raise DeliveryUnknown(f"HTTP {status}")
    if 300 <= status <= 399:
        raise DeliveryRefused(f"HTTP {status}: the address has moved; a signed message follows no redirect")
    raise DeliveryRefused(f"HTTP {status}")


def _wait(retry_after: str, now: datetime) -> float | None:
    """Read seconds or an HTTP date; None when it is neither."""
    try:
        seconds = float(retry_after)
    except ValueError:
        try:
            until = email.utils.parsedate_to_datetime(retry_after)
        except ValueError:
            return None
        until = until if until.tzinfo else until.replace(tzinfo=UTC)
        return max((until - now).total_seconds(), 0.0)
    return max(seconds, 0.0) if math.isfinite(seconds) else None


def _key(secret: str) -> bytes:
    if secret.startswith(SECRET_PREFIX):
        try:
            return base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
        except binascii.Error:
            raise DeliveryRefused("the webhook's secret is not base64 behind whsec_") from None
    return secret.encode()


def _env(desk_id: str) -> str:
    return desk_id.upper().replace("-", "_")
