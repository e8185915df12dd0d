"""Files of the home that this account alone could have written: what is kept in them is believed, anything else passed over."""

import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path
from typing import BinaryIO

_PRIVATE = 0o700
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
# No link is followed, and nobody is waited for who would write into a pipe.
_WITHOUT_WAIT = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
DIGEST_BYTES = 32


def open_own(path: Path) -> BinaryIO | None:
    """Open a file that nobody else could have written, in such a directory; None where somebody could. Raises OSError."""
    if not is_own_folder(path.parent):
        return None
    number = os.open(path, _WITHOUT_WAIT)
    file = os.fdopen(number, "rb")
    if _is_ours(os.fstat(number), stat.S_ISREG):
        return file
    file.close()
    return None


def write_own(path: Path, parts: Iterable[bytes | memoryview]) -> None:
    """Write a file whole or not at all, in a directory that its owner alone may enter. Raises OSError.

    Of a disk that fails the parts may be torn: whoever reads them compares a digest.
    """
    # One name for all: what a killed process leaves is written over, and what two write at once fails its digest.
    part = path.with_name(f"{path.name}.part")
    path.parent.mkdir(mode=_PRIVATE, exist_ok=True)
    if not is_own_folder(path.parent):
        return
    try:
        with open(part, "wb", opener=partial(os.open, mode=0o600)) as file:
            file.writelines(parts)
        part.replace(path)
    except OSError:  # a full disk, a home that may only be read
        with suppress(OSError):
            part.unlink()
        raise


def is_own_folder(path: Path) -> bool:
    """Whether nobody else can put or replace a file there; a link is no such folder. Raises OSError."""
    return _is_ours(os.lstat(path), stat.S_ISDIR)


def _is_ours(found: os.stat_result, is_kind: Callable[[int], bool]) -> bool:
    """Whether this account alone could have written it. Where accounts have no numbers nobody can tell."""
    mine = getattr(os, "geteuid", lambda: None)()
    return is_kind(found.st_mode) and found.st_uid == mine and not found.st_mode & _OTHERS_WRITE


def program_digest(packages: Iterable[str]) -> bytes:
    """Return a digest of this Python and of the sources of packages, by name and content. Raises OSError."""
    digest = blake2b(sys.version.encode(), digest_size=DIGEST_BYTES)
    for package in packages:
        for path in _sources(Path(str(files(package)))):
            content = path.read_bytes()
            digest.update(f"{path}\0{len(content)}\0".encode("utf-8", "surrogatepass"))
            digest.update(content)
    return digest.digest()


def _sources(folder: Path) -> Iterator[Path]:
    return iter(sorted(folder.rglob("*.py")))
