"""MinHash of short texts: 64 numbers a text, compared in 21 bands of 3; whoever shares a band may be near.

Jaccard similarity is over runs of three characters. A band of 3 finds pairs at .5 with probability .94, at .7 with
.9998, unrelated headlines (about .1) with .02; the pairs found are then compared for certain.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from warning.core.identity import likeness, numbers_of, plain

PERMUTATIONS, BANDS, ROWS = 64, 21, 3
Numbers = NDArray[np.uint64]
STORY_ALIKE = 0.7
MOST_PUBLISHER = 40
_SEED = 20_260_701
_TOGETHER = 2_048
# The share of equal numbers lies this far under the likeness once in 3,000 pairs (three and a half standard errors).
_DOUBT = 0.22


@cache
def _factors() -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Odd factors and offsets: multiplication modulo 2^32 by an odd number is a permutation."""
    dice = np.random.Generator(np.random.PCG64(_SEED))
    factors = dice.integers(0, 2**31, PERMUTATIONS, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    return factors, dice.integers(0, 2**32, PERMUTATIONS, dtype=np.uint32)


def signatures(texts: Sequence[str]) -> NDArray[np.uint32]:
    """Return one row of `PERMUTATIONS` numbers a text. A text under three characters is padded."""
    rows = [_signed(texts[at : at + _TOGETHER]) for at in range(0, len(texts), _TOGETHER)]
    return np.concatenate([np.zeros((0, PERMUTATIONS), dtype=np.uint32), *rows])


def _signed(texts: Sequence[str]) -> NDArray[np.uint32]:
    padded = [text.ljust(3) for text in texts]
    codes = np.frombuffer("".join(padded).encode("utf-32-le", "replace"), dtype="<u4").astype(np.uint32)
    grams = _mixed(codes[:-2], codes[1:-1], codes[2:])
    lengths = np.array([len(text) for text in padded])
    ends = np.cumsum(lengths)
    starts = ends - lengths
    whole = np.ones(len(grams), dtype=bool)  # no run reaches over the end of its text
    whole[ends[:-1] - 1] = whole[ends[:-1] - 2] = False
    places = np.concatenate([[0], np.cumsum(whole)])[starts]
    kept = grams[whole]
    factors, offsets = _factors()
    found = np.empty((PERMUTATIONS, len(texts)), dtype=np.uint32)
    for row, (factor, offset) in enumerate(zip(factors, offsets, strict=True)):
        turned = kept * factor + offset
        turned ^= turned >> np.uint32(15)
        found[row] = np.minimum.reduceat(turned, places)
    return np.ascontiguousarray(found.T)


def grams_of(text: str) -> NDArray[np.uint32]:
    """Return the hash of every run of three characters of one text, in its order."""
    codes = np.frombuffer(text.ljust(3).encode("utf-32-le", "replace"), dtype="<u4").astype(np.uint32)
    return _mixed(codes[:-2], codes[1:-1], codes[2:])


def _mixed(one: NDArray[np.uint32], two: NDArray[np.uint32], three: NDArray[np.uint32]) -> NDArray[np.uint32]:
    mixed = one * np.uint32(0x9E3779B1) + two * np.uint32(0x85EBCA77) + three * np.uint32(0xC2B2AE3D)
    mixed ^= mixed >> np.uint32(13)
    spread: NDArray[np.uint32] = mixed * np.uint32(0x27D4EB2F)
    return spread


def bands(rows: NDArray[np.uint32]) -> Numbers:
    """Return `BANDS` 64-bit keys a row; a key is of its band alone."""
    wide: Numbers = rows[:, : BANDS * ROWS].astype(np.uint64).reshape(len(rows), BANDS, ROWS)
    keys: Numbers = wide[:, :, 0]
    for place in range(1, ROWS):
        keys = (keys ^ (keys >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9) + wide[:, :, place]
    named: Numbers = keys * np.uint64(BANDS) + np.arange(BANDS).astype(np.uint64)
    return named


class NearTexts:
    """An incremental index. At most `most` texts are held; the oldest are let go."""

    def __init__(self, *, most: int = 200_000) -> None:
        self._most = most
        self._texts: dict[str, str] = {}
        self._rows: dict[str, NDArray[np.uint32]] = {}
        self._keys: dict[str, list[int]] = {}
        self._held: dict[int, list[str]] = {}

    def add(self, texts: Mapping[str, str], *, least: float) -> dict[str, list[str]]:
        """Add texts by name, and return for each the names held before it whose likeness is at least `least`."""
        rows = signatures(list(texts.values()))
        keys = bands(rows).tolist()
        found: dict[str, list[str]] = {}
        for (name, text), row, own in zip(texts.items(), rows, keys, strict=True):
            near = self._near(row, own, least - _DOUBT)
            found[name] = sorted(other for other in near if likeness(text, self._texts[other]) >= least)
            self._hold(name, text, row, own)
        return found

    def _near(self, row: NDArray[np.uint32], keys: list[int], share: float) -> Iterator[str]:
        """Those that share a band, and of all numbers about as many as their likeness would have them share."""
        met = list({other for key in keys for other in self._held.get(key, ())})
        if not met:
            return
        equal = (np.stack([self._rows[other] for other in met]) == row).mean(axis=1)
        yield from (met[place] for place in np.flatnonzero(equal >= share).tolist())

    def _hold(self, name: str, text: str, row: NDArray[np.uint32], keys: list[int]) -> None:
        if name in self._texts:
            self._let_go(name)
        while len(self._texts) >= self._most:
            self._let_go(next(iter(self._texts)))
        self._texts[name], self._rows[name], self._keys[name] = text, row, keys
        for key in keys:
            self._held.setdefault(key, []).append(name)

    def _let_go(self, name: str) -> None:
        del self._texts[name], self._rows[name]
        for key in self._keys.pop(name):
            held = self._held[key]
            held.remove(name)
            if not held:
                del self._held[key]


def stories(titles: Mapping[str, str], *, least: float) -> dict[str, str]:
    """Return for each name the story it tells: the first name, in order, of those that hang together.

    Two titles hang together that are near and give the same numbers, dates and parts. The order in which they come
    does not matter.
    """
    texts = {name: plain(headline(titles[name])) for name in sorted(titles)}
    leads = {name: name for name in texts}

    def lead(name: str) -> str:
        while leads[name] != name:
            name = leads[name]
        return name

    for one, other in _pairs(texts, titles, least):
        first, second = sorted((lead(one), lead(other)))
        leads[second] = first
    return {name: lead(name) for name in texts}


def headline(title: str) -> str:
    """A headline without the publisher that collections of news write behind it."""
    said, dash, publisher = title.rpartition(" - ")
    return said if dash and len(publisher) <= MOST_PUBLISHER and not numbers_of(publisher) else title


def _pairs(texts: Mapping[str, str], titles: Mapping[str, str], least: float) -> Iterator[tuple[str, str]]:
    near: Iterable[tuple[str, list[str]]] = NearTexts(most=len(texts) + 1).add(texts, least=least).items()
    for name, others in near:
        for other in others:
            if numbers_of(titles[name]) == numbers_of(titles[other]):
                yield name, other
