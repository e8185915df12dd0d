"""What a process does once that is to run for months."""

import ctypes
import gc
from contextlib import suppress

NEW_OBJECTS = 10_000
YOUNG_ROUNDS = 20
OLD_ROUNDS = 50

# Numbers of glibc's malloc.h.
TRIM_THRESHOLD, MMAP_THRESHOLD, ARENA_MAX = -1, -3, -8
MOST_ARENAS = 1
LARGE_BYTES = 512 * 1024
"""More than asyncio asks for at each reading of a socket, so that no answer costs a call of the system."""
RETURNED_BYTES = 4 * 1024 * 1024


def settle_for_long() -> None:
    """Take what was loaded so far out of the search for cycles, and search more rarely.

    Rules and sources stay until the end, and a round makes thousands of objects that are gone after it: with Python's
    own thresholds a third of a round in which nothing is new goes into looking through them.
    """
    gc.collect()
    search_rarely()
    give_memory_back(LARGE_BYTES)
    trim()


def search_rarely() -> None:
    """Take what is there out of the search for cycles, and search more rarely."""
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, YOUNG_ROUNDS, OLD_ROUNDS)


class Returning:
    """Gives back to the system what documents took, each time so much of them has come and gone.

    The allocator keeps what lies free between values that stay; in a round of thousands of documents that grows to 10 MB.
    """

    def __init__(self) -> None:
        self._gone_bytes = 0

    def gone(self, size_bytes: int) -> None:
        self._gone_bytes += size_bytes
        if self._gone_bytes >= RETURNED_BYTES:
            self._gone_bytes = 0
            trim()


def trim() -> None:
    """Have glibc give back to the system what lies free now: reading a catalogue and its rules leaves 18 MB."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def give_memory_back(large_bytes: int) -> None:
    """Have glibc give pieces of so many bytes back to the system, and not keep them for each thread that once had one.

    Where there is another library, its own ways stay.
    """
    with suppress(OSError, AttributeError):
        libc = ctypes.CDLL("libc.so.6")
        libc.mallopt(ARENA_MAX, MOST_ARENAS)
        libc.mallopt(MMAP_THRESHOLD, large_bytes)
        libc.mallopt(TRIM_THRESHOLD, 2 * large_bytes)
