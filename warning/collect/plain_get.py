"""A GET over the HTTP client's own connections and its own reader of answers, without what it does for all others.

Cookies, redirects, middlewares, traces, proxies and passwords are none of ours: redirects are followed hop by hop
where each is judged. What is sent is a few lines of text, and of an answer only its status, head and body are wanted.
Going past the client's session, request and response takes half of the client's time for one answer.
"""

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from types import TracebackType
from typing import Protocol, Self

from aiohttp import (
    ClientConnectionResetError,
    ClientConnectorError,
    ClientOSError,
    ClientRequest,
    ClientResponseError,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    RequestInfo,
    ServerDisconnectedError,
    StreamReader,
    TCPConnector,
)
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection
from aiohttp.http_exceptions import HttpProcessingError
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from warning.errors import FetchError

MOST_ORIGINS = 4_096
MOST_PRELIMINARY = 20
SWITCHING = 101


class Waits(Protocol):
    """Who waits for an answer: it begins to count the silence when it likes."""

    def listens(self, listen: Callable[[], None], seconds: float) -> None: ...


class Answer:
    """An answer whose head has come. Leaving it gives its connection to others, or ends it while a body still comes."""

    __slots__ = ("_connection", "content", "headers", "status", "url")

    def __init__(
        self,
        url: URL,
        status: int,
        headers: CIMultiDictProxy[str],
        content: StreamReader,
        connection: Connection,
    ) -> None:
        self.url = url
        self.status = status
        self.headers = headers
        self.content = content
        self._connection = connection

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.release()


class PlainGets:
    """The connector keeps the connections and judges the addresses; the session stands behind what fails late.

    `longest_header` bounds a line and a field of an answer's head, in bytes.
    """

    def __init__(self, session: ClientSession, connector: TCPConnector, longest_header: int) -> None:
        self._session = session
        self._connector = connector
        self._longest_header = longest_header
        self._loop = asyncio.get_running_loop()
        self._origins: dict[tuple[str, str | None, int | None], ClientRequest] = {}

    async def ask(self, url: URL, headers: Mapping[str, str], silence: ClientTimeout, waits: Waits) -> Answer:
        """Return the answer once its head has come; use it in `async with`. Raises what the client's session raises.

        `headers` say all that is sent but Host. A kept connection may end as it is used: then it is asked once more.
        Raises ValueError for a header that would be several, FetchError for preliminary answers without end.
        """
        said = _written(url, headers)
        try:
            return await self._asked(url, said, silence, waits)
        except (ConnectionTimeoutError, ClientConnectorError):
            raise
        except (ClientOSError, ServerDisconnectedError, ClientConnectionResetError):
            return await self._asked(url, said, silence, waits)

    async def _asked(self, url: URL, said: bytes, silence: ClientTimeout, waits: Waits) -> Answer:
        try:
            connection = await self._connector.connect(self._origin(url), [], silence)
        except TimeoutError as slow:
            raise ConnectionTimeoutError(f"Connection timeout to host {url}") from slow
        try:
            return await self._answer(url, said, silence, connection, waits)
        except HttpProcessingError as wrong:
            connection.close()
            asked = RequestInfo(url, "GET", CIMultiDictProxy(CIMultiDict()), url)
            raise ClientResponseError(asked, (), status=wrong.code, message=wrong.message) from wrong
        except BaseException:
            connection.close()
            raise

    async def _answer(
        self, url: URL, said: bytes, silence: ClientTimeout, connection: Connection, waits: Waits
    ) -> Answer:
        protocol = connection.protocol
        assert protocol is not None, "a connection that was just made"
        if protocol.should_close:
            raise ClientConnectionResetError("an answer came that nobody had asked for")
        protocol.set_response_params(
            read_until_eof=True,
            auto_decompress=False,
            max_line_size=self._longest_header,
            max_field_size=self._longest_header,
        )
        transport = protocol.transport
        if transport is None or transport.is_closing():
            raise ClientConnectionResetError("the connection ended before it was used")
        transport.write(said)
        seconds = silence.sock_read or 0.0
        waits.listens(partial(_listen, protocol, seconds), seconds)
        for _ in range(MOST_PRELIMINARY + 1):
            head, content = await protocol.read()
            if not 100 <= head.code < 200 or head.code == SWITCHING:
                return Answer(url, head.code, head.headers, content, connection)
        raise FetchError(
            f"the server sent more than {MOST_PRELIMINARY} preliminary answers (1xx) and none that counts"
        )

    def _origin(self, url: URL) -> ClientRequest:
        """What the connector wants to know of a server. It is the same for all its addresses."""
        key = (url.scheme, url.raw_host, url.port)
        known = self._origins.get(key)
        if known is None:
            if len(self._origins) >= MOST_ORIGINS:
                self._origins.clear()
            known = ClientRequest("GET", url.origin(), loop=self._loop, session=self._session)
            self._origins[key] = known
        return known


def _listen(protocol: ResponseHandler, seconds: float) -> None:
    """Count the seconds in which nothing comes, from now on and after all that comes."""
    protocol.read_timeout = seconds
    protocol.start_timeout()


def _written(url: URL, headers: Mapping[str, str]) -> bytes:
    lines = [f"GET {url.raw_path_qs} HTTP/1.1\r\nHost: {url.host_port_subcomponent}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    text = "\r\n".join((*lines, "", ""))
    ends = len(lines) + 2
    if text.count("\n") != ends or text.count("\r") != ends or "\0" in text:
        raise ValueError("a header holds a line break")
    return text.encode()
