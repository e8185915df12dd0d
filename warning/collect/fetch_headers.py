"""Headers that servers send, read as what they are: text from strangers."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_VALUE = 512
LONGEST_WAIT_SECONDS = 7 * 86_400.0
_UNPRINTABLE = re.compile(r"[^\x20-\x7e]+")
_ETAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e]{0,256}"')
_MAX_AGE = re.compile(r"(?:^|[,\s])(?:s-maxage|max-age)\s*=\s*\"?(\d{1,10})", re.IGNORECASE)


def clean(value: str | None) -> str:
    """Return `value` as printable ASCII of at most 512 characters: safe in a message, a log and a request."""
    return _UNPRINTABLE.sub(" ", value or "").strip()[:LONGEST_VALUE]


def etag(headers: Mapping[str, str]) -> str:
    """Return the entity tag exactly as sent, or nothing when it is not one that could be sent back."""
    value = (headers.get("ETag") or "").strip()
    return value if _ETAG.fullmatch(value) else ""


def last_modified(headers: Mapping[str, str]) -> str:
    """Return Last-Modified as sent when it is a date, else nothing."""
    value = clean(headers.get("Last-Modified"))
    return value if _http_date(value) else ""


def retry_after_seconds(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return how long the server asks us to wait: seconds or an HTTP date, within 0 and a week.

    None when it does not say, or says what cannot be read.
    """
    said = headers.get("Retry-After")
    if said is None:
        return None
    value = clean(said)
    if value.isdigit():
        return min(float(value[:12]), LONGEST_WAIT_SECONDS)
    when = _http_date(value)
    if when is None:
        return None
    return min(max((when - now).total_seconds(), 0.0), LONGEST_WAIT_SECONDS)


def max_age_seconds(headers: Mapping[str, str]) -> float | None:
    """Return Cache-Control's max-age less the Age the answer already has; None when it names none.

    `no-cache` and `no-store` say nothing about when to come back.
    """
    said = headers.get("Cache-Control")
    if said is None:
        return None
    control = clean(said)
    found = _MAX_AGE.search(control)
    if found is None or "no-cache" in control.lower() or "no-store" in control.lower():
        return None
    age = clean(headers.get("Age"))
    spent = float(age[:10]) if age.isdigit() else 0.0
    return min(max(float(found.group(1)) - spent, 0.0), LONGEST_WAIT_SECONDS)


def _http_date(value: str) -> datetime | None:
    try:
        when = parsedate_to_datetime(value)
        return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
