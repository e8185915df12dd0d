"""One phrase of the vocabulary: what exactly is searched, and which hits of the search count.

English: matched at word boundaries (ASCII semantics, so `中国gallium出口` has gallium), the last word also in the
plural and the possessive; a trailing `*` lets the word go on (`tighten*`). A phrase written in capitals of at
most five letters (US, EU, METI) is matched in capitals only. Chinese, Japanese: substrings; a Chinese word that
Taiwan has another for is found in that one too. Korean: substrings; a space in the phrase may be missing in the text. A trailing `$` asks that the sentence ends there: a headline that ends
in `수출 통제` reports it, one that goes on may only discuss it.
"""

import re
from collections.abc import Iterable
from typing import Literal, NamedTuple

from warning.core.terms import Language
from warning.core.text.folding import fold_term, fold_terms
from warning.core.text.taiwan import in_taiwan

_WORD = frozenset({*"abcdefghijklmnopqrstuvwxyz0123456789", *map(chr, range(0xE0, 0x250))})
_HANGUL = re.compile("[가-힣]")
_TAIL = re.compile("(?:es|s)?(?:'s|')?(?![a-z0-9à-ɏ])")
_OPEN_TAIL = re.compile("[a-zà-ɏ]*(?:'s|')?(?![a-z0-9à-ɏ])")
# A folded text has spaces for hyphens: three in a row are the " - " before a publisher's name.
_LAST_TAIL = re.compile(r"(?=\s*(?:$|[\n…!.。」”\"|(])|   )")
_OWN_TAIL = re.compile("(?:'s|')?(?![a-z0-9à-ɏ])")

_MOST_KNOWN = 32_768
_LONGEST_EXACT = 5
_new = tuple.__new__  # makes a phrase in half the time of the class's own way


class Phrase(NamedTuple):
    """`written` is the operator's spelling, `needles` its folded spellings; `exact` asks for capitals."""

    written: str
    language: Language
    needles: tuple[str, ...]
    starts_word: bool
    tail: re.Pattern[str] | None
    exact: bool

    @property
    def ends_sentence(self) -> bool:
        return self.tail is _LAST_TAIL

    @property
    def is_anywhere(self) -> bool:
        """Whether each place of a needle is a hit, as in Chinese: nothing is asked of what stands around it."""
        return self.tail is None and not self.starts_word and not self.exact

    def end_in(self, folded: str, raw: str, start: int, end: int) -> int | None:
        """Return where a found needle ends, inflection included, or None when the hit does not count.

        `raw` is the original text where it can be compared place by place, else empty.
        """
        if self.starts_word and start and folded[start - 1] in _WORD:
            return None
        if self.exact and raw and raw[start:end] != self.written:
            return None
        if self.tail is None:
            return end
        tail = self.tail.match(folded, end)
        return tail.end() if tail else None


_KNOWN: dict[tuple[str, Language], Phrase] = {}


def learn(every: Iterable[tuple[str, Language]]) -> None:
    """Read many phrases, which `parse_phrase` then knows: folded together they take a third of the time."""
    new = [one for one in dict.fromkeys(every) if one not in _KNOWN]
    if len(_KNOWN) + len(new) > _MOST_KNOWN:
        _KNOWN.clear()
    bare = [written.strip().rstrip("*$") for written, _ in new]
    for one, text, needle in zip(new, bare, fold_terms(bare), strict=True):
        _KNOWN[one] = _phrase(*one, text, needle)


def parse_phrase(written: str, language: Language) -> Phrase:
    """Read an operator's phrase. Raises ValueError when nothing is left to search for."""
    known = _KNOWN.get((written, language))
    if known is None:
        text = written.strip().rstrip("*$")
        known = _phrase(written, language, text, fold_term(text))
    return known


def _phrase(written: str, language: Language, text: str, folded: str) -> Phrase:
    """The phrase of a text without its marks, which `written` has, and of the same text folded."""
    needle = " ".join(folded.split())
    if not needle:
        raise ValueError(f"phrase {written!r} has nothing to search for")
    exact = len(text) <= _LONGEST_EXACT and text.isascii() and text.isupper() and text.isalpha()
    needles: tuple[str, ...] = (needle,)
    if " " in needle and _HANGUL.search(needle):
        needles = (needle, needle.replace(" ", ""))
    elif language == "zh" and (other := in_taiwan(needle)) != needle:
        needles = (needle, other)
    tail = None
    if (mark := written.rstrip()[-1:]) == "$":
        tail = _LAST_TAIL
    elif needle[-1] in _WORD:
        tail = _OPEN_TAIL if mark == "*" else _OWN_TAIL if exact else _TAIL
    return _new(Phrase, (text, language, needles, needle[0] in _WORD, tail, exact))


def ending_of(phrase: Phrase) -> Literal["any", "word", "open", "own"]:
    """What may follow a hit, sentence ends left aside: anything, plural forms, a longer word, the word's end."""
    if phrase.tail is _TAIL:
        return "word"
    if phrase.tail is _OPEN_TAIL:
        return "open"
    return "own" if phrase.tail is _OWN_TAIL else "any"
