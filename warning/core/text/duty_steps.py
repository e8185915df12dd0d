"""Which way a headline moves a duty: "ends tariff pause", 取消对华关税减让, 関税引き下げを撤回, 관세 유예 해제 bring it back, "cuts duty to 10%" lowers it.

A duty that is lifted by points, to a rate, or whose rate is lifted, is raised; relief that is not extended ends. An end that is declined,
denied or still ahead is told neither way; an end that is put off is none.
"""

import re
from enum import Enum
from functools import lru_cache

from warning.core.text.duty_words import (
    A_DUTY_EN,
    ANY_DUTY,
    APART_EN,
    BACK,
    EASES_EN,
    FROM_TO,
    LOWERED,
    NO_KO,
    NOT_EXTENDED,
    PUT_OFF,
    RAISED,
    UNDONE,
)
from warning.core.text.headline import headline_of
from warning.core.text.matcher import Hit
from warning.core.text.reading import Reading

_BEFORE_THE_END = frozenset({"en", "zh"})


class _Step(Enum):
    NONE = 0
    BACK = 1
    LOWERED = 2
    LEFT = 3


def brings_a_duty_back(reading: Reading) -> bool:
    """Whether a headline tells that relief from a duty ends or is not extended, or that a duty comes back or is lifted by so much or to a rate."""
    return _step(reading.item.language, headline_of(reading).text) is _Step.BACK


def lowers_a_duty(reading: Reading) -> bool:
    """Whether a headline tells that a duty is cut, suspended or kept so, and of none that is raised."""
    return _step(reading.item.language, headline_of(reading).text) is _Step.LOWERED


def is_other_duty(reading: Reading, event: tuple[Hit, ...]) -> bool:
    """Whether the duty of an event of relief stands in no clause of the headline that eases: "cuts rates as tariffs bite", "cut quota and raise tariffs".

    One whose relief is left as it is ("declines to end tariff pause") is told as no relief either.
    """
    if _step(reading.item.language, headline_of(reading).text) is _Step.LEFT:
        return all(reading.field_of(hit) == "title" for hit in event)
    return (
        reading.item.language == "en"
        and any(A_DUTY_EN.search(reading.words(hit)) for hit in event)
        and all(reading.field_of(hit) == "title" for hit in event)
        and not _eases_a_duty(headline_of(reading).text)
    )


@lru_cache(maxsize=256)
def _eases_a_duty(title: str) -> bool:
    return any(EASES_EN.search(clause) and A_DUTY_EN.search(clause) for clause in APART_EN.split(title))


@lru_cache(maxsize=256)
def _step(language: str, plain: str) -> _Step:
    if language not in BACK or not ANY_DUTY.search(plain):
        return _Step.NONE
    if NOT_EXTENDED[language].search(plain):
        return _Step.BACK
    back = BACK[language].search(plain)
    if back is not None and not _is_put_off(language, plain, back):
        if language == "en" and (rates := FROM_TO.search(plain, back.start())):
            return _Step.LOWERED if _figure(rates[1]) > _figure(rates[2]) else _Step.BACK
        return _Step.LEFT if _is_undone(language, plain, back) else _Step.BACK
    lowered = LOWERED[language].search(plain)
    if lowered is None or RAISED.search(plain[: lowered.start()] + " " + plain[lowered.end() :]):
        return _Step.NONE
    return _Step.LOWERED


def _is_put_off(language: str, plain: str, back: re.Match[str]) -> bool:
    if language in _BEFORE_THE_END:
        return PUT_OFF[language].search(plain[max(back.start() - 80, 0) : back.start()]) is not None
    return PUT_OFF[language].match(plain, back.end()) is not None


def _is_undone(language: str, plain: str, back: re.Match[str]) -> bool:
    if language in _BEFORE_THE_END:
        return UNDONE[language].search(plain[max(back.start() - 80, 0) : back.start()]) is not None
    return UNDONE[language].match(plain, back.end()) is not None or NO_KO.search(back.group()) is not None


def _figure(text: str) -> float:
    whole, _, rest = text.partition(".")
    return float(f"{whole}.{rest.partition('.')[0] or 0}")
