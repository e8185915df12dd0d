"""The readings of a replay made in a process of their own, ahead of the alerts by as many days as some memory holds.

A day of many alerts then waits for nothing, and neither does a day of which much is read: on two processors the replay
takes about as long as the longer of its halves.
"""

import pickle
import signal
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from copyreg import dispatch_table
from dataclasses import fields
from functools import cache
from io import BytesIO
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from operator import attrgetter
from typing import Any, Generic, TypeVar

from warning.app.long_life import give_memory_back, search_rarely
from warning.app.sent_ahead import SentAhead
from warning.core.alerts import Alert, Difference
from warning.core.claims import Claim
from warning.core.signals import Exhibit, Facts, Reason, Signal, Trace
from warning.core.stories import Telling
from warning.errors import EvidenceError

T = TypeVar("T")
# A day of 10,000 items of which 300 fire takes about 0.4 MB.
AHEAD_BYTES = 32 * 1024 * 1024
# What grows over years does so in arrays of more than that: each time the smaller one would leave a hole in memory.
LARGE_BYTES = 4 * 1024 * 1024
# What travels by the hundred a day, or is put by and read again. Python packs frozen, slotted values field by field, in Python.
_MANY = (Signal, Exhibit, Facts, Reason, Trace, Telling, Alert, Claim, Difference)


def can_read_apart() -> bool:
    """Whether a process can take over records as they stand here: a copy of this one can, and only some systems make it."""
    return "fork" in get_all_start_methods()


def read_apart(readings: Iterator[T], *, ahead_bytes: int = AHEAD_BYTES) -> Iterator[T]:
    """Yield what the iterator gives, which runs elsewhere. Whoever stops asking stops it.

    It runs ahead until so many bytes wait to be asked for. Raises what it raised there, and EvidenceError when its process
    was ended from outside.
    """
    context = get_context("fork")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_send, args=(readings, receiving, sending, ahead_bytes))
    process.start()
    sending.close()
    try:
        while (came := _received(receiving, process)) is not None:
            if isinstance(came, _Failed):
                raise came.error
            yield came.value
    finally:
        receiving.close()
        process.join()


class _Came(Generic[T]):
    __slots__ = ("value",)

    def __init__(self, value: T) -> None:
        self.value = value


class _Failed:
    __slots__ = ("error",)

    def __init__(self, error: Exception) -> None:
        self.error = error


def _received(receiving: Connection, process: BaseProcess) -> Any:
    try:
        content = receiving.recv_bytes()
    except (EOFError, OSError):  # between two messages, or in the middle of one
        process.join()
        raise EvidenceError(_ended(process.exitcode)) from None
    return pickle.loads(content)  # noqa: S301 - written by this program's own process


def _ended(code: int | None) -> str:
    by = f" by signal {-code} ({signal.strsignal(-code)})" if code is not None and code < 0 else ""
    why = ", as systems do that run out of memory" if code == -signal.SIGKILL else ""
    return f"the process that reads the evidence was ended{by}{why}; nothing is lost: run the backtest again"


def _send(readings: Iterator[T], receiving: Connection, sending: Connection, ahead_bytes: int) -> None:
    receiving.close()  # else nobody would notice that the reader is gone
    search_rarely()
    give_memory_back(LARGE_BYTES)
    ahead = SentAhead(sending, ahead_bytes)
    try:
        for one in readings:
            ahead.send(packed(_Came(one)))
        ahead.send(packed(None))
        ahead.finish()
    except (BrokenPipeError, KeyboardInterrupt):  # nobody asks any more; who was interrupted says so himself
        return
    except Exception as wrong:  # noqa: BLE001 - raised again where it is waited for
        with suppress(BrokenPipeError):
            ahead.send(packed(_Failed(_that_travels(wrong))))
            ahead.finish()
    finally:
        if isinstance(
            readings, Generator
        ):  # its files go with it; nothing else is cleared away where a process ends
            readings.close()


def _that_travels(wrong: Exception) -> Exception:
    try:
        pickle.loads(pickle.dumps(wrong))  # noqa: S301 - its own
    except Exception:  # noqa: BLE001 - an error may hold anything
        return EvidenceError(str(wrong))
    return wrong


def packed(value: object) -> bytes:
    """Return the value as pickle reads it again."""
    content = BytesIO()
    packer = pickle.Pickler(content, pickle.HIGHEST_PROTOCOL)
    packer.dispatch_table = {**dispatch_table, **dict.fromkeys(_MANY, _taken_apart)}
    packer.dump(value)
    return content.getvalue()


def _taken_apart(value: Any) -> tuple[Any, tuple[int, Any]]:
    kind = _MANY.index(type(value))
    return _put_together, (kind, _values_of(kind)(value))


def _put_together(kind: int, values: tuple[Any, ...]) -> Any:
    """Set the fields one by one: they were checked when the value was made, and its own way takes three times as long."""
    made = object.__new__(_MANY[kind])
    for put, value in zip(_setters_of(kind), values, strict=True):
        put(made, value)
    return made


@cache
def _names_of(kind: int) -> tuple[str, ...]:
    return tuple(field.name for field in fields(_MANY[kind]))


@cache
def _setters_of(kind: int) -> tuple[Callable[[Any, Any], None], ...]:
    """What sets each slot, whether or not its value is frozen."""
    return tuple(getattr(_MANY[kind], name).__set__ for name in _names_of(kind))


@cache
def _values_of(kind: int) -> Callable[[Any], tuple[Any, ...]]:
    return attrgetter(*_names_of(kind))
