"""A second process with all that this one has in memory: a copy of it, for work that falls into two halves.

Nothing is loaded again there, which takes longer than the work. Where no copy can be made, or it ends early, this
process does the work itself.
"""

import os
import pickle
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, BinaryIO, Self


def can_copy() -> bool:
    """Whether a copy of this process would be whole and have a processor of its own. Threads are not copied."""
    return sys.platform == "linux" and threading.active_count() == 1 and len(os.sched_getaffinity(0)) > 1


class SecondProcess:
    """Does `work` with one task after the other, where it is `wanted`. Tasks and answers are values that can be pickled."""

    def __init__(self, work: Callable[[Any], Any], *, wanted: bool) -> None:
        self._work, self._wanted = work, wanted
        self._pid: int | None = None

    def __enter__(self) -> Self:
        if self._wanted and can_copy():
            self._begin()
        return self

    @property
    def is_there(self) -> bool:
        return self._pid is not None

    def __exit__(self, *_: object) -> None:
        if self._pid is not None:
            self._end()

    def halves(self, first: Any, second: Any) -> tuple[Any, Any]:
        """Do both tasks, the second over there, and return both answers. What fails there fails here."""
        told = self._pid is not None and self._tell(second)
        here = self._work(first)
        answer = self._answer() if told else None
        return here, answer[0] if answer else self._work(second)

    def _begin(self) -> None:
        (tasks, ours), (answers, theirs) = os.pipe(), os.pipe()
        self._pid = os.fork()
        if not self._pid:
            os.close(ours)
            os.close(answers)
            self._serve(os.fdopen(tasks, "rb"), os.fdopen(theirs, "wb"))
        os.close(tasks)
        os.close(theirs)
        self._tasks, self._answers = os.fdopen(ours, "wb"), os.fdopen(answers, "rb")

    def _serve(self, tasks: BinaryIO, answers: BinaryIO) -> None:
        """Answer until nobody asks, and leave without what ends a program: files and locks are the other's."""
        with suppress(BaseException):  # no answer: the other does the work itself, and meets the same there
            while True:
                answer = self._work(pickle.load(tasks))  # noqa: S301 - from the process this is a copy of
                pickle.dump((answer,), answers, protocol=pickle.HIGHEST_PROTOCOL)
                answers.flush()
        os._exit(0)

    def _tell(self, task: Any) -> bool:
        try:
            pickle.dump(task, self._tasks, protocol=pickle.HIGHEST_PROTOCOL)
            self._tasks.flush()
        except BrokenPipeError:
            return False
        return True

    def _answer(self) -> tuple[Any] | None:
        with suppress(EOFError, pickle.UnpicklingError):
            answer: tuple[Any] = pickle.load(self._answers)  # noqa: S301 - from a copy of this process
            return answer
        return None

    def _end(self) -> None:
        for pipe in (self._tasks, self._answers):
            with suppress(BrokenPipeError):
                pipe.close()
        assert self._pid is not None
        os.waitpid(self._pid, 0)
        self._pid = None
