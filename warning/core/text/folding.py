"""Fold text so that one spelling of a term finds every spelling of it, without moving a single character.

The fold is one to one: compatibility forms (full width, half width), case, hyphens as spaces, curly quotes as
straight ones, traditional and Japanese characters as simplified ones. Offsets in the folded text are therefore
offsets in the original, except in the rare text that writes one letter as several characters (half-width
voiced kana, decomposed Hangul or accents), which carries a table of origins.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from warning.core.text.characters import variants
from warning.core.text.sentences import SENTENCES

BMP = 0x10000
_UNUSUAL = 0x110000  # one past the last character there is
# Between these stretches of the first plane stand Chinese characters, syllables of Korean and Yi, surrogates and what is
# of private use: three in four, and none has another form of width or case.
_CHANGING = ((0, 0x3400), (0x4DC0, 0x4E00), (0xA4D0, 0xAC00), (0xD7A4, 0xD800), (0xF900, BMP))
_SPACES = "\t\v\f\r\u00a0\u2002\u2003\u2009\u200a\u202f\u3000-\u2010\u2011\u2012\u2013\u2014\u2212"
_QUOTES = {"\u2018": "'", "\u2019": "'", "\u201b": "'", "\u201c": '"', "\u201d": '"', "`": "'", "\u00b4": "'"}
_COMBINING = re.compile("[\u0300-\u036f\u1100-\u11ff\u3099\u309a\uff9e\uff9f]")
_CLUSTER = re.compile("[\u1100-\u115f][\u1160-\u11a7]?[\u11a8-\u11ff]?|.[\u0300-\u036f\u3099\u309a\uff9e\uff9f]*", re.DOTALL)  # fmt: skip
# 수 출 통 제: a headline set wide. Of real words with one syllable four in a row are rare, and name no act.
_SET_WIDE = re.compile("(?<![가-힣])[가-힣](?: {1,3}[가-힣,·]){3,}(?![가-힣])")
# What nobody sees and some publishers put into words: soft hyphens, joiners, spaces without width, marks of direction.
INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u2060-\u2064\ufeff]")
_KANA = re.compile("[\u3041-\u30fa]")
_LETTER_GAP = re.compile("(?<! ) (?! )")


@dataclass(frozen=True, slots=True)
class Folded:
    """`origins[i]` is the place in the original text of folded character i; None means i itself."""

    text: str
    origins: tuple[int, ...] | None = None

    def origin(self, place: int) -> int:
        """The place in the original of a place (or an end) in the folded text."""
        if self.origins is None:
            return place
        return self.origins[place] if place < len(self.origins) else self.origins[-1] + 1


def fold(text: str) -> Folded:
    """Return the folded text and where its characters came from."""
    if text.isascii():
        return Folded(text.encode("ascii").translate(_ascii_table()).decode("ascii"))
    folded = _folded_codes(text)
    if folded.max(initial=0) < _UNUSUAL:
        return Folded(_decoded(folded))
    if _COMBINING.search(text):
        return _fold_clusters(text)
    return Folded(_fold_codes(text))


def closed_up(folded: Folded) -> Folded:
    """Close up Korean words that are set wide, for the matcher alone; where words stand wider apart than letters, they stay apart."""
    runs = list(_SET_WIDE.finditer(folded.text))
    if not runs:
        return folded
    kept = [True] * len(folded.text)
    for run in runs:
        gaps = list(_LETTER_GAP.finditer(run.group())) or list(re.finditer(" +", run.group()))
        for gap in gaps:
            start = run.start() + gap.start()
            kept[start : run.start() + gap.end()] = [False] * (gap.end() - gap.start())
    places = [place for place, keep in enumerate(kept) if keep]
    return Folded("".join(folded.text[p] for p in places), tuple(folded.origin(p) for p in places))


@cache
def fold_version() -> str:
    """Changes when texts fold, or their sentences end, differently: stored folded texts are then of no use."""
    return blake2b(
        _table().tobytes() + SENTENCES.encode() + _SET_WIDE.pattern.encode() + INVISIBLE.pattern.encode(),
        digest_size=6,
    ).hexdigest()


def simplified(text: str) -> str:
    """A Chinese text with its traditional characters as simplified ones and nothing else changed, place by place.

    A text with kana is Japanese, whatever its label says, and stays as it is.
    """
    return text if text.isascii() or _KANA.search(text) else text.translate(_simplifying())


@cache
def _simplifying() -> dict[int, str]:
    return {ord(variant): one for variant, one in variants()}


def fold_term(term: str) -> str:
    """Fold a term of the vocabulary exactly as text is folded."""
    return fold(term).text


def fold_terms(terms: Sequence[str]) -> list[str]:
    """As `fold_term`, of many terms of one line each: those that need no composing are folded as one text."""
    line = "\n".join(terms)
    if _COMBINING.search(line) or line.count("\n") >= len(terms):
        return [fold_term(term) for term in terms]
    return fold_term(line).split("\n")


def _folded_codes(text: str) -> NDArray[np.uint32]:
    """The folded characters as numbers; `_UNUSUAL` stands where a character needs a closer look."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    return _watchful_table().take(codes, mode="clip")


def _fold_codes(text: str) -> str:
    """Fold character by character, those outside the first plane kept as they are."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    return _decoded(np.where(codes < BMP, _table().take(codes, mode="clip"), codes))


def _decoded(codes: NDArray[np.uint32]) -> str:
    return codes.tobytes().decode("utf-32-le", "surrogatepass")


def _fold_clusters(text: str) -> Folded:
    """The slow way, for the one text in thousands that needs composing first."""
    parts: list[str] = []
    origins: list[int] = []
    for cluster in _CLUSTER.finditer(text):
        composed = (
            unicodedata.normalize("NFKC", cluster.group()) if len(cluster.group()) > 1 else cluster.group()
        )
        parts.append(composed)
        start = cluster.start()
        # A mark that found nothing to join, as behind a line's end, is a character of its own.
        is_apart = len(composed) == len(cluster.group())
        origins += range(start, cluster.end()) if is_apart else [start] * len(composed)
    return Folded(_fold_codes("".join(parts)), tuple(origins))


@cache
def _table() -> NDArray[np.uint32]:
    table = np.arange(BMP, dtype="<u4")
    changing = _changing()
    table[changing] = [ord(_fold_character(chr(code))) for code in changing]
    for variant, folded in variants():
        table[ord(variant)] = ord(folded)
    return table


def _changing() -> list[int]:
    return [code for begin, end in _CHANGING for code in range(begin, end)]


@cache
def _watchful_table() -> NDArray[np.uint32]:
    """The table of folded characters, with a mark at those that combine and, for all beyond it, at its end."""
    table = _table().copy()
    marked = [ord(one) for one in _COMBINING.findall("".join(map(chr, _changing())))]
    table[[*marked, BMP - 1]] = _UNUSUAL
    return table


@cache
def _ascii_table() -> bytes:
    return bytes(ord(_fold_character(chr(code))) if code < 128 else code for code in range(256))


def _fold_character(char: str) -> str:
    if char in _SPACES:
        return " "
    if char in _QUOTES:
        return _QUOTES[char]
    compatible = unicodedata.normalize("NFKC", char)
    folded = (compatible if len(compatible) == 1 else char).casefold()
    if folded in _SPACES:
        return " "
    return folded if len(folded) == 1 else char
