"""A limit on how long one document may keep its reader: hostile input must not stop the polling."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from types import FrameType

from warning.errors import ParseError


class _Expired(BaseException):
    """Not an Exception: the readers of the world catch those and go on."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise ParseError when the block takes longer than `seconds`.

    Limits nest: one entry of a document may have less time than the whole. It needs the main thread of a process and a
    system with interval timers; elsewhere the block runs on, and whoever starts it watches over it (the pool of parse
    processes does).
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return
    began = monotonic()
    outer, outer_pace = signal.getitimer(signal.ITIMER_REAL)
    if 0 < outer <= seconds:  # the alarm that is running comes first: it counts
        yield
        return
    before = signal.signal(signal.SIGALRM, _expire)
    signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
    try:
        yield
    except _Expired:
        raise ParseError(f"reading took longer than {seconds:g} seconds: given up") from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if outer:
            signal.setitimer(signal.ITIMER_REAL, max(outer - (monotonic() - began), 0.001), outer_pace)


def _expire(signum: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signature of signal handlers
    raise _Expired
