"""Pieces of bytes put by in a file until somebody asks for one: most never are, and memory holds twelve bytes of each."""

import os
from array import array
from collections.abc import Iterable, Iterator
from itertools import islice
from tempfile import TemporaryFile, gettempdir
from weakref import finalize

import zstandard

from warning.errors import PutByError

# Alike pieces share a frame: packed one by one they take twice the time and room.
TOGETHER = 16


class PutBy:
    """Pieces by number, from 0. Their file has no name and goes with this object."""

    def __init__(self) -> None:
        self._file = TemporaryFile(prefix="warning-", buffering=0)  # noqa: SIM115 - open as long as this object is
        finalize(self, self._file.close)
        self._begins = array("q", [0])  # of each frame, and where the last ends
        self._frames, self._ends = (
            array("l"),
            array("i"),
        )  # of each piece: its frame, and where it ends in that
        self._packer, self._unpacker = zstandard.ZstdCompressor(level=1), zstandard.ZstdDecompressor()
        self._held: tuple[int, bytes] = -1, b""

    def __len__(self) -> int:
        return len(self._ends)

    def put(self, pieces: Iterable[bytes]) -> range:
        """Keep some pieces; return the numbers by which they are asked for."""
        first, stream, packed = len(self), iter(pieces), list[bytes]()
        at = self._begins[-1]
        while together := list(islice(stream, TOGETHER)):
            self._ends.extend(_ends(together))
            self._frames.extend([len(self._begins) - 1] * len(together))
            packed.append(self._packer.compress(b"".join(together)))
            self._begins.append(self._begins[-1] + len(packed[-1]))
        self._write(b"".join(packed), at)
        return range(first, len(self))

    def _write(self, content: bytes, at: int) -> None:
        """A disk that fills takes the first part of a piece without a word, and refuses the rest."""
        end, rest = at + len(content), memoryview(content)
        while rest:
            try:
                written = os.pwrite(self._file.fileno(), rest, at)
            except OSError as wrong:
                raise PutByError(_refused(at, end, wrong)) from wrong
            at, rest = at + written, rest[written:]

    def get(self, number: int) -> bytes:
        """Return a piece."""
        frame = self._frames[number]
        if self._held[0] != frame:
            self._held = frame, self._frame(frame)
        is_first = number == 0 or self._frames[number - 1] != frame
        return self._held[1][0 if is_first else self._ends[number - 1] : self._ends[number]]

    def _frame(self, frame: int) -> bytes:
        begin, end = self._begins[frame], self._begins[frame + 1]
        return self._unpacker.decompress(os.pread(self._file.fileno(), end - begin, begin))


def _refused(at: int, end: int, wrong: OSError) -> str:
    return (
        f"{gettempdir()}: this directory for temporary files took {at:,} of the {end:,} bytes put by so far"
        f" ({wrong.strerror}); nothing that is kept is lost: make room there, or name a directory with more"
        " in TMPDIR, and run the command again"
    )


def _ends(pieces: Iterable[bytes]) -> Iterator[int]:
    at = 0
    for piece in pieces:
        at += len(piece)
        yield at
