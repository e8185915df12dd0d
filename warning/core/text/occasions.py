"""Talks after which a headline tells an act: "lowers tariffs after talks with Xi", 与中方会谈后下调, 首脳会談受け, 회담 후.

They are over, and the act is none that is still talked of: their words bar nothing, as words of a reaction do not.
"""

import re
from functools import lru_cache

from warning.core.text.matcher import Hit
from warning.core.text.reading import Reading

_TALKS_EN = r"(?:talks|meetings?|call|summit|dialogue|discussions|negotiations|consultations)"
_PATTERNS = {
    "en": re.compile(
        rf"\b(?:after|following|in\sthe\swake\sof|at|on\sthe\sheels\sof)\s(?:(?!\b(?:as|and|but|while|over|on|about|bans?|halts?|curbs?|fail\w*|collapse\w*|stalled)\b)[\w’'.-]+\s){{0,4}}?{_TALKS_EN}\b(?!\s(?:fail|collapse|stall|break|end\swithout|on|over|about)\w*)",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        r"(?:[与同和](?:(?!呼吁|敦促|要求)[^，,；;。：:\s]){1,10}?)?(?:会谈|会晤|通话|磋商|峰会)(?:之后|过后|后)(?!将|拟|若)"
    ),
    "ja": re.compile(
        r"(?:[^\s、。　]{0,8}(?:会談|協議)(?:を受け(?:て|た)?|受け$|後に|の後に?|後)|(?:首脳)?会談受け)(?!も|の見通し)"
    ),
    "ko": re.compile(
        r"(?:\S{1,6}[과와]\s)?\S{0,4}(?:회담|통화|협의|협상)(?:을|를)?\s?(?:직후|이후|후|뒤|계기로)(?=[\s,…]|$)"
    ),
}


def is_of_occasion(reading: Reading, hit: Hit) -> bool:
    """Whether a word stands in what a headline tells as the occasion of its act."""
    start, end = reading.span(hit)
    return end <= len(reading.title) and any(
        first <= start and end <= last for first, last in _occasions(reading.item.language, reading.title)
    )


@lru_cache(maxsize=4096)
def _occasions(language: str, title: str) -> tuple[tuple[int, int], ...]:
    """Where the talks stand in a headline after which its act comes."""
    pattern = _PATTERNS.get(language)
    return tuple(found.span() for found in pattern.finditer(title)) if pattern else ()
