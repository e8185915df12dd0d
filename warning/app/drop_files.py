"""The folder itself: files are claimed by being moved, and go on to `done/` or, with the reason, to `failed/`.

A file is claimed by being moved, so that nobody reads it while another does. It leaves `taking/` only after its evidence
is stored: a process that dies in between takes it again, and the same content is the same evidence.
"""

import logging
import os
import stat
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from warning.app.source_states import NO_ROOM
from warning.catalog.sources import SourceSpec
from warning.core.evidence import Evidence
from warning.core.formats_documents import FileFormat
from warning.errors import FetchError

log = logging.getLogger(__name__)
TAKING, DONE, FAILED = "taking", "done", "failed"
WHY = ".why.txt"
MOST_COUNTED = 1_000
INTERCHANGE = (".jsonl", ".jsonl.gz", ".jsonl.zst")
LITTER = ("Thumbs.db", "desktop.ini")
"""What a system leaves in any folder that is looked at."""
UNFINISHED = (".part", ".tmp", ".crdownload", ".filepart", "~")
LONGEST_STEM_BYTES = 180
LONGEST_ENDING = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One file that was read: its evidence to be stored, or what is wrong with it. `problems` tell what of it was not read."""

    path: Path
    evidence: tuple[Evidence, ...] = ()
    problems: tuple[str, ...] = ()
    failure: str = ""

    @property
    def is_records(self) -> bool:
        """Whether it holds records, which say kind, country and language of themselves."""
        return self.path.name.lower().endswith(INTERCHANGE)

    @property
    def why(self) -> str:
        """Why somebody has to look at the file; empty where nobody has."""
        if self.failure or not self.problems:
            return self.failure
        return "\n".join(("read in part, and that part is stored; what is not:", *self.problems))


def folder_of(spec: SourceSpec, home: Path) -> Path:
    return home / spec.url.removeprefix("file:")


def claim(spec: SourceSpec, home: Path, now: datetime) -> tuple[Path, ...]:
    """Move the files that are ready into `taking/` and return them, with those left there before, the oldest first.

    Ready is a plain file that has lain unchanged for `settle_seconds`; hidden and half-written names are left alone.
    Raises FetchError when the folder cannot be used, and OSError where the disk is full: that is no fault of the folder's.
    """
    layout = spec.parse
    assert isinstance(layout, FileFormat)
    folder = folder_of(spec, home)
    try:
        (folder / TAKING).mkdir(parents=True, exist_ok=True)
        for name in (DONE, FAILED):
            (folder / name).mkdir(exist_ok=True)
        if linked := [name for name in (TAKING, DONE, FAILED) if (folder / name).is_symlink()]:
            raise FetchError(f"{folder / linked[0]} is a link: make it a folder of its own")
        settled = (now - timedelta(seconds=layout.settle_seconds)).timestamp()
        for path in _first(folder, layout.most, settled):
            path.rename(_free(folder / TAKING / _fitting(path.name)))
        return tuple(_first(folder / TAKING, layout.most))
    except OSError as wrong:
        if wrong.errno in NO_ROOM:
            raise
        raise FetchError(f"the folder {folder} cannot be used: {wrong.strerror or wrong}") from wrong


def _first(folder: Path, most: int, settled: float | None = None) -> list[Path]:
    """The first plain files of a folder by name; with `settled` only those that are ready to be taken."""
    found: list[Path] = []
    for path in sorted(folder.iterdir()):
        if _is_plain(path) if settled is None else _is_ready(path, settled):
            found.append(path)
        if len(found) == most:
            break
    return found


def _is_ready(path: Path, settled: float) -> bool:
    name = path.name
    if name.startswith(".") or name.lower().endswith(UNFINISHED) or not _is_plain(path):
        return False
    return path.lstat().st_mtime <= settled


def _is_plain(path: Path) -> bool:
    """Whether it is a file itself: no link to one elsewhere, no pipe that would keep its reader waiting."""
    return stat.S_ISREG(path.lstat().st_mode)


def _fitting(name: str) -> str:
    """A name that any text can hold, short enough to be numbered and to stand before `.why.txt`."""
    sound = "".join(c if c.isprintable() else "_" for c in name.encode("utf-8", "replace").decode())
    stem, ending = _parted(sound)
    return stem.encode()[:LONGEST_STEM_BYTES].decode("utf-8", "ignore") + ending


def _parted(name: str) -> tuple[str, str]:
    """A name and its ending, which says how the file is read: `.jsonl.gz` is one."""
    packed = next((ending for ending in INTERCHANGE if name.lower().endswith(ending)), "")
    ending = packed or Path(name).suffix
    cut = len(name) - len(ending)
    return (name[:cut], name[cut:]) if len(ending) <= LONGEST_ENDING else (name, "")


def settle(taken: Taken, spec: SourceSpec, home: Path) -> None:
    """Move a file where it belongs: called when its evidence is stored, or when there is none.

    One of which a part was not read waits beside those that failed, until somebody has looked at it. Its reason
    overwrites nothing either: not that of a file taken away, nor a dropped file of such a name.
    """
    folder = folder_of(spec, home)
    if not taken.why:
        taken.path.rename(_free(folder / DONE / taken.path.name))
        return
    target = _free(folder / FAILED / taken.path.name, beside=WHY)
    taken.path.rename(target)
    target.with_name(f"{target.name}{WHY}").write_text(f"{taken.why}\n", encoding="utf-8")


def settle_all(taken: Iterable[Taken], spec: SourceSpec, home: Path) -> None:
    """Move all files on; one that cannot be moved is read again, and its evidence is the same."""
    for one in taken:
        try:
            settle(one, spec, home)
        except OSError:
            log.exception("%s could not be moved on", one.path)


def still_failed(spec: SourceSpec, home: Path) -> tuple[str, ...]:
    """The names of the files that nobody has taken out of `failed/` yet: what they say is not known."""
    try:
        lying = islice((folder_of(spec, home) / FAILED).iterdir(), MOST_COUNTED)
        names = {
            path.name for path in lying if path.name[0] != "." and path.name not in LITTER and _is_plain(path)
        }
    except OSError:
        return ()
    return tuple(sorted(name for name in names if not _is_reason(name, names)))


def _is_reason(name: str, names: Collection[str]) -> bool:
    """Whether it tells why a file failed, there or taken away; a dropped file of such a name has its own reason beside it."""
    return name.endswith(WHY) and name + WHY not in names


def _free(path: Path, beside: str = "") -> Path:
    """A name nobody has, and that with `beside` behind it too: the second file of a name does not overwrite the first."""
    number, free = 1, path
    stem, ending = _parted(path.name)
    while os.path.lexists(free) or os.path.lexists(f"{free}{beside}"):
        number += 1
        free = path.with_name(f"{stem} ({number}){ending}")
    return free
