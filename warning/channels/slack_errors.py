"""What Slack's refusals mean for a delivery."""

import math

import aiohttp
from slack_sdk.errors import SlackApiError

from warning.errors import (
    DeliveryBarred,
    DeliveryError,
    DeliveryRateLimited,
    DeliveryRefused,
    DeliveryUnknown,
)

# Slack says of these that a part of the call may have had its effect.
_UNSURE = {"fatal_error", "internal_error", "request_timeout", "service_unavailable", "team_added_to_org"}
# Nothing was done, and a later attempt may succeed.
_LATER = {
    "ratelimited",
    "rate_limited",
    "message_limit_exceeded",
    "accesslimited",
    "external_channel_migrating",
}
# It is not the message that is refused, but we.
_BARRED = {
    "invalid_auth",
    "not_authed",
    "account_inactive",
    "token_revoked",
    "token_expired",
    "org_login_required",
    "ekm_access_denied",
    "enterprise_is_restricted",
    "team_access_not_granted",
    "access_denied",
}


def classified(wrong: SlackApiError, *, reads: bool) -> DeliveryError:
    """Return the error to raise. A refusal's message is Slack's own code, such as `channel_not_found`."""
    response = wrong.response
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0))
    data = getattr(response, "data", None)
    code = data.get("error", "") if isinstance(data, dict) else ""
    if status == 429 or code in {"ratelimited", "rate_limited"}:
        return DeliveryRateLimited("Slack asked us to wait", retry_after_seconds=_retry_after(response))
    if reads and (status >= 500 or code in _UNSURE or not code):
        return DeliveryError(f"Slack answered {code or status}")
    if status >= 500 or code in _UNSURE or not code:
        return DeliveryUnknown(f"Slack answered {code or status}")
    if code in _BARRED:
        return DeliveryBarred(f"Slack answered {code}")
    if code in _LATER:
        return DeliveryError(code)
    return DeliveryRefused(code)


def not_sent(wrong: BaseException) -> bool:
    """True when the request certainly never left: there was no connection to send it on."""
    return isinstance(
        wrong, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError | aiohttp.InvalidURL
    )


def _retry_after(response: object) -> float | None:
    headers = getattr(response, "headers", {})
    value = next((v for k, v in headers.items() if k.lower() == "retry-after"), None)
    try:
        seconds = float(value) if value is not None else None
    except ValueError:
        return None
    return max(seconds, 0.0) if seconds is not None and math.isfinite(seconds) else None
