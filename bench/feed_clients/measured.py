"""What is measured of a client: seconds and CPU of all its processes by itself, the peak of their memory from outside.

A client waits for a line on stdin before each round and tells a line of JSON on stdout after it, until stdin ends.
"""

import json
import os
import resource
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

CONCURRENCY = 50
LEAST_PAUSE_SECONDS = 0.05
PAUSE_TO_LOOK = 20
"""A pause between looks is so many times the CPU of the last."""


class Peak:
    """The highest sum of the proportional set sizes of a process and its children, looked at up to 20 times a second
    while one of its rounds is on (`with peak:`).

    For another process to take. A look costs milliseconds of CPU for each hundred megabytes and each process, on the same
    cores: who is looked at for long is left alone longer, so that looking takes a twentieth of one core at most.
    """

    def __init__(self, root: int) -> None:
        self.bytes = 0
        self._root = root

    def __enter__(self) -> None:
        self._stop = threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)
        self._watch.start()

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._watch.join()

    def _look(self) -> None:
        pause = LEAST_PAUSE_SECONDS
        while not self._stop.wait(pause):
            began = time.thread_time()
            self.bytes = max(self.bytes, sum(map(_pss, _family(self._root))))
            pause = max(LEAST_PAUSE_SECONDS, PAUSE_TO_LOOK * (time.thread_time() - began))


def _family(root: int) -> Iterator[int]:
    """A process and its descendants: each thread lists the children that it started."""
    yield root
    for listed in Path(f"/proc/{root}/task").glob("*/children"):
        try:
            children = listed.read_text().split()
        except OSError:
            continue
        for child in children:
            yield from _family(int(child))


def _pss(process: int) -> int:
    try:
        rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in rollup.splitlines() if line.startswith("Pss:")), 0)


def cpu_seconds() -> float:
    """CPU of this process, of its ended children and of those still running."""
    total = 0.0
    for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
        used = resource.getrusage(who)
        total += used.ru_utime + used.ru_stime
    tick = os.sysconf("SC_CLK_TCK")
    for child in list(_family(os.getpid()))[1:]:
        try:
            fields = Path(f"/proc/{child}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        total += (int(fields[11]) + int(fields[12])) / tick
    return total


def timed(work: Callable[[], object]) -> dict[str, float]:
    before, began = cpu_seconds(), time.perf_counter()
    told = work()
    return {
        "seconds": time.perf_counter() - began,
        "cpu": cpu_seconds() - before,
        "stored": told if isinstance(told, int) else 0,
    }


def rounds(work: Callable[[], object]) -> None:
    while sys.stdin.readline():
        print(json.dumps(timed(work)), flush=True)


def asked() -> tuple[Path, list[str]]:
    """The client's own folder and the addresses it polls, from the command line."""
    home, addresses = map(Path, sys.argv[1:])
    return home, addresses.read_text().split()
