"""Figures that a process held, kept in a file of the home: after a start they are read from it many times faster than from the store.

Only time is saved by it. It is taken for one and the same program, rules and store; whoever deletes it loses nothing.
"""

import json
import logging
from collections.abc import Iterator, Mapping
from errno import EACCES
from hashlib import blake2b
from math import prod
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from warning.own_files import DIGEST_BYTES, open_own, program_digest, write_own

log = logging.getLogger(__name__)
Arrays = Mapping[str, NDArray[Any]]
FILE = "last"
# Numbers, truth values and bytes: an array of anything else could name objects.
_KINDS = frozenset("biufS")
_LENGTH_BYTES = 8
_MOST_TOLD = 1 << 20
# What makes figures of rows, and numbers their series.
_PACKAGES = ("warning.core", "warning.store")


class LedgerFile:
    """Arrays by name, kept under a mark: what is read under another mark, torn or changed is None.

    The file is its owner's alone; one that somebody else could have written is passed over. Several processes may share
    it: what two write at once may be torn, and is read as none.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._program = _program()

    def read(self, mark: str) -> dict[str, NDArray[Any]] | None:
        try:
            file = open_own(self._path)
            if file is None:
                return None
            with file:
                return _read(file, self._own(mark))
        except (OSError, ValueError, TypeError, KeyError, MemoryError):
            return None

    def write(self, mark: str, arrays: Arrays) -> None:
        """Keep these arrays. What cannot be written is logged: a start reads the store."""
        whole = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
        told = json.dumps([[name, one.dtype.str, one.shape] for name, one in whole.items()]).encode()
        digest = _digest(told, whole)
        try:
            parts: list[bytes | memoryview] = [
                self._own(mark), digest, len(told).to_bytes(_LENGTH_BYTES), told,
            ]  # fmt: skip
            write_own(self._path, [*parts, *map(_bytes, whole.values())])
        except OSError as wrong:
            log.warning("%s: figures cannot be kept for the next start (%s)", self._path, wrong.strerror)

    def _own(self, mark: str) -> bytes:
        if self._program is None:
            raise OSError(EACCES, "the program's own files cannot be read")
        named = mark.encode("utf-8", "surrogatepass")
        return blake2b(self._program + named, digest_size=DIGEST_BYTES).digest()


def _program() -> bytes | None:
    """Return a digest of the program that runs, taken at its start: what is installed in its place later is another."""
    try:
        return program_digest(_PACKAGES)
    except OSError:
        return None


def _read(file: BinaryIO, mark: bytes) -> dict[str, NDArray[Any]] | None:
    if file.read(DIGEST_BYTES) != mark:
        return None
    digest = file.read(DIGEST_BYTES)
    told = file.read(min(int.from_bytes(file.read(_LENGTH_BYTES)), _MOST_TOLD))
    begin = file.tell()
    shapes = dict(_shapes(told))
    if sum(kind.itemsize * prod(shape) for kind, shape in shapes.values()) != file.seek(0, 2) - begin:
        return None
    file.seek(begin)
    found = {name: np.empty(shape, kind) for name, (kind, shape) in shapes.items()}
    for array in found.values():
        file.readinto(_bytes(array))  # type: ignore[attr-defined]
    return found if _digest(told, found) == digest else None


def _shapes(told: bytes) -> Iterator[tuple[str, tuple[np.dtype[Any], tuple[int, ...]]]]:
    for name, kind, shape in json.loads(told):
        made = np.dtype(str(kind))
        if made.kind not in _KINDS or not made.itemsize or min(shape, default=0) < 0:
            raise ValueError(f"{name}: no array of figures")
        yield name, (made, tuple(map(int, shape)))


def _bytes(array: NDArray[Any]) -> memoryview:
    return array.reshape(-1).view(np.uint8).data


def _digest(told: bytes, arrays: Arrays) -> bytes:
    digest = blake2b(told, digest_size=DIGEST_BYTES)
    for array in arrays.values():
        digest.update(_bytes(array))
    return digest.digest()
