"""The day an act was announced, where a text states it: a notice's own date, a report's date, day or weekday."""

import re
from datetime import date, timedelta

from warning.core.text.calendar_dates import Found, dates_in, months_after
from warning.core.text.han_numbers import DIGITS, NUMERALS

# A report tells of what was announced lately; a date further back is that of another act.
_RECENT = timedelta(days=21)
_COUNT = rf"(?:\d{{1,2}}|[{NUMERALS}]{{1,3}})"
_NOTICE_DATE = re.compile(
    rf"^[ \t　]*(?:\d{{4}}|[一二][{DIGITS}]{{3}})\s*年\s*{_COUNT}\s*月\s*{_COUNT}\s*日[ \t　]*$"
    r"|【?(?:发文|发布|公布|成文)日期】?\s*[:：]?\s*\d{4}\s*[年-]\s*\d{1,2}\s*[月-]\s*\d{1,2}日?"
    r"|名单\s*[（(]\d{4}年\d{1,2}月\d{1,2}日[）)]|(?:date of issue|issued(?: on)?|promulgated(?: on)?|publication date|published on|announced on)\W{1,6}(?:\w+ \d{1,2},? \d{4}|\d{4}-\d{2}-\d{2}|\d{1,2} \w+ \d{4})",
    re.MULTILINE | re.IGNORECASE,
)
_STATED = re.compile(
    r"announc|issued|publish|adopt|promulgat|impos|unveil|released|decree|mandat|发布|公布|公告|印发|발표|공고|고시|発表|公布",
    re.IGNORECASE,
)
# What was imposed on a day may be announced later: a report's "imposed" dates the effect.
_SAID = re.compile(r"announc|issued|publish|adopt|promulgat|unveil|released|decree|said", re.IGNORECASE)
_ON = re.compile(r"(?:^|[\s(])[Oo]n\s+(?:the\s+)?$")
_DATED = re.compile(r"\bdated(?:\s+the)?\s*$", re.IGNORECASE)
_TOLD_VERB = r"(?:发布|發布|公布|宣布|公告|発表|公表|明らかに|公示|발표|공고|고시|공포|밝혔|밝힌)"
_TOLD_NEXT = re.compile(
    rf"(?:[、,，（）()]|夜|午前|午後|晚间?|上午|下午|오전|오후|に|\s)*[^。.\n、，,]{{0,12}}?{_TOLD_VERB}"
)
# The day of the month alone: 商務省は9日、…発表した. What follows it may make it a span, an end or a day to come.
_DAY_ALONE = re.compile(
    rf"(?<![\d月월年년第제.])(\d{{1,2}})\s*(?:日(?!間|间|本|程|まで|までに|から|より|起|内|以内|后|後|前|起|付)|일(?!\s*(?:부터|까지|자로|간|이내|뒤|후|전|동안)))[^。\n]{{0,70}}?{_TOLD_VERB}"
)
_CHINESE_WEEKDAY = re.compile(rf"(?<!下)(?:周|星期|礼拜)([一二三四五六日天])[^。\n起前]{{0,40}}?{_TOLD_VERB}")
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ANY_WEEKDAY = "|".join(_WEEKDAYS)
# "Said the ban would take effect on Monday" tells when it starts, not when it was said.
_SAID_ON = re.compile(
    rf"\b(?:announc\w+|issued|published|adopted|promulgated|unveiled|released|decreed|said|says)\b"
    rf"(?:(?!effect|force|start|begin|from |next|until|\bby\b)[^.\n]){{0,70}}?\b(?:on|late on)\s+({_ANY_WEEKDAY})\b"
    rf"|\bOn\s+({_ANY_WEEKDAY}),?\s[^.\n]{{0,120}}?\b(?:announc|issued|published|adopted|promulgated|unveiled|released|decreed)",
    re.IGNORECASE,
)  # fmt: skip
_NUMBER_OF = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}


def notice_date(text: str, day: date) -> date | None:
    """The date an official notice bears, within two months of `day`, the day it was published."""
    notice = _NOTICE_DATE.search(text)
    found = next(iter(dates_in(notice.group(), day)), None) if notice else None
    return found.day if found and abs((found.day - day).days) <= 60 else None


def stated_in(stretches: list[str], day: date, *, official: bool) -> date | None:
    """The day of announcement that the sentences give; `day` is that of publication. None where they give none."""
    for stretch in stretches:
        for found in dates_in(stretch, day):
            if found.day <= day + timedelta(days=1) and _is_said_of(stretch, found, day, official=official):
                return found.day
    if official:
        return None
    return next((said for stretch in stretches if (said := _day_told(stretch, day)) is not None), None)


def _is_said_of(stretch: str, found: Found, day: date, *, official: bool) -> bool:
    before, after = stretch[: found.start], stretch[found.end :]
    recent = day - found.day <= _RECENT
    if (_ON.search(before) or not before.strip()) and _STATED.search(after[:160]):
        return official or recent
    if re.search(r"\bon\s+$", before) and (_STATED if official else _SAID).search(before[-100:]):
        return day - found.day <= (timedelta(days=10) if official else _RECENT) and found.day <= day
    if official or not recent or found.day > day:
        return False
    return _DATED.search(before) is not None or _TOLD_NEXT.match(after) is not None


def _day_told(stretch: str, day: date) -> date | None:
    """The last such weekday, or day of the month, up to the day of publication."""
    if match := _SAID_ON.search(stretch):
        return _last_weekday(_WEEKDAYS.index((match.group(1) or match.group(2)).lower()), day)
    if match := _CHINESE_WEEKDAY.search(stretch):
        return _last_weekday(_NUMBER_OF[match.group(1)], day)
    if match := _DAY_ALONE.search(stretch):
        return _last_such_day(int(match.group(1)), day)
    return None


def _last_weekday(weekday: int, day: date) -> date:
    return day - timedelta(days=(day.weekday() - weekday) % 7)


def _last_such_day(number: int, day: date) -> date | None:
    for month in (0, -1):
        first = months_after(day.replace(day=1), month)
        try:
            said = first.replace(day=number)
        except ValueError:
            continue
        if timedelta(0) <= day - said <= timedelta(days=14):
            return said
    return None
