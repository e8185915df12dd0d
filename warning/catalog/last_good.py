"""The files of the last good catalogue in one file of the home: what a service starts on while they are refused.

Rules, sources and the operator's own directory are kept whole and as written, so that another release reads them by its
own checks. Only YAML is kept: settings and secrets stand elsewhere.
"""

import json
import logging
import os
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Self

from warning.catalog.assemble import read_rulebook
from warning.catalog.source_overlays import overlaid, read_source_overlays
from warning.catalog.sources import SourceSpec, read_sources
from warning.core.rulebook import Rulebook
from warning.errors import Problem

log = logging.getLogger(__name__)
Directories = tuple[Path, Path, Path | None]
"""Rules, feeds, and the operator's own directory."""
PARTS = ("rules", "feeds", "overlay")
MOST_BYTES = 64 << 20
MOST_FILES = 3
_STEM = "last-good"
_PRIVATE = 0o700
_WRITTEN = (1980, 1, 1, 0, 0, 0)  # the same texts give the same bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A catalogue that was good. `since` is when its files first came into force."""

    since: datetime
    book: Rulebook
    sources: tuple[SourceSpec, ...]


def read_catalogue(
    directories: Directories, today: date | None
) -> tuple[Rulebook | None, tuple[SourceSpec, ...], tuple[Problem, ...]]:
    """Read all that a service rests on: the rulebook, the sources as changed, and what is wrong with either.

    There is a rulebook only where nothing is wrong with the changes of sources.
    """
    rules, feeds, overlay = directories
    book, problems = read_rulebook(rules, feeds, overlay, today=today)
    specs, _ = read_sources(feeds)
    changes, unread = read_source_overlays(overlay)
    specs, refused = overlaid(specs, changes)
    problems = tuple(sorted({*problems, *unread, *refused}))
    return (None if unread or refused else book), specs, problems


class LastGoodFile:
    """One catalogue at a time. Several processes may share the file; each writes it whole."""

    @classmethod
    def of(cls, folder: Path, directories: Iterable[Path | None], clock: Callable[[], datetime]) -> Self:
        """Return the file in a folder that is for these directories alone, by where they lie; None stands for shipped ones.

        A trial with rules of its own in the same home is kept beside production's.
        """
        named = "\0".join("" if each is None else str(each.absolute()) for each in directories)
        digest = blake2b(named.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
        return cls(folder / f"{_STEM}-{digest}.zip", clock)

    def __init__(self, path: Path, clock: Callable[[], datetime]) -> None:
        self._path = path
        self._clock = clock

    def since(self) -> datetime | None:
        """Return when the kept files first came into force; None when none are kept."""
        try:
            return datetime.fromisoformat(self._told()["since"])
        except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
            return None

    def keep(self, texts: Mapping[str, bytes]) -> datetime:
        """Keep what `texts_of` read, unless it is kept already; return since when it is in force.

        What cannot be written is logged: the service goes on without.
        """
        digest, now = _digest(texts), self._clock()
        with suppress(OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
            told = self._told()
            if told["digest"] == digest:
                since = datetime.fromisoformat(told["since"])
                with suppress(OSError):
                    os.utime(self._path)  # in use: others are dropped before it
                return since
        if sum(map(len, texts.values())) > MOST_BYTES:
            log.warning("the catalogue is too large to be kept: a start under refused files would fail")
            return now
        try:
            self._write(texts, {"since": now.isoformat(), "digest": digest})
            self._drop_others()
        except OSError as wrong:
            log.warning("%s: the last good catalogue cannot be kept (%s)", self._path, wrong.strerror)
        return now

    def read(self, today: date | None) -> Kept | None:
        """Return the kept catalogue; None when there is none, or none that this release still reads."""
        since = self.since()
        if since is None:
            return None
        try:
            with tempfile.TemporaryDirectory() as place:
                self._unpack(Path(place))
                overlay = Path(place, PARTS[2])
                directories = (
                    Path(place, PARTS[0]),
                    Path(place, PARTS[1]),
                    overlay if overlay.is_dir() else None,
                )
                book, sources, problems = read_catalogue(directories, today)
        except (OSError, ValueError, EOFError, zlib.error, zipfile.BadZipFile) as wrong:
            log.warning("%s: the last good catalogue cannot be read (%s)", self._path, wrong)
            return None
        if book is None:
            first = next(problem for problem in problems if problem.fatal)
            log.warning(
                "the catalogue kept since %s is refused by this release too: %s %s",
                f"{since:%Y-%m-%d %H:%M} UTC", first.code, first.message,
            )  # fmt: skip
            return None
        return Kept(since=since, book=book, sources=sources)

    def _drop_others(self) -> None:
        """Drop what was kept of other directories, but for those used last."""
        with suppress(OSError):  # dropped by another process meanwhile
            others = [path for path in self._path.parent.glob(f"{_STEM}*.zip") if path != self._path]
            others.sort(key=lambda path: path.stat().st_mtime_ns, reverse=True)
            for path in others[MOST_FILES - 1 :]:
                path.unlink()

    def _told(self) -> dict[str, str]:
        with zipfile.ZipFile(self._path) as packed:
            told: dict[str, str] = json.loads(packed.comment)
        return told

    def _unpack(self, place: Path) -> None:
        with zipfile.ZipFile(self._path) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > MOST_BYTES:
                raise ValueError("more than a catalogue")
            texts = {entry.filename: packed.read(entry) for entry in packed.infolist()}
            if _digest(texts) != json.loads(packed.comment)["digest"]:
                raise ValueError("not as it was written")
            packed.extractall(place)

    def _write(self, texts: Mapping[str, bytes], told: Mapping[str, str]) -> None:
        self._path.parent.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(dir=self._path.parent, prefix=f"{self._path.name}.")
        part = Path(name)
        try:
            with os.fdopen(number, "wb") as file:
                with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
                    for text_name in sorted(texts):
                        entry = zipfile.ZipInfo(text_name, _WRITTEN)
                        packed.writestr(entry, texts[text_name], zipfile.ZIP_DEFLATED)
                    packed.comment = json.dumps(told).encode()
                file.flush()
                os.fsync(file.fileno())
            part.replace(self._path)
        except OSError:
            with suppress(OSError):
                part.unlink()
            raise


def texts_of(directories: Directories) -> dict[str, bytes]:
    """Read every YAML file below the directories, named `rules/...`, `feeds/...`, `overlay/...`. Raises OSError.

    A folder at the top that is hidden is none of the catalogue's. A directory without any file keeps its name.
    """
    texts: dict[str, bytes] = {}
    for part, directory in zip(PARTS, directories, strict=True):
        if directory is None:
            continue
        texts[f"{part}/"] = b""
        for path in sorted(directory.rglob("*.yaml")):
            below = path.relative_to(directory)
            if path.is_file() and not (len(below.parts) > 1 and below.parts[0].startswith(".")):
                texts[f"{part}/{below.as_posix()}"] = path.read_bytes()
    return texts


def _digest(texts: Mapping[str, bytes]) -> str:
    digest = blake2b(digest_size=16)
    for name in sorted(texts):
        digest.update(f"{name}\0{len(texts[name])}\0".encode("utf-8", "surrogatepass"))
        digest.update(texts[name])
    return digest.hexdigest()
