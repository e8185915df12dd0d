"""Where sentences end in English, Chinese, Japanese and Korean text."""

import re
from bisect import bisect_right

# Begins with one set of signs: a text is then searched for these alone, which takes a fifth of the time.
_ENDS = re.compile(
    r"[。！？!?；\n.](?:(?<=[。！？!?；])[。！？!?；]*[」』”’\")）]*|(?<=\n)\n*"
    r"|(?<=\.)\.*[”’\")]*(?=\s+[^a-z\s]|\s*$)|(?<=다\.)(?=\S))"
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:[A-Za-z]|No|Nos|Mr|Mrs|Ms|Dr|St|Inc|Ltd|Co|Corp|Art|Sec|Fig|vs|cf|al|etc|approx|Gov|Gen|Sen|Rep|Prof"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)|\b(?:[A-Za-z]\.)+[A-Za-z])$",
)


def sentence_ends(text: str) -> list[int]:
    """Return the end of every sentence, in order; the last one is the length of the text."""
    ends = [m.end() for m in _ENDS.finditer(text) if not _is_abbreviation(text, m)]
    if not ends or ends[-1] < len(text):
        ends.append(len(text))
    return ends


def sentence_at(ends: list[int], place: int) -> int:
    """Return the number of the sentence that holds the character at `place`."""
    return bisect_right(ends, place)


def span_of(ends: list[int], number: int) -> tuple[int, int]:
    """Return where sentence `number` starts and ends."""
    return (ends[number - 1] if number else 0), ends[number]


def _is_abbreviation(text: str, end: re.Match[str]) -> bool:
    if not end.group().startswith(".") or len(end.group()) > 1:
        return False
    return _ABBREVIATION.search(text[max(0, end.start() - 8) : end.start()]) is not None


SENTENCES = _ENDS.pattern + _ABBREVIATION.pattern
