"""One phrase of the vocabulary: what exactly is searched, and which hits of the search count.

English: matched at word boundaries (ASCII semantics, so `中国gallium出口` has gallium), the last word also in the
plural and the possessive; a trailing `*` lets the word go on (`tighten*`). A phrase written in capitals of at
most five letters (US, EU, METI) is matched in capitals only. Chinese, Japanese: substrings. Korean: substrings;
a space in the phrase may be missing in the text. A trailing `$` asks that the sentence ends there: a headline that ends
in `수출 통제` reports it, one that goes on may only discuss it.
"""

import re
from collections.abc import Iterable
from typing import Literal, NamedTuple

from warning.core.terms import Language
from warning.core.text.folding import fold_term, fold_terms

_WORD = re.compile("[a-z0-9à-ɏ]")
_HANGUL = re.compile("[가-힣]")
_TAIL = re.compile("(?:es|s)?(?:'s|')?(?![a-z0-9à-ɏ])")
_OPEN_TAIL = re.compile("[a-zà-ɏ]*(?:'s|')?(?![a-z0-9à-ɏ])")
# A folded text has spaces for hyphens: three in a row are the " - " before a publisher's name.
_LAST_TAIL = re.compile(r"(?=\s*(?:$|[\n…!.。」”\"|(])|   )")
_OWN_TAIL = re.compile("(?:'s|')?(?![a-z0-9à-ɏ])")

_MOST_KNOWN = 32_768


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
        if self.starts_word and start and _WORD.match(folded, start - 1):
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
    folded = fold_terms([_bare(written) for written, _ in new])
    for (written, language), needle in zip(new, folded, strict=True):
        _KNOWN[written, language] = _phrase(written, language, needle)


def parse_phrase(written: str, language: Language) -> Phrase:
    """Read an operator's phrase. Raises ValueError when nothing is left to search for."""
    known = _KNOWN.get((written, language))
    return known or _phrase(written, language, fold_term(_bare(written)))


def _bare(written: str) -> str:
    return written.strip().rstrip("*$")


def _phrase(written: str, language: Language, folded: str) -> Phrase:
    stripped = written.strip()
    text = stripped.rstrip("*$")
    is_open, is_last = stripped.endswith("*"), stripped.endswith("$")
    needle = " ".join(folded.split())
    if not needle:
        raise ValueError(f"phrase {written!r} has nothing to search for")
    exact = len(text) <= 5 and text.isascii() and text.isupper() and text.isalpha()
    return Phrase(
        written=text,
        language=language,
        needles=_spellings(needle),
        starts_word=bool(_WORD.match(needle[0])),
        tail=_LAST_TAIL if is_last else _tail(needle, is_open, exact),
        exact=exact,
    )


def ending_of(phrase: Phrase) -> Literal["any", "word", "open", "own"]:
    """What may follow a hit, sentence ends left aside: anything, plural forms, a longer word, the word's end."""
    if phrase.tail is _TAIL:
        return "word"
    if phrase.tail is _OPEN_TAIL:
        return "open"
    return "own" if phrase.tail is _OWN_TAIL else "any"


def _tail(needle: str, is_open: bool, exact: bool) -> re.Pattern[str] | None:
    if not _WORD.match(needle[-1]):
        return None
    if is_open:
        return _OPEN_TAIL
    return _OWN_TAIL if exact else _TAIL


def _spellings(needle: str) -> tuple[str, ...]:
    if " " in needle and _HANGUL.search(needle):
        return needle, needle.replace(" ", "")
    return (needle,)
