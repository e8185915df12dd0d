"""Where patterns stand in many texts at once: each text is searched once, what stands around hits is looked at together."""

from collections.abc import Sequence
from importlib import import_module
from itertools import chain
from typing import Any, NamedTuple, Protocol

import ahocorasick_rs
import numpy as np
from numpy.typing import NDArray

from warning.core.text.accelerator import probes
from warning.core.text.beside import Surroundings
from warning.core.text.finders import Needles, Pattern

Numbers = NDArray[np.int64]


class Placed(NamedTuple):
    """Which pattern begins where in which text: three columns, every occurrence, in any order."""

    patterns: Numbers
    texts: Numbers
    begins: Numbers


class _Searcher(Protocol):
    def hits(self, texts: Sequence[bytes]) -> tuple[Numbers, Numbers, Numbers]:
        """Return needles, the texts that hold them, and where each ends."""
        ...


class PlaceFinder:
    """Patterns to be found with their places; by the accelerator where it is installed and finds the same."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._known = Needles(patterns)
        self._around = Surroundings(self._known)
        self._lengths = np.array([len(pattern.needle) for pattern in patterns], dtype=np.int64)
        self._searcher = _fastest(self._known, list(probes(patterns)))

    def places(self, texts: Sequence[bytes]) -> Placed:
        needles, holders, ends = self._searcher.hits(texts)
        if not len(needles):
            return Placed(needles, holders, ends)
        stand = self._around.standing(texts, needles, holders, ends)
        return Placed(stand.patterns, stand.texts, stand.ends - self._lengths[stand.patterns])


def _fastest(known: Needles, texts: Sequence[bytes]) -> _Searcher:
    default = AutomatonHits(known)
    if not known.needles:
        return default
    try:
        faster = AcceleratedHits(known)
    except Exception:  # noqa: BLE001 - not installed, or its own error about a needle: the default needs none of it
        return default
    told, expected = (_in_order(one.hits(texts)) for one in (faster, default))
    return faster if np.array_equal(told, expected) else default


def _in_order(hits: tuple[Numbers, Numbers, Numbers]) -> Numbers:
    columns = np.stack(hits)
    ordered: Numbers = columns[:, np.lexsort(columns)]
    return ordered


class AutomatonHits:
    """The default: one automaton."""

    def __init__(self, known: Needles) -> None:
        kind = ahocorasick_rs.Implementation.ContiguousNFA
        self._automaton = ahocorasick_rs.BytesAhoCorasick(known.needles, implementation=kind)

    def hits(self, texts: Sequence[bytes]) -> tuple[Numbers, Numbers, Numbers]:
        found = [self._automaton.find_matches_as_indexes(text, overlapping=True) for text in texts]
        counts = np.array([len(some) for some in found], dtype=np.int64)
        flat = np.fromiter(chain.from_iterable(chain.from_iterable(found)), dtype=np.int64).reshape(-1, 3)
        return flat[:, 0], np.repeat(np.arange(len(texts)), counts), flat[:, 2]


class AcceleratedHits:
    """The accelerator. Raises ImportError where it is not installed."""

    def __init__(self, known: Needles) -> None:
        library = import_module("hyperscan")
        self._database = library.Database(mode=library.HS_MODE_BLOCK)
        count = len(known.needles)
        self._database.compile(expressions=known.needles, ids=list(range(count)), flags=[0] * count, literal=True)  # fmt: skip

    def hits(self, texts: Sequence[bytes]) -> tuple[Numbers, Numbers, Numbers]:
        needles: list[int] = []
        ends: list[int] = []
        counts: list[int] = [0]
        add, add_end, scan = needles.append, ends.append, self._database.scan

        def note(needle: int, _from: int, to: int, _flags: int, _context: Any) -> None:
            add(needle)
            add_end(to)

        for text in texts:
            scan(text, note)
            counts.append(len(needles))
        holders = np.repeat(np.arange(len(texts)), np.diff(np.array(counts)))
        return np.array(needles, dtype=np.int64), holders, np.array(ends, dtype=np.int64)
