"""The index beside an evidence file, opened: what every question needs, without what making one takes."""

from pathlib import Path

from warning.collect.history_files import HistoryIndex, read_manifest
from warning.core.text.folding import fold_version


def index_directory(evidence: Path) -> Path:
    """Where the index of an evidence file stands: beside it."""
    return evidence.with_name(f"{evidence.name}.index")


def open_index(evidence: Path) -> HistoryIndex | None:
    """Return the index of the file as it is now, or None."""
    directory = index_directory(evidence)
    manifest = read_manifest(directory)
    if manifest is None or manifest.source != stamp_of(evidence):
        return None
    return HistoryIndex(directory, manifest)


def stamp_of(evidence: Path) -> str:
    """What tells whether a file is still the one that was indexed, and as texts are read today."""
    stat = evidence.stat()
    return f"{stat.st_size}-{stat.st_mtime_ns}-{fold_version()}"
