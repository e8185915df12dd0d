"""Compressed sets of numbers in a file of their own, one after the other, and beside it where each begins."""

import mmap
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from warning.collect.mapped_arrays import mapped_array


class SetFiles:
    """The files of sets of one directory, mapped as they are asked for. FileNotFoundError where there is no such file."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._files: dict[str, tuple[memoryview, NDArray[np.int64]]] = {}

    def of(self, name: str, place: int) -> BitMap:
        content, at = self._file(name)
        begin, end = at[place : place + 2].tolist()
        return BitMap.deserialize(content[begin:end]) if end > begin else BitMap()  # type: ignore[arg-type]  # any buffer is read

    def length(self, name: str, place: int) -> int:
        """The bytes in which a set is kept."""
        at = self._file(name)[1]
        return int(at[place + 1] - at[place])

    def _file(self, name: str) -> tuple[memoryview, NDArray[np.int64]]:
        if name not in self._files:
            at = mapped_array(self.directory / f"{name}{_AT}")
            self._files[name] = _mapped(self.directory / name), at
        return self._files[name]


_AT = "_at.npy"


def has_sets(directory: Path, name: str) -> bool:
    """Whether a file of sets was written to its end."""
    return (directory / f"{name}{_AT}").exists()


def write_sets(directory: Path, name: str, sets: Iterable[BitMap]) -> None:
    """Write sets; where they begin stands there only when all of them do."""
    at = [0]
    with (directory / name).open("wb") as file:
        for one in sets:
            at.append(at[-1] + (file.write(one.serialize()) if one else 0))
    part = directory / f"{name}.part.npy"
    np.save(part, np.array(at, dtype=np.int64))
    part.replace(directory / f"{name}{_AT}")


def _mapped(path: Path) -> memoryview:
    """The content of a file, mapped while it is in use; a file without content cannot be."""
    if not path.stat().st_size:
        return memoryview(b"")
    with path.open("rb") as file:
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
