"""When an act was announced, when it takes effect, and when it (or its suspension) ends."""

import re
from dataclasses import dataclass
from datetime import UTC, date, time, timedelta, timezone
from functools import lru_cache
from typing import Protocol

from warning.core.evidence import Item
from warning.core.text.announced import notice_date, stated_in
from warning.core.text.calendar_dates import Found, dates_in, months_after, years_after
from warning.core.text.han_numbers import NUMERALS, number_of

# Notices are dated by the issuer's own clock. Hours east of UTC; summer time moves no notice to another day.
_HOURS_EAST = {
    "CN": 8,
    "TW": 8,
    "HK": 8,
    "JP": 9,
    "KR": 9,
    "US": -5,
    "EU": 1,
    "NL": 1,
    "GB": 0,
    "ID": 7,
    "IN": 5.5,
}

# What tells that "take effect" is no statement of today: another clause, a plan, a wait, a day still to come.
_NOT_YET = (
    r"(?<![\w-])(?:before|ahead|until|till|once|when|whenever|after|since|if|unless|as|while|amid|because|how|why|what|which|that"
    r"|will|would|shall|should|may|might|must|can|cannot|could|do|does|not|never|\w+n['’]t|to (?:\w+ly )?takes?|yet|soon|later|next|tomorrow"
    r"|sets?|dates?|days?|weeks?|months?|time|delay\w*|postpon\w*|defer\w*|wait\w*|await\w*|pending|plan\w*|expect\w*)(?![\w-])"
)
_AT_ONCE = re.compile(
    r"自(?:本)?(?:公告|通知|决定|规定|命令|令)?(?:发布|公布|公告|印发|颁布|即)之?日起|即(?:刻|时|日)(?:起)?(?:生效|施行|实施|执行|暂停|停止|禁止)|(?:今|本)日起(?:正式|开始)?(?:实施|施行|生效|执行|起)|即日起(?:正式)?(?:实施|施行|生效|执行)?|应当?立即停止|立即(?:生效|实施|施行|执行)"
    r"|(?:公布|発布|告示)の日から施行|公布と同時に施行|即時(?:停止|禁止|施行|発効|適用|実施)|直ちに(?:施行|発効|適用)|公布日から施行|即日(?:施行|適用|発効|実施)|(?:本|きょう|今)日?から(?:施行|実施|適用|発効)|同日(?:付で)?(?:施行|発効|適用)"
    r"|(?:공포|공고|고시|발표)(?:한 날|일)부터|(?:공포|공고|고시|발표)와 동시에|즉[시각]\s*(?:시행|발효|적용|금지|중단)|오늘부터[^.\n]{0,12}시행|오늘 시행|이날부터\s*(?:즉시\s*)?시행|이 조치는 즉시 시행|당일부터 시행"
    r"|(?:effective|takes? effect|(?:in|into) (?:force|effect)|applies) (?:as of |from )?(?:today|at once)\b|effective immediately|immediately effective|with immediate effect|tak(?:es?|ing) (?:immediate effect|effect immediately)"
    r"|(?:effective|implemented|in force|effect|force)\s+(?:immediately\s+)?(?:up)?(?:on|from|as of|at)?\s*(?:the )?(?:date|day) of (?:its )?(?:publication|promulgation|announcement|issuance|release)"
    r"|effective (?:up)?on (?:publication|promulgation|announcement|issuance)|enter(?:s|ed)? into force immediately"
    rf"|^(?:(?!{_NOT_YET})[^\n]){{0,80}}\btakes? effect(?:$|\s*[-–—|\n]|(?=\sin (?!(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sep|Oct|Nov|Dec)[a-z]*\b)(?-i:[A-Z])))"
    r"|come(?:s)? into (?:force|effect) immediately|from the day of publication|effective (?:up)?on filing|应当?停止采购",
    re.IGNORECASE,
)
_BEFORE_EFFECT = re.compile(
    r"(?:自|于|從|从|將於|将于|에|은|는|オ)\s*$|(?:^|[^已])自\s*$"
    r"|(?:effective(?:\s+date)?|(?:tak(?:es?|ing)|took) effect|(?:com(?:es?|ing)|came) into (?:force|effect)|enter(?:s|ed|ing)? into (?:force|effect)|in (?:force|effect)|start(?:s|ing|ed)?|begin(?:s|ning)?|implemented|apply|applies|controls?|from)"
    r"\s*(?:\(|:|：|—|-|\*|from|on|as of|starting|beginning|since|of|the|date|\s)*$",
    re.IGNORECASE,
)
_STRONG_BEFORE = re.compile(
    r"(?:effective(?:\s+date)?|effect|into force|in force|start(?:s|ing)|beginning|starting from|as of|imposed (?:the |an? )?(?:order|ban|controls?|measures?)"
    r"|(?:halted|stopped|held(?: up| back)?|blocked)\s[^.,;\n]{0,50}\s(?:on|since)"
    r"|(?:stuck|halted|held(?: up)?|blocked|stopped|suspended|frozen|barred|on hold|no longer)(?:\s[\w'’]+){0,6}?\ssince)\s*(?:\(|:|：|—|\*|from|on|as of|starting|since|the|\s)*$",
    re.IGNORECASE,
)
_AFTER_EFFECT = re.compile(
    r"\s*(?:(?:零|0|０)[时時点])?(?:起)?(?:，|,)?\s*(?:正式)?(?:施行|实施|實施|执行|執行|生效|起)"
    r"|\s*(?:(?:午前|午後)?\s*[\d０-９]{1,2}時)?\s*(?:から|より|に|付で|付けで)?\s*(?:、)?(?:施行|発効|実施|適用|開始)"
    r"|\s*(?:(?:오전|오후)?\s*\d{1,2}시)?\s*(?:부로|부터|에|자로)?\s*(?:정식\s*|본격\s*)?(?:시행|발효|적용|실시)"
    r"|[^.\n]{0,30}?(?:선적을 멈|선적을 중단|통관을 (?:중단|보류)|수출을 중단)|\s*(?:突然|已|口头)?(?:叫停|停止受理|暂停受理|停止放行)"
    r"|(?:に|から)?[^。、\n]{0,16}?(?:通関|出荷|船積み|審査)を(?:止め|停止し)"
    r"|\s*부터|\s*付けで[^。\n]{0,40}?(?:対象と|改正|変更)|\s*(?:から|以降)[^。\n]{0,12}?(?:止まっ|止まり|滞っ|停止している)"
    r"|\s*(?:から|より)\s*、?\s*(?:輸出|禁輸|規制|許可制|(?:包括|個別)(?:輸出)?許可)"
    r"|\s*\((?:effective)\)"
    r"|[^.;\n]{0,40}?(?:takes? effect|into (?:force|effect))",
    re.IGNORECASE,
)
_PUBLICATION = (
    r"(?:its |the )?(?:date of (?:its )?)?(?:publication|promulgation|announcement|being published)"
)
_COUNT = rf"\d{{1,3}}|[{NUMERALS}]{{1,5}}"
_DAYS_AFTER = re.compile(
    rf"(\d{{1,3}})(?: calendar)? days (?:after|from|following) {_PUBLICATION}|(?:takes?|taking) effect (?:in|after) (\d{{1,3}}) days"
    rf"|(?:公布|发布)(?:之日起|后)({_COUNT})[日天]后?(?:施行|实施|生效)|(?<!\d)(\d{{1,3}})[日天]后(?:生效|施行|实施)"
    r"|공포(?:한 날부터| 후|일로부터) (\d{1,3})일|(?<!\d)(\d{1,3})일 (?:뒤|후)(?:부터)? (?:시행|발효)"
    rf"|公布の日から(?:起算して)?({_COUNT})日|(?<!\d)(\d{{1,3}})日後に?(?:施行|発効)",
    re.IGNORECASE,
)
_MONTHS_AFTER = re.compile(
    rf"(\d{{1,2}}|one|two|three|six|nine|twelve) months (?:after|from|following) {_PUBLICATION}"
    rf"|(?:公布|发布)(?:之日起|后)(两|{_COUNT})个月后?(?:施行|实施|生效)"
    rf"|공포(?:한 날부터| 후|일로부터) (\d{{1,2}})개월|公布の日から(?:起算して)?({_COUNT})(?:月|カ月|か月|箇月)",
    re.IGNORECASE,
)
_COUNTS = {"one": 1, "two": 2, "three": 3, "six": 6, "nine": 9, "twelve": 12, "两": 2}
_BEFORE_END = re.compile(
    r"(?:至|到|截至|截止到?|有效期至|until|till|through|up to|expir(?:es?|ing|y)(?:\s+date)?(?:\s+(?:on|at|of))?|ends? on|to)\s*(?:\(|:|\s)*$",
    re.IGNORECASE,
)
_AFTER_END = re.compile(r"\s*(?:まで|까지|为止|前(?:有效|暂停))")
# A report says in its first sentences when what it tells was announced; further down it retells older acts.
_LEAD = 400
# What no text lacks that states such a time: a long text without it need not be read for it.
_COUNTED_DAYS = re.compile(rf"\d(?: calendar)? days|[\d{NUMERALS}][日天일]")
_TELLING_MONTHS = ("months", "个月", "개월", "公布の日から")
_TELLING_AT_ONCE = (
    "immediate", "publication", "promulgation", "announcement", "issuance", "release",
    "filing", "take effect", "takes effect", "停止采购", "日起", "立即", "即日", "即刻", "即时", "即時", "直ちに", "同時に", "同日", "日から", "本から", "きょうから", "今から",
    "날부터", "일부터", "동시에", "즉시", "즉각", "오늘", "당일", "today", "at once",
)  # fmt: skip
# Every rule that an item meets asks for its times, in the same text.
_REMEMBERED = 32
# Letters that a search without regard to case takes for others.
_ODD_LETTERS = re.compile("[İıſ\u212a]")
_ENDING = re.compile(
    r"暂停|中止|延期|停止|有效期|期限|停止|猶予|凍結|延長|유예|중단|연기|한시|suspen|paus|extend|expire|halt|temporar|truce|delay|waive|deferr?"
    , re.IGNORECASE,
)  # fmt: skip
_ONE_YEAR = re.compile(
    r"(?:暂停|停止|中止|延期)[^。\n]{0,60}?(?:一|1)年|(?:一|1)年(?:内)?(?:暂停|不再)|(?:1|一)年間?(?:の)?(?:停止|猶予|延期|凍結)|1\s*년(?:간|\s*동안)?\s*(?:시행\s*)?(?:유예|중단|연기|정지)"
    r"|(?:suspen\w+|paus\w+|defer\w*|postpon\w+|delay\w*)[^.\n]{0,120}?for (?:one|a|1)[ -]year|(?:one|1)[ -]year (?:suspension|pause|delay|reprieve)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Timing:
    """Three dates; None means the text does not say."""

    announced: date | None
    effective: date | None
    expires: date | None


class _Reader(Protocol):
    def __call__(self, text: str, announced: date, *, dated: bool) -> date | None: ...


def published_on(item: Item) -> date:
    """The publication day by the issuer's own clock. Midnight UTC is how a bare date arrives: it stays that date."""
    if item.occurred_at.astimezone(UTC).time() == time.min:
        return item.occurred_at.astimezone(UTC).date()
    hours = _HOURS_EAST.get(item.country, 0)
    return item.occurred_at.astimezone(timezone(timedelta(hours=hours))).date()


def timing_of(item: Item, text: str, stretches: list[str], *, official: bool) -> Timing:
    """Read the dates from `stretches` (the sentences that speak of the act), then from the whole text.

    An official text was announced on the day it bears or was published; a report says so only where it states a day.
    Its own day still serves to count from: "with immediate effect", "in 30 days".
    """
    day = published_on(item)
    stated = _announced(text, stretches, day, official=official)
    if stated is None and official and item.published_at is not None:
        stated = day
    announced = stated or day
    dated = stated is not None or item.published_at is not None
    effective = _first(_effective, stretches, announced, dated=dated) or _effective(
        text, announced, dated=dated
    )
    ending = [*(s for s in stretches if _ENDING.search(s)), *_endings(text)]
    expires = _first(_expires, ending, announced, dated=dated) or _one_year(ending, effective or announced)
    if expires is not None and expires <= (effective or announced):
        expires = None
    if not dated and effective == announced:
        effective = None
    return Timing(stated, effective, expires)


@lru_cache(maxsize=_REMEMBERED)
def _endings(text: str) -> tuple[str, ...]:
    """The stretches of a text that speak of an end."""
    return (
        tuple(s for s in re.split(r"[。\n]|\.\s", text) if _ENDING.search(s)) if _ENDING.search(text) else ()
    )


def _announced(text: str, stretches: list[str], day: date, *, official: bool) -> date | None:
    """The date the notice bears, else the day the text gives for the announcement."""
    if official:
        return notice_date(text, day) or stated_in(stretches, day, official=True)
    return stated_in([*stretches, text[:_LEAD]], day, official=False)


def _first(read: "_Reader", stretches: list[str], announced: date, *, dated: bool) -> date | None:
    return next((day for s in stretches if (day := read(s, announced, dated=dated)) is not None), None)


@lru_cache(maxsize=_REMEMBERED)
def _effective(text: str, announced: date, *, dated: bool) -> date | None:
    weak: date | None = None
    for found in dates_in(text, announced if dated else None):
        before, after = text[max(0, found.start - 60) : found.start], text[found.end : found.end + 60]
        if _STRONG_BEFORE.search(before) or (_AFTER_EFFECT.match(after) and not _BEFORE_END.search(before)):
            if not dated or _plausible(found, announced):
                return found.day
        elif weak is None and _BEFORE_EFFECT.search(before) and not _BEFORE_END.search(before):
            weak = found.day if not dated or found.day >= announced else None
    low = "" if _ODD_LETTERS.search(text) else text.lower()
    if match := _DAYS_AFTER.search(text) if not low or _COUNTED_DAYS.search(low) else None:
        return announced + timedelta(days=number_of(next(g for g in match.groups() if g)))
    if match := _MONTHS_AFTER.search(text) if _may_tell(low, _TELLING_MONTHS) else None:
        written = next(g for g in match.groups() if g)
        return months_after(announced, _COUNTS.get(written.lower()) or number_of(written))
    if _may_tell(low, _TELLING_AT_ONCE) and _AT_ONCE.search(text):
        return announced
    return weak


def _may_tell(low: str, words: tuple[str, ...]) -> bool:
    """Whether one of the words stands in the text in small letters; it may when that was not given."""
    return not low or any(word in low for word in words)


def _plausible(found: Found, announced: date) -> bool:
    """A law cited with its own date of effect lies years back; an act takes effect within about a year."""
    return timedelta(days=-45) <= found.day - announced <= timedelta(days=550)


def _expires(text: str, announced: date, *, dated: bool) -> date | None:
    for found in dates_in(text, announced if dated else None):
        ends = _BEFORE_END.search(text[max(0, found.start - 30) : found.start])
        if (ends or _AFTER_END.match(text[found.end : found.end + 10])) and found.day > announced:
            return found.day
    return None


def _one_year(stretches: list[str], start: date) -> date | None:
    return years_after(start, 1) if any(_ONE_YEAR.search(s) for s in stretches) else None
