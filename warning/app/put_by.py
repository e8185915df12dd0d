"""Pieces of bytes put by in a file until somebody asks for one: most never are, and memory holds eight bytes of each."""

import os
from array import array
from collections.abc import Iterable
from tempfile import TemporaryFile
from weakref import finalize

import zstandard


class PutBy:
    """Pieces by number, from 0. Their file has no name and goes with this object."""

    def __init__(self) -> None:
        self._file = TemporaryFile(prefix="warning-", buffering=0)  # noqa: SIM115 - open as long as this object is
        finalize(self, self._file.close)
        self._begins = array("q", [0])
        self._packer, self._unpacker = zstandard.ZstdCompressor(level=1), zstandard.ZstdDecompressor()

    def __len__(self) -> int:
        return len(self._begins) - 1

    def put(self, pieces: Iterable[bytes]) -> range:
        """Keep some pieces; return the numbers by which they are asked for."""
        first, packed = len(self), [self._packer.compress(piece) for piece in pieces]
        at = self._begins[-1]
        os.pwrite(self._file.fileno(), b"".join(packed), at)
        for piece in packed:
            at += len(piece)
            self._begins.append(at)
        return range(first, len(self))

    def get(self, number: int) -> bytes:
        """Return a piece."""
        begin, end = self._begins[number], self._begins[number + 1]
        return self._unpacker.decompress(os.pread(self._file.fileno(), end - begin, begin))
