"""The process that reads documents: tasks come in by standard input, answers go out by standard output.

Each is a pickle behind its length in eight bytes. It ends when its input ends. What a document makes the parsers
do to memory or time happens here, where it can be ended.
"""

import os
import pickle
import signal
import sys
from contextlib import suppress
from typing import Any, BinaryIO

from warning.collect.parse import PARSE_SECONDS
from warning.collect.parse_time_limit import time_limit
from warning.errors import ParseError

LENGTH_BYTES = 8
MEMORY_BYTES = 4 * 1024**3


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
    return pickle.dumps(answer)


def main() -> None:
    """Answer until the input ends. What libraries print goes to standard error, not between the answers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _limit_memory()
    tasks = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    with suppress(EOFError, BrokenPipeError):
        while True:
            write_message(answers, answer_to(read_message(tasks)))


def _limit_memory() -> None:
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - there is none on Windows

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


if __name__ == "__main__":
    main()
