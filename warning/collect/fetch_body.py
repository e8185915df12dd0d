"""Reading a body: as sent, and unpacked, never more than a source may send."""

import zlib
from collections.abc import AsyncIterator, Callable
from typing import Protocol

from zstandard import ZstdDecompressor, ZstdError

from warning.errors import FetchError, FetchTooLarge

ENCODINGS = "gzip, deflate, zstd"
CHUNK = 64 * 1024
_GZIP_MAGIC = b"\x1f\x8b"


class _Unpacker(Protocol):
    def unpack(self, data: bytes, room: int) -> bytes:
        """Return what `data` unpacks to, at most `room` bytes; raise FetchTooLarge when there is more."""

    def is_complete(self) -> bool:
        """Return whether the packed stream came to its proper end."""


class _Zlib:
    """gzip and deflate. `deflate` comes with a zlib header or, from some servers, without."""

    def __init__(self, *, gzip: bool) -> None:
        self._gzip = gzip
        self._stream = zlib.decompressobj(wbits=31 if gzip else 15)
        self._started = False

    def unpack(self, data: bytes, room: int) -> bytes:
        out = b""
        while data and len(out) <= room:
            if self._stream.eof:
                if not (self._gzip and data.startswith(_GZIP_MAGIC)):
                    return out  # padding after the end, which servers do send
                self._stream = zlib.decompressobj(wbits=31)
            try:
                out += self._stream.decompress(data, room + 1 - len(out))
            except zlib.error:
                if self._started or self._gzip:
                    raise
                self._stream = zlib.decompressobj(wbits=-15)
                out += self._stream.decompress(data, room + 1 - len(out))
            self._started = True
            data = self._stream.unconsumed_tail or self._stream.unused_data
        return out

    def is_complete(self) -> bool:
        return self._stream.eof


class _Zstd:
    def __init__(self) -> None:
        # 8 MiB is the window every reader must support; a larger one is an attack on memory.
        self._stream = ZstdDecompressor(max_window_size=2**23).decompressobj()

    def unpack(self, data: bytes, room: int) -> bytes:
        # The binding cannot stop half-way; fed 64 bytes at a time a block yields at most 128 KiB too many.
        out = bytearray()
        for start in range(0, len(data), 64):
            out += self._stream.decompress(data[start : start + 64])
            if len(out) > room:
                break
        return bytes(out)

    def is_complete(self) -> bool:
        return self._stream.eof


_UNPACKERS: dict[str, Callable[[], _Unpacker]] = {
    "gzip": lambda: _Zlib(gzip=True),
    "x-gzip": lambda: _Zlib(gzip=True),
    "deflate": lambda: _Zlib(gzip=False),
    "zstd": _Zstd,
}


async def read_body(chunks: AsyncIterator[bytes], encoding: str, max_bytes: int) -> bytes:
    """Return the decoded body.

    `encoding` is the Content-Encoding as sent. Raises FetchTooLarge as soon as either the bytes sent or the
    bytes unpacked pass `max_bytes`, FetchError when the packing is unknown or broken.
    """
    name = encoding.strip().lower()
    if name in {"", "identity"}:
        return await _read_plain(chunks, max_bytes)
    if name not in _UNPACKERS:
        raise FetchError(f"the server packed the document as {name!r}, which was not asked for")
    try:
        return await _read_packed(chunks, _UNPACKERS[name](), max_bytes)
    except (zlib.error, ZstdError) as broken:
        raise FetchError(f"the document's {name} packing is broken ({broken})") from broken


async def _read_plain(chunks: AsyncIterator[bytes], max_bytes: int) -> bytes:
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > max_bytes:
            raise too_large(max_bytes)
    return bytes(body)


async def _read_packed(chunks: AsyncIterator[bytes], unpacker: _Unpacker, max_bytes: int) -> bytes:
    body, sent = bytearray(), 0
    async for chunk in chunks:
        sent += len(chunk)
        body += unpacker.unpack(chunk, max_bytes - len(body))
        if sent > max_bytes or len(body) > max_bytes:
            raise too_large(max_bytes)
    if sent and not unpacker.is_complete():
        raise FetchError("the packed document ends in the middle")
    return bytes(body)


def too_large(max_bytes: int) -> FetchTooLarge:
    return FetchTooLarge(
        f"the document is larger than {max_bytes / 1_048_576:g} MiB (the source's max_bytes)"
    )
