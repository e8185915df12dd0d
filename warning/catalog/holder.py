"""The rulebook in force: read again when files change, and never replaced by a bad one."""

import logging
from collections.abc import Callable, Iterator
from datetime import date
from hashlib import blake2b
from os import stat_result
from pathlib import Path

from warning.catalog.assemble import read_rulebook
from warning.core.rulebook import Rulebook
from warning.core.text.engine import engine_of
from warning.errors import CatalogError, Problem

log = logging.getLogger(__name__)
MOST_LOGGED = 20
Stamp = tuple[tuple[str, int, int], ...]


class RulebookHolder:
    """Keeps the last good rulebook; `problems` says what is wrong with the files as they are now.

    `today` ends overlays that carry an expiry date; without it none has ended.
    """

    def __init__(
        self,
        rules_dir: Path,
        feeds_dir: Path,
        overlay_dir: Path | None = None,
        *,
        today: Callable[[], date] | None = None,
        without_broken_rules: bool = False,
        without_broken_files: bool = False,
    ) -> None:
        """Read the files. Raises CatalogError when there is no good rulebook to begin with."""
        self._without_broken_rules = without_broken_rules
        self._without_broken_files = without_broken_files
        self._directories = (rules_dir, feeds_dir, overlay_dir)
        self._today = today
        self.problems: tuple[Problem, ...] = ()
        self._stamp = self._stamp_now()
        self._digest = self._digest_now()
        book = self._read()
        if book is None:
            raise CatalogError(self.fatal_problems)
        self._book = book
        _note_engine(book)

    def current(self) -> Rulebook:
        """Return the rulebook in force, after a look at the files."""
        self.refresh()
        return self._book

    def refresh(self) -> bool:
        """Read the files again when they changed; true when another rulebook came into force."""
        stamp = self._stamp_now()
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        digest = self._digest_now()
        if digest == self._digest:
            return False
        self._digest = digest
        book = self._read()
        if book is None:
            log.error("the last good rulebook stays in force until this is mended:\n%s", self._complaint())
            return False
        if book == self._book:
            return False
        self._book = book
        log.info("rulebook %s is in force", book.version)
        _note_engine(book)
        return True

    def _complaint(self) -> str:
        fatal = self.fatal_problems
        more = len(fatal) - MOST_LOGGED
        return "\n".join([*map(str, fatal[:MOST_LOGGED]), *([f"and {more} more"] if more > 0 else [])])

    @property
    def fatal_problems(self) -> tuple[Problem, ...]:
        """The mistakes that keep the files, as they are now, from coming into force; empty when none."""
        return tuple(problem for problem in self.problems if problem.fatal)

    def _read(self) -> Rulebook | None:
        rules, feeds, overlay = self._directories
        today = self._today() if self._today else None
        book, self.problems = read_rulebook(
            rules,
            feeds,
            overlay,
            today=today,
            without_broken_rules=self._without_broken_rules,
            without_broken_files=self._without_broken_files,
        )
        return book

    def _stamp_now(self) -> Stamp:
        """Names, times and sizes: what tells an untouched tree from one worth reading."""
        stamps = [(str(path), stat.st_mtime_ns, stat.st_size) for path, stat in self._files()]
        day = self._today().toordinal() if self._today else 0
        return (("today", day, 0), *stamps)

    def _digest_now(self) -> bytes:
        digest = blake2b(repr(self._stamp[0]).encode())
        for path, _ in self._files():
            digest.update(str(path).encode())
            try:
                digest.update(path.read_bytes())
            except OSError as wrong:
                digest.update(repr(wrong.errno).encode())
        return digest.digest()

    def _files(self) -> Iterator[tuple[Path, stat_result]]:
        for directory in self._directories:
            for path in sorted(directory.rglob("*.y*ml")) if directory else ():
                try:
                    yield path, path.stat()
                except OSError:
                    continue  # gone between the listing and the look: the next look sees it gone


def _note_engine(book: Rulebook) -> None:
    """Compile the text rules now, not with the first item, and say when their faster engine is not used."""
    screen = engine_of(book).screen
    for remark in screen.remarks:
        log.warning("%s", remark)
    log.debug("%d terms are looked for by the engine %s", screen.terms, screen.engine)
