"""The files of a catalogue's directories: one walk for whoever reads, keeps and watches them, so that all see the same."""

import os
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from warning.errors import Problem


def files_below(directory: Path) -> list[Path]:
    """Return all but folders below a directory, sorted; none where there is no such directory.

    Linked folders are entered, each folder once whatever leads to it. What is hidden is none of the catalogue's.
    """
    found = (Path(place, name) for place, names in _walk(str(directory)) for name in names)
    return sorted(found)


def folders_below(directory: Path) -> list[str]:
    """Return the paths of the folders that `files_below` enters, itself the first."""
    return [place for place, _ in _walk(str(directory))]


def _walk(directory: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each folder with the names of its files: what stands there itself before what is linked to."""
    entered: set[tuple[int, int]] = set()
    waiting = deque([directory])
    while waiting:
        place = waiting.popleft()
        try:
            stat = os.stat(place)  # noqa: PTH116 - hundreds of files are looked at every few seconds
            with os.scandir(place) as entries:
                shown = [entry for entry in entries if not entry.name.startswith(".")]
        except OSError:
            continue
        itself = (stat.st_dev, stat.st_ino)
        if itself in entered:
            continue
        entered.add(itself)
        folders = [entry for entry in shown if _is_folder(entry)]
        yield place, [entry.name for entry in shown if not _is_folder(entry)]
        for folder in sorted(folders, key=lambda entry: entry.name):
            path = f"{place}{os.sep}{folder.name}"
            if folder.is_symlink():
                waiting.append(path)
            else:
                waiting.appendleft(path)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """A link that leads to itself, or to where nobody may look, is none."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def yaml_files(directory: Path) -> tuple[tuple[Path, ...], tuple[Problem, ...]]:
    """The .yaml files below `directory`, sorted, and a problem for each file that would be passed over."""
    visible = [path for path in files_below(directory) if path.is_file()]
    strays = [p for p in visible if p.suffix in {".yml", ".YAML", ".YML", ".json"}]
    problems = [whole_file(p, "EW140", f"{p.suffix} files are not read", "name it .yaml") for p in strays]
    named, wrong = well_named([p for p in visible if p.suffix == ".yaml"])
    return named, (*problems, *wrong)


def well_named(paths: list[Path]) -> tuple[tuple[Path, ...], tuple[Problem, ...]]:
    """Part the files whose names are text from those whose names are bytes of another encoding: these are told, not read."""
    odd = [path for path in paths if _is_odd(str(path))]
    said = "the file's name is not UTF-8"
    problems = (whole_file(path, "EW143", said, "rename it") for path in odd)
    return tuple(path for path in paths if path not in odd), tuple(problems)


def _is_odd(name: str) -> bool:
    return not name.isascii() and any("\ud800" <= letter <= "\udfff" for letter in name)


def whole_file(path: Path, code: str, message: str, hint: str = "", *, fatal: bool = True) -> Problem:
    """Return a problem of a file (or directory) as a whole. Bytes of its name that are no text are shown by their numbers."""
    file = os.fsencode(path).decode("utf-8", "backslashreplace")
    return Problem(file=file, line=0, column=0, code=code, message=message, hint=hint, fatal=fatal)
