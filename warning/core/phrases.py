"""Sentences from templates: placeholders filled, and the words right after them made to agree with what filled them.

A Korean particle written with its alternative, such as 이(가) or (으)로, takes the form that the sound before it asks
for. An English plural written with its mark, such as day(s) or entr(y/ies), takes the form its number asks for.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from string import Formatter

# By particle: the form after a final consonant, the one after a vowel.
_PARTICLES = {
    "이(가)": ("이", "가"), "을(를)": ("을", "를"), "은(는)": ("은", "는"), "과(와)": ("과", "와"), "(으)로": ("으로", "로"),
}  # fmt: skip
_TO = "(으)로"
_CLOSERS = "\"'”’」』"
_PARTICLE = re.compile(rf"([)\]{_CLOSERS}]*)(" + "|".join(map(re.escape, _PARTICLES)) + ")")
_PLURAL = re.compile(r"((?:[ -][A-Za-z-]+)*?[ -][A-Za-z]+)\((?:(\w*)/)?(\w+)\)")
_ASIDE = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\])$")

# English says "the" before these inside a sentence.
_WITH_ARTICLE = frozenset({"US", "GB", "EU", "NL", "PH", "AE"})

_FIRST_SYLLABLE, _LAST_SYLLABLE, _FINALS, _RIEUL = ord("가"), ord("힣"), 28, 8
# How a number's last digit and a letter's name end when they are read aloud in Korean.
_DIGITS = {"0": "c", "1": "l", "2": "v", "3": "c", "4": "v", "5": "v", "6": "c", "7": "l", "8": "l", "9": "v"}
_LETTERS = {"L": "l", "M": "c", "N": "c"}
_UNITS = {"%": "v", "t": "c", "kg": "c", "g": "c", "mt": "c"}


@cache
def _parts(template: str) -> tuple[tuple[str, str | None], ...]:
    return tuple((literal, name) for literal, name, _, _ in Formatter().parse(template))


def filled(template: str, values: Mapping[str, object], language: str) -> str:
    """Return the sentence. Values stand as they are, never parsed; KeyError names a placeholder without a value."""
    agree = _AGREEMENTS.get(language)
    said, value = "", ""
    for literal, name in _parts(template):
        said += agree(literal, said, value) if agree and said else literal
        if name is not None:
            value = str(values[name])
            said += value
    return said


def counted(number: int, one: str, many: str = "") -> str:
    """Return "1 record", "2 records"; `many` is the plural that takes more than an s."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def state_said(name: str, code: str, language: str) -> str:
    """Return a state's name as it stands inside a sentence: "the United States". A code stays a code."""
    return f"the {name}" if language == "en" and code in _WITH_ARTICLE and name != code else name


def ends_in(text: str) -> str:
    """Return how a text ends when read in Korean: "v" a vowel, "l" the consonant ㄹ, "c" another, "" unknown.

    What stands in brackets at the end is not read; of letters only numbers, units and abbreviations are known.
    """
    text = text.rstrip(_CLOSERS + " ")
    while found := _ASIDE.search(text):
        text = text[: found.start()].rstrip(_CLOSERS + " ")
    last = text[-1:]
    if last and _FIRST_SYLLABLE <= ord(last) <= _LAST_SYLLABLE:
        final = (ord(last) - _FIRST_SYLLABLE) % _FINALS
        return "v" if final == 0 else "l" if final == _RIEUL else "c"
    word = re.search(r"[A-Za-z]+$|.$", text)
    name = word.group() if word else ""
    if name in _DIGITS or name in _UNITS:
        return _DIGITS.get(name) or _UNITS[name]
    return _LETTERS.get(last, "v") if name.isascii() and name.isupper() else ""


def _korean(literal: str, before: str, _value: str) -> str:
    found = _PARTICLE.match(literal)
    if found is None:
        return literal
    closers, particle = found.groups()
    ending = ends_in(before + closers)
    if not ending:
        return literal
    after_consonant = ending == "c" or (ending == "l" and particle != _TO)
    return closers + _PARTICLES[particle][0 if after_consonant else 1] + literal[found.end() :]


def _english(literal: str, _before: str, value: str) -> str:
    found = _PLURAL.match(literal)
    if found is None:
        return literal
    words, one, many = found.groups()
    return words + ((one or "") if value == "1" else many) + literal[found.end() :]


_AGREEMENTS: Mapping[str, Callable[[str, str, str], str]] = {"ko": _korean, "en": _english}
