"""The last rulebook that was read, kept in the home: reading it anew takes longer than what some commands do with it.

Only time is saved by it. It is taken for one and the same files, program and day; whoever deletes it loses nothing.
"""

import io
import os
import pickle
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from functools import partial
from hashlib import blake2b
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from warning.core.rulebook import Rulebook

PLACE = "rulebook"
_FILE = "last"
_PRIVATE = 0o700
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_MARK_BYTES = 32
_MOST_BYTES = 64 << 20
"""Folders with more in them than any rulebook are no rulebook's: a link led out of them."""
# What reads YAML, and what a rulebook is made of.
_READERS = ("warning.core", "warning.catalog")
# What a kept rulebook may name besides the classes of the core: a file that names anything else is not read.
_PLAIN = frozenset(
    {
        ("builtins", "frozenset"), ("builtins", "set"), ("datetime", "date"), ("datetime", "datetime"),
        ("datetime", "time"), ("datetime", "timedelta"), ("datetime", "timezone"),
    }
)  # fmt: skip


def kept_rulebook(
    home: Path, folders: tuple[Path | None, ...], today: date, load: Callable[[], Rulebook]
) -> Rulebook:
    """Return the rulebook of some folders (rules, feeds, overlays): the kept one if it is of these very files, else `load`'s.

    What `load` reads is kept, in a directory that its owner alone may enter, when there is a home. A kept file that
    somebody else could have written is passed over.
    """
    mark = _mark(folders, today)
    if mark is None:
        return load()
    book = _read(home / PLACE, mark)
    if book is None:
        book = load()
        # Files that changed while they were read are those of neither mark.
        if home.is_dir() and _mark(folders, today) == mark:
            _write(home / PLACE, mark, book)
    return book


def _mark(folders: tuple[Path | None, ...], today: date) -> bytes | None:
    """A digest of all that a rulebook rests on: every file of the folders by name and content, the program, the day.

    None where a file cannot be read: what that means is said by whoever loads it.
    """
    try:
        return _digest_of(folders, today)
    except OSError:
        return None


def _digest_of(folders: tuple[Path | None, ...], today: date) -> bytes:
    digest = blake2b(digest_size=_MARK_BYTES)
    told = [sys.version, version("pydantic"), str(today)]
    size = 0
    for folder in (*folders, *(Path(str(files(package))) for package in _READERS)):
        told += [repr(folder and str(folder.absolute()))]
        for path in _files(folder) if folder else ():
            content = _content(path)
            size += len(content)
            if size > _MOST_BYTES:
                raise OSError(f"{folder}: more than a rulebook")
            told.append(f"{path} {len(content)}")
            digest.update(content)
    digest.update(repr(told).encode("utf-8", "surrogatepass"))
    return digest.digest()


def _content(path: Path) -> bytes:
    found = path.stat()
    if not stat.S_ISREG(found.st_mode) or found.st_size > _MOST_BYTES:
        raise OSError(f"{path}: no file to read whole")
    return path.read_bytes()


def _files(folder: Path) -> Iterator[Path]:
    for place, directories, names in os.walk(folder, followlinks=True):
        directories[:] = sorted(name for name in directories if name != "__pycache__")
        yield from (Path(place, name) for name in sorted(names) if not name.endswith(".pyc"))


def _read(place: Path, mark: bytes) -> Rulebook | None:
    try:
        if not _is_ours(os.lstat(place), stat.S_ISDIR):
            return None
        number = os.open(place / _FILE, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        with os.fdopen(number, "rb") as file:
            if not _is_ours(os.fstat(number), stat.S_ISREG) or file.read(_MARK_BYTES) != mark:
                return None
            own, content = file.read(_MARK_BYTES), file.read()
        book = _Narrow(io.BytesIO(content)).load() if own == _digest(content) else None
    except (
        OSError,
        AttributeError,
        ValueError,
        TypeError,
        KeyError,
        EOFError,
        ImportError,
        pickle.PickleError,
    ):
        return None
    return book if isinstance(book, Rulebook) else None


def _write(place: Path, mark: bytes, book: Rulebook) -> None:
    content = pickle.dumps(book, protocol=5)
    # One name for all: what a killed command leaves is written over, and what two write at once fails its digest.
    part = place / f"{_FILE}.part"
    try:
        place.mkdir(mode=_PRIVATE, exist_ok=True)
        if not _is_ours(os.lstat(place), stat.S_ISDIR):
            return
        with open(part, "wb", opener=partial(os.open, mode=0o600)) as file:
            file.write(mark + _digest(content) + content)
        part.replace(place / _FILE)
    except OSError:  # a full disk, a home that may only be read
        with suppress(OSError):
            part.unlink()


def _is_ours(found: os.stat_result, is_kind: Callable[[int], bool]) -> bool:
    """Whether this account alone could have written it. Where accounts have no numbers nobody can tell."""
    mine = getattr(os, "geteuid", lambda: None)()
    return is_kind(found.st_mode) and found.st_uid == mine and not found.st_mode & _OTHERS_WRITE


def _digest(content: bytes) -> bytes:
    return blake2b(content, digest_size=_MARK_BYTES).digest()


class _Narrow(pickle.Unpickler):
    """Makes values of the core's classes and plain ones, and calls nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        is_core = module.startswith("warning.core.") and "." not in name
        found = super().find_class(module, name) if is_core or (module, name) in _PLAIN else None
        if not isinstance(found, type) or (is_core and found.__module__ != module):
            raise pickle.UnpicklingError(f"{module}.{name} is no part of a rulebook")
        return found
