"""A GET over the HTTP client's own connector, request and answer, without what its session does for all others.

Cookies, redirects, middlewares, traces, proxies and passwords are none of ours: redirects are followed hop by hop
where each is judged. Going round them takes a third off the client's time for one answer.
"""

import asyncio
from collections.abc import Mapping

from aiohttp import (
    ClientConnectorError,
    ClientOSError,
    ClientRequest,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    ServerDisconnectedError,
    TCPConnector,
)
from yarl import URL


class PlainGets:
    """The connector keeps the connections and judges the addresses; the session stands behind what fails late.

    `longest_header` bounds a line and a field of an answer's head, in bytes.
    """

    def __init__(self, session: ClientSession, connector: TCPConnector, longest_header: int) -> None:
        self._session = session
        self._connector = connector
        self._longest_header = longest_header
        self._loop = asyncio.get_running_loop()

    async def ask(self, url: URL, headers: Mapping[str, str], silence: ClientTimeout) -> ClientResponse:
        """Return the answer once its head has come; use it in `async with`. Raises what the client's session raises.

        `headers` say all that is sent but Host. A kept connection may end as it is used: then it is asked once more.
        """
        try:
            return await self._asked(url, headers, silence)
        except (ConnectionTimeoutError, ClientConnectorError):
            raise
        except (ClientOSError, ServerDisconnectedError):
            return await self._asked(url, headers, silence)

    async def _asked(self, url: URL, headers: Mapping[str, str], silence: ClientTimeout) -> ClientResponse:
        request = ClientRequest("GET", url, headers=headers, loop=self._loop, session=self._session)
        try:
            connection = await self._connector.connect(request, [], silence)
        except TimeoutError as slow:
            raise ConnectionTimeoutError(f"Connection timeout to host {url}") from slow
        try:
            assert connection.protocol is not None, "a connection that was just made"
            connection.protocol.set_response_params(
                read_until_eof=True,
                auto_decompress=False,
                read_timeout=silence.sock_read,
                max_line_size=self._longest_header,
                max_field_size=self._longest_header,
            )
            answer = await request.send(connection)
            try:
                return await answer.start(connection)
            except BaseException:
                answer.close()
                raise
        except BaseException:
            connection.close()
            raise
