"""Where reading processes come from: forked from one that has loaded what they read with, or each started alone.

Two processes of one origin take half the memory of two that load everything themselves, and a new one is there at once.
"""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Collection
from contextlib import suppress
from itertools import count
from typing import BinaryIO, Protocol, cast

from warning.app.parse_worker import ASKS, BEAR, BEAR_ASKERS, LENGTH_BYTES, read_message, write_message

USUAL_FORMATS = ("rss",)


class Worker(Protocol):
    """One process. It is asked by one thread at a time; `stop` may come from any."""

    def ask(self, task: bytes) -> bytes:
        """Raises EOFError or OSError when the process has ended."""

    def stop(self) -> None:
        """End the process at once: a reader holds nothing that could be lost."""


class Nursery(Protocol):
    """Makes workers. One that is made is ready when it answers."""

    def worker(self) -> Worker: ...

    def close(self) -> None: ...


def can_fork() -> bool:
    return hasattr(os, "fork") and hasattr(socket, "send_fds")


def nursery(formats: Collection[str] = USUAL_FORMATS) -> Nursery:
    """Return what this system can do. `formats` are those of the catalogue: what reads them is loaded once for all."""
    return Forked(formats=formats) if can_fork() else Alone()


class Forked:
    """Workers forked from one process, which starts with the first of them and again when it has died.

    It loads what documents of `formats` are read with, for all of them; a worker loads by itself what is wanted besides.
    With `asks` it also loads what asking publishers takes, and bears processes for that.
    """

    def __init__(self, *, formats: Collection[str] = USUAL_FORMATS, asks: bool = False) -> None:
        self.asks = asks
        self._formats = sorted(formats)
        self._numbers = count(1)
        self._turn = threading.Lock()
        self._origin: subprocess.Popen[bytes] | None = None
        self._orders: socket.socket | None = None

    def worker(self) -> "ForkedWorker":
        number = next(self._numbers).to_bytes(LENGTH_BYTES, "big")
        return ForkedWorker(self, number, self._born(number))

    def asker(self) -> tuple[bytes, socket.socket]:
        """Return the number of a new process that asks publishers (`app/asking_process.py`), and our end of its socket."""
        number = (ASKS | next(self._numbers)).to_bytes(LENGTH_BYTES, "big")
        return number, self._born(number)

    def _born(self, number: bytes) -> socket.socket:
        ours, theirs = socket.socketpair()
        with theirs, self._turn:
            if self._origin is None or self._origin.poll() is not None:
                self._start()
            try:
                self._order(number, theirs)
            except OSError:  # it is dying at this moment
                try:
                    self._start()
                    self._order(number, theirs)
                except OSError:
                    ours.close()
                    raise
        return ours

    def _start(self) -> None:
        self._leave()
        self._orders, theirs = socket.socketpair()
        with theirs:
            role = BEAR_ASKERS if self.asks else BEAR
            self._origin = subprocess.Popen(  # noqa: S603 - a module of ours, in this interpreter
                [sys.executable, "-m", "warning.app.parse_worker", role, *self._formats],
                stdin=theirs.fileno(),
                env={**_environment(), "OPENBLAS_NUM_THREADS": "1"},
            )

    def _order(self, number: bytes, theirs: socket.socket) -> None:
        assert self._orders is not None, "it was started"
        socket.send_fds(self._orders, [number], [theirs.fileno()])

    def end(self, number: bytes) -> None:
        """Let the origin end one of its own: nobody else can know that the process is still the same."""
        with self._turn:
            if self._orders is not None:
                try:
                    self._orders.sendall(number)
                except OSError:
                    return  # with the origin gone, a worker ends when it has read what it reads

    def close(self) -> None:
        with self._turn:
            self._leave()

    def _leave(self) -> None:
        """The origin ends when its orders end, and its workers with it."""
        if self._orders is not None:
            self._orders.close()
        if self._origin is not None:
            try:
                self._origin.wait(10)
            except subprocess.TimeoutExpired:
                self._origin.kill()
                self._origin.wait()
        self._orders = self._origin = None


class ForkedWorker:
    def __init__(self, home: Forked, number: bytes, ours: socket.socket) -> None:
        self._home = home
        self._number = number
        self._socket = ours
        self._tasks, self._answers = ours.makefile("wb"), ours.makefile("rb")

    def ask(self, task: bytes) -> bytes:
        return _asked(self._tasks, self._answers, task)

    def stop(self) -> None:
        self._home.end(self._number)
        with suppress(OSError):  # it is gone already
            self._socket.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits for an answer
        _closed(self._tasks, self._answers)
        self._socket.close()


class Alone:
    """Each worker is a process that loads everything itself: for systems that cannot fork."""

    def worker(self) -> "LoneWorker":
        return LoneWorker()

    def close(self) -> None:
        """Nothing is kept."""


class LoneWorker:
    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "warning.app.parse_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=_environment(),
        )

    def ask(self, task: bytes) -> bytes:
        return _asked(cast("BinaryIO", self._process.stdin), cast("BinaryIO", self._process.stdout), task)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        _closed(cast("BinaryIO", self._process.stdin), cast("BinaryIO", self._process.stdout))


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


def _asked(tasks: BinaryIO, answers: BinaryIO, task: bytes) -> bytes:
    write_message(tasks, task)
    return read_message(answers)


def _closed(*streams: BinaryIO) -> None:
    for stream in streams:
        try:
            stream.close()
        except OSError:
            continue  # the stream broke with the process
