"""Arrays in .npy files, mapped without the tenth of a millisecond that `np.load` takes: an index has tens of thousands."""

import mmap
from ast import literal_eval
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MAGIC = b"\x93NUMPY\x01\x00"
_LENGTH_BYTES = 2
_HEADER_AT = len(_MAGIC) + _LENGTH_BYTES
_USUAL_HEADER = 128
_FEW = 32


def picked(path: Path, places: NDArray[np.int64]) -> NDArray[Any]:
    """Some entries of such an array. A few are read one by one: mapping its file takes longer."""
    if len(places) > _FEW:
        return mapped_array(path)[places]
    with path.open("rb", buffering=0) as file:
        head = file.read(_USUAL_HEADER)
        begin = _HEADER_AT + int.from_bytes(head[len(_MAGIC) : _HEADER_AT], "little")
        if head[: len(_MAGIC)] != _MAGIC or begin > len(head):
            return mapped_array(path)[places]
        kind, count = _header(head[_HEADER_AT:begin])
        found = []
        for place in places.tolist():
            if place >= count:
                raise IndexError(f"{path}: no entry {place} of {count}")
            file.seek(begin + place * kind.itemsize)
            found.append(file.read(kind.itemsize))
    return np.frombuffer(b"".join(found), dtype=kind)


def mapped_array(path: Path) -> NDArray[Any]:
    """Return the array of one dimension in a file that `np.save` wrote. ValueError when it is no such file."""
    with path.open("rb") as file:
        content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    begin = _HEADER_AT + int.from_bytes(content[len(_MAGIC) : _HEADER_AT], "little")
    if content[: len(_MAGIC)] != _MAGIC:
        raise ValueError(f"{path}: no array of the first format")
    kind, count = _header(content[_HEADER_AT:begin])
    return np.frombuffer(content, dtype=kind, count=count, offset=begin)


@lru_cache(maxsize=4_096)
def _header(written: bytes) -> tuple[np.dtype[Any], int]:
    told = literal_eval(written.decode("latin-1"))
    (count,) = told["shape"]
    return np.dtype(told["descr"]), count
