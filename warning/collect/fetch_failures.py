"""Why a document was not had, in words an operator can act on."""

import ssl
from collections.abc import Mapping

from aiohttp import (
    ClientConnectorCertificateError,
    ClientConnectorDNSError,
    ClientConnectorError,
    ClientPayloadError,
    ClientResponseError,
    ConnectionTimeoutError,
    InvalidURL,
    ServerDisconnectedError,
    ServerTimeoutError,
    SocketTimeoutError,
)

from warning.collect.fetch_headers import clean
from warning.collect.fetch_values import FetchRequest
from warning.collect.text import literal
from warning.errors import FetchBlocked, FetchError, FetchGone

_STATUS = {
    202: "accepted, but no document: usually an anti-bot page",
    204: "no content",
    205: "no content",
    206: "a part of the document, which was not asked for",
    300: "several choices and no document",
    400: "bad request: the address or its parameters are wrong",
    401: "a key or password is needed",
    402: "payment is needed",
    403: "forbidden: the publisher refuses this program or this network",
    404: "not found: the address may have moved",
    405: "the method is not allowed here",
    406: "no acceptable format: check the Accept header",
    407: "a proxy wants a password",
    408: "the server grew tired of waiting",
    410: "gone for good: the address has been withdrawn",
    412: "a condition is not met: often an anti-bot page",
    418: "refused by an anti-bot rule",
    451: "unavailable for legal reasons in this place",
}


DOCUMENT_STATUSES = frozenset({200, 203})
# What a publisher answers to a reader it does not want; 405 and 412 are so only with a challenge in the body.
_UNWANTED = frozenset({202, 401, 402, 403, 407, 418, 451})
_NOT_THERE = frozenset({404, 410})
LONGEST_SHOWN = 160


def judge_status(
    status: int, headers: Mapping[str, str], *, is_elsewhere: bool = False, points_to: str = ""
) -> None:
    """Raise FetchError when `status` does not bring a document, FetchBlocked when we are not let in.

    FetchGone where the host that was asked has no document; a host that it led to (`is_elsewhere`) cannot say so.
    `points_to` is where the page that came with the refusal says that the document has gone.
    """
    if clean(headers.get("cf-mitigated")).lower() == "challenge":
        raise FetchBlocked(f"the server answered {status} with an anti-bot challenge")
    if status in DOCUMENT_STATUSES:
        return
    meaning = _STATUS.get(status)
    if meaning is None:
        meaning = "the server failed" if status >= 500 else "not an answer that brings a document"
    if status in _NOT_THERE and not is_elsewhere:
        where = f"; its page points to {literal(points_to, LONGEST_SHOWN)}" if points_to else ""
        raise FetchGone(f"the server answered {status}: {meaning}{where}", status=status, target=points_to)
    kind = FetchBlocked if status in _UNWANTED else FetchError
    raise kind(f"the server answered {status}: {meaning}")


def explain(wrong: Exception, request: FetchRequest) -> str:
    """Return the cause in plain words, without addresses of memory, class names or keys."""
    match wrong:
        case ConnectionTimeoutError() | SocketTimeoutError() | ServerTimeoutError():
            return f"the server said nothing for {request.idle_seconds:g} s"
        case TimeoutError():
            return f"the document was not complete after {request.total_seconds:g} s"
        case ServerDisconnectedError():
            return "the server closed the connection without an answer"
        case ClientPayloadError():
            return "the connection ended before the document was complete"
        case ClientConnectorError() | ClientConnectorCertificateError():
            return _no_connection(wrong)
    for kind, sentence in _SENTENCES:
        if isinstance(wrong, kind):
            return f"{sentence} ({_reason(wrong)})"
    return f"the request could not be made ({_reason(wrong)})"


_SENTENCES: tuple[tuple[type[Exception], str], ...] = (
    (ssl.SSLError, "the server's certificate is not valid"),
    (ClientResponseError, "the answer is not proper HTTP"),
    (InvalidURL, "the address cannot be read"),
    (OSError, "the connection broke"),
)


def _no_connection(wrong: ClientConnectorError | ClientConnectorCertificateError) -> str:
    if isinstance(wrong, ClientConnectorCertificateError | ssl.SSLError):
        return f"the server's certificate is not valid ({_reason(wrong)})"
    if isinstance(wrong, ClientConnectorDNSError):
        return f"the name {clean(wrong.host)} has no address"
    return f"no connection to {clean(wrong.host)} ({_reason(wrong.os_error)})"


def _reason(wrong: BaseException) -> str:
    text = getattr(wrong, "strerror", None) or getattr(wrong, "message", None) or str(wrong)
    return clean(str(text).split("\n")[0])[:200] or type(wrong).__name__
