"""The process that reads documents: tasks come in by one stream, answers go out by another.

Each is a pickle behind its length in eight bytes. It ends when its input ends. What a document makes the parsers
do to memory or time happens here, where it can be ended. Such processes are forked from one that has loaded what
they read with (`app/parse_nursery.py`): they share its memory.
"""

import gc
import importlib
import os
import pickle
import signal
import socket
import sys
from contextlib import suppress
from typing import Any, BinaryIO, NoReturn

from warning.app.parse_messages import packed
from warning.collect.parse import PARSE_SECONDS, load_parsers
from warning.collect.parse_time_limit import time_limit
from warning.errors import ParseError

LENGTH_BYTES = 8
MEMORY_BYTES = 4 * 1024**3
BEAR, BEAR_ASKERS = "bear", "bear-askers"
ASKS = 1 << 63
"""Stands in the number of a process that is to ask publishers, not to read."""


def read_message(stream: BinaryIO) -> bytes:
    """Return one message. Raises EOFError when the other side is gone."""
    length = int.from_bytes(_exactly(stream, LENGTH_BYTES), "big")
    return _exactly(stream, length)


def write_message(stream: BinaryIO, message: bytes) -> None:
    stream.write(len(message).to_bytes(LENGTH_BYTES, "big"))
    stream.write(message)
    stream.flush()


def _exactly(stream: BinaryIO, count: int) -> bytes:
    data = stream.read(count)
    if len(data) < count:
        raise EOFError
    return data


def answer_to(task: bytes) -> bytes:
    """Call one pickled (function, arguments); the answer is (what it gave, drifted sentence, fault of ours)."""
    function, arguments = pickle.loads(task)  # noqa: S301 - written by our own parent process
    answer: tuple[Any, str, str]
    try:
        with time_limit(PARSE_SECONDS):
            answer = (function(*arguments), "", "")
    except ParseError as wrong:
        answer = (None, str(wrong), "")
    except (RecursionError, MemoryError) as wrong:
        answer = (None, f"the document exhausts its reader: {type(wrong).__name__}", "")
    except Exception as surprise:  # noqa: BLE001 - the parent decides what a fault costs
        answer = (None, "", repr(surprise))
    return packed(answer)


def serve(tasks: BinaryIO, answers: BinaryIO) -> None:
    """Answer until the input ends."""
    _limit_memory()
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            write_message(answers, answer_to(read_message(tasks)))


def main() -> None:
    """Serve the standard streams. What libraries print goes to standard error, not between the answers."""
    _leave_signals_to_the_service()
    tasks = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(tasks, answers)


def bear() -> None:
    """Fork a reading process for each order on standard input, a socket, and end those that are to end.

    An order is a number of eight bytes. With a descriptor beside it a process begins that serves this socket; without
    one the process of that number ends. When the orders end, all do. The words behind the role are the formats of the
    catalogue: what reads them is shared. A number with `ASKS` in it is one of a process that
    asks publishers (`app/asking_process.py`).
    """
    _leave_signals_to_the_service()
    os.dup2(2, 1)
    orders = socket.socket(fileno=os.dup(0))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    role, *formats = sys.argv[1:]
    load_parsers(formats)  # once for all of them
    if role == BEAR_ASKERS:
        importlib.import_module("warning.app.asking_process")
    gc.collect()
    gc.freeze()  # a search for cycles would write into every page that the processes share
    children: dict[bytes, int] = {}
    with orders:
        while True:
            number, sockets, _, _ = socket.recv_fds(orders, LENGTH_BYTES, 1)
            if not number:
                break
            if not sockets:
                _end(children.pop(number, 0))
            elif child := os.fork():
                children[number] = child
                os.close(sockets[0])
            else:
                orders.close()
                if int.from_bytes(number, "big") & ASKS:
                    importlib.import_module("warning.app.asking_process").serve_socket(sockets[0])
                _serve_socket(sockets[0])
    for child in children.values():
        _end(child)


def _end(child: int) -> None:
    if child:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _serve_socket(descriptor: int) -> NoReturn:
    try:
        with socket.socket(fileno=descriptor) as stream:
            serve(stream.makefile("rb"), stream.makefile("wb"))
    finally:
        os._exit(0)


def _leave_signals_to_the_service() -> None:
    """Ctrl-C and a service manager's stop reach every process; what is being read then is finished, not broken off."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


def _limit_memory() -> None:
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - there is none on Windows

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


if __name__ == "__main__":
    (bear if sys.argv[1:] else main)()
