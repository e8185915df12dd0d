"""A headline in one spelling, for what is read in it by patterns, and patterns spelled likewise.

The title is the folded one (full width, case, curly quotes, traditional and Japanese characters, Korean set wide), but keeps its hyphens
and dashes, of which there is one each; quotes around words and what stands twice of a space are left out. A place in it leads back to the text.
"""

import re
from bisect import bisect_left
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from warning.core.text.folding import fold
from warning.core.text.reading import Reading

_HYPHENS = frozenset("-\u2010\u2011\u2012\u2212")
_DASHES = frozenset("\u2013\u2014")
_QUOTES = frozenset('"\u300c\u300d\u300e\u300f\u3008\u3009\u300a\u300b\u00ab\u00bb\u201e')
_SPECIAL = frozenset("().[]{}*+?|^$\\")


@dataclass(frozen=True, slots=True)
class Headline:
    """`places[i]` is the place in the original text of character i; there is one more for the end."""

    text: str
    places: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a stretch of the headline stands in the original text."""
        return self.places[start], self.places[end - 1] + 1 if end > start else self.places[start]


_KEPT: WeakKeyDictionary[Reading, Headline] = WeakKeyDictionary()


def headline_of(reading: Reading) -> Headline:
    """The title of a reading in one spelling; kept as long as the reading is."""
    kept = _KEPT.get(reading)
    if kept is None:
        kept = _KEPT[reading] = _spell(reading)
    return kept


def spelled(pattern: str, flags: re.RegexFlag = re.IGNORECASE) -> re.Pattern[str]:
    """Compile a pattern whose characters are spelled as `headline_of` spells titles."""
    return re.compile("".join(one if one.isascii() else _written(one) for one in pattern), flags)


def _written(one: str) -> str:
    if one in _DASHES:
        return "\u2013"
    if one in _HYPHENS:
        return "-"
    folded = fold(one).text
    return "\\" + folded if folded in _SPECIAL else folded


def _spell(reading: Reading) -> Headline:
    length, folded = len(reading.title), reading.folded
    end = length if folded.origins is None else bisect_left(folded.origins, length)
    letters: list[str] = []
    places: list[int] = []
    for number, one in enumerate(folded.text[:end]):
        place = folded.origin(number)
        letter = _space(reading.text[place]) if one == " " else one
        if letter in _QUOTES or (letter == " " and (not letters or letters[-1] == " ")):
            continue
        if letter == "'" and not _joins(folded.text, number, end):
            continue
        letters.append(letter)
        places.append(place)
    return Headline("".join(letters), (*places, length))


def _space(raw: str) -> str:
    """What a sign that folds to a space is: a hyphen, a dash or a space."""
    return "-" if raw in _HYPHENS else "\u2013" if raw in _DASHES else " "


def _joins(text: str, number: int, end: int) -> bool:
    """Whether an apostrophe stands in or behind a word: none of the quotes around one."""
    return (
        0 < number < end - 1
        and text[number - 1].isalnum()
        and text[number + 1].isascii()
        and text[number + 1].isalpha()
    )
