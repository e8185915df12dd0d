"""What a process does once that is to run for months."""

import ctypes
import gc
from contextlib import suppress

NEW_OBJECTS = 10_000
YOUNG_ROUNDS = 20
OLD_ROUNDS = 50

# Numbers of glibc's malloc.h.
TRIM_THRESHOLD, MMAP_THRESHOLD, ARENA_MAX = -1, -3, -8
MOST_ARENAS = 2
LARGE_BYTES = 512 * 1024
"""More than asyncio asks for at each reading of a socket, so that no answer costs a call of the system."""


def settle_for_long() -> None:
    """Take what was loaded so far out of the search for cycles, and search more rarely.

    Rules and sources stay until the end, and a round makes thousands of objects that are gone after it: with Python's
    own thresholds a third of a round in which nothing is new goes into looking through them.
    """
    gc.collect()
    search_rarely()
    _give_memory_back()


def search_rarely() -> None:
    """Take what is there out of the search for cycles, and search more rarely."""
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, YOUNG_ROUNDS, OLD_ROUNDS)


def _give_memory_back() -> None:
    """Have glibc give what a document took back to the system, and not keep it for each thread that once had one.

    Where there is another library, its own ways stay.
    """
    with suppress(OSError, AttributeError):
        libc = ctypes.CDLL("libc.so.6")
        libc.mallopt(ARENA_MAX, MOST_ARENAS)
        libc.mallopt(MMAP_THRESHOLD, LARGE_BYTES)
        libc.mallopt(TRIM_THRESHOLD, 2 * LARGE_BYTES)
