"""What stands beside hits, looked at for all hits of a batch at once.

The few hits beside an accented letter go to `finders`, which knows the whole of it.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from warning.core.text.finders import APART, WORD, Found, Needles, stands

_S, _E = b"se"
_EDGE = b"\n"
_PAST = 3  # bytes looked at past a hit
_APART = np.frombuffer(APART, dtype=np.bool_)
# Lead bytes of the letters from À to ɏ, which may go on a word.
_LATIN_LEADS = np.array([0xC3 <= code <= 0xC9 for code in range(256)])
_ENDS_WORD = np.array([not WORD[code] for code in range(256)]) & ~_LATIN_LEADS
_LETTERS = np.array([97 <= code <= 122 for code in range(256)])
Bytes = NDArray[np.uint8]
Numbers = NDArray[np.int64]
Marks = NDArray[np.bool_]


class Standing(NamedTuple):
    """Which pattern stands in which text, and where the hit ends."""

    patterns: Numbers
    texts: Numbers
    ends: Numbers


class Surroundings:
    """What each pattern asks of the bytes beside a hit of its needle."""

    def __init__(self, known: Needles) -> None:
        patterns = self._patterns = known.patterns
        self._flat = np.array([n for numbers in known.numbers for n in numbers], dtype=np.int64)
        self._counts = np.array([len(numbers) for numbers in known.numbers], dtype=np.int64)
        self._firsts = np.cumsum(self._counts) - self._counts
        self._lengths = np.array([len(pattern.needle) for pattern in patterns], dtype=np.int64)
        self._starts_word = np.array([pattern.starts_word for pattern in patterns])
        self._goes_on = np.array([pattern.ending == "any" for pattern in patterns])
        self._inflects = np.array([pattern.ending == "word" for pattern in patterns])
        self._is_open = np.array([pattern.ending == "open" for pattern in patterns])

    def said(self, texts: Sequence[bytes], needles: Numbers, holders: Numbers, ends: Numbers) -> Found:
        """Return the patterns that stand, from needles, the texts that hold them and where each hit ends."""
        stand = self.standing(texts, needles, holders, ends)
        return Found(stand.patterns, stand.texts)

    def standing(self, texts: Sequence[bytes], needles: Numbers, holders: Numbers, ends: Numbers) -> Standing:
        """Return the same with where each ends."""
        times = self._counts[needles]
        holders, ends = np.repeat(holders, times), np.repeat(ends, times)
        within = np.arange(len(holders)) - np.repeat(np.cumsum(times) - times, times)
        patterns = self._flat[np.repeat(self._firsts[needles], times) + within]
        # A hit at the edge of a text stands beside a line end.
        joined = np.frombuffer(_EDGE + _EDGE.join(texts) + _EDGE * _PAST, dtype=np.uint8)
        begins = 1 + np.cumsum([0, *(len(text) + 1 for text in texts)])
        after = begins[holders] + ends
        starts, unsure = self._starts(joined, patterns, after)
        stops, unsure_too = self._stops(joined, patterns, after)
        stand = starts & stops
        for n in np.flatnonzero((unsure & (stops | unsure_too)) | (unsure_too & starts)).tolist():
            pattern, end = self._patterns[patterns[n]], int(ends[n])
            stand[n] = stands(pattern, texts[holders[n]], end - len(pattern.needle), end)
        return Standing(patterns[stand], holders[stand], ends[stand])

    def _starts(self, joined: Bytes, patterns: Numbers, after: Numbers) -> tuple[Marks, Marks]:
        """Where a word begins or need not, and where it takes a closer look."""
        place = after - self._lengths[patterns] - 1
        before, asked = joined[place], self._starts_word[patterns]
        # The last byte of a longer character goes on a word where its lead byte is of a letter that may.
        unsure = (before >= 128) & _LATIN_LEADS[joined[place - 1]] & asked
        return ((before >= 128) | _APART[before] | ~asked) & ~unsure, unsure

    def _stops(self, joined: Bytes, patterns: Numbers, after: Numbers) -> tuple[Marks, Marks]:
        """Where what follows is what the pattern asks for, and where it takes a closer look."""
        first, second, third = joined[after], joined[after + 1], joined[after + 2]
        inflects, stops = self._inflects[patterns], _ENDS_WORD[first] | self._goes_on[patterns]
        one = inflects & (first == _S)
        two = inflects & (first == _E) & (second == _S)
        unsure = _LATIN_LEADS[first] | (one & _LATIN_LEADS[second]) | (two & _LATIN_LEADS[third])
        stops |= (one & _ENDS_WORD[second]) | (two & _ENDS_WORD[third])
        longer = np.flatnonzero(self._is_open[patterns] & _LETTERS[first] & ~stops)
        last = joined[_past_letters(joined, after[longer])]
        stops[longer] = _ENDS_WORD[last]
        unsure[longer] = _LATIN_LEADS[last]
        return stops, unsure & ~stops


def _past_letters(joined: Bytes, places: Numbers) -> Numbers:
    """Where the letters end that begin at the places; the last byte of all is no letter."""
    places = places.copy()
    still = np.arange(len(places))
    while len(still):
        still = still[_LETTERS[joined[places[still]]]]
        places[still] += 1
    return places
