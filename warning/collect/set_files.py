"""Compressed sets of numbers in a file of their own, one after the other, and beside it where each begins."""

import mmap
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from warning.collect.mapped_arrays import mapped_array

_AT = "_at.npy"
# What a system says nothing of is read with whatever it takes to stand beside: on some disks 8 MB for every set.
_HERE_AND_THERE = getattr(mmap, "MADV_RANDOM", None)
_SOON = getattr(mmap, "MADV_WILLNEED", None)


class SetFiles:
    """The files of sets of one directory, mapped as they are asked for. FileNotFoundError where there is no such file."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._files: dict[str, _Mapped] = {}

    def of(self, name: str, place: int) -> BitMap:
        file = self._file(name)
        begin, end = file.at[place : place + 2].tolist()
        return file.set(begin, end) if end > begin else BitMap()

    def length(self, name: str, place: int) -> int:
        """The bytes in which a set is kept."""
        at = self._file(name).at
        return int(at[place + 1] - at[place])

    def _file(self, name: str) -> "_Mapped":
        if name not in self._files:
            self._files[name] = _Mapped(self.directory, name)
        return self._files[name]


class _Mapped:
    """One file of sets, mapped while it is in use; one without content cannot be."""

    def __init__(self, directory: Path, name: str) -> None:
        self.at: NDArray[np.int64] = mapped_array(directory / f"{name}{_AT}")
        if self.at[-1]:
            with (directory / name).open("rb") as file:
                self._whole = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            self._content = memoryview(self._whole)
            if _HERE_AND_THERE is not None:
                self._whole.madvise(_HERE_AND_THERE)

    def set(self, begin: int, end: int) -> BitMap:
        """The set of these bytes. From a disk they are read together, and no others."""
        if _SOON is not None and end - begin > mmap.PAGESIZE:
            page = begin - begin % mmap.PAGESIZE
            self._whole.madvise(_SOON, page, end - page)
        return BitMap.deserialize(self._content[begin:end])  # type: ignore[arg-type]  # any buffer is read


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
