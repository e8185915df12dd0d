"""Saved documents -> answers, one a file, whatever the file holds.

Each file is read in a process of its own making: a document that hangs a parser, eats its memory or kills it
costs that one answer. The process lives on over files as long as it behaves.
"""

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import zstandard

from warning.collect.interchange_records import record_of
from warning.collect.parse import MAX_DOCUMENT_BYTES, PARSE_SECONDS, parse
from warning.collect.parse_guess import guess
from warning.core.documents import Document, Parsed
from warning.core.evidence import Evidence
from warning.core.formats import Format
from warning.core.sources import SourceProfile
from warning.errors import ParseError

GRACE_SECONDS = 15.0
MEMORY_BYTES = 4_000_000_000

_GZIP, _ZSTANDARD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How the files are to be read: as a source's format, or as a family of formats to be guessed in."""

    family: str
    format: Format | None
    profile: SourceProfile
    url: str
    fetched_at: datetime
    with_records: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one file gave. `evidence` holds interchange lines when they were asked for."""

    file: str
    ok: bool
    records: int = 0
    problems: tuple[str, ...] = ()
    evidence: tuple[str, ...] = field(default=(), repr=False)


def read_files(paths: Iterable[Path], reading: Reading) -> Iterator[Answer]:
    """Yield one answer a file, in order. Never raises for what a file holds."""
    worker: _Worker | None = None
    try:
        for path in paths:
            worker = worker or _Worker(reading)
            answer = worker.ask(path)
            if answer is None:
                why = worker.stop()
                worker = None
                answer = Answer(file=str(path), ok=False, problems=(why,))
            yield answer
    finally:
        if worker is not None:
            worker.stop()


def read_file(path: Path, reading: Reading) -> Answer:
    """Read one file in this process."""
    try:
        parsed = _parsed(path, reading)
    except ParseError as wrong:
        return Answer(file=str(path), ok=False, problems=(str(wrong),))
    except OSError as wrong:
        return Answer(file=str(path), ok=False, problems=(f"cannot be read: {wrong.strerror or wrong}",))
    except Exception as wrong:  # noqa: BLE001 - a parser's fault is an answer too: the files after it still count
        return Answer(
            file=str(path), ok=False, problems=(f"fault in the parser: {type(wrong).__name__}: {wrong}",)
        )
    lines = tuple(_lines(parsed)) if reading.with_records else ()
    return Answer(file=str(path), ok=True, records=parsed.records, problems=parsed.problems, evidence=lines)


def _parsed(path: Path, reading: Reading) -> Parsed:
    document = Document(
        source_id=reading.profile.id, url=reading.url, body=_body(path), fetched_at=reading.fetched_at
    )
    if reading.format is not None:
        return parse(document, reading.format, reading.profile)
    return guess(document, reading.family, reading.profile)


def _body(path: Path) -> bytes:
    """The bytes of a file, unpacked when it is gzip or Zstandard. Raises ParseError when they are too many."""
    raw = path.read_bytes()
    try:
        if raw.startswith(_GZIP):
            raw = gzip.GzipFile(fileobj=BytesIO(raw)).read(MAX_DOCUMENT_BYTES + 1)
        elif raw.startswith(_ZSTANDARD):
            unpack = zstandard.ZstdDecompressor(max_window_size=2**27)
            raw = unpack.stream_reader(raw, read_across_frames=True).read(MAX_DOCUMENT_BYTES + 1)
    except (zstandard.ZstdError, EOFError, zlib.error, gzip.BadGzipFile) as wrong:
        raise ParseError(f"cannot be unpacked: {wrong}") from wrong
    if len(raw) > MAX_DOCUMENT_BYTES:
        raise ParseError(f"over {MAX_DOCUMENT_BYTES} bytes: documents as large are not read")
    return raw


def _lines(parsed: Parsed) -> Iterator[str]:
    evidence: list[Evidence] = [*parsed.items, *parsed.observations, *filter(None, [parsed.listing])]
    return (json.dumps(record_of(one), ensure_ascii=False) for one in evidence)


class _Worker:
    """A process that reads files one after another."""

    def __init__(self, reading: Reading) -> None:
        context: Any = get_context("fork" if "fork" in get_all_start_methods() else "spawn")
        self._ours, theirs = context.Pipe()
        self._process: BaseProcess = context.Process(target=_serve, args=(theirs, reading), daemon=True)
        self._process.start()
        theirs.close()

    def ask(self, path: Path) -> Answer | None:
        """Return the answer, or None when the process died or went silent."""
        with suppress(EOFError, OSError):
            self._ours.send(path)
            if self._ours.poll(PARSE_SECONDS + GRACE_SECONDS):
                answer: Answer = self._ours.recv()
                return answer
        return None

    def stop(self) -> str:
        """End the process and say how it stood."""
        self._ours.close()
        self._process.join(0.5)
        code = self._process.exitcode
        self._process.kill()
        self._process.join()
        if code is None:
            return f"reading took longer than {PARSE_SECONDS + GRACE_SECONDS:g} seconds: given up"
        return f"the reading process ended with code {code}: the document is not readable within its limits"


def _serve(connection: Connection, reading: Reading) -> None:
    _limit_memory()
    while True:
        try:
            path = connection.recv()
        except (EOFError, KeyboardInterrupt):
            return
        connection.send(read_file(path, reading))


def _limit_memory() -> None:
    """Cap the address space where the system can: a bomb then fails in here, not in the whole machine."""
    with suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 - not on every system

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, hard))
