"""Which items of an indexed history are read, and how: by arrays of their ids, addresses and texts alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from warning.collect.history_files import Segment
from warning.core.text.finders import Pattern, patterns_of
from warning.core.text.inquiry import Inquiry
from warning.core.text.phrases import parse_phrase
from warning.core.text.postings import numbers_of
from warning.core.withdrawals import RETRACTION_WORDS

Numbers = NDArray[np.int64]
Keys = NDArray[np.uint64]
# Of a table of so many places for each key that is looked for, most keys that are not find an empty one.
_ROOM = 16
_NONE = np.zeros(0, dtype=np.int64)


class Held(Protocol):
    @property
    def segment(self) -> Segment: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Of one segment: the items that fired and are told as they were judged, and those that are read whole."""

    plain: Numbers
    whole: Numbers


class Among:
    """A set of keys, asked which of very many keys stand in it: a table of bytes answers for nearly all that do not."""

    def __init__(self, keys: Keys) -> None:
        self._keys = np.unique(keys)
        self._bits = np.uint64(64 - max(int(_ROOM * len(self._keys)).bit_length(), 8))
        self._table = np.zeros(1 << (64 - int(self._bits)), dtype=np.bool_)
        self._table[self._places(self._keys)] = True

    def of(self, keys: Keys) -> Numbers:
        """Return the places of the keys that stand in it."""
        if not len(self._keys):
            return _NONE
        perhaps = np.flatnonzero(self._table[self._places(keys)])
        asked = keys[perhaps]
        at = np.minimum(np.searchsorted(self._keys, asked), len(self._keys) - 1)
        found: Numbers = perhaps[self._keys[at] == asked]
        return found

    def _places(self, keys: Keys) -> Keys:
        return keys >> self._bits


def kindred(shares: Sequence[Held], fired: Sequence[Numbers]) -> list[Numbers]:
    """Return, by share, the items that share an address, a text or the id with one that fired, itself included.

    What shares an address or a text with such an item counts too, and so on. Of an id told again, what was not read
    the second time stands in the first.
    """
    near, count = list(fired), -1
    while count != (count := sum(map(len, near))):
        for name in ("addresses", "texts"):
            shared = Among(_marks(shares, near, name))
            near = [
                np.union1d(own, shared.of(keys_of(share, name)))
                for share, own in zip(shares, near, strict=True)
            ]
    held = [_NONE] * len(near)
    for name in ("addresses", "texts", "ids"):
        every, times = np.unique(_marks(shares, near, name), return_counts=True)
        more = Among(every[times > 1])
        for place, (share, own) in enumerate(zip(shares, near, strict=True)):
            held[place] = np.union1d(held[place], own[more.of(keys_of(share, name)[own])])
    return held


def _marks(shares: Sequence[Held], of: Sequence[Numbers], name: str) -> Keys:
    found = [keys_of(share, name)[numbers] for share, numbers in zip(shares, of, strict=True)]
    every: Keys = np.concatenate([np.zeros(0, dtype=np.uint64), *found])
    named: Keys = every[every != 0]
    return named


def keys_of(share: Held, name: str) -> Keys:
    """Mapped for this look only: those of all segments at once are more files than a process may have open."""
    return np.asarray(share.segment.array(name))


def told_again(shares: Sequence[Held], fired: Sequence[Numbers]) -> Iterator[Numbers]:
    """Yield, by share, the items with the id of one that fired: its versions, itself included."""
    found = [keys_of(share, "ids")[numbers] for share, numbers in zip(shares, fired, strict=True)]
    versions = Among(np.concatenate([np.zeros(0, dtype=np.uint64), *found]))
    for share in shares:
        yield versions.of(keys_of(share, "ids"))


def may_retract(segment: Segment) -> NDArray[np.bool_]:
    """Mark the items that may take something back, or be taken back."""
    marks = np.zeros(len(segment.languages), dtype=np.bool_)
    marks[numbers_of(Inquiry(segment, {}, {}).items_with(retraction_patterns()))] = True
    return marks


@cache
def retraction_patterns() -> frozenset[Pattern]:
    """What has to be looked for to know which items may take something back."""
    return frozenset(
        pattern
        for language, words in RETRACTION_WORDS.items()
        for word in words
        for pattern in patterns_of(parse_phrase(word, language))
    )
