"""The texts of a catalogue, packed into the bytes of one zip file and out of them."""

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path

from warning.catalog.files import files_below

Directories = tuple[Path, Path, Path | None]
"""Rules, feeds, and the operator's own directory."""
PARTS = ("rules", "feeds", "overlay")
MOST_BYTES = 64 << 20
_SEAL_DIGITS = 32
_WRITTEN = (1980, 1, 1, 0, 0, 0)  # the same texts give the same bytes
_WRONG = (
    OSError, ValueError, LookupError, TypeError, AttributeError, RuntimeError, EOFError, struct.error, zlib.error,
    zipfile.BadZipFile,
)  # fmt: skip


def texts_of(directories: Directories) -> dict[str, bytes]:
    """Read every YAML file below the directories, named `rules/...`, `feeds/...`, `overlay/...`. Raises OSError.

    A directory without any file keeps its name.
    """
    texts: dict[str, bytes] = {}
    for part, directory in zip(PARTS, directories, strict=True):
        if directory is None:
            continue
        texts[f"{part}/"] = b""
        for path in files_below(directory):
            if path.suffix == ".yaml" and path.is_file():
                texts[f"{part}/{path.relative_to(directory).as_posix()}"] = path.read_bytes()
    return texts


def packed(texts: Mapping[str, bytes], told: Mapping[str, str]) -> bytes:
    """Return a zip file of texts, its comment what is `told` of them and a seal over all bytes before it."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as file:
        for name in sorted(texts):
            file.writestr(zipfile.ZipInfo(name, _WRITTEN), texts[name], zipfile.ZIP_DEFLATED)
        file.comment = json.dumps(told).encode() + bytes(_SEAL_DIGITS)
    content = whole.getvalue()[:-_SEAL_DIGITS]
    return content + _seal(content)


def told_of(content: bytes) -> dict[str, str]:
    """Return what was told of packed texts. Raises ValueError where a single bit is not as it was written."""
    try:
        with _opened(content) as file:
            told = json.loads(file.comment[:-_SEAL_DIGITS])
    except _WRONG as wrong:
        raise ValueError(str(wrong)) from wrong
    if not isinstance(told, dict) or not all(isinstance(said, str) for said in told.values()):
        raise ValueError("nothing is told of it")
    return told


def unpack(content: bytes, place: Path) -> None:
    """Write packed texts into a directory, each at its name. Raises ValueError as `told_of` does, and OSError."""
    try:
        with _opened(content) as file:
            if sum(entry.file_size for entry in file.infolist()) > MOST_BYTES:
                raise ValueError("more than a catalogue")
            file.extractall(place)
    except OSError:
        raise
    except _WRONG as wrong:
        raise ValueError(str(wrong)) from wrong


def digest_of(texts: Mapping[str, bytes]) -> str:
    """Return a digest of texts by name and content."""
    digest = blake2b(digest_size=16)
    for name in sorted(texts):
        digest.update(f"{name}\0{len(texts[name])}\0".encode("utf-8", "surrogatepass"))
        digest.update(texts[name])
    return digest.hexdigest()


def _opened(content: bytes) -> zipfile.ZipFile:
    if content[-_SEAL_DIGITS:] != _seal(content[:-_SEAL_DIGITS]):
        raise ValueError("not as it was written")
    return zipfile.ZipFile(io.BytesIO(content))


def _seal(content: bytes) -> bytes:
    return blake2b(content, digest_size=_SEAL_DIGITS // 2).hexdigest().encode()
