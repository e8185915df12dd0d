"""A catalogue entry -> the request to send now."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import quote, urlsplit

from pydantic import SecretStr

from warning.catalog.sources import SourceSpec
from warning.collect.fetch_values import Fetched, FetchRequest, Validators
from warning.core.formats_documents import MailFormat
from warning.core.health import SourceState

Ask = Callable[[FetchRequest], Awaitable[Fetched]]


def key_of(spec: SourceSpec, keys: Mapping[str, SecretStr]) -> str | None:
    """Return the source's key, empty when it needs none, None when the operator has not set it."""
    if spec.needs_key is None:
        return ""
    found = keys.get(spec.needs_key)
    return found.get_secret_value() if found and found.get_secret_value() else None


MOST_KNOWN = 4_096
_known: dict[str, tuple[SourceSpec, FetchRequest]] = {}


def request_for(spec: SourceSpec, state: SourceState, now: datetime, key: str) -> FetchRequest:
    """Return the request for a poll at `now`, conditional on what was stored last.

    Where that is the request of the poll before, it is the same object: most polls ask what was asked before.
    """
    known = _known.get(spec.id)
    if known is not None and known[0] is spec and _is_conditional_on(state, known[1].validators):
        return known[1]
    request = _made(spec, state, now, key)
    if _is_the_same_at_any_time(spec) and (len(_known) < MOST_KNOWN or spec.id in _known):
        _known[spec.id] = spec, request
    else:
        _known.pop(spec.id, None)
    return request


def _is_conditional_on(state: SourceState, asked: Validators) -> bool:
    return (
        state.etag == asked.etag
        and state.last_modified == asked.last_modified
        and state.body_hash == asked.body_hash
        and state.fetched_url == asked.url
    )


def _is_the_same_at_any_time(spec: SourceSpec) -> bool:
    """Whether neither the time nor a key goes into the request."""
    places = "{" in "".join((spec.url, spec.body or "", *spec.headers.values()))
    return not places and spec.needs_key is None and not isinstance(spec.parse, MailFormat)


def _made(spec: SourceSpec, state: SourceState, now: datetime, key: str) -> FetchRequest:
    mails = spec.parse if isinstance(spec.parse, MailFormat) else None
    return FetchRequest(
        source_id=spec.id,
        url=spec.filled(spec.url, now, quote(key, safe="") if mails else key),
        method=spec.method,
        headers={name: spec.filled(value, now, key) for name, value in spec.headers.items()},
        body=None if spec.body is None else spec.filled(spec.body, now, key),
        validators=validators_of(state),
        max_bytes=int(spec.max_size),
        total_seconds=spec.timeout.total_seconds(),
        idle_seconds=spec.idle_timeout.total_seconds(),
        spacing_seconds=spec.spacing.total_seconds(),
        encoding=spec.encoding or "",
        since=now - timedelta(days=mails.first_days) if mails else None,
        secrets=(key,) if key else (),
    )


def page_request(spec: SourceSpec, url: str) -> FetchRequest:
    """Return the request for a page that the source's list links to. It carries no key and no headers."""
    return FetchRequest(
        source_id=spec.id,
        url=url,
        max_bytes=int(spec.max_size),
        total_seconds=spec.timeout.total_seconds(),
        idle_seconds=spec.idle_timeout.total_seconds(),
        spacing_seconds=spec.spacing.total_seconds(),
        encoding=spec.encoding or "",
    )


def with_key(spec: SourceSpec, now: datetime, key: str, ask: Ask) -> Ask:
    """Return `ask` with the source's headers and key on requests to the source's own host, and on no others."""
    own = urlsplit(spec.url)

    async def asked(request: FetchRequest) -> Fetched:
        there = urlsplit(request.url)
        if (there.scheme, there.netloc) != (own.scheme, own.netloc):
            return await ask(request)
        headers = {name: spec.filled(value, now, key) for name, value in spec.headers.items()}
        return await ask(replace(request, headers=headers, secrets=(key,) if key else ()))

    return asked


def validators_of(state: SourceState) -> Validators:
    return Validators(
        url=state.fetched_url,
        etag=state.etag,
        last_modified=state.last_modified,
        body_hash=state.body_hash,
    )
