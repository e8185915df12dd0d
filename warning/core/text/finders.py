"""Which patterns occur in a folded text: the question an engine answers, and the default engine.

A pattern is one folded spelling of a phrase with what must stand around it. Engines work on UTF-8 bytes and say
only whether a pattern occurs, never where: places are looked up later, for the few texts that a rule wants.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Literal, NamedTuple, Protocol

import ahocorasick_rs
import numpy as np
from numpy.typing import NDArray

from warning.core.text.phrases import Phrase, ending_of

# A table of a byte for every state and input is fastest, and grows too large for many patterns.
LARGEST_TABLE = 2_500
WORD = bytes(chr(code).isascii() and chr(code).isalnum() for code in range(256))
# Bytes of ASCII beside which a word begins or ends, whatever comes before or after them.
APART = bytes(code < 128 and not WORD[code] for code in range(256))

Ending = Literal["any", "word", "open", "own"]


class Pattern(NamedTuple):
    """`ending` says what may follow: anything, plural forms, a longer word, or nothing but the word's end."""

    needle: bytes
    starts_word: bool
    ending: Ending


class Found(NamedTuple):
    """Which pattern occurs in which text: two columns of numbers, pairs in any order and some twice."""

    patterns: NDArray[np.int64]
    texts: NDArray[np.int64]


class Finder(Protocol):
    """A compiled set of patterns. `name` is shown to operators."""

    name: str

    def present(self, text: bytes) -> Collection[int]:
        """Return the numbers of the patterns that occur in one text, each once."""
        ...

    def scan(self, texts: Sequence[bytes]) -> Found:
        """Return the same for many texts."""
        ...


def patterns_of(phrase: Phrase) -> Iterable[Pattern]:
    """The patterns of a phrase: its hits are among theirs (capitals and sentence ends are not looked at)."""
    ending = ending_of(phrase)
    return [Pattern(needle.encode(), phrase.starts_word, ending) for needle in phrase.needles]


class Needles:
    """What is searched for some patterns: `needles`, each once, and for each the patterns it may say.

    `plain` is the pattern where a hit of the needle says all that is to be said, -1 where the surroundings decide.
    """

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        by_needle: dict[bytes, list[int]] = {}
        for number, pattern in enumerate(patterns):
            by_needle.setdefault(pattern.needle, []).append(number)
        self.patterns = patterns
        self.needles = list(by_needle)
        self.numbers = list(by_needle.values())
        self.plain = [n[0] if len(n) == 1 and _is_plain(patterns[n[0]]) else -1 for n in self.numbers]

    def standing(self, needle: int, text: bytes, end: int) -> list[int]:
        """The patterns of a needle that stand where a hit of it ends."""
        start = end - len(self.needles[needle])
        return [n for n in self.numbers[needle] if stands(self.patterns[n], text, start, end)]


class AhoCorasickFinder:
    """The default engine: one automaton, then a look at the bytes around each hit."""

    name = "ahocorasick"

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        known = Needles(patterns)
        self._numbers, self._patterns, self._plain = known.numbers, patterns, known.plain
        kind = ahocorasick_rs.Implementation
        self._automaton = ahocorasick_rs.BytesAhoCorasick(
            known.needles,
            implementation=kind.DFA if len(known.needles) <= LARGEST_TABLE else kind.ContiguousNFA,
        )

    def scan(self, texts: Sequence[bytes]) -> Found:
        found: list[int] = []
        counts: list[int] = []
        for text in texts:
            present = self.present(text)
            found.extend(present)
            counts.append(len(present))
        return Found(np.array(found, dtype=np.int64), np.repeat(np.arange(len(texts)), counts))

    def present(self, text: bytes) -> set[int]:
        """The numbers of the patterns that occur in one text."""
        found: set[int] = set()
        plain, numbers, size = self._plain, self._numbers, len(text)
        for needle, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            number = plain[needle]
            if number >= 0:
                found.add(number)
            elif (not start or APART[text[start - 1]]) and (end == size or APART[text[end]]):
                found.update(numbers[needle])  # between spaces and the like every pattern stands
            else:
                for judged in numbers[needle]:
                    if judged not in found and stands(self._patterns[judged], text, start, end):
                        found.add(judged)
        return found


def _is_plain(pattern: Pattern) -> bool:
    return not pattern.starts_word and pattern.ending == "any"


def stands(pattern: Pattern, text: bytes, start: int, end: int) -> bool:
    """Whether what stands around a hit is what the pattern asks for."""
    if pattern.starts_word and start and _word_before(text, start):
        return False
    ending = pattern.ending
    if ending == "any" or not _word_at(text, end):
        return True
    if ending == "word":
        if text[end] == 115:  # s
            return not _word_at(text, end + 1)
        return text[end : end + 2] == b"es" and not _word_at(text, end + 2)
    return ending == "open" and not _word_at(text, _letters_end(text, end))


def _word_before(text: bytes, place: int) -> bool:
    last = text[place - 1]
    if last < 128:
        return bool(WORD[last])
    return _is_latin(text[place - 2 : place])


def _word_at(text: bytes, place: int) -> bool:
    if place == len(text):
        return False
    first = text[place]
    if first < 128:
        return bool(WORD[first])
    return _is_latin(text[place : place + 2])


def _letters_end(text: bytes, place: int) -> int:
    """Past the letters, accented ones too, that begin at `place`."""
    while place < len(text):
        if 97 <= text[place] <= 122:
            place += 1
        elif text[place] >= 128 and _is_latin(text[place : place + 2]):
            place += 2
        else:
            break
    return place


def _is_latin(two: bytes) -> bool:
    """Whether two bytes are a letter from à to ɏ, all of which take two bytes in UTF-8."""
    return b"\xc3\xa0" <= two <= b"\xc9\x8f"
