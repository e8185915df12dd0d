"""The optional faster engine, used only when it answers exactly as the default one does.

It looks for plain byte strings; what stands around a hit is looked at here, for all hits of a batch at once. As
expressions with word boundaries the same strings take fifteen times as long to compile. Combinations of expressions
are never used: that library and its relatives have lost matches there without a word.
"""

from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any

import numpy as np

from warning.core.text.beside import Surroundings
from warning.core.text.finders import AhoCorasickFinder, Finder, Found, Needles, Pattern

_PROBE_NEEDLES = 40


class HyperscanFinder:
    """Raises ImportError where the extra `accelerator` is not installed."""

    name = "hyperscan"

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        library = import_module("hyperscan")
        self._known = known = Needles(patterns)
        self._database = library.Database(mode=library.HS_MODE_BLOCK)
        self._database.compile(
            expressions=known.needles,
            ids=list(range(len(known.needles))),
            # Where surroundings decide, every hit is needed: the first may stand inside a longer word.
            flags=[library.HS_FLAG_SINGLEMATCH if number >= 0 else 0 for number in known.plain],
            literal=True,
        )
        self._plain = np.array(known.plain, dtype=np.int64)
        self._around = Surroundings(known)

    def present(self, text: bytes) -> set[int]:
        found: set[int] = set()
        plain, known = self._known.plain, self._known

        def note(needle: int, _from: int, to: int, _flags: int, _context: Any) -> None:
            if plain[needle] >= 0:
                found.add(plain[needle])
            else:
                found.update(known.standing(needle, text, to))

        self._database.scan(text, note)
        return found

    def scan(self, texts: Sequence[bytes]) -> Found:
        hits: list[int] = []
        hit_ends: list[int] = []
        counts: list[int] = []
        add, add_end, scan = hits.append, hit_ends.append, self._database.scan

        def note(needle: int, _from: int, to: int, _flags: int, _context: Any) -> None:
            add(needle)
            add_end(to)

        for text in texts:
            scan(text, note)
            counts.append(len(hits))
        needles = np.array(hits, dtype=np.int64)
        holders = np.repeat(np.arange(len(texts)), np.diff(counts, prepend=0))
        patterns = self._plain[needles]
        asked = np.flatnonzero(patterns < 0)
        if not len(asked):
            return Found(patterns, holders)
        ends = np.array(hit_ends, dtype=np.int64)[asked]
        said = self._around.said(texts, needles[asked], holders[asked], ends)
        plain = patterns >= 0
        return Found(
            np.concatenate([patterns[plain], said.patterns]), np.concatenate([holders[plain], said.texts])
        )


def fastest_finder(patterns: Sequence[Pattern]) -> tuple[Finder, str]:
    """Return the faster engine where it is installed and agrees with the default, and a remark when it does not.

    Every load of rules proves it again on probes of all patterns; the remark is empty when there is nothing to say.
    """
    default = AhoCorasickFinder(patterns)
    if not patterns:
        return default, ""
    try:
        faster = HyperscanFinder(patterns)
    except ImportError:
        return default, ""
    except Exception as wrong:  # noqa: BLE001 - the library's errors are its own; the default engine needs none of it
        return (
            default,
            f"the accelerator could not compile the rules ({wrong}); the default engine reads them",
        )
    return proven(faster, default, patterns)


def proven(faster: Finder, default: Finder, patterns: Sequence[Pattern]) -> tuple[Finder, str]:
    """Return `faster` if both answer alike on every probe, else `default` and what they differ about."""
    texts = list(probes(patterns))
    among = faster.scan(texts)
    order = np.argsort(among.texts, kind="stable")
    ends = np.cumsum(np.bincount(among.texts, minlength=len(texts)))[:-1]
    for text, said in zip(texts, np.split(among.patterns[order], ends), strict=True):
        expected = set(default.present(text))
        differs = (expected ^ set(faster.present(text))) | (expected ^ set(said.tolist()))
        if differs:
            needle = patterns[min(differs)].needle.decode()
            return default, (
                f"the accelerator ({faster.name}) and the default engine differ about {needle!r};"
                " the default engine reads the rules"
            )
    return faster, ""


def probes(patterns: Sequence[Pattern]) -> Iterator[bytes]:
    """Texts that hold every pattern alone, inflected, inside longer words and beside its neighbours."""
    needles = [pattern.needle for pattern in patterns]
    for start in range(0, len(needles), _PROBE_NEEDLES):
        some = needles[start : start + _PROBE_NEEDLES]
        for before, after in ((b" ", b""), (b"", b""), (b"x", b" "), (b"\xe4\xb8\xad", b"s "), (b".", b"es,"), (b"'", b"ing5 "), (b"1 ", b"'s")):  # fmt: skip
            yield b"".join(before + needle + after for needle in some)
