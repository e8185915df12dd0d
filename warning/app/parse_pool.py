"""Documents are read in processes of their own: on every core, and one that hangs or bursts ends alone."""

import asyncio
import os
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self

from warning.app.parse_worker import read_message, write_message
from warning.core.documents import Document, Parsed
from warning.core.formats import Format
from warning.core.sources import SourceProfile
from warning.errors import ParseError

WORKERS = 2
PARSE_SECONDS = 120.0


class ParsePool:
    """Use as `async with ParsePool() as pool` and give `pool.parse` to `Memory.parser`.

    A worker starts with its first document and serves until the pool closes. After a document that outlasts
    `seconds`, or ends its worker, the next document gets a new one.
    """

    def __init__(self, *, workers: int = WORKERS, seconds: float = PARSE_SECONDS) -> None:
        self._seconds = seconds
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="parse")
        self._idle: asyncio.LifoQueue[_Worker | None] = asyncio.LifoQueue()
        self._workers = workers

    async def __aenter__(self) -> Self:
        for _ in range(self._workers):
            self._idle.put_nowait(None)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        for _ in range(self._workers):
            worker = await self._idle.get()
            if worker is not None:
                worker.stop()
        self._threads.shutdown()

    async def parse(
        self, document: Document, format_: Format, profile: SourceProfile, known: frozenset[str]
    ) -> Parsed:
        """Read one document in the next free worker.

        Raises ParseError as `collect.parse.parse` does, also for a document that takes too long or ends its
        worker; RuntimeError for a fault of a parser.
        """
        task = pickle.dumps((document, format_, profile, known))
        worker = await self._idle.get()
        try:
            worker = worker or _Worker()
            answer = await self._asked(worker, task)
        except BaseException:
            if worker is not None:
                worker.stop()
            worker = None
            raise
        finally:
            self._idle.put_nowait(worker)
        return _unpacked(answer)

    async def _asked(self, worker: "_Worker", task: bytes) -> bytes:
        loop = asyncio.get_running_loop()
        try:
            return await asyncio.wait_for(
                loop.run_in_executor(self._threads, worker.ask, task), self._seconds
            )
        except TimeoutError as slow:
            raise ParseError(f"reading the document took longer than {self._seconds:g} s") from slow
        except (EOFError, OSError) as ended:
            raise ParseError("the document ended the process that read it (too much memory?)") from ended


class _Worker:
    """One process. It is asked by one thread at a time; `stop` may come from any."""

    def __init__(self) -> None:
        paths = os.pathsep.join(path for path in sys.path if path)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "warning.app.parse_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": paths},
        )

    def ask(self, task: bytes) -> bytes:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        write_message(self._process.stdin, task)  # type: ignore[arg-type]  # IO[bytes] is a BinaryIO in all but name
        return read_message(self._process.stdout)  # type: ignore[arg-type]  # as above

    def stop(self) -> None:
        """End the process at once: a reader holds nothing that could be lost."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except OSError:
                    continue  # the pipe broke with the process


def _unpacked(answer: bytes) -> Parsed:
    parsed, drifted, fault = pickle.loads(answer)  # noqa: S301 - written by our own worker
    if drifted:
        raise ParseError(drifted)
    if fault:
        raise RuntimeError(fault)
    assert isinstance(parsed, Parsed)
    return parsed
