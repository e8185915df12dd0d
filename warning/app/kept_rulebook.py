"""The last rulebook that was read, kept in the home: reading it anew takes longer than what some commands do with it.

Only time is saved by it. It is taken for one and the same files, program and day; whoever deletes it loses nothing.
"""

import io
import os
import pickle
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import VERSION

from warning.core.sources import SourceProfile
from warning.core.terms import Terms
from warning.core.text_book import TextBook
from warning.core.text_rules import TextRule
from warning.own_files import open_own, write_own

if TYPE_CHECKING:  # texts are read without the rest of a rulebook, which takes longer to load
    from warning.core.rulebook import Rulebook

PLACE = "rulebook"
# The whole, and beside it what judging texts needs: terms, sources, and each text rule packed by itself.
_WHOLE, _TEXTS = "last", "texts"
_Texts = tuple[Terms, Mapping[str, SourceProfile], Mapping[str, bytes]]
_MARK_BYTES = 32
# Without a wait for whoever would write into a pipe.
_AS_IT_IS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
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
    home: Path, folders: tuple[Path | None, ...], today: date, load: "Callable[[], Rulebook]"
) -> "Rulebook":
    """Return the rulebook of some folders (rules, feeds, overlays): the kept one if it is of these very files, else `load`'s.

    What `load` reads is kept, in a directory that its owner alone may enter, when there is a home. A kept file that
    somebody else could have written is passed over.
    """
    mark = _mark(folders, today)
    if mark is None:
        return load()
    from warning.core.rulebook import Rulebook  # noqa: PLC0415 - texts are read without it

    kept = _read(home / PLACE / _WHOLE, mark)
    if isinstance(kept, Rulebook):
        return kept
    book = load()
    # Files that changed while they were read are those of neither mark.
    if home.is_dir() and _mark(folders, today) == mark:
        _write(home / PLACE / _WHOLE, mark, book)
    return book


def kept_texts(
    home: Path,
    folders: tuple[Path | None, ...],
    today: date,
    rule_id: str,
    load: "Callable[[], Rulebook]",
) -> TextBook:
    """Return of the same rulebook all terms and sources, and its text rule of this id, if it has one."""
    mark = _mark(folders, today)
    kept = _read(home / PLACE / _TEXTS, mark) if mark else None
    if not isinstance(kept, tuple):
        kept = _texts_of(kept_rulebook(home, folders, today, load))
        if mark and home.is_dir() and _mark(folders, today) == mark:
            _write(home / PLACE / _TEXTS, mark, kept)
    terms, sources, packed = kept
    rules = (_unpacked(packed[rule_id]),) if rule_id in packed else ()
    return TextBook(rules=rules, terms=terms, sources=sources)


def _texts_of(book: "Rulebook") -> _Texts:
    assert book.terms.digest  # kept with the terms: to find it takes longer than to read them
    rules = (rule for rule in book.rules if isinstance(rule, TextRule))
    return book.terms, book.sources, {rule.id: _packed(rule) for rule in rules}


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
    told = [sys.version, VERSION, str(today)]
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


def _content(path: str) -> bytes:
    with os.fdopen(os.open(path, _AS_IT_IS), "rb", buffering=0) as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode) or found.st_size > _MOST_BYTES:
            raise OSError(f"{path}: no file to read whole")
        return file.readall()


def _files(folder: Path) -> Iterator[str]:
    """Paths as texts: of the hundreds of files of a rulebook it takes longer to name them than to read them."""
    for place, directories, names in os.walk(folder, followlinks=True):
        directories[:] = sorted(name for name in directories if name != "__pycache__")
        yield from (f"{place}{os.sep}{name}" for name in sorted(names) if not name.endswith(".pyc"))


def _read(path: Path, mark: bytes) -> Any:
    """What is kept there under this mark; None without."""
    try:
        file = open_own(path)
        if file is None:
            return None
        with file:
            if file.read(_MARK_BYTES) != mark:
                return None
            own, content = file.read(_MARK_BYTES), file.read()
        return _unpacked(content) if own == _digest(content) else None
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


def _write(path: Path, mark: bytes, kept: object) -> None:
    content = _packed(kept)
    with suppress(OSError):  # a full disk, a home that may only be read
        write_own(path, (mark, _digest(content), content))


def _digest(content: bytes) -> bytes:
    return blake2b(content, digest_size=_MARK_BYTES).digest()


def _packed(kept: object) -> bytes:
    return pickle.dumps(kept, protocol=5)


def _unpacked(content: bytes) -> Any:
    return _Narrow(io.BytesIO(content)).load()


class _Narrow(pickle.Unpickler):
    """Makes values of the core's classes and plain ones, and calls nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        is_core = module.startswith("warning.core.") and "." not in name
        found = super().find_class(module, name) if is_core or (module, name) in _PLAIN else None
        if not isinstance(found, type) or (is_core and found.__module__ != module):
            raise pickle.UnpicklingError(f"{module}.{name} is no part of a rulebook")
        return found
