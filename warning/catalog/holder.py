"""The rulebook in force, and a service's sources: read again when files change, and never replaced by bad ones, nor by none at a start."""

import logging
import os
import stat
from collections.abc import Callable, Iterator
from datetime import date, datetime
from hashlib import blake2b
from pathlib import Path

from warning.catalog.assemble import read_rulebook
from warning.catalog.catalogue_zip import texts_of
from warning.catalog.files import files_below, folders_below
from warning.catalog.last_good import Kept, LastGoodFile, read_catalogue
from warning.catalog.sources import SourceSpec
from warning.core.rulebook import Rulebook
from warning.core.text.engine import engine_of
from warning.errors import CatalogError, Problem

log = logging.getLogger(__name__)
MOST_LOGGED = 20
_READ = (".yaml", ".yml")
Stamp = tuple[tuple[str, int, int], ...]


class RulebookHolder:
    """Keeps the last good rulebook; `problems` says what is wrong with the files as they are now.

    `today` ends overlays that carry an expiry date; without it none has ended. A service gives a `last_good` file: what is
    good is kept in it, and a start under files that are refused goes on with what is kept (`started_on`, until they are right).
    A service's `sources` come into force with its rulebook; without that file there are none here.
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
        last_good: LastGoodFile | None = None,
    ) -> None:
        """Read the files. Raises CatalogError when there is no good rulebook to begin with, nor one that was kept."""
        self._without_broken_rules = without_broken_rules
        self._without_broken_files = without_broken_files
        self._directories = (rules_dir, feeds_dir, overlay_dir)
        self._today = today
        self._last_good = last_good
        self.problems: tuple[Problem, ...] = ()
        self.started_on: Kept | None = None
        self.sources: tuple[SourceSpec, ...] | None = None
        self._sources_read: tuple[SourceSpec, ...] | None = None
        self.since: datetime | None = None
        """Since when the files in force are; None where none are kept."""
        self._stamp = self._stamp_now()
        self._digest = self._digest_now()
        book = self._read()
        if book is None:
            book = self._kept()
        else:
            self._keep(book)
        self.sources = self._sources_read
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
        is_new_day = stamp[0] != self._stamp[0]
        self._stamp = stamp
        digest = self._digest_now()
        if digest == self._digest:
            return False
        self._digest = digest
        book = self._read()
        if book is None:
            log.error("the last good rulebook stays in force until this is mended:\n%s", self._complaint())
            return is_new_day and self._put(self._kept_today())
        self.started_on = None
        self._keep(book)
        return self._put(book)

    def _put(self, book: Rulebook) -> bool:
        self._put_sources()
        if book == self._book:
            return False
        self._book = book
        log.info("rulebook %s is in force", book.version)
        _note_engine(book)
        return True

    def _put_sources(self) -> None:
        """An entry that says what it said stays the same object: what is known by its entry is not worked out anew."""
        if self.sources is None or self._sources_read is None or self._sources_read == self.sources:
            return
        before = {spec.id: spec for spec in self.sources}
        now = tuple(before[s.id] if before.get(s.id) == s else s for s in self._sources_read)
        changed = sorted(s.id for s in now if s.id in before and before[s.id] is not s)
        added, gone = sorted({s.id for s in now} - before.keys()), sorted(before.keys() - {s.id for s in now})
        for what, names in (("new", added), ("changed", changed), ("no longer asked", gone)):
            if names:
                more = f" and {len(names) - MOST_LOGGED} more" if len(names) > MOST_LOGGED else ""
                log.info("sources %s: %s%s", what, ", ".join(names[:MOST_LOGGED]), more)
        self.sources = now

    def _complaint(self) -> str:
        fatal = self.fatal_problems
        more = len(fatal) - MOST_LOGGED
        return "\n".join([*map(str, fatal[:MOST_LOGGED]), *([f"and {more} more"] if more > 0 else [])])

    @property
    def fatal_problems(self) -> tuple[Problem, ...]:
        """The mistakes that keep the files, as they are now, from coming into force; empty when none."""
        return tuple(problem for problem in self.problems if problem.fatal)

    def _kept(self) -> Rulebook:
        """The rulebook that was good when it was last in force. Raises CatalogError when there is none."""
        kept = self._last_good.read(self._day()) if self._last_good else None
        if kept is None:
            raise CatalogError(self.fatal_problems)
        self.started_on, self.since, self._sources_read = kept, kept.since, kept.sources
        return kept.book

    def _kept_today(self) -> Rulebook:
        """The kept files by today's date, which ends overlays; what is in force where they are not those, or not kept."""
        kept = self._last_good.read(self._day()) if self._last_good else None
        if kept is None or self.since is None or kept.since < self.since:
            return self._book
        if self.started_on is not None:
            self.started_on = kept
        self.since, self._sources_read = kept.since, kept.sources
        return kept.book

    def _keep(self, book: Rulebook) -> None:
        """Keep the files that have just been read; those edited meanwhile are kept when they are read again."""
        if self._last_good is None or self._sources_read is None:
            return
        try:
            texts = texts_of(self._directories)
        except OSError:
            return  # gone between the reading and this look: the next look sees it gone
        if self._digest_now() == self._digest:
            self.since = self._last_good.keep(texts, book, self._sources_read, self._day())

    def _day(self) -> date | None:
        return self._today() if self._today else None

    def _read(self) -> Rulebook | None:
        if self._last_good is not None:
            book, specs, self.problems = read_catalogue(self._directories, self._day())
            self._sources_read = None if book is None else specs
            return book
        rules, feeds, overlay = self._directories
        book, self.problems = read_rulebook(
            rules,
            feeds,
            overlay,
            today=self._day(),
            without_broken_rules=self._without_broken_rules,
            without_broken_files=self._without_broken_files,
        )
        return book

    def _stamp_now(self) -> Stamp:
        """Names, times and sizes: what tells an untouched tree from one worth reading."""
        stamps = [
            (str(path), at.st_mtime_ns, at.st_size) if at else (str(path), 0, -1)
            for path, at in self._files()
        ]
        folders = [
            (path, 0, -2) for directory in self._directories if directory for path in folders_below(directory)
        ]
        day = self._today().toordinal() if self._today else 0
        return (("today", day, 0), *stamps, *folders)

    def _digest_now(self) -> bytes:
        """The same by content; of what is no YAML the name tells enough."""
        digest = blake2b(
            repr((self._stamp[0], [path for path, _, size in self._stamp if size == -2])).encode()
        )
        for path, at in self._files():
            digest.update(os.fsencode(path) + b"\0")
            if at is None or not stat.S_ISREG(at.st_mode) or path.suffix not in _READ:
                continue
            try:
                digest.update(path.read_bytes())
            except OSError as wrong:
                digest.update(repr(wrong.errno).encode())
        return digest.digest()

    def _files(self) -> Iterator[tuple[Path, os.stat_result | None]]:
        """Every file the catalogue may be read from, and those that only stand in its way; None of a link to nothing."""
        for directory in self._directories:
            for path in files_below(directory) if directory else ():
                try:
                    yield path, path.stat()
                except OSError:
                    yield path, None


def _note_engine(book: Rulebook) -> None:
    """Compile the text rules now, not with the first item, and say when their faster engine is not used."""
    screen = engine_of(book).screen
    for remark in screen.remarks:
        log.warning("%s", remark)
    log.debug("%d terms are looked for by the engine %s", screen.terms, screen.engine)
