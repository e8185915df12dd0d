"""Evidence interchange: JSON Lines in and out, plain, .gz or .zst, a line at a time.

The shapes are those of docs/evidence.md. Every mistake is an EvidenceError that begins with file:line.
"""

import gzip
import io
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, NoReturn

import zstandard

from warning.collect.interchange_records import evidence_of, imported_item_id, record_of
from warning.core.evidence import Evidence, Item, Observation, listing_id, observation_id
from warning.core.health import SourceReport, report_id
from warning.core.withdrawals import Withdrawal, withdrawal_id
from warning.errors import EvidenceError

LINE_LIMIT_BYTES = 64 * 1024 * 1024
CHUNK_BYTES = 8 * 1024
WINDOW_BYTES = 128 * 1024 * 1024
BOM = b"\xef\xbb\xbf"
OWN_ITEM_ID = re.compile(r"i-[0-9a-f]{16}")


def read_evidence(path: str | Path, *, imported_at: datetime | None = None) -> Iterator[Evidence]:
    """Yield the records of one file in order; blank lines are skipped.

    `id` is kept as the file gives it, and made from the content where the file gives none. An item without
    `known_at` is taken to be known at `imported_at` (the file's own modification time when that is not
    given); an item without `known_at` or `published_at` says `time_assumed`.
    Raises EvidenceError at the first line that is not a record.
    """
    path = Path(path)
    with _opened(path) as file:
        assumed = imported_at or _modified_at(path)
        for number, line in _lines(path, file):
            yield _record(path, number, line, assumed)


def read_lines(path: str | Path) -> Iterator[tuple[int, bytes]]:
    """Yield (line number from 1, line) of a file's records, undecoded; blank lines are skipped."""
    path = Path(path)
    with _opened(path) as file:
        yield from _lines(path, file)


def read_line(path: Path, number: int, line: bytes, imported_at: datetime) -> Evidence:
    """Return the record of one line, as `read_evidence` yields it."""
    return _record(path, number, line, imported_at)


def own_identity(evidence: Evidence) -> Evidence:
    """Return the record under the identity the store knows it by.

    The `id` of a file is its writer's line mark, and two files may use the same marks. Ids that this program
    gave out itself (in an export) are kept.
    """
    if isinstance(evidence, Item):
        return _own_item(evidence)
    if isinstance(evidence, SourceReport):
        identity = report_id(evidence.source_id, evidence.condition, evidence.known_at)
    elif isinstance(evidence, Withdrawal):
        identity = withdrawal_id(evidence.evidence_id, evidence.action, evidence.known_at)
    elif isinstance(evidence, Observation):
        identity = observation_id(evidence.source_id, evidence.series_id, evidence.period, evidence.value)
    else:
        identity = listing_id(evidence.source_id, evidence.entries)
    return evidence if identity == evidence.id else replace(evidence, id=identity)


def _own_item(item: Item) -> Item:
    if OWN_ITEM_ID.fullmatch(item.id):
        return item
    identity = imported_item_id(item.source_id, item.external_id, item.url, item.title, item.published_at)
    return replace(item, id=identity)


def write_evidence(path: str | Path, records: Iterable[Evidence]) -> int:
    """Write records to a file, compressed by its extension, and return how many.

    The file appears whole: until then the records go to a `.part` file beside it.
    """
    path = Path(path)
    part = path.with_name(f"{path.name}.part")
    count = 0
    try:
        with _created(part, path.suffix) as file:
            for record in records:
                line = json.dumps(record_of(record), ensure_ascii=False, separators=(",", ":"))
                file.write(line.encode("utf-8", "replace") + b"\n")
                count += 1
        part.replace(path)
    except OSError as wrong:
        raise EvidenceError(f"{path}: cannot be written ({wrong.strerror or wrong})") from wrong
    finally:
        part.unlink(missing_ok=True)
    return count


def _record(path: Path, number: int, line: bytes, assumed: datetime) -> Evidence:
    try:
        text = line.decode()
        record = json.loads(text, parse_constant=_no_number)
        return evidence_of(record, text, assumed)
    except UnicodeDecodeError as wrong:
        raise EvidenceError(f"{path}:{number}: not UTF-8 (byte {wrong.start + 1} of the line)") from None
    except json.JSONDecodeError as wrong:
        raise EvidenceError(
            f"{path}:{number}:{wrong.colno}: not JSON ({wrong.msg}); one JSON object a line is right"
        ) from None
    except (ValueError, RecursionError) as wrong:
        said = str(wrong) if isinstance(wrong, ValueError) else "nested too deeply"
        raise EvidenceError(f"{path}:{number}: {said}") from None


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a figure; null stands for a missing value")


def _lines(path: Path, file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Yield (line number from 1, line), without blank lines. Memory holds one line."""
    number = 0
    while True:
        number += 1
        try:
            line = file.readline(LINE_LIMIT_BYTES + 1)
        except (EOFError, zlib.error, gzip.BadGzipFile, zstandard.ZstdError) as wrong:
            raise EvidenceError(
                f"{path}:{number}: the compressed file is damaged or cut off ({wrong})"
            ) from wrong
        except OSError as wrong:
            raise EvidenceError(f"{path}:{number}: cannot be read ({wrong.strerror or wrong})") from wrong
        if not line:
            return
        if len(line) > LINE_LIMIT_BYTES:
            raise EvidenceError(
                f"{path}:{number}: longer than {LINE_LIMIT_BYTES} bytes; one record a line is right"
            )
        if number == 1:
            line = line.removeprefix(BOM)
        if not line.isspace() and line:
            yield number, line


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    try:
        raw = path.open("rb")
    except OSError as wrong:
        raise EvidenceError(f"{path}: cannot be read ({wrong.strerror or wrong})") from wrong
    with raw:
        if path.suffix == ".gz":
            with io.BufferedReader(gzip.GzipFile(fileobj=raw)) as file:
                yield file
        elif path.suffix == ".zst":
            with io.BufferedReader(_ZstdReader(raw), 256 * 1024) as file:
                yield file
        else:
            yield raw


@contextmanager
def _created(part: Path, suffix: str) -> Iterator[IO[bytes]]:
    with part.open("wb") as raw:
        if suffix == ".gz":
            # No time stamp and no name: the same evidence gives the same bytes.
            packed = gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0)
            with io.BufferedWriter(packed) as file:
                yield file
        elif suffix == ".zst":
            with zstandard.ZstdCompressor(level=9).stream_writer(raw, closefd=False) as writer:
                yield writer
        else:
            yield raw


def _modified_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)


class _ZstdReader(io.RawIOBase):
    """Reads one or more zstandard frames; raises EOFError when the last one is cut off."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self._decompressor = zstandard.ZstdDecompressor(max_window_size=WINDOW_BYTES)
        self._frame: Any = None
        self._left = b""
        self._pending = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:
        while not self._pending:
            chunk = self._left or self._source.read(CHUNK_BYTES)
            if not chunk:
                if self._frame is not None:
                    raise EOFError("the last frame has no end")
                return 0
            self._decompress(chunk)
        count = min(len(target), len(self._pending))
        target[:count] = self._pending[:count]
        self._pending = self._pending[count:]
        return count

    def _decompress(self, chunk: bytes) -> None:
        if self._frame is None:
            self._frame = self._decompressor.decompressobj()
        self._pending = memoryview(self._frame.decompress(chunk))
        self._left = self._frame.unused_data if self._frame.eof else b""
        if self._frame.eof:
            self._frame = None
