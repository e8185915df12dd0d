"""The files of the last good catalogue in one file of the home: what a service starts on while they are refused.

Rules, sources and the operator's own directory are kept whole and as written, so that another release reads them by its
own checks. Only YAML is kept: settings and secrets stand elsewhere. A file that another account could have written is passed over.
"""

import logging
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Self

from warning.catalog.assemble import read_rulebook
from warning.catalog.catalogue_zip import MOST_BYTES, PARTS, Directories, digest_of, packed, told_of, unpack
from warning.catalog.source_overlays import read_source_catalogue
from warning.catalog.sources import SourceSpec
from warning.core.rulebook import Rulebook
from warning.errors import Problem
from warning.own_files import is_own_folder, open_own

log = logging.getLogger(__name__)
MOST_FILES = 3
UNUSED_SECONDS = 30 * 86_400
_PART_SECONDS = 60
_STEM = "last-good"
_PRIVATE = 0o700
_Read = tuple[Rulebook | None, tuple[SourceSpec, ...], tuple[Problem, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A catalogue that was good. `since` is when its files first came into force."""

    since: datetime
    book: Rulebook
    sources: tuple[SourceSpec, ...]


def read_catalogue(directories: Directories, today: date | None) -> _Read:
    """Read all that a service rests on: the rulebook, the sources as changed, and what is wrong with either."""
    rules, feeds, overlay = directories
    book, problems = read_rulebook(rules, feeds, overlay, today=today)
    return book, read_source_catalogue(feeds, overlay).specs, problems


class LastGoodFile:
    """One catalogue at a time. Several processes may share the file; each writes it whole."""

    @classmethod
    def of(cls, folder: Path, directories: Iterable[Path | None], clock: Callable[[], datetime]) -> Self:
        """Return the file in a folder that is for these directories alone, by their names; None stands for shipped ones.

        A trial with rules of its own in the same home is kept beside production's. A link that is led elsewhere by a
        release is the same name; another name of the same places finds what was kept last of these places.
        """
        named = [None if each is None else each.absolute() for each in directories]
        places = [None if each is None else each.resolve() for each in named]
        return cls(folder / f"{_STEM}-{_name(named)}.zip", clock, _name(places))

    def __init__(self, path: Path, clock: Callable[[], datetime], place: str = "") -> None:
        self._path = path
        self._clock = clock
        self._place = place

    def since(self) -> datetime | None:
        """Return when the kept files first came into force; None when none are kept."""
        found = self._found()
        return None if found is None else found[0]

    def keep(
        self,
        texts: Mapping[str, bytes],
        book: Rulebook,
        sources: tuple[SourceSpec, ...],
        today: date | None,
    ) -> datetime:
        """Keep what `texts_of` read of a good catalogue, unless it is kept already; return since when it is in force.

        Nothing is kept that reads otherwise than that catalogue. What cannot be kept is logged: the service goes on without.
        """
        now, told = self._clock(), {"digest": digest_of(texts), "place": self._place}
        with suppress(OSError, ValueError, KeyError):
            before = told_of(self._content(self._path))
            if {name: before[name] for name in told} == told:
                since = datetime.fromisoformat(before["since"])
                self._used()
                return since
        if sum(map(len, texts.values())) > MOST_BYTES:
            log.warning("the catalogue is too large to be kept: a start under refused files would fail")
            return now
        try:
            content = packed(texts, {"since": now.isoformat(), **told})
            again, sources_again, _ = _read(content, today)
            if again != book or sources_again != sources:
                log.warning("the catalogue reads otherwise from a copy of its files, so it is not kept")
                return now
            self._write(content)
            self._used()
        except (OSError, ValueError) as wrong:
            said = getattr(wrong, "strerror", None) or wrong
            log.warning("%s: the last good catalogue cannot be kept (%s)", self._path, said)
        return now

    def read(self, today: date | None) -> Kept | None:
        """Return the kept catalogue; None when there is none, or none that this release still reads."""
        found = self._found()
        if found is None:
            return None
        since, content = found
        try:
            book, sources, problems = _read(content, today)
        except (OSError, ValueError) as wrong:
            log.warning("%s: the last good catalogue cannot be read (%s)", self._path, wrong)
            return None
        if book is None:
            first = next(problem for problem in problems if problem.fatal)
            log.warning(
                "the catalogue kept since %s is refused by this release too: %s %s",
                f"{since:%Y-%m-%d %H:%M} UTC", first.code, first.message,
            )  # fmt: skip
            return None
        with suppress(OSError):
            os.utime(self._path)
        return Kept(since=since, book=book, sources=sources)

    def _found(self) -> tuple[datetime, bytes] | None:
        """The kept file and since when it is in force: the one of this name, else what was kept last of the same places."""
        others = sorted(self._others(), key=_age) if self._place else []
        for path in (self._path, *others):
            try:
                content = self._content(path)
                told = told_of(content)
                if path == self._path or told["place"] == self._place:
                    return datetime.fromisoformat(told["since"]), content
            except FileNotFoundError:
                continue
            except (OSError, ValueError, KeyError) as wrong:
                log.warning("%s: passed over (%s)", path, wrong)
        return None

    def _others(self) -> list[Path]:
        return [path for path in self._path.parent.glob(f"{_STEM}-*.zip") if path != self._path]

    def _content(self, path: Path) -> bytes:
        """Raises OSError and ValueError, this also for a file that somebody else could have written."""
        file = open_own(path)
        if file is None:
            raise ValueError("another account could have written it")
        with file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise ValueError("more than a catalogue")
        return content

    def _used(self) -> None:
        """Note the use, and drop what was kept of directories not used for long, and what killed processes left half written.

        A running service notes its use each day.
        """
        with suppress(OSError):  # dropped by another process meanwhile
            os.utime(self._path)
            now = _age(self._path)
            for path in sorted(self._others(), key=_age)[MOST_FILES - 1 :]:
                if _age(path) - now > UNUSED_SECONDS:
                    path.unlink()
            for part in self._path.parent.glob(f"{_STEM}-*.zip.*"):
                if _age(part) - now > _PART_SECONDS:
                    part.unlink()

    def _write(self, content: bytes) -> None:
        self._path.parent.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
        if not is_own_folder(self._path.parent):
            raise ValueError("other accounts can write where it would be")
        number, name = tempfile.mkstemp(dir=self._path.parent, prefix=f"{self._path.name}.")
        part = Path(name)
        try:
            with os.fdopen(number, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.replace(self._path)
        except OSError:
            with suppress(OSError):
                part.unlink()
            raise


def _read(content: bytes, today: date | None) -> _Read:
    with tempfile.TemporaryDirectory() as place:
        unpack(content, Path(place))
        rules, feeds, overlay = (Path(place, part) for part in PARTS)
        return read_catalogue((rules, feeds, overlay if overlay.is_dir() else None), today)


def _name(directories: Iterable[Path | None]) -> str:
    named = b"\0".join(b"" if each is None else os.fsencode(each) for each in directories)
    return blake2b(named, digest_size=6).hexdigest()


def _age(path: Path) -> float:
    """Seconds since it was last used, counted from no time in particular."""
    return -path.stat().st_mtime
