"""Calendar dates as four languages write them, found in the original text (never in folded text)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache

from warning.core.text.han_numbers import DIGITS, NUMERALS, number_of

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"  # fmt: skip
_ERAS = {"令和": 2018, "平成": 1988}
# A month told from the day of the report: 내달 1일, 来月15日, 上月30日. A day alone must say that something starts.
_NEAR_MONTHS = {"지난달": -1, "先月": -1, "上月": -1, "이달": 0, "이번 달": 0, "今月": 0, "本月": 0,
                "내달": 1, "다음 달": 1, "다음달": 1, "来月": 1, "下月": 1, "下个月": 1}  # fmt: skip
# A year told from the year of the report: 내년 11월 27일, 来年6月, 明年1月1日, 昨年12月3日.
_NEAR_YEARS = {"내후년": 2, "再来年": 2, "내년": 1, "来年": 1, "明年": 1, "올해": 0, "今年": 0, "本年": 0,
               "지난해": -1, "작년": -1, "昨年": -1, "去年": -1, "재작년": -2, "一昨年": -2}  # fmt: skip
# A year told from the one named last before it, whatever the year of the report: 2023年に公布、翌年8月1日に施行.
_YEAR_AFTER = ("翌年", "次年", "이듬해")
_NEAR_YEAR = "|".join((*_NEAR_YEARS, *_YEAR_AFTER))
_ENGLISH_YEAR = r",?\s+(?:of\s+)?(?:the\s+)?(?:next|this|last|following)\s+year\b"
_ENGLISH_YEARS = {"next": 1, "this": 0, "last": -1}
# A year that a preposition alone tells from a number lies within so many years of the report.
_FEW_YEARS = 5
# Behind a figure: it counts something.
_NO_YEAR = (
    r"[,.]\d|\s*%|[\s-]*(?:(?:metric|short|long)\s+)?(?:t|mt|tonnes?|tons?|kg|kilo\w*|pounds?|lbs?|grams?|ounces?|barrels?|units?|pieces?|items?|goods"
    r"|products?|codes?|compan(?:y|ies)|firms?|entit(?:y|ies)|workers?|jobs?|people|days?|hours?|times|yuan|rmb|dollars?|usd|euros?|won|yen|per\s?cent|million|billion)\b"
)
_COUNT = rf"(?:\d{{1,2}}|[{NUMERALS}]{{1,3}})"


@cache
def _date() -> re.Pattern[str]:
    """Compiled for the first text: this one takes a fifth as long as all others together, and most commands read no dates."""
    return re.compile(
        rf"""(?P<iso>\b(?P<iy>\d{{4}})-(?P<im>\d{{1,2}})-(?P<id>\d{{1,2}})(?!\d))
    |(?P<cjk>(?:(?P<era>令和|平成)\s*(?P<ey>{_COUNT}|元)\s*年\s*|(?P<cy>\d{{4}}|[一二][{DIGITS}]{{3}})\s*[年년]\s*|(?P<ry>{_NEAR_YEAR})[の的]?\s*)?
        (?<![\d{NUMERALS}])(?P<cm>{_COUNT})\s*[月월]\s*(?P<cd>{_COUNT})\s*[日일号])
    |(?P<near>(?:(?P<nm>지난달|先月|上月|이달|이번\ 달|今月|本月|내달|다음\ ?달|来月|下个?月)\s*(?P<nd>\d{{1,2}})\s*[日일号])
        |(?<![\d年月년월第제])(?P<sd>\d{{1,2}})\s*(?:日|일)(?=\s*(?:부터|자로|から|より|付で|起)))
    |(?P<mdy>\b(?P<mm>{_MONTH})\s+(?P<md>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:])(?:,?\s+(?P<my>\d{{4}})\b|(?P<mn>{_ENGLISH_YEAR}))?)
    |(?P<dmy>\b(?P<dd>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<dm>{_MONTH})(?:,?\s+(?P<dy>\d{{4}})\b|(?P<dn>{_ENGLISH_YEAR}))?)""",
        re.IGNORECASE | re.VERBOSE,
    )


# Every date holds a digit, or a numeral before a year or month. It begins there, with a word before it, or within a
# run of digits too long for a year.
_DIGITS = re.compile(rf"\d+|(?<![{NUMERALS}])[{NUMERALS}]++(?=\s*(?:年|[월月]\s*[\d{NUMERALS}]))")
_LEAD = re.compile(
    rf"(?:(?:令和|平成)(?:\s*元\s*年)?|지난달|先月|上月|이달|이번\ 달|今月|本月|내달|다음\ ?달|来月|下个?月|(?:{_NEAR_YEAR})[の的]?|\b{_MONTH})\s*\Z",
    re.IGNORECASE,
)
_LONGEST_LEAD = 24
_LONGEST_YEAR = 4


# The same stretches are asked for by every rule that an item meets, and for each of its days.
_REMEMBERED = 64


@dataclass(frozen=True, slots=True)
class Found:
    """A date and where it stands."""

    start: int
    end: int
    day: date


@lru_cache(maxsize=_REMEMBERED)
def dates_in(text: str, anchor: date | None) -> tuple[Found, ...]:
    """Return the dates of a text in order.

    One without a year gets the year that puts it nearest to `anchor`; without an anchor it is left out, as is one of a year
    after another (翌年) that the text does not name before it.
    """
    return tuple(_dates(text, anchor))


def _dates(text: str, anchor: date | None) -> Iterator[Found]:
    named = _Named(text, anchor)
    for match in _matches(text):
        if match["near"]:
            if anchor and (near := _near_month(match, anchor)):
                yield Found(match.start(), match.end(), near)
            continue
        parts = _parts(match)
        if told := match["ry"] or match["mn"] or match["dn"]:
            year = _year_told(told, match.start(), named, anchor)
            if year is None:
                continue
            parts = (year, *parts[1:])
        day = _valid(*parts) if parts[0] is not None else _nearest(parts, anchor) if anchor else None
        if day is not None:
            yield Found(match.start(), match.end(), day)


def _matches(text: str) -> Iterator[re.Match[str]]:
    """Yield what the whole pattern finds, one after the other, trying it only where a date may begin."""
    done = 0
    for begin in _begins(text):
        if begin >= done and (match := _date().match(text, begin)):
            yield match
            done = match.end()


def _begins(text: str) -> Iterator[int]:
    for digits in _DIGITS.finditer(text):
        begin, end = digits.span()
        gap = begin
        while gap and text[gap - 1].isspace():
            gap -= 1
        lead = _LEAD.search(text, max(0, gap - _LONGEST_LEAD), begin)
        if lead:
            yield lead.start()
        yield from range(begin, max(begin, end - _LONGEST_YEAR) + 1)


def _parts(match: re.Match[str]) -> tuple[int | None, int, int]:
    g = match.group
    if g("iso"):
        return int(g("iy")), int(g("im")), int(g("id"))
    if g("cjk"):
        return _cjk_year(g("era"), g("ey"), g("cy")), number_of(g("cm")), number_of(g("cd"))
    if g("mdy"):
        return (int(g("my")) if g("my") else None), _month(g("mm")), int(g("md"))
    return (int(g("dy")) if g("dy") else None), _month(g("dm")), int(g("dd"))


def _year_told(told: str, place: int, named: "_Named", anchor: date | None) -> int | None:
    """The year that words say: next to the report's own, or the one after the year named last before `place`; None for no year."""
    if told in _NEAR_YEARS:
        return anchor.year + _NEAR_YEARS[told] if anchor else None
    words = told.lower().split()
    if told in _YEAR_AFTER or "following" in words or ("the" in words and "next" in words):
        year = named.last_before(place)
        if year is not None or told in _YEAR_AFTER:
            return year + 1 if year is not None else None
    return anchor.year + _ENGLISH_YEARS.get(words[-2], 1) if anchor else None


class _Named:
    """The years that a text names, passed once from its start: 2023年, 令和5年, "October 2023", or 昨年 told from the report's."""

    def __init__(self, text: str, anchor: date | None) -> None:
        self._anchor, self._matches = anchor, _named_year().finditer(text)
        self._next = next(self._matches, None)
        self._year: int | None = None

    def last_before(self, place: int) -> int | None:
        """The year named last before a place, which never lies before the one asked for last."""
        while self._next is not None and self._next.end() <= place:
            year = self._named_by(self._next)
            self._year = self._year if year is None else year
            self._next = next(self._matches, None)
        return self._year

    def _named_by(self, match: re.Match[str]) -> int | None:
        anchor = self._anchor
        if near := match["near"]:
            return anchor.year + _NEAR_YEARS[near] if anchor else None
        if said := match["said"]:
            is_near = anchor is None or abs(int(said) - anchor.year) <= _FEW_YEARS
            return int(said) if is_near else None
        return _cjk_year(match["era"], match["ey"], match["year"] or match["dated"])


@cache
def _named_year() -> re.Pattern[str]:
    """English figures are years only behind a month, or behind a word of time and near the report's own: 2000 tonnes are none."""
    year = r"(?:19|20)\d\d"
    return re.compile(
        rf"""(?P<era>令和|平成)\s*(?P<ey>{_COUNT}|元)\s*年
    |(?<!\d)(?P<year>{year}(?=\s*[年년]|[-/.]\s?\d{{1,2}}[-/.]\s?\d{{1,2}}(?!\d))|[一二][{DIGITS}]{{3}}(?=年))
    |(?P<near>{"|".join(_NEAR_YEARS)})
    |\b{_MONTH}\s+(?:\d{{1,2}}(?:st|nd|rd|th)?,?\s+)?(?P<dated>{year})\b(?!{_NO_YEAR})
    |\b(?:in|of|since|by|from|until|during|through|(?:early|late|mid|year)[ -])\s*(?P<said>{year})\b(?!{_NO_YEAR})""",
        re.IGNORECASE | re.VERBOSE,
    )


def _near_month(match: re.Match[str], anchor: date) -> date | None:
    if match["nm"]:
        first = months_after(anchor.replace(day=1), _NEAR_MONTHS[match["nm"]])
        return _valid(first.year, first.month, int(match["nd"]))
    day = _valid(anchor.year, anchor.month, int(match["sd"]))
    if day is None or day < anchor - timedelta(days=7):  # the 4th, told on the 28th, is next month's
        first = months_after(anchor.replace(day=1), 1)
        return _valid(first.year, first.month, int(match["sd"]))
    return day


def _cjk_year(era: str | None, era_year: str | None, year: str | None) -> int | None:
    if era and era_year:
        return _ERAS[era] + (1 if era_year == "元" else number_of(era_year))
    return number_of(year) if year else None


def _month(name: str) -> int:
    return MONTHS.index(name[:3].lower()) + 1


def _valid(year: int | None, month: int, day: int) -> date | None:
    try:
        return date(year or 0, month, day)
    except ValueError:
        return None


def _nearest(parts: tuple[int | None, int, int], anchor: date) -> date | None:
    """Announcements look forward more than back: up to four months ago, else the next one to come."""
    for year in (anchor.year - 1, anchor.year, anchor.year + 1):
        day = _valid(year, parts[1], parts[2])
        if day is not None and day >= anchor - timedelta(days=120):
            return day
    return None


def months_after(day: date, months: int) -> date:
    """The same day `months` later; the last day of a month that is too short."""
    years, month = divmod(day.month - 1 + months, 12)
    for number in (day.day, 30, 29, 28):
        found = _valid(day.year + years, month + 1, number)
        if found:
            return found
    raise ValueError(f"no day {months} months after {day}")


def years_after(day: date, years: int) -> date:
    """The same day `years` later; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
