"""What goes between the service and the process that asks for it: lists of messages, each a pickle behind its length."""

import asyncio
import logging
import pickle
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast

from warning.app.parse_messages import packed
from warning.collect.fetch_values import Fetched, FetchRequest
from warning.core.documents import LeftOut

log = logging.getLogger(__name__)
LENGTH_BYTES = 8
READ_BYTES = 64 * 1024
MOST_TOLD = 4_096
TOGETHER_SECONDS = 0.002
"""So long a message waits for others: a call of the system and a waking of the other side serve all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How it asks: the settings of the fetcher that can be told to another process."""

    contact: str = ""
    allow_private_hosts: tuple[str, ...] = ()
    concurrency: int = 32


class Told:
    """The request that was told last of each source, and by which number: what is asked again need not cross again.

    Both ends keep the same, as messages come in order: the one that asks, and the one that is asked.
    """

    def __init__(self) -> None:
        self._last: dict[str, tuple[int, FetchRequest]] = {}

    def tell(self, number: int, request: FetchRequest) -> tuple[Any, ...]:
        """Return the message that asks."""
        source_id = request.source_id
        known = self._last.get(source_id)
        if known is not None and known[1] is request:
            return "again", number, source_id, known[0]
        self.hear(number, request)
        return "ask", number, request

    def hear(self, number: int, request: FetchRequest) -> None:
        """Keep what an asking message tells, of so many sources; what holds a key is asked once and forgotten."""
        source_id = request.source_id
        if not request.secrets and (len(self._last) < MOST_TOLD or source_id in self._last):
            self._last[source_id] = number, request
        else:
            self._last.pop(source_id, None)

    def told_by(self, number: int, source_id: str) -> FetchRequest | None:
        """Return what that number told; None where it never came."""
        known = self._last.get(source_id)
        return known[1] if known is not None and known[0] == number else None


Standing = tuple[float | None, float | None, tuple[str, ...], str, tuple[LeftOut, ...]]


def standing(fetched: Fetched) -> Standing:
    """Return what an answer says besides that nothing has changed: who asked has the rest."""
    told = fetched
    return told.max_age_seconds, told.retry_after_seconds, told.notes, told.moved_to, told.left_out


def stands(request: FetchRequest, told: Standing) -> Fetched:
    """Return the answer of which `standing` told the rest."""
    max_age_seconds, retry_after_seconds, notes, moved_to, left_out = told
    return Fetched(
        status="not_modified",
        document=None,
        validators=request.validators,
        max_age_seconds=max_age_seconds,
        retry_after_seconds=retry_after_seconds,
        notes=notes,
        moved_to=moved_to,
        left_out=left_out,
    )


class Line(asyncio.BufferedProtocol):
    """One end of a socket. `heard` is called with each message, `ended` once, when the other end is gone.

    `unsaid` is called with a message that could not be packed, and why: those before and behind it are sent.
    It reads into room of its own: the event loop's usual way takes a quarter of a megabyte anew for each reading.
    """

    def __init__(
        self,
        heard: Callable[[Any], None],
        ended: Callable[[], None],
        unsaid: Callable[[Any, Exception], None],
    ) -> None:
        self._heard = heard
        self._ended = ended
        self._unsaid = unsaid
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._to_say: deque[list[Any]] = deque()
        self._is_sending = self._is_full = False
        self._come = bytearray()
        self._reading = memoryview(bytearray(READ_BYTES))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    @property
    def is_open(self) -> bool:
        """Whether what is said now goes out, as far as is known here."""
        return self._transport is not None and not self._transport.is_closing()

    def say(self, message: object, *, is_large: bool = False) -> None:
        """Send soon, in order. What is said after the other end has gone is dropped: `ended` has told of it.

        A large message is sent alone, and packed when there is room on the way: packed and unpacked it stands in memory
        twice more.
        """
        if is_large or not self._to_say:
            self._to_say.append([message])
        else:
            self._to_say[-1].append(message)
        if is_large:
            self._to_say.append([])  # what follows goes by itself
        if not self._is_sending:
            self._is_sending = True
            self._loop.call_later(TOGETHER_SECONDS, self._send)

    def _send(self) -> None:
        while self._to_say and not self._is_full:
            if said := self._to_say.popleft():
                for packing in self._packings(said):
                    self._write(packing)
        self._is_sending = bool(self._to_say)

    def _packings(self, said: list[Any]) -> Iterator[bytes]:
        """What is said, in one packing; in one for each message where they cannot be packed together."""
        try:
            yield packed(said)
        except Exception as wrong:
            if len(said) > 1:
                for message in said:
                    yield from self._packings([message])
                return
            log.exception("a message to the other process could not be packed")
            self._loop.call_soon(self._unsaid, said[0], wrong)

    def _write(self, packing: bytes) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        length = len(packing).to_bytes(LENGTH_BYTES, "big")
        if len(packing) <= READ_BYTES:
            self._transport.write(length + packing)
        else:  # one after the other: joined they would stand in memory twice
            self._transport.write(length)
            self._transport.write(packing)

    def pause_writing(self) -> None:
        self._is_full = True

    def resume_writing(self) -> None:
        self._is_full = False
        self._send()

    def get_buffer(self, _sizehint: int) -> memoryview:
        return self._reading

    def buffer_updated(self, nbytes: int) -> None:
        self._come += self._reading[:nbytes]
        while len(self._come) >= LENGTH_BYTES:
            end = LENGTH_BYTES + int.from_bytes(self._come[:LENGTH_BYTES], "big")
            if len(self._come) < end:
                return
            with memoryview(self._come) as come, come[LENGTH_BYTES:end] as packing:
                messages = pickle.loads(packing)  # noqa: S301 - written by our own process
            del self._come[:end]
            for message in messages:
                self._heard(message)

    def connection_lost(self, _exc: Exception | None) -> None:
        self._transport = None
        self._is_sending = self._is_full = False
        self._to_say.clear()
        self._ended()

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()
