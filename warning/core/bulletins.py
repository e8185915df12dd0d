"""What tells a bulletin, whose title and blurb are the same each time, from an article that is told again.

A bulletin comes at the distance of its rhythm and is named for it, or for what it sums up, or each issue's address names
its day; an article has a headline of its own. What cannot be told apart is a bulletin: an item too many is better than a notice lost.
"""

import re
import unicodedata
from datetime import timedelta

from warning.core.addresses import canonical_address
from warning.core.evidence import Item

LEAST_HEADLINE = 30
"""So many letters a headline has that is no standing title; one of Chinese, Japanese or Korean counts as three."""
WEEK = timedelta(days=7)
OFF_WEEK = timedelta(days=1, hours=6)
"""So much earlier or later a weekly bulletin may come and keep its rhythm: a holiday, another hour."""
ONE_DAY = timedelta(days=1)
SAME_ISSUE = timedelta(hours=6)
"""So far apart two dates of one issue may lie: a day's morning and evening bulletins lie further apart."""
_FIRST_CJK = "\u2e80"
_DIGITS = re.compile(r"\d+")
_DAY = re.compile(r"(?<!\d)(20\d\d)([-/_.]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)")
_STANDING = re.compile(
    r"\b(?:daily|weekly|biweekly|fortnightly|monthly|quarterly|yearly|annual|regular|week|month|today|bulletin|briefing"
    r"|brief|digest|newsletter|round-?up|update|monitor|review|outlook|calendar|podcast|newsroom|live|headlines|hebdo"
    r"|wöchentlich|woche|semaine|semanal)\b"
    r"|[周週日月季旬年][报報刊]|[早晚午简簡快通][报報讯訊]|[一每本今][周週]|例行|动态|動態|動向|まとめ|今日|毎[日週月]|定例|会見|速報|週間|月間"
    r"|주간|일간|월간|분기|정례|동향|브리핑|소식|뉴스레터"
)


def has_headline(title: str) -> bool:
    """Whether a title says what happened, as far as its length and words tell; a standing title does not."""
    folded = unicodedata.normalize("NFKC", title).casefold()
    letters = sum((3 if one >= _FIRST_CJK else 1) for one in folded if one.isalnum())
    return letters >= LEAST_HEADLINE and _STANDING.search(folded) is None


def is_same_issue(old: Item, new: Item) -> bool:
    """Whether the same words at two addresses are of one day, and no two issues of a bulletin.

    A short text told again on another day may be next week's report in the same words.
    """
    if _is_next_issue(old, new):
        return False
    if old.published_at is None or new.published_at is None:
        return abs(new.known_at - old.known_at) <= ONE_DAY
    return abs(new.published_at - old.published_at) <= ONE_DAY


def _is_next_issue(old: Item, new: Item) -> bool:
    """Whether the same words under a standing title and two addresses are two issues of a bulletin, a day's or an hour's.

    Their dates tell, or the numbers in their addresses where one has no date.
    """
    if is_another_day(old, new):
        return True
    if has_headline(new.title):
        return False
    if old.published_at is not None and new.published_at is not None:
        return abs(new.published_at - old.published_at) > SAME_ISSUE
    return _numbers_in(old.url) != _numbers_in(new.url)


def is_another_day(old: Item, new: Item) -> bool:
    """Whether the same words, however they are headed, are of two days of one week: by their dates and by their addresses.

    A register heads notices of two days alike, and so does a bulletin that comes every working day.
    """
    if old.published_at is None or new.published_at is None:
        return False
    days = _day_in(old.url), _day_in(new.url)
    return all(days) and days[0] != days[1] and SAME_ISSUE < abs(new.published_at - old.published_at) < WEEK


def _day_in(url: str) -> tuple[str, ...]:
    """The day that an address names behind its host; nothing where it names none."""
    address = canonical_address(url) if url else ""
    found = _DAY.search(address.partition("/")[2])
    return (found[1], found[3], found[4]) if found else ()


def _numbers_in(url: str) -> list[str]:
    """The numbers behind the host; what tracks a reader, and how the address is written, count for nothing."""
    address = canonical_address(url) if url else ""
    return _DIGITS.findall(address.partition("/")[2])


def in_rhythm(apart: timedelta) -> bool:
    """Whether two texts lie one or more weeks apart, as the issues of a bulletin do."""
    off = abs(apart) % WEEK
    return abs(apart) >= WEEK - OFF_WEEK and min(off, WEEK - off) <= OFF_WEEK
