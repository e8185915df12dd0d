"""Reading a body: as sent, and unpacked, never more than a source may send."""

import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Protocol

from zstandard import ZstdDecompressor, ZstdError

from warning.collect.large_bodies import LARGE_BYTES
from warning.errors import FetchError, FetchTooLarge

ENCODINGS = "gzip, deflate, zstd"
CHUNK = 64 * 1024
_GZIP_MAGIC = b"\x1f\x8b"


class _Unpacker(Protocol):
    def pieces(self, data: bytes) -> Iterator[bytes]:
        """Yield what `data` unpacks to in pieces of `CHUNK` bytes, or few more: however much it is, it can be cut."""

    def is_complete(self) -> bool:
        """Return whether the packed stream came to its proper end."""


class _Zlib:
    """gzip and deflate. `deflate` comes with a zlib header or, from some servers, without."""

    def __init__(self, *, gzip: bool) -> None:
        self._gzip = gzip
        self._stream = zlib.decompressobj(wbits=31 if gzip else 15)
        self._started = False

    def pieces(self, data: bytes) -> Iterator[bytes]:
        is_full = False  # a full piece may leave some of it in the stream, with all of `data` taken
        while data or is_full:
            if self._stream.eof:
                if not (self._gzip and data.startswith(_GZIP_MAGIC)):
                    return  # padding after the end, which servers do send
                self._stream = zlib.decompressobj(wbits=31)
            piece = self._unpacked(data)
            yield piece
            data = self._stream.unconsumed_tail or self._stream.unused_data
            is_full = len(piece) == CHUNK

    def _unpacked(self, data: bytes) -> bytes:
        try:
            return self._stream.decompress(data, CHUNK)
        except zlib.error:
            if self._started or self._gzip:
                raise
            self._stream = zlib.decompressobj(wbits=-15)
            return self._stream.decompress(data, CHUNK)
        finally:
            self._started = True

    def is_complete(self) -> bool:
        return self._stream.eof


class _Zstd:
    def __init__(self) -> None:
        # 8 MiB is the window every reader must support; a larger one is an attack on memory.
        self._stream = ZstdDecompressor(max_window_size=2**23).decompressobj()

    def pieces(self, data: bytes) -> Iterator[bytes]:
        # The binding cannot stop half-way; 64 bytes at a time hold at most 16 blocks of 128 KiB: 2 MiB.
        for start in range(0, len(data), 64):
            yield self._stream.decompress(data[start : start + 64])

    def is_complete(self) -> bool:
        return self._stream.eof


_UNPACKERS: dict[str, Callable[[], _Unpacker]] = {
    "gzip": lambda: _Zlib(gzip=True),
    "x-gzip": lambda: _Zlib(gzip=True),
    "deflate": lambda: _Zlib(gzip=False),
    "zstd": _Zstd,
}


async def read_body(
    chunks: AsyncIterator[bytes],
    encoding: str,
    max_bytes: int,
    take_room: Callable[[int], Awaitable[int]] | None = None,
) -> bytes:
    """Return the decoded body. `take_room` is awaited before it grows over `LARGE_BYTES`, and over what that returned.

    `encoding` is the Content-Encoding as sent. Raises FetchTooLarge as soon as either the bytes sent or the
    bytes unpacked pass `max_bytes`, FetchError when the packing is unknown or broken.
    """
    name = encoding.strip().lower()
    body = _Body(max_bytes, take_room)
    if name in {"", "identity"}:
        async for chunk in chunks:
            await body.add(chunk)
        return bytes(body.content)
    if name not in _UNPACKERS:
        raise FetchError(f"the server packed the document as {name!r}, which was not asked for")
    try:
        return await _read_packed(chunks, _UNPACKERS[name](), body)
    except (zlib.error, ZstdError) as broken:
        raise FetchError(f"the document's {name} packing is broken ({broken})") from broken


class _Body:
    """What has come of a body, unpacked."""

    def __init__(self, max_bytes: int, take_room: Callable[[int], Awaitable[int]] | None) -> None:
        self.max_bytes = max_bytes
        self.content = bytearray()
        self._take_room = take_room
        self._has_room_for = LARGE_BYTES

    async def add(self, piece: bytes) -> None:
        size = len(self.content) + len(piece)
        if size > self.max_bytes:
            raise too_large(self.max_bytes)
        if size > self._has_room_for and self._take_room is not None:
            self._has_room_for = await self._take_room(size)
        self.content += piece


async def _read_packed(chunks: AsyncIterator[bytes], unpacker: _Unpacker, body: _Body) -> bytes:
    sent = 0
    async for chunk in chunks:
        sent += len(chunk)
        if sent > body.max_bytes:
            raise too_large(body.max_bytes)
        for piece in unpacker.pieces(chunk):
            await body.add(piece)
    if sent and not unpacker.is_complete():
        raise FetchError("the packed document ends in the middle")
    return bytes(body.content)


def too_large(max_bytes: int) -> FetchTooLarge:
    return FetchTooLarge(
        f"the document is larger than {max_bytes / 1_048_576:g} MiB (the source's max_bytes)"
    )
